// Runs a shell script as a command of ours, so that tests can kill us meanwhile: folder, script, time limit.
import { createShell } from '../../../src/platform/shell.ts';

const [cwd = '', script = '', limit = ''] = process.argv.slice(2);
const command = { file: '/bin/sh', args: ['-c', script], cwd };
await createShell().run({ ...command, ...(limit ? { timeoutMs: Number(limit) } : {}) });
