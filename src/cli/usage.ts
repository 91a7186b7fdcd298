import { commands } from './commands.ts';
import { demoHelp } from './demo.ts';
import { signalsHelp } from './signals.ts';

export function usage(): string {
  const rows = Object.entries(commands).map(
    ([name, command]) => [`${name} ${command.arguments}`.trim(), command.help] as const,
  );
  const width = 52;
  return `${[
    'patchwright: errors and feedback of a workspace become tested patches that you approve or reject',
    '',
    'Usage: patchwright COMMAND [--folder DIR] [--json] [--verbose]',
    '',
    ...[...rows, signalsHelp, demoHelp].map(([call, help]) => `  ${call.padEnd(width)} ${help}`),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 nothing to do, 4 refused.',
    'Settings: patchwright.* in .vscode/settings.json. Environment: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL.',
  ].join('\n')}\n`;
}
