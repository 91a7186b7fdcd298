import type { Grammar } from '../grammar.ts';
import { readFailure } from './junitXml.ts';

const failed = /^\s{0,20}##teamcity\[testFailed /;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '' };

/** TeamCity's service messages, which IDEs read and most runners can write: `##teamcity[testFailed name='…' message='…' details='…']`. */
export function teamcity(languages: () => readonly Grammar[]): Grammar {
  return {
    language: 'text',
    standsAlone: true,
    hints: ['##teamcity[testFailed '],
    saysEnough: () => true,
    begin: (line) => (line.includes('##teamcity[') && failed.test(line) ? () => 'no' : undefined),
    *parse([line = '']) {
      const message = attribute(line, 'message');
      const details = attribute(line, 'details');
      const [said = ''] = message.split('\n');
      const body = said !== '' && details.includes(said) ? details : `${message}\n${details}`;
      const lines = body.split('\n').map((text) => text.replace(/^ (?=\S)/, ''));
      const type = attribute(line, 'type');
      yield readFailure(
        {
          type: type === 'comparisonFailure' ? '' : type,
          message,
          body: lines.join('\n'),
          file: '',
          line: '',
        },
        languages(),
      );
    },
  };
}

function attribute(line: string, name: string): string {
  const match = new RegExp(String.raw` ${name}='((?:[^'|]|\|.){0,16000})'`).exec(line);
  return (match?.[1] ?? '').replace(
    /\|(?:0x([\da-fA-F]{4})|(.))/g,
    (_, code: string | undefined, char = '') =>
      code === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
