import type { Frame } from '../../../core/signal.ts';
import { type Follow, type Grammar, type ParsedException } from '../grammar.ts';
import { frameOf, isInApp, recovered } from './goFrames.ts';

const ginHead = /\bpanic recovered:\s?(.{0,4000})/;
const ginPlace = /^(\/.{0,1000}\.go):(\d{1,9}) \(0x[0-9a-f]{1,16}\)$/;
const maxMessageLines = 40;

/** What gin prints of a panic that it recovered from. */
export const goGin: Grammar = {
  language: 'go',
  hints: ['panic recovered:'],
  begin: (line) =>
    line.includes('panic recovered:') && ginHead.test(line) ? followGin() : undefined,
  *parse(lines) {
    const parsed = parseGin(lines);
    if (parsed) yield parsed;
  },
};

function followGin(): Follow {
  let places = 0;
  let lines = 0;
  let open = false;
  return (line) => {
    if (ginPlace.test(line)) {
      places++;
      open = true;
      return 'enough';
    }
    if (open) {
      open = false;
      return /^\t\S/.test(line) ? 'enough' : 'no';
    }
    return places > 0 || ++lines > maxMessageLines ? 'no' : 'more';
  };
}

function parseGin(lines: readonly string[]): ParsedException | undefined {
  const head = ginHead.exec(lines[0] ?? '');
  const start = lines.findIndex((line) => ginPlace.test(line));
  if (!head || start < 1) return undefined;
  let frames: Frame[] = [];
  for (let at = start; at < lines.length; at++) {
    const where = ginPlace.exec(lines[at] ?? '');
    const next = /^\t([^:\t]{1,300}): (.{0,300})/.exec(lines[at + 1] ?? '');
    if (!where || !next) continue;
    const name = next[1] ?? '';
    const file = where[1] ?? '';
    // The lines of the runtime that raise are all above the code that panicked.
    if (/[\\/]src[\\/]runtime[\\/]panic\.go$/.test(file)) frames = [];
    // What recovers stands above it, too, and what called all of it below.
    else if (/[\\/]gin@?[^\\/]{0,40}[\\/]recovery\.go$/.test(file)) continue;
    else
      frames.push({
        ...frameOf(name, where),
        inApp:
          isInApp(`${name}.`, file) &&
          !/[\\/]src[\\/](?:runtime|net|reflect|testing)[\\/]/.test(file),
      });
  }
  const said = lines.slice(0, start).findLast((line) => line.trim() !== '') ?? '';
  const message = start > 1 ? said : (head[1] ?? '');
  return recovered(message, frames);
}
