import { type Grammar, loggedError } from '../grammar.ts';
import { messageOf } from '../parts.ts';

const head = 'APPLICATION FAILED TO START';
const maxLines = 60;

/** Spring Boot explains why it could not start: what is wrong, then what to do about it. */
export const springFailure: Grammar = {
  language: 'java',
  hints: [head],
  begin(line) {
    if (line !== head) return undefined;
    let lines = 0;
    let isDescribed = false;
    let isAdvised = false;
    let advice = 0;
    return (next) => {
      if (++lines > maxLines) return 'no';
      isDescribed ||= next === 'Description:';
      if (isAdvised && next !== '') advice++;
      if (advice > 0 && next === '') return 'last';
      isAdvised ||= next === 'Action:';
      return isDescribed ? 'enough' : 'more';
    };
  },
  isLogged: () => true,
  *parse(lines) {
    const start = lines.indexOf('Description:');
    if (start < 0) return;
    const end = lines.indexOf('Action:', start);
    const message = messageOf(lines.slice(start + 1, end < 0 ? undefined : end));
    if (message === '') return;
    const none = { frames: [], causes: [] };
    yield { kind: 'log', language: 'java', type: loggedError, message, ...none, severity: 'fatal' };
  },
};
