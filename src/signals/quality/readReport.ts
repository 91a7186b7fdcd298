import { readCobertura } from './cobertura.ts';
import { readCoveragePy } from './coveragePy.ts';
import { readEslint } from './eslint.ts';
import { readLcov } from './lcov.ts';
import type { Report } from './report.ts';
import { readRuff } from './ruff.ts';
import { readSarif } from './sarif.ts';

/**
 * What a report says: its content tells what it is. undefined: nothing known.
 * @param name only for an empty list, which does not say who found nothing
 */
export function readReport(name: string, text: string): Report | undefined {
  const plain = text.replace(/^\uFEFF/, '');
  const start = plain.trimStart().slice(0, 200);
  if (start.startsWith('<')) return covered(readCobertura(plain));
  if (/^[[{]/.test(start)) return readJson(name, plain);
  return /^(?:TN|SF):/.test(start) ? covered(readLcov(plain)) : undefined;
}

function readJson(name: string, text: string): Report | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(document) && document.length === 0) {
    const tool = [
      ['ruff', 'Ruff'],
      ['eslint', 'ESLint'],
    ].find(([word = '']) => name.toLowerCase().includes(word));
    return { tools: tool ? [tool[1] ?? ''] : [] };
  }
  return (
    readSarif(document) ??
    readEslint(document) ??
    readRuff(document) ??
    covered(readCoveragePy(document))
  );
}

function covered(coverage: Report['coverage'] | undefined): Report | undefined {
  return coverage && { coverage };
}
