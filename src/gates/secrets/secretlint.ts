import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretFinding } from '../../core/secretFinding.ts';
import { isSaidFiller } from '../../core/secretValues.ts';

// Would mark the beginning and end of every rule on every file, and keep all marks for ever.
secretLintProfiler.setEnabled(false);

const idOf = (name: string): string => `@secretlint/secretlint-rule-${name}`;

/**
 * Credentials in addresses we judge ourselves, since these rules report `user:pass@example.com`; and a
 * comment in a patch must not switch off what looks at it.
 */
const leftOut = new Set(
  ['basicauth', 'database-connection-string', 'filter-comments'].map((name) => idOf(name)),
);

/** Of the recommended rules those that add to ours; one by one, since a preset does not let one be left out. */
const config = {
  rules: rules
    .filter(({ meta }) => !leftOut.has(meta.id))
    .map((rule) => ({
      id: rule.meta.id,
      rule,
      options: rule.meta.id === idOf('aws') ? { enableIDScanRule: true } : {},
    })),
};

/** No secrets: the number of an account is no more than an address. */
const ignoredMessages: ReadonlySet<string> = new Set(['AWSAccountID']);

/** What secretlint's recommended rules find. Loaded on first use only. */
export async function lintSecrets(text: string, path: string): Promise<readonly SecretFinding[]> {
  const { messages } = await lintSource({
    source: { filePath: path, content: text, ext: extensionOf(path), contentType: 'text' },
    options: { config, noPhysicFilePath: true },
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
