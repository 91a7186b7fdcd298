/** The stream ended before the reply did. */
export class CutReplyError extends Error {
  override readonly name = 'CutReplyError';

  constructor() {
    super('The connection ended in the middle of its reply, twice in a row.');
  }
}
