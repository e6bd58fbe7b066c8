// The judges judged: a page with known faults, and one without, before anything else is looked at.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from '../../verifier/test/harness.mjs';
import { launch } from '../../verifier/test/chromium.mjs';
import { violations } from '../lib/axe.mjs';
import { person } from '../lib/person.mjs';
import { code } from '../lib/totp.mjs';
import { cut } from '../lib/width.mjs';

const GOOD = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Good</title><link rel="icon" href="data:,">
  <main><h1>A form</h1><form method="post" action="/sent"><p><label>Your name <input name="name" value="old"></label>
  <p><label><input type="checkbox" name="open" value="1"> Part 1</label>
  <details><summary>More</summary><label>Words <textarea name="words"></textarea></label></details>
  <p><label>Language <select name="language"><option value="en">English<option value="de">German</select></label>
  <p><button>Save</button></form></main>`;
const BAD = `<!doctype html><html><title></title><link rel="icon" href="data:,"><body style="margin:0"><h1>x</h1><h4>y</h4><input><p style="color:#aaa;background:#fff">pale words</p>
  <div style="width:600px;height:30px;background:#ddd">wide</div><p style="width:90px;white-space:nowrap;overflow:hidden">words that are cut at the edge</p>
  <script>console.error('one'); fetch('/not-there'); setTimeout(() => { throw new Error('two'); });</script>`;

const server = createServer((request, answer) => {
  let sent = '';
  request.on('data', (data) => { sent += data; });
  request.on('end', () => {
    const page = { '/good': GOOD, '/bad': BAD }[request.url];
    if (request.method === 'POST') answer.writeHead(303, { location: `/sent?${sent}` }).end();
    else if (request.url.startsWith('/sent')) answer.writeHead(200, { 'content-type': 'text/html' }).end(`<title>Sent</title><link rel="icon" href="data:,"><h1>Sent</h1><p>${new URL(request.url, 'http://x').search.replaceAll('&', '&amp;')}`);
    else if (page) answer.writeHead(200, { 'content-type': 'text/html' }).end(page);
    else answer.writeHead(404).end();
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const at = `http://127.0.0.1:${server.address().port}`;
let browser;
after(async () => { server.close(); server.closeAllConnections(); await browser?.close(); });

test('driver: a person fills a form with mouse and keys, and follows where it leads', async () => {
  browser ??= await launch();
  for (const script of [true, false]) {
    const me = await person(browser, { context: await browser.context(), script });
    await me.go(`${at}/good`);
    await me.fill('Your name', 'Ada Lindvar');
    await me.tick('Part 1');
    await me.open('More');
    await me.fill('Words', 'Ü and more ');
    await me.add('Words', 'at the end');
    await me.choose('Language', 'German');
    await me.button('Save');
    assert.match(await me.text(), /name=Ada\+Lindvar&open=1&words=%DC\+and\+more\+at\+the\+end&language=de/);
    assert.equal(me.clicks, 7);
    assert.deepEqual(me.complaints(), []);
    await me.close();
  }
});

test('driver: what is not there, and what is covered, can not be clicked', async () => {
  browser ??= await launch();
  const me = await person(browser, { context: await browser.context() });
  await me.go(`${at}/good`);
  await assert.rejects(me.find(['button'], 'Publish', 100), /no button is called Publish .* “Save”/);
  await me.evaluate('document.body.insertAdjacentHTML("beforeend", "<div style=\'position:fixed;inset:0\'></div>")');
  await assert.rejects(me.button('Save'), /covered/);
  await me.close();
});

test('judges: faults of a page are seen, and a good page has none', async () => {
  browser ??= await launch();
  const me = await person(browser, { context: await browser.context(), width: 320, height: 640 });
  await me.go(`${at}/good`);
  assert.deepEqual([await violations(me), await cut(me), me.complaints()], [[], [], []]);
  await me.go(`${at}/bad`);
  const found = (await violations(me)).join('\n');
  for (const rule of ['html-has-lang', 'document-title', 'label', 'color-contrast', 'heading-order']) assert.match(found, new RegExp(`^${rule}`, 'm'));
  const widths = (await cut(me)).join('\n');
  assert.match(widths, /the page is 600 px wide in 320/);
  assert.match(widths, /cut/);
  const said = me.complaints().join('\n');
  for (const fault of [/^one$/m, /two/, /404 http/]) assert.match(said, fault);
  await me.close();
});

test('codes are those of RFC 6238', () => {
  // Appendix B, the last six of its eight digits: the secret is "12345678901234567890".
  for (const [seconds, digits] of [[59, '287082'], [1111111109, '081804'], [1234567890, '005924'], [20000000000, '353130']]) {
    assert.equal(code('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', seconds * 1000), digits);
  }
});
