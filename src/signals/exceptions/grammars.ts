import { javascriptTests } from './javascriptTests.ts';
import { diagnostics } from './diagnostics.ts';
import { go, goRace } from './go.ts';
import type { Grammar } from './grammar.ts';
import { javascript } from './javascript.ts';
import { native } from './native.ts';
import { python } from './python.ts';
import { rust } from './rust.ts';
import { sanitizers } from './sanitizers.ts';

/** In the order they are asked; the first that takes a line keeps the block. */
export const grammars: readonly Grammar[] = [
  javascriptTests,
  python,
  rust,
  go,
  goRace,
  sanitizers,
  native,
  diagnostics,
  javascript,
];
