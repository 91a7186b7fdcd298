export const newest: string;
export const oldest: string;
export const versions: readonly string[];
/** Installs a packed extension into a folder of extensions, without the network. */
export function installExtension(version: string, vsix: string, extensions: string): void;
