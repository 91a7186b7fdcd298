/** Calling tools in plain text, for models and servers that have no other way. */
import type { Block, Message, ToolSpec } from '../core/model.ts';
import { parseInput } from './toolInput.ts';

const [open, close] = ['<tool_call>', '</tool_call>'];
const thoughtEnd = '</think>';

/** What the system prompt gains. */
export function describeTools(tools: readonly ToolSpec[]): string {
  return [
    'Tools are called in text. To call some, end your reply with one block for each, and write nothing after them:',
    open,
    '{"name": "read", "input": {"path": "src/example.js"}}',
    close,
    'Between the tags is one JSON object. The results come in the next message, in <tool_result> blocks; never write those yourself.',
    '',
    'The tools:',
    ...tools.map(
      ({ name, description, inputSchema }) =>
        `- ${name}: ${description} Input: ${JSON.stringify(inputSchema)}`,
    ),
  ].join('\n');
}

/** A message of ours or the model's as text alone. */
export function flatten({ content }: Message): string {
  return content.flatMap(asText).join('\n');
}

function asText(block: Block): string[] {
  switch (block.type) {
    case 'text':
      return [block.text];
    case 'tool_use':
      return [`${open}\n${JSON.stringify({ name: block.name, input: block.input })}\n${close}`];
    case 'tool_result': {
      const kind = block.isError ? ' error="true"' : '';
      const text = block.content.replaceAll('</tool_result', '<\\/tool_result');
      return [`<tool_result${kind}>\n${text}\n</tool_result>`];
    }
    default:
      return []; // another provider's own
  }
}

/** What a model thought aloud before it spoke; where its template opens the thought, only the end is there. */
export function withoutThoughts(text: string): string {
  const end = text.indexOf(thoughtEnd);
  const before = text.slice(0, Math.max(0, end));
  const isThought = /^\s*<think>/.test(text) || !before.includes(open);
  return end === -1 || !isThought ? text : text.slice(end + thoughtEnd.length).trimStart();
}

/** What a reply calls in its text, in whatever form; undefined: nothing. */
export function callsInText(
  said: string,
  tools: readonly ToolSpec[],
  newId: () => string,
): readonly Block[] | undefined {
  const text = fromTags(said, tools);
  return text.includes(open) ? parseTextCalls(text, newId) : parseBareCalls(text, tools, newId);
}

/** A form of Qwen's: `<function=NAME><parameter=KEY>value</parameter>…</function>`. */
const functionForm =
  /(?:<tool_call>\s*)?<function=([\w.-]+)>([^]*?)<\/function>(?:\s*<\/tool_call>)?/g;
const parameterForm =
  /<parameter=([\w.-]+)>\n?([^]*?)\n?<\/parameter>\s*(?=<parameter=|<\/function>|$)/g;

/** Calls of tools there are in that form, in ours; where the model writes ours, tags are a part of some file. */
function fromTags(text: string, tools: readonly ToolSpec[]): string {
  const first = text.indexOf(open);
  const isOurs = first !== -1 && !/^\s*<function=/.test(text.slice(first + open.length));
  if (isOurs) return text;
  return text.replace(functionForm, (whole, name: string, body: string) => {
    const tool = tools.find((one) => one.name === name);
    return tool ? `${open}${JSON.stringify({ name, input: inputIn(body, tool) })}${close}` : whole;
  });
}

/** What is no text by the tool's schema is JSON. */
function inputIn(body: string, { inputSchema }: ToolSpec): Readonly<Record<string, unknown>> {
  const properties = (inputSchema['properties'] ?? {}) as Record<string, { type?: unknown }>;
  const values = [...body.matchAll(parameterForm)].map(([, key = '', value = '']) => [
    key,
    properties[key]?.type === 'string' ? value : parseInput(value),
  ]);
  return Object.fromEntries(values) as Readonly<Record<string, unknown>>;
}

/** Text and calls, in order. `newId` gives each call an id that no other has. */
export function parseTextCalls(text: string, newId: () => string): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  const say = (end: number): void => {
    const said = text.slice(at, end).trim();
    if (said) blocks.push({ type: 'text', text: said });
  };
  for (let start = text.indexOf(open); start !== -1; start = text.indexOf(open, at)) {
    say(start);
    const { end, value } = readCall(text, start + open.length);
    blocks.push({ type: 'tool_use', id: newId(), ...toCall(value) });
    at = end;
  }
  say(text.length);
  return blocks;
}

/** How models begin calls in their own form, where the server does not know it. */
const ownMark = /^(\[TOOL_CALLS\]|<\|python_tag\|>)\s*/;

/** A reply that is nothing but calls of tools there are, as JSON; undefined: it is something else. */
function parseBareCalls(
  text: string,
  tools: readonly ToolSpec[],
  newId: () => string,
): readonly Block[] | undefined {
  const value = parseInput(unfence(text.trim().replace(ownMark, '')));
  const calls = (Array.isArray(value) ? value : [value]).map(toCall);
  if (calls.length === 0 || !calls.every(({ name }) => tools.some((tool) => tool.name === name)))
    return undefined;
  return calls.map((call) => ({ type: 'tool_use', id: newId(), ...call }));
}

const maxCloses = 50;

/** Up to the first closing tag that makes it JSON: a file's text may hold the tag, too. */
function readCall(text: string, start: number): { readonly end: number; readonly value: unknown } {
  let first: number | undefined;
  let at = text.indexOf(close, start);
  for (let tries = 0; at !== -1 && tries < maxCloses; tries++) {
    first ??= at;
    const value = parseInput(unfence(text.slice(start, at)));
    if (typeof value === 'object') return { end: at + close.length, value };
    at = text.indexOf(close, at + close.length);
  }
  const end = first ?? text.length; // without a closing tag: the model forgot it, or was cut off
  return {
    end: first === undefined ? end : end + close.length,
    value: parseInput(unfence(text.slice(start, end))),
  };
}

function unfence(text: string): string {
  return text.trim().replace(/^```\w*\n([^]*?)\n?```$/, '$1');
}

/** Models that were trained on calls in text have names of their own for the input. */
function toCall(value: unknown): { readonly name: string; readonly input: unknown } {
  if (typeof value !== 'object' || value === null) return { name: '', input: value };
  const { name, input, arguments: args, parameters } = value as Record<string, unknown>;
  return { name: typeof name === 'string' ? name : '', input: input ?? args ?? parameters ?? {} };
}
