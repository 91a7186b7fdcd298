import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretFinding } from '../../core/secretFinding.ts';
import { isSaidFiller } from '../../core/secretValues.ts';

// Would mark the beginning and end of every rule on every file, and keep all marks for ever.
secretLintProfiler.setEnabled(false);

const preset = '@secretlint/secretlint-rule-preset-recommend';
const rule = (name: string): string => `@secretlint/secretlint-rule-${name}`;

/**
 * Of the preset's rules those that add to ours. Credentials in addresses we judge ourselves, since these
 * rules report `user:pass@example.com`; and a comment in a patch must not switch off what looks at it.
 */
const rules = [
  { id: rule('aws'), options: { enableIDScanRule: true } },
  ...['basicauth', 'database-connection-string', 'filter-comments'].map((name) => ({
    id: rule(name),
    disabled: true,
  })),
];

/** No secrets: the number of an account is no more than an address. */
const ignoredMessages: ReadonlySet<string> = new Set(['AWSAccountID']);

/** What secretlint's recommended rules find. Loaded on first use only. */
export async function lintSecrets(text: string, path: string): Promise<readonly SecretFinding[]> {
  const { messages } = await lintSource({
    source: { filePath: path, content: text, ext: extensionOf(path), contentType: 'text' },
    options: {
      config: { rules: [{ id: preset, rule: creator, rules }] },
      noPhysicFilePath: true,
    },
  });
  return messages
    .filter(({ messageId, type }) => type === 'message' && !ignoredMessages.has(messageId))
    .map(({ ruleId, range }) => ({
      rule: ruleId.replace(/^.*secretlint-rule-/, 'secretlint-'),
      start: range[0],
      end: range[1],
    }))
    .filter(({ start, end }) => end - start >= 12 && !isSaidFiller(text.slice(start, end)));
}

function extensionOf(path: string): string {
  return /\.[^./\\]*$/.exec(path)?.[0] ?? '';
}
