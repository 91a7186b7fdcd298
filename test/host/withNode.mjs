// node test/host/withNode.mjs <script> [args]: runs the script on a Node that is new enough.
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { ensureNode24 } from './node24.mjs';

const node = ensureNode24();
const child = spawn(node, process.argv.slice(2), {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
