export interface DemoPlan {
  readonly real: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

export function demoPlan(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  recorded: { readonly baseUrl: string; readonly apiKey: string },
): DemoPlan;

export function desktopArguments(where: {
  readonly project: string;
  readonly userData: string;
  readonly folder: string;
}): readonly string[];
