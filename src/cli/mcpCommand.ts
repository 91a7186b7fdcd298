import type { Command } from './command.ts';
import { exit } from './exitCodes.ts';
import { versionOf } from '../platform/version.ts';

export const mcpCommand: Command = {
  usage: '',
  help: 'serve tickets, evidence and gates to other agents over MCP (stdio); they can propose patches and approve none',
  operands: 0,
  async run({ app, signal }) {
    const { serveMcp } = await import('./mcpServer.ts');
    await serveMcp(app, versionOf(), signal);
    return exit.done;
  },
};
