import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { callsInText, flatten, parseTextCalls } from '../../../src/models/textTools.ts';

describe('tools in text', () => {
  const parse = (text: string) => {
    let id = 0;
    return parseTextCalls(text, () => `id-${id++}`);
  };
  const inputs = (text: string) =>
    parse(text).map((block) => (block.type === 'tool_use' ? [block.name, block.input] : 'text'));

  it('finds calls and what was said around them, each with an id of its own', () => {
    assert.deepEqual(
      parse(
        'First.\n<tool_call>{"name":"a","input":{"x":1}}</tool_call>\n<tool_call>\n```json\n{"name":"b"}\n```\n</tool_call> Then.',
      ),
      [
        { type: 'text', text: 'First.' },
        { type: 'tool_use', id: 'id-0', name: 'a', input: { x: 1 } },
        { type: 'tool_use', id: 'id-1', name: 'b', input: {} },
        { type: 'text', text: 'Then.' },
      ],
    );
  });

  it('takes what is between the tags by any of its usual names', () => {
    for (const field of ['input', 'arguments', 'parameters']) {
      const text = `<tool_call>{"name":"a","${field}":{"x":1}}</tool_call>`;
      assert.deepEqual(inputs(text), [['a', { x: 1 }]]);
    }
  });

  it('takes a closing tag in a text for text', () => {
    const content = 'a </tool_call> b <tool_call> c';
    const call = `<tool_call>${JSON.stringify({ name: 'create', input: { content } })}</tool_call>`;
    assert.deepEqual(inputs(`${call}\n${call}`), [
      ['create', { content }],
      ['create', { content }],
    ]);
  });

  it('takes the tags of functions by the schema, and leaves those in a file alone', () => {
    const properties = { path: { type: 'string' }, from: { type: 'integer' }, edits: {} };
    const tools = [{ name: 'a', description: '', inputSchema: { type: 'object', properties } }];
    const found = (text: string) =>
      callsInText(text, tools, () => 'id')?.map(
        (block) => block.type === 'tool_use' && block.input,
      );
    const parameter = (key: string, value: string) =>
      `<parameter=${key}>\n${value}\n</parameter>\n`;
    const body = [
      parameter('path', '12\n</parameter> of <function=b>'),
      parameter('from', '3'),
      parameter('edits', '[{"old": "x"}]'),
    ].join('');
    assert.deepEqual(found(`<tool_call>\n<function=a>\n${body}</function>\n</tool_call>`), [
      { path: '12\n</parameter> of <function=b>', from: 3, edits: [{ old: 'x' }] },
    ]);
    const input = { text: `<function=a>${body}</function>` };
    const ours = `<tool_call>${JSON.stringify({ name: 'a', input })}</tool_call>`;
    assert.deepEqual(found(ours), [input]);
  });

  it('gives what is no JSON as its text, whether it ends or not', () => {
    assert.deepEqual(inputs('<tool_call>{"name": </tool_call>'), [['', '{"name":']]);
    assert.deepEqual(inputs('<tool_call>{"name":"a","input":{"x"'), [
      ['', '{"name":"a","input":{"x"'],
    ]);
    assert.deepEqual(inputs('<tool_call>{"name":"a","input":{"x":1}}'), [['a', { x: 1 }]]);
  });

  it('reads back whatever was written', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (name, value) => {
        const input = { value: JSON.parse(JSON.stringify(value)) as unknown };
        const content = [{ type: 'tool_use' as const, id: 'x', name, input }];
        assert.deepEqual(inputs(flatten({ role: 'assistant', content })), [[name, input]]);
      }),
    );
  });
});
