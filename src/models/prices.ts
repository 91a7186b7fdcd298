import type { Price } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';

/**
 * US dollars per million tokens: input, output, cache read, cache write (5 minutes).
 * Source: platform.claude.com, "Pricing", as of 2026-10. Haiku 5.5 costs less for prompts of up to 100,000
 * tokens; its upper price stands here, so that a cost limit is never overrun.
 */
const table: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'claude-fable-5-1': [10, 50, 0.25, 12.5],
  'claude-mythos-5-1': [10, 50, 0.25, 12.5],
  'claude-fable-5': [10, 50, 1, 12.5],
  'claude-mythos-5': [10, 50, 1, 12.5],
  'claude-opus-5-5': [4, 20, 0.2, 5],
  'claude-opus-5': [5, 25, 0.5, 6.25],
  'claude-opus-4-8': [5, 25, 0.5, 6.25],
  'claude-opus-4-7': [5, 25, 0.5, 6.25],
  'claude-opus-4-6': [5, 25, 0.5, 6.25],
  'claude-opus-4-5': [5, 25, 0.5, 6.25],
  'claude-opus-4-1': [15, 75, 1.5, 18.75],
  'claude-opus-4': [15, 75, 1.5, 18.75],
  'claude-sonnet-5-5': [2, 10, 0.1, 2.5],
  'claude-sonnet-5': [2, 10, 0.2, 2.5],
  'claude-sonnet-4-6': [3, 15, 0.3, 3.75],
  'claude-sonnet-4-5': [3, 15, 0.3, 3.75],
  'claude-sonnet-4': [3, 15, 0.3, 3.75],
  'claude-haiku-5-5': [0.5, 2.5, 0.05, 0.625],
  'claude-haiku-4-5': [1, 5, 0.1, 1.25],
};

/**
 * The user's own entry, else the table's. undefined when the price is not known: a model of a newer
 * version may cost anything. What an entry leaves out of the cache costs as much as plain input.
 */
export function priceOf(model: string, own: Settings['model']['prices'] = []): Price | undefined {
  const family = model.replace(/[-@](\d{8}|latest)$/, '');
  const entry = own.find((one) => one.model === model) ?? own.find((one) => one.model === family);
  if (entry) {
    const { input, output, cacheRead = input, cacheWrite = input } = entry;
    return { input, output, cacheRead, cacheWrite };
  }
  const price = Object.hasOwn(table, family) ? table[family] : undefined;
  if (!price) return undefined;
  const [input, output, cacheRead, cacheWrite] = price;
  return { input, output, cacheRead, cacheWrite };
}
