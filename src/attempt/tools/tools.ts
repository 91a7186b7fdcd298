import { create } from './create.ts';
import { edit } from './edit.ts';
import { list } from './list.ts';
import { read } from './read.ts';
import { runTests } from './runTests.ts';
import { search } from './search.ts';
import { submit } from './submit.ts';
import type { Tool } from './tool.ts';

/** All that the model can do. The order is part of the cached prefix of every request: append, don't shuffle. */
export const tools: readonly Tool[] = [list, search, read, edit, create, runTests, submit];
