import type { Command } from './command.ts';
import { houseCommands } from './houseCommands.ts';
import { planCommands } from './planCommands.ts';
import { requestCommands } from './requestCommands.ts';
import { ticketCommands } from './ticketCommands.ts';

const { scan, watch, ...rest } = houseCommands;

/** In the order of the work: what comes in, the tickets, the patches, the house. */
export const commands: Readonly<Record<string, Command>> = {
  ...(scan && watch ? { scan, watch } : {}),
  ...ticketCommands,
  ...planCommands,
  ...requestCommands,
  ...rest,
};
