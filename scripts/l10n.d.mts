export declare function readTexts(): {
  readonly texts: ReadonlyMap<string, string>;
  readonly bypasses: readonly string[];
};
export declare function written(texts: ReadonlyMap<string, string>): string;
