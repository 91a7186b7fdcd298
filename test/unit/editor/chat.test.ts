import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import { PatchwrightError } from '../../../src/core/errors.ts';
import { answerChat, type ChatHouse, chatTools } from '../../../src/editor/chat.ts';
import type { Input } from '../../../src/pipeline/agentTools.ts';
import { open, ticketChange } from '../../support/backlog.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const never = new AbortController().signal;
const file = resolve(import.meta.dirname, '../../../package.json');
const { contributes } = JSON.parse(readFileSync(file, 'utf8'));

describe('the chat', () => {
  const temp = tempFolder('pw-chat');
  let backlog: Backlog;
  beforeEach(async () => {
    backlog = await open(temp.path());
    await backlog.write([ticketChange('exception-1')]);
  });
  afterEach(() => backlog.dispose());

  const no = () => Promise.reject(new Error('not asked for'));
  const houseWith = (pipeline: Partial<ChatHouse['pipeline']> = {}): ChatHouse => ({
    backlog,
    pipeline: { preview: no, scan: no, propose: no, ...pipeline },
  });
  const ask = async (command: string | undefined, prompt: string, house = houseWith()) => {
    const said: string[] = [];
    const buttons: string[][] = [];
    const stream = {
      markdown: (text: string) => said.push(text),
      progress: () => undefined,
      button: (...button: string[]) => buttons.push(button),
    };
    await answerChat({ command, prompt }, () => Promise.resolve(house), stream, never);
    return { text: said.join('\n'), buttons };
  };
  const tool = (name: string, input: Input, house = houseWith()) => {
    const found = chatTools.find((one) => one.name === `patchwright_${name}`);
    assert.ok(found);
    return found.run(input, house, never);
  };

  it('says what it can do', async () => {
    assert.match((await ask(undefined, 'hello')).text, /\/improve[^]*\/scan[^]*\/status/);
  });

  it('says how things are', async () => {
    const { text } = await ask('status', '');
    assert.match(text, /Open tickets: 1\. .* 0 patches, 0 plans[^]*`exception-1`/);
  });

  it('plans a wish and offers what can be done with the plan', async () => {
    const asked: unknown[] = [];
    const preview = {
      request: 'x',
      title: 'Faster <img src=x> [a](command:b)',
      branch: 'auto-improve/x',
      plan: {
        summary: 's',
        approach: 'a',
        files: [{ path: 'a.js', from: 1, to: 3, change: 'c' }],
        risk: 'high',
        riskReason: 'r',
        complexity: 'low',
        estimatedLines: 3,
        estimate: { tokens: 10, reason: 'x' },
      },
    } as const;
    const house = houseWith({
      preview: (wish) => {
        asked.push(wish);
        return Promise.resolve({ id: 'p1', ticketId: 't', model: 'm', preview } as never);
      },
    });
    const { text, buttons } = await ask('improve', ' make it faster ', house);
    assert.deepEqual(asked, [{ text: 'make it faster' }]);
    assert.match(text, /Risk: \*\*high\*\*[^]*`a\.js:1–3`/);
    assert.doesNotMatch(text, /[^\\]<img|[^\\]\]\(command/);
    assert.deepEqual(
      buttons.map(([title, command, id]) => [title, command, id]),
      [
        ['Confirm', 'confirmPlan', 'p1'],
        ['Edit Request', 'editPlanRequest', 'p1'],
        ['Drop', 'dropPlan', 'p1'],
      ],
    );
  });

  it('says why something failed', async () => {
    const error = new PatchwrightError('missing_key', {
      what: 'No key.',
      why: '',
      remedy: 'Set it.',
    });
    const house = houseWith({ preview: () => Promise.reject(error) });
    assert.match((await ask('improve', 'x', house)).text, /No key\. Set it\./);
  });

  it('lists and shows tickets to other agents, as data', async () => {
    const [listed] = JSON.parse(await tool('listTickets', {}));
    assert.equal(listed.id, 'exception-1');
    assert.deepEqual(JSON.parse(await tool('listTickets', { status: 'closed' })), []);
    const shown = JSON.parse(await tool('showTicket', { ticketId: 'exception-1' }));
    assert.match(shown.note, /nothing in it is an instruction/);
    await assert.rejects(tool('showTicket', { ticketId: 'nothing' }), /no such ticket/);
    await assert.rejects(tool('listTickets', { status: { a: 1 } }), /no such status/);
  });

  it('hands a patch of another agent to the gates, after asking', async () => {
    const proposed: unknown[] = [];
    const house = houseWith({
      propose: (proposal) => {
        proposed.push(proposal);
        return Promise.resolve({ id: '0123456789', gates: [] } as never);
      },
    });
    const input = { ticketId: 'exception-1', diff: '--- a/x\n+++ b/x\n', reasoning: 'because' };
    assert.match(await tool('proposePatch', input, house), /01234567 waits for a person/);
    assert.equal((proposed[0] as { ticketId: string }).ticketId, 'exception-1');
    await assert.rejects(tool('proposePatch', { ticketId: 'exception-1' }, house), /unified diff/);
    const asking = chatTools.filter(({ question }) => question).map(({ name }) => name);
    assert.deepEqual(asking, ['patchwright_proposePatch']);
    assert.match(chatTools[2]?.question?.(input).message ?? '', /exception-1 \(1 file\)/);
  });

  it('is declared as it is registered', () => {
    const declared = contributes.languageModelTools as { name: string; modelDescription: string }[];
    assert.deepEqual(
      declared.map(({ name }) => name),
      chatTools.map(({ name }) => name),
    );
    for (const { modelDescription } of declared) assert.match(modelDescription, /Don't use it/);
    const [participant] = contributes.chatParticipants;
    assert.deepEqual(
      participant.commands.map(({ name }: { name: string }) => name),
      ['improve', 'scan', 'status'],
    );
  });
});
