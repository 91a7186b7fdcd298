import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('shell grammar', () => {
  for (const [line, place] of [
    ['/srv/deploy.sh: line 5: frobnicate: command not found', '/srv/deploy.sh:5'],
    ['./deploy.sh: line 7: TARGET: unbound variable', './deploy.sh:7'],
    ['/srv/bin/deploy: line 9: /srv/missing: No such file or directory', '/srv/bin/deploy:9'],
    ['deploy.sh: 5: frobnicate: not found', 'deploy.sh:5'],
    ['/srv/deploy.sh: 6: TARGET: parameter not set', '/srv/deploy.sh:6'],
    ['deploy.zsh:5: command not found: frobnicate', 'deploy.zsh:5'],
    ['deploy.ksh[5]: frobnicate: not found', 'deploy.ksh:5'],
    ['deploy.sh: line 4: 12345 Killed                  ./worker', 'deploy.sh:4'],
  ]) {
    it(`reads ${line}`, () => {
      const [event, ...others] = eventsIn(`${line}\n`);
      const top = event?.frames[0];
      assert.equal(others.length, 0);
      assert.equal(event?.language, 'shell');
      assert.equal(`${top?.file}:${top?.line}`, place);
    });
  }

  it('counts a line that could not be parsed once', () => {
    assert.deepEqual(
      summaries("a.sh: line 9: syntax error near unexpected token `fi'\na.sh: line 9: `fi'\n"),
      ["error ShellError: syntax error near unexpected token `fi' @ - a.sh:9"],
    );
  });

  it('takes no other program for a shell', () => {
    assert.deepEqual(
      eventsIn(`config.yml: line 5: bad indentation
main.py:3: command not found in the table
src/app.ts:5: not found
notes: line 3: it was a fine day`),
      [],
    );
  });

  for (const line of [
    'deploy.sh: line 46: TOKEN: get one from the vault first',
    "deploy.sh: 11: cd: can't cd to /nowhere",
    'deploy.sh: 20: arithmetic expression: division by zero: "1/0"',
    'deploy.sh:24: no such file or directory: ./build.sh',
    'deploy.sh:cd:30: no such file or directory: /nowhere',
    'deploy.sh:53: read-only variable: V',
  ]) {
    it(`reads what bash, dash and zsh say of a script: ${line}`, () => {
      assert.equal(eventsIn(`${line}\n`)[0]?.frames[0]?.file, 'deploy.sh');
    });
  }

  it('takes what grep finds in a script for no failure of it', () => {
    assert.deepEqual(eventsIn('deploy.sh:14:TOKEN: get one first\nsee deploy.sh: 3 steps\n'), []);
  });

  it('reads what fish says of a script, above the place or behind it', () => {
    const text = `fish: Unknown command: kubeclt
deploy.fish (line 3): 
  kubeclt apply
  ^~~~~~^
in function 'deploy'
	called on line 5 of file deploy.fish
cd: The directory '/nowhere' does not exist
/usr/share/fish/functions/cd.fish (line 30): 
    builtin cd $argv
    ^
in function 'cd' with arguments '/nowhere'
	called on line 7 of file deploy.fish
bad.fish (line 1): Missing end to balance this function definition
function f
^~~~~~~^
`;
    assert.deepEqual(summaries(text), [
      'error ShellError: Unknown command: kubeclt @ - deploy.fish:3',
      "error ShellError: cd: The directory '/nowhere' does not exist @ - deploy.fish:7",
      'error ShellError: Missing end to balance this function definition @ - bad.fish:1',
    ]);
  });
});
