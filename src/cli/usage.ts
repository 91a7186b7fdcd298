import { commands } from './commands.ts';
import { demoHelp } from './demo.ts';
import { sandboxHelp } from './sandbox.ts';
import { scanSecretsHelp } from './scanSecrets.ts';
import { signalsHelp } from './signals.ts';
import { templatesHelp } from './templates.ts';

const width = 54;

export function usage(): string {
  const over = Object.entries(commands).flatMap(([name, one]) => (one.overFolders ? [name] : []));
  const rows = Object.entries(commands).map(([name, { usage: operands, help }]) =>
    row(`${name} ${operands}`, help),
  );
  return `${[
    'patchwright: errors and feedback of a workspace become tested patches that you approve or reject',
    '',
    'Usage: patchwright COMMAND [--folder DIR]… [--all] [--json] [--verbose]',
    `Several folders, each by --folder or all that are listed (--all): ${over.join(', ')}.`,
    '',
    ...rows,
    row(...scanSecretsHelp),
    row(...signalsHelp),
    row(...templatesHelp),
    row(...sandboxHelp),
    row(...demoHelp),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 nothing to do, 4 refused.',
    "Settings: patchwright.* in .vscode/settings.json; those of the model's server, and patchwright.folders, in the user's own file.",
    'Environment: PATCHWRIGHT_MODEL_PROVIDER, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL,',
    'PATCHWRIGHT_ALLOW_WITHOUT_SANDBOX=1 (where there is no sandbox, run what a model wrote all the same).',
  ].join('\n')}\n`;
}

function row(call: string, help: string): string {
  const start = `  ${call.trim().padEnd(width)}`;
  return start.length > width + 2
    ? `${start}\n${' '.repeat(width + 3)}${help}`
    : `${start} ${help}`;
}
