import type { Cause, Frame } from '../../core/signal.ts';
import { maxFrames, maxMessageChars, type ParsedException } from './grammar.ts';
import { type Json, objectAt, objectOf, own, textAt } from './jsonValues.ts';

const maxCauses = 20;

/**
 * A Java exception as log4j2's JsonLayout (`name`, `extendedStackTrace`) and logback's JsonEncoder
 * (`className`, `stepArray`) write it: frames as records, causes nested.
 */
export function readThrown(thrown: Json): ParsedException | undefined {
  const links: Cause[] = [];
  let at: Json | undefined = thrown;
  while (at && links.length <= maxCauses) {
    const link = linkOf(at);
    if (!link) break;
    links.push(link);
    at = objectAt(at, 'cause');
  }
  const [outermost, ...causes] = links;
  return outermost && { language: 'java', ...outermost, causes, severity: 'error' };
}

function linkOf(thrown: Json): Cause | undefined {
  const type = textAt(thrown, 'className') ?? textAt(thrown, 'name');
  const steps = own(thrown, 'stepArray') ?? own(thrown, 'extendedStackTrace');
  if (type === undefined || !/^[\w.$]{1,300}$/.test(type) || !Array.isArray(steps))
    return undefined;
  const message = textAt(thrown, 'message') ?? textAt(thrown, 'localizedMessage') ?? '';
  const frames = steps.slice(0, maxFrames).flatMap(frameOf);
  return { type, message: message.slice(0, maxMessageChars), frames };
}

function frameOf(value: unknown): Frame[] {
  const step = objectOf(value);
  const owner = step && (textAt(step, 'className') ?? textAt(step, 'class'));
  if (!step || owner === undefined) return [];
  const method = textAt(step, 'methodName') ?? textAt(step, 'method');
  const name = textAt(step, 'fileName') ?? textAt(step, 'file');
  const line = own(step, 'lineNumber') ?? own(step, 'line');
  return [javaFrame(owner, method, name, typeof line === 'number' ? line : 0)];
}

/** As a printed trace gives it: the file below the folders of its package. */
export function javaFrame(
  owner: string,
  method: string | undefined,
  name: string | undefined,
  line: number,
): Frame {
  const folder = owner.split('.').slice(0, -1).join('/');
  return {
    file: name === undefined ? owner : folder === '' ? name : `${folder}/${name}`,
    ...(method === undefined ? {} : { function: `${owner}.${method}` }),
    ...(line > 0 ? { line } : {}),
    inApp:
      !/^(?:java|javax|jakarta|jdk|sun|kotlin|scala|org\.(?:springframework|apache|junit|hibernate)|com\.sun)\./.test(
        owner,
      ),
  };
}
