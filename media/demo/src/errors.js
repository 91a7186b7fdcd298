'use strict';

/** What the client did wrong; anything else that is thrown is our fault and is logged as such. */
class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

module.exports = { RequestError };
