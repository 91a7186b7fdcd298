import type { Verification } from '../core/evidence.ts';
import { gateTitles } from '../core/gate.ts';
import { usageError } from './arguments.ts';
import { type Command, type Context, requestNamed } from './command.ts';
import { exit } from './exitCodes.ts';
import { contentOf, writeNamed } from './files.ts';
import { gatesView } from '../views.ts';
import { gateLine } from './views.ts';

export const evidenceCommands: Readonly<Record<string, Command>> = {
  export: {
    usage: 'REQUEST [-o FILE]',
    help: 'write what proves a patch, to be verified elsewhere',
    operands: 1,
    readOnly: true,
    run: exportEvidence,
  },
  verify: {
    usage: 'FILE',
    help: 'judge an exported patch again, without a model; exit code 4 when something differs',
    operands: 1,
    readOnly: true,
    run: verify,
  },
};

async function exportEvidence({ app, args, out, signal }: Context): Promise<number> {
  const { id } = requestNamed(app, args.rest[0]);
  const bundle = await app.pipeline.exportEvidence(id, signal);
  const { output } = args;
  if (output === undefined) {
    out.result(bundle, () => JSON.stringify(bundle, null, 2));
    return exit.done;
  }
  writeNamed(output, `${JSON.stringify(bundle, null, 2)}\n`);
  const { sha256 } = bundle;
  out.result({ file: output, sha256 }, () => `${output} holds the evidence. sha256 ${sha256}`);
  return exit.done;
}

async function verify({ app, args, out, signal }: Context): Promise<number> {
  const [file] = args.rest;
  if (file === undefined) throw usageError('`verify` needs a file that `export` wrote.');
  const text = Buffer.from(contentOf(file === '-' ? 0 : file, file)).toString('utf8');
  const result = await app.pipeline.verifyEvidence(
    text,
    { started: (id) => out.say(`Running: ${gateTitles[id]}`), ended: () => undefined },
    signal,
  );
  const { same, differences, notes, gates } = result;
  const view = { same, differences, notes, ...gatesView(undefined, gates) };
  out.result(view, () => verificationText(result));
  return same ? exit.done : exit.refused;
}

function verificationText({ same, differences, notes, gates }: Verification): string {
  return [
    ...gates.map(gateLine),
    ...differences.map(
      ({ what, bundle, here }) => `✗ ${what}\n    bundle  ${bundle}\n    here    ${here}`,
    ),
    ...notes.map((note) => `! ${note}`),
    same ? 'It comes out the same here.' : 'It does not come out the same here.',
  ].join('\n');
}
