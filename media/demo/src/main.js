'use strict';

const log = require('./log');
const { createShop } = require('./server');

const server = createShop();
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  log.info(`listening on port ${server.address().port}`);
});
process.on('SIGTERM', () => {
  log.info('stopping');
  server.close();
  server.closeIdleConnections();
});
