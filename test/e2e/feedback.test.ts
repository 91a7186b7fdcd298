import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureChromium } from '../host/chromium.mjs';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { createRepository } from '../support/repository.ts';
import { tempFolder } from '../support/tempFolder.ts';

const patienceMs = 60_000;

/** The script that a page loads, in a browser, from a page with as strict a policy as there is. */
describe('thumbs on a page', function () {
  this.timeout(180_000);
  const temp = tempFolder('pw-thumbs');
  let browser: Browser;
  let receiver: Receiver;
  let pages: Server;
  let origin = '';
  let isInHead = false;

  before(async () => {
    browser = await chromium.launch({
      executablePath: ensureChromium(),
      args: ['--no-sandbox'],
      timeout: patienceMs,
    });
  });
  after(() => browser.close());

  beforeEach(async () => {
    pages = createServer((_, response) => {
      const { url, ingestKey } = receiver.serving;
      const policy = `default-src 'none'; script-src ${url}; connect-src ${url}`;
      const script = `<script src="${url}/feedback.js" data-key="${ingestKey}" data-component="search"></script>`;
      const [head, body] = isInHead ? [script, ''] : ['', script];
      response.writeHead(200, {
        'content-type': 'text/html',
        'content-security-policy': policy,
      });
      response.end(
        `<!doctype html><html lang="en"><head><title>Search</title>${head}</head><body><main><p>Found nothing.</p>${body}</main></body></html>`,
      );
    });
    await new Promise<void>((done) => pages.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    await createRepository(temp.path('shop'), { 'x.js': '' });
    receiver = await startReceiver(temp.path('shop'), { 'patchwright.server.origins': [origin] });
    isInHead = false;
  });
  afterEach(async () => {
    await receiver.dispose();
    await new Promise((done) => pages.close(done));
  });

  async function open(): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage();
    page.setDefaultTimeout(patienceMs);
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${origin}/search`);
    return { page, problems };
  }
  async function thumbsDown(): Promise<number> {
    await receiver.app.pipeline.scan();
    return receiver.app.backlog.feedback.negativeSince('2020-01-01', 10).length;
  }

  it('are pressed with the mouse or by the keyboard, and reach the backlog', async () => {
    const { page, problems } = await open();
    const group = page.getByRole('group', { name: 'Was this helpful?' });
    await group.getByRole('button', { name: 'Yes' }).click();
    await group.getByRole('status').getByText('Thank you.').waitFor();
    assert.equal(await group.getByRole('button').count(), 0);
    await page.reload();
    await group.getByRole('button', { name: 'Yes' }).focus();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(focused), 'No');
    await page.keyboard.press('Enter');
    await group.getByRole('status').getByText('Thank you.').waitFor();
    assert.equal(await page.evaluate(focused), 'Was this helpful?'); // not lost with the button
    assert.deepEqual(problems, []);
    assert.equal(await thumbsDown(), 1);
    await page.close();
  });

  it('stay to be pressed again when nobody listens, and work from the head, too', async () => {
    isInHead = true;
    const { page } = await open();
    const group = page.getByRole('group', { name: 'Was this helpful?' });
    await page.route('**/ingest/feedback', (route) => route.abort());
    await group.getByRole('button', { name: 'No' }).click();
    await group.getByText('That could not be sent.').waitFor();
    await page.unroute('**/ingest/feedback');
    await group.getByRole('button', { name: 'No' }).click();
    await group.getByText('Thank you.').waitFor();
    assert.equal(await thumbsDown(), 1);
    await page.close();
  });
});

const focused = `document.activeElement.getAttribute('aria-label')`; // in the page
