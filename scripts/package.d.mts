export declare const packing: {
  readonly cwd: string;
  readonly dependencies: boolean;
  readonly allowMissingRepository: boolean;
};
export declare function pack(file: string): Promise<void>;
