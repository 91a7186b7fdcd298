export const newest: string;
export const oldest: string;
export const versions: readonly string[];
