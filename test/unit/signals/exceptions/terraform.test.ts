import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('terraform grammar', () => {
  it('reads each error in its box, and no warning', () => {
    assert.deepEqual(
      summaries(`╷
│ Error: Reference to undeclared resource
│ 
│   on main.tf line 14, in resource "aws_instance" "web":
│   14:   subnet_id = aws_subnet.mian.id
│ 
│ A managed resource "aws_subnet" "mian" has not been declared.
╵
╷
│ Warning: Argument is deprecated
│ 
│   on storage.tf line 3, in resource "aws_s3_bucket" "logs":
╵
╷
│ Error: no valid credential sources found
╵`),
      [
        'error TerraformError: Reference to undeclared resource @ - main.tf:14',
        'error TerraformError: no valid credential sources found',
      ],
    );
  });

  it('keeps the details, without the source', () => {
    const [event] = eventsIn(`│ Error: a
│ 
│   on main.tf line 14, in locals:
│   14:   x = y
│ 
│ Details of it.
╵`);
    assert.match(event?.message ?? '', /^a\s+Details of it\.$/);
  });
});
