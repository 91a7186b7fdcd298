import type { RecordedConversation, RecordedReply, Recording } from '../../src/models/scripted.ts';

/** What the reviewer asks for; the model is known by it to be at work for the second time. */
export const wish = 'Say above it what a coupon without a last day means.';

const source = 'src/coupons.js';

/** A hunk that nobody asked for, away from the others: for the reviewer to drop. */
const needless = {
  old: '/** Cents off for a coupon on these lines ({ sku, quantity, price }) at a time. */\n',
  new: '/** Cents off for a coupon on these lines, each with sku, quantity and price. */\n',
};

/** The demo's model, with a needless hunk in its patch, and an answer to a request for changes. */
export function walkRecording(demo: Recording): Recording {
  const [first, ...others] = demo.conversations;
  if (!first) throw new Error('The demo has no conversation.');
  return {
    ...demo,
    conversations: [changes(first), { ...first, replies: first.replies.map(more) }, ...others],
  };
}

/** The reply that edits the source edits one thing more. */
function more(reply: RecordedReply): RecordedReply {
  return {
    ...reply,
    content: reply.content.map((block) =>
      block.type === 'tool_use' && block.name === 'edit'
        ? {
            ...block,
            input: { ...(block.input as Edit), edits: [...editsOf(block.input), needless] },
          }
        : block,
    ),
  };
}

interface Edit {
  readonly edits: readonly unknown[];
}

const editsOf = (input: unknown): readonly unknown[] => (input as Edit).edits;

function changes({ replies }: RecordedConversation): RecordedConversation {
  const submission = replies.at(-1);
  if (!submission) throw new Error('The demo hands nothing in.');
  return {
    match: wish,
    replies: [
      reply({ type: 'tool_use', name: 'read', input: { path: source } }),
      reply({
        type: 'tool_use',
        name: 'edit',
        input: {
          path: source,
          edits: [
            {
              old: 'function isValid(',
              new: '/** A coupon without a last day never ends. */\nfunction isValid(',
            },
          ],
        },
      }),
      submission,
    ],
  };
}

const reply = (...content: RecordedReply['content']): RecordedReply => ({ content });
