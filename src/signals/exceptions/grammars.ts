import type { Grammar } from './grammar.ts';
import { javascript } from './javascript.ts';
import { python } from './python.ts';

/** In the order they are asked; the first that takes a line keeps the block. */
export const grammars: readonly Grammar[] = [python, javascript];
