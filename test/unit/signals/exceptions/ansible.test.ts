import assert from 'node:assert/strict';
import { eventsIn } from '../support/readLines.ts';

const play = `TASK [copy] ****************************************************************
fatal: [web1]: FAILED! => {"changed": false, "msg": "Could not find '/nowhere/a'"}
fatal: [web2]: FAILED! => {"changed": false, "msg": "Could not find '/nowhere/a'"}
fatal: [web1]: FAILED! => {"msg": "non-zero return code", "rc": 1, "stderr": "no such service"}
...ignoring
fatal: [web3]: UNREACHABLE! => {"msg": "Connection refused", "unreachable": true}
failed: [web1] (item=x) => {"item": "x", "msg": "No package 'x'", "stderr": "apt says no"}
fatal: [main] is no branch
PLAY RECAP *****************************************************************
`;

describe('ansible grammar', () => {
  it('reads what a task failed of, without its host, and nothing that is ignored', () => {
    assert.deepEqual(
      eventsIn(play)
        .filter(({ language }) => language === 'ansible')
        .map(({ kind, severity, message }) => [kind, severity, message]),
      [
        ['log', 'error', "Could not find '/nowhere/a'"],
        ['log', 'error', "Could not find '/nowhere/a'"],
        ['log', 'error', 'Connection refused'],
        ['log', 'error', "No package 'x': apt says no"],
      ],
    );
  });

  it('does not report an ignored failure in another form', () => {
    assert.ok(eventsIn(play).every(({ message }) => !message.includes('return code')));
  });
});
