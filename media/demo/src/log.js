'use strict';

function info(message) {
  console.log(`${new Date().toISOString()} INFO  ${message}`);
}

function error(message, cause) {
  console.error(`${new Date().toISOString()} ERROR ${message}`);
  console.error(cause);
}

module.exports = { info, error };
