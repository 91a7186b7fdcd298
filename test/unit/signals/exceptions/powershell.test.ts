import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('powershell grammar', () => {
  it('reads the box of PowerShell 7, in colour', () => {
    const red = '\x1b[31;1m';
    const cyan = '\x1b[36;1m';
    assert.deepEqual(
      summaries(`${red}Get-Item: \x1b[0m/srv/app/deploy.ps1:5\x1b[0m
${red}\x1b[0m${cyan}Line |\x1b[0m
${cyan}   5 | \x1b[0m ${cyan}Get-Item ./missing.txt\x1b[0m
${cyan}     | ${red} ~~~~~~~~~~~~~~~~~~~~~~\x1b[0m
${cyan}     | ${red}Cannot find path '/srv/app/missing.txt' because it does not exist.\x1b[0m`),
      [
        "error PowerShellError: Cannot find path '/srv/app/missing.txt' because it does not exist. @ - /srv/app/deploy.ps1:5",
      ],
    );
  });

  it('reads the form of Windows PowerShell', () => {
    assert.deepEqual(
      summaries(`kubectll : The term 'kubectll' is not recognized as the name of a cmdlet. 
Check the spelling of the name.
At C:\\app\\deploy.ps1:8 char:1
+ kubectll apply -f x.yml
+ ~~~~~~~~
    + CategoryInfo          : ObjectNotFound: (kubectll:String) [], CommandNotFoundException
    + FullyQualifiedErrorId : CommandNotFoundException`),
      [
        "error CommandNotFoundException: The term 'kubectll' is not recognized as the name of a cmdlet. Check the spelling of the name. @ - C:\\app\\deploy.ps1:8",
      ],
    );
  });

  it('reads what was thrown without a command', () => {
    assert.deepEqual(
      summaries(`deploy of 17 failed
At C:\\app\\deploy.ps1:9 char:1
+ throw "deploy of 17 failed"
+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~
    + CategoryInfo          : OperationStopped: (deploy of 17 failed:String) [], RuntimeException
    + FullyQualifiedErrorId : deploy of 17 failed`),
      ['error RuntimeException: deploy of 17 failed @ - C:\\app\\deploy.ps1:9'],
    );
  });

  it('takes no list of properties for an error', () => {
    assert.deepEqual(
      eventsIn('ErrorActionPreference : Stop\nName : shop\nAt line 5 : see\nLine |\n'),
      [],
    );
  });
});
