// node sentry.mjs DSN: reports as a service does that uses Sentry's SDK.
import * as Sentry from '@sentry/node';

Sentry.init({ dsn: process.argv[2], release: '1.4.2', tracesSampleRate: 1 });

function total(articles) {
  return articles.reduce((sum, article) => sum + article.price.cents, 0);
}

try {
  total([{}]);
} catch (error) {
  Sentry.captureException(new Error('The cart could not be added up', { cause: error }));
}
Sentry.captureMessage('No route to the warehouse', 'error');
Sentry.captureMessage('All is well', 'info');
Sentry.captureFeedback({ message: 'The cart is broken', email: 'ann@example.com', name: 'Ann' });
await Sentry.startSpan({ name: 'GET /cart', op: 'http.server' }, () => Promise.resolve());
console.log(JSON.stringify({ sent: await Sentry.flush(20_000) }));
