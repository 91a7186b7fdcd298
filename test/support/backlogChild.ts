// A process of its own at a backlog, for tests that kill it or let it write at the same time.
//   write <folder> <prefix> [count]  writes tickets <prefix>-1, -2, … (for ever), printing each id once acknowledged
//   hold <folder>                    takes the 'draft' lock, says so and keeps it
//   watch <folder>                   follows the backlog, and should end all the same
//   settle <folder> <prefix> [count] writes closed tickets, printing each id once acknowledged; beyond 20 old ones are archived
//   full <folder>                    writes 1 kB tickets until it is refused; prints the ids and then the error's code
import { writeSync } from 'node:fs';
import { open, ticketChange } from './backlog.ts';

const [mode = '', folder = '', prefix = '', count = 'Infinity'] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const backlog = await open(folder, {
  watch: mode === 'watch',
  ...(mode === 'settle' ? { maxTickets: 20 } : {}),
});

async function write(): Promise<void> {
  for (let number = 1; number <= Number(count); number++) {
    const id = `${prefix}-${number}`;
    await backlog.write([
      ticketChange(id, { description: 'x'.repeat((number * 7919) % 3000) }),
      { kind: 'audit', entry: { actor: 'patchwright', action: 'ticket.created', subject: id } },
      {
        kind: 'group',
        id: 'shared',
        fingerprint: 'f',
        signal: 'exception',
        count: 1,
        firstSeen: '2026-01-01T00:00:00.000Z',
        lastSeen: '2026-01-01T00:00:00.000Z',
      },
    ]);
    say(id);
    if (number % 40 === 0) void backlog.snapshot();
  }
}

async function settle(): Promise<void> {
  for (let number = 1; number <= Number(count); number++) {
    const id = `${prefix}-${number}`;
    await backlog.write([ticketChange(id, { status: 'closed' })]);
    say(id);
    if (number % 8 === 0) await backlog.snapshot();
  }
}

async function fill(): Promise<void> {
  for (let number = 1; ; number++) {
    try {
      await backlog.write([ticketChange(`full-${number}`, { description: 'x'.repeat(1000) })]);
      say(`full-${number}`);
    } catch (error) {
      say(`error ${(error as { code?: string }).code}`);
      say(`visible ${backlog.tickets.list().length}`);
      return;
    }
  }
}

if (mode === 'write') await write();
if (mode === 'full') await fill();
if (mode === 'settle') await settle();
if (mode === 'hold') {
  await backlog.exclusively('draft', async () => {
    say('held');
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  });
}
if (mode !== 'watch') await backlog.dispose();
