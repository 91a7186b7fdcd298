import type { Frame } from '../../../core/signal.ts';
import type { Grammar, ParsedException } from '../grammar.ts';
import { addFrame, exceptionOf, frameOf, messageOf } from '../parts.ts';

/** `shop-exe: no price for sku-17` */
const head = /^([\w.-]{1,80}): (\S.{0,4000})$/;
/** Since GHC 9.10 a blank line parts it from the message. */
const stackHead = /^(?:CallStack \(from HasCallStack\)|HasCallStack backtrace):$/;
/** `  error, called at src/Shop/Cart.hs:21:15 in shop-0.1.0.0-inplace:Shop.Cart` */
const called =
  /^\s{2,6}(\S{1,200}), called at (\S{1,500}\.l?hs):(\d{1,9}):\d{1,9} in ([\w.+-]{1,200}):([\w.]{1,300})$/;
/** What the runtime says of the place where a pattern or a field was missing. */
const placed =
  /^(\S{1,500}\.l?hs):(?:(\d{1,9}):\d{1,9}(?:-\d{1,9})?|\((\d{1,9}),\d{1,9}\)-\(\d{1,9},\d{1,9}\)): (.{1,2000}|)$/;
/** Said without a stack, by the runtime alone. */
const known =
  /^(?:divide by zero|<<loop>>|thread blocked indefinitely in an? |user error \(|\S{1,500}: (?:openFile|openBinaryFile|withFile): |arithmetic overflow|Ratio has zero denominator)/;
const patterns =
  /^(?:Non-exhaustive (?:patterns|guards) in |Irrefutable pattern failed|Missing field in record construction|No match in record selector|No instance nor default method|Pattern match failure in |Assertion failed)/;

export const haskell: Grammar = {
  language: 'haskell',
  hints: [
    'CallStack (from',
    'HasCallStack backtrace',
    'Non-exhaustive ',
    'Irrefutable pattern',
    'Missing field in record',
    ': user error (',
    ': <<loop>>',
    ': divide by zero',
    'blocked indefinitely in',
    ': openFile: ',
  ],
  takesLineAbove: () => true,
  begin(line) {
    const isPlaced = saysPlace(line);
    if (!isPlaced && !stackHead.test(line)) return undefined;
    let stack = !isPlaced;
    return (next) => {
      if (stackHead.test(next) && !stack) {
        stack = true;
        return 'enough';
      }
      return stack && called.test(next) ? 'enough' : 'no';
    };
  },
  saysEnough: saysPlace,
  *parse(lines) {
    const parsed = parseUncaught(lines);
    if (parsed) yield parsed;
  },
};

function saysPlace(line: string): boolean {
  const text = head.exec(line)?.[2] ?? '';
  return known.test(text) || patterns.test(placed.exec(text)?.[4] ?? '');
}

function parseUncaught(lines: readonly string[]): ParsedException | undefined {
  const own = lines.findIndex((line) => saysPlace(line));
  const stack = lines.findIndex((line) => stackHead.test(line));
  const frames = stack < 0 ? [] : framesOf(lines.slice(stack + 1));
  if (own < 0 && frames.length === 0) return undefined;
  const said = lines[own < 0 ? stack - 1 : own] ?? '';
  const text = head.exec(said)?.[2] ?? said;
  const place = placed.exec(text);
  if (place) {
    frames.unshift(frameOf(place[1] ?? '', true, { line: Number(place[2] ?? place[3]) }));
  }
  const message = messageOf([place?.[4] ?? text]);
  return exceptionOf('haskell', { type: typeOf(message), message, frames }, [], {
    severity: 'fatal',
  });
}

function typeOf(message: string): string {
  if (patterns.test(message)) return 'PatternMatchFail';
  if (/^divide by zero|^arithmetic overflow|^Ratio has/.test(message)) return 'ArithException';
  return known.test(message) && !message.startsWith('<<loop>>') ? 'IOException' : 'ErrorCall';
}

/** The module stands for the function, which a call stack does not name. */
function framesOf(lines: readonly string[]): Frame[] {
  const frames: Frame[] = [];
  for (const line of lines) {
    const match = called.exec(line);
    if (!match) continue;
    const [, , file = '', number, unit = '', module] = match;
    addFrame(
      frames,
      frameOf(file, isInApp(file, unit), { function: module, line: Number(number) }),
    );
  }
  return frames;
}

function isInApp(file: string, unit: string): boolean {
  const shipped =
    /^(?:base|ghc|ghc-\w+|containers|text|bytestring|transformers|mtl|vector|unordered-containers|aeson|warp|wai|lens|unliftio|unliftio-core|async|stm)(?:-\d[\w.-]*)?$/;
  return !file.startsWith('libraries/') && !shipped.test(unit);
}
