import assert from 'node:assert/strict';
import { type ScriptedModel, startScriptedModel } from '../../../src/models/scripted.ts';

describe('scripted model', () => {
  let model: ScriptedModel;
  beforeEach(async () => {
    model = await startScriptedModel({
      name: 'recorded',
      conversations: [
        { match: 'RangeError', replies: [{ content: [{ type: 'text', text: 'range' }] }] },
        {
          replies: [
            { content: [{ type: 'text', text: 'first' }] },
            { content: [{ type: 'text', text: 'second' }] },
          ],
        },
      ],
    });
  });
  afterEach(async () => await model.dispose());

  async function post(messages: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${model.baseUrl}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${model.apiKey}`, ...headers },
      body: JSON.stringify({ model: 'm', max_tokens: 1, messages }),
    });
    return { status: response.status, body: (await response.json()) as Reply };
  }
  interface Reply {
    content?: { text: string }[];
    error?: { type: string; message: string };
  }
  const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] });
  const assistant = { role: 'assistant', content: [{ type: 'text', text: 'x' }] };

  it('listens on the loopback address only', () => {
    assert.match(model.baseUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('picks the conversation by the first message and the reply by how far it is', async () => {
    assert.equal((await post([user('a RangeError here')])).body.content?.[0]?.text, 'range');
    assert.equal((await post([user('other')])).body.content?.[0]?.text, 'first');
    const second = await post([user('other'), assistant, user('RangeError')]);
    assert.equal(second.body.content?.[0]?.text, 'second');
    assert.equal(model.requests.length, 3);
  });

  it('says so when the recording is at its end', async () => {
    const { status, body } = await post([user('RangeError'), assistant, user('go on')]);
    assert.equal(status, 400);
    assert.match(body.error?.message ?? '', /has no reply 2/);
  });

  it('turns away who does not have the key, and keeps nothing of it', async () => {
    for (const authorization of ['Bearer wrong', '', `Bearer ${'x'.repeat(57)}`]) {
      assert.equal((await post([user('x')], { authorization })).status, 401);
    }
    assert.equal(model.requests.length, 0);
  });

  it('refuses what is no request of the protocol', async () => {
    assert.equal((await post([])).status, 400);
    const headers = { authorization: `Bearer ${model.apiKey}` };
    const other = await fetch(`${model.baseUrl}/v1/files`, { headers });
    assert.equal(other.status, 404);
  });
});
