// The page in a real browser, from a file: the same answers, no error on its console, no request.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from './harness.mjs';
import { launch } from './chromium.mjs';
import { here, ordered, page as source, vectors } from './load.mjs';
import { LOG_KEY, sample, SAMPLES, sampleFile, WITNESS_KEY } from './samples.mjs';

const ADDRESS = pathToFileURL(here('verify.html')).href;
const MARKER = '<script type="application/json" id="bundle"></script>';

/** Runs with a tab on the page, which must end without an error and without having asked for anything else. */
const withPage = (run, { address = () => ADDRESS, clean = true, ...options } = {}) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countermark-browser-'));
  const browser = await launch();
  try {
    const url = address(folder);
    const tab = await browser.page(url, options);
    await run(tab, folder);
    if (clean) {
      assert.deepEqual(tab.errors, []);
      assert.deepEqual(tab.requests.filter((one) => !one.startsWith('blob:')), [url]);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const ask = (bytes, trusted) => `countermark.verify(Uint8Array.from(atob(${JSON.stringify(base64(bytes))}), (c) => c.charCodeAt(0)), ${JSON.stringify(trusted)})`;

const choose = async (tab, path) => {
  await tab.evaluate('document.getElementById("report").replaceChildren()');
  await tab.choose(path);
  await tab.until('document.querySelector(".verdict")');
  return tab.evaluate('document.querySelector(".verdict h2").textContent');
};

test('browser: every vector', withPage(async (tab) => {
  for (const { name, bytes, trusted, expected } of vectors()) {
    const report = await tab.evaluate(ask(bytes, trusted));
    for (const key of Object.keys(expected)) assert.equal(ordered(report[key]), ordered(expected[key]), `${name}: ${key}`);
  }
}));

test('browser: single-bit flips', withPage(async (tab) => {
  const bytes = sample('parts');
  const answer = await tab.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(base64(bytes))}), (c) => c.charCodeAt(0));
    const valid = async (bundle) => (await countermark.verify(bundle)).valid;
    const through = [await valid(bytes)];
    for (let bit = 0; bit < 8 * bytes.length; bit += 29) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      if (await valid(flipped)) through.push(bit);
    }
    return through;
  })()`);
  assert.deepEqual(answer, [true]);
}));

test('browser: a file chosen, its report, a changed one', withPage(async (tab, folder) => {
  const text = (selector) => tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`);
  assert.equal(await choose(tab, sampleFile('parts', join(folder, 'parts.json'))), '✓VALID');
  const report = await text('#report');
  for (const part of ['The bridge will open on the first of May', '2 · closed: 21–40 words', 'the key that it carries', 'no independent clock', 'I wrote this on the eve', 'not sealed, proved by nothing', 'Who let it out']) {
    assert.ok(report.includes(part), part);
  }
  assert.ok((await text('#said')).startsWith('VALID.'));
  assert.equal(await choose(tab, sampleFile('late', join(folder, 'late.json'))), '✓VALID, but sealed AFTER publication');
  assert.equal(await choose(tab, sampleFile('changed', join(folder, 'changed.json'))), '✗NOT VALID');
  const refused = await text('#report');
  assert.ok(refused.includes('What is shown is not what was sealed') && !refused.includes('bridge'));
}));

test('browser: a row beside the published text', withPage(async (tab, folder) => {
  await choose(tab, sampleFile('row', join(folder, 'row.json')));
  const report = await tab.evaluate('document.querySelector("#report").textContent');
  for (const part of ['Copy 2 of 3', 'at most 1 in 10,000', 'not the chance that this copy was used', 'seen at word', 'not as in this copy', 'Recipient 2', 'signed by two approvers, not sealed', 'compare it with the whole publication']) {
    assert.ok(report.includes(part), part);
  }
  const marked = await tab.evaluate('[...document.querySelectorAll(".beside > div:last-child mark")].map((mark) => mark.firstChild.textContent)');
  assert.deepEqual(marked.slice(0, 6), ['I turn', 'in view of', 'some', 'will open', 'you may hear', 'government']);
  assert.equal(marked.length, 15);
  const [shown, published] = [await tab.evaluate('(() => { const letter = document.querySelector(".beside > div:last-child .letter").cloneNode(true); letter.querySelectorAll("sup").forEach((sup) => sup.remove()); return letter.textContent; })()'), SAMPLES.row.published];
  assert.equal(shown, published);
}));

test('browser: whom the reader trusts', withPage(async (tab, folder) => {
  await choose(tab, sampleFile('parts', join(folder, 'parts.json')));
  const give = (id, value) => tab.evaluate(`(() => { const field = document.getElementById(${JSON.stringify(id)}); field.value = ${JSON.stringify(value)}; field.dispatchEvent(new Event('change')); })()`);
  await give('log-key', LOG_KEY);
  await tab.until('document.querySelector("#report").textContent.includes("the key that you gave")');
  await give('witnesses', WITNESS_KEY);
  await tab.until('document.querySelector("#report").textContent.includes("Sealed before15 January 2027, 08:07:00 UTC")');
  assert.ok(await tab.evaluate('document.querySelector("#report").textContent.includes("Sealed after")'));
  await give('log-key', LOG_KEY.replace('office', 'orifice'));
  await tab.until('document.getElementById("log-key-error").textContent !== ""');
  await tab.until('document.querySelector(".verdict") === null');
  assert.equal(await tab.evaluate('document.getElementById("log-key").getAttribute("aria-invalid")'), 'true');
  await give('log-key', '');
  await tab.until('document.querySelector(".verdict.good")');
}));

test('browser: dropped, pasted', withPage(async (tab) => {
  const [dropped, pasted] = [sample('parts'), sample('changed')];
  await tab.evaluate(`(() => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(${JSON.stringify(base64(dropped))}), (c) => c.charCodeAt(0))], 'b.json')); document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true })); })()`);
  await tab.until('document.querySelector(".verdict.good")');
  await tab.evaluate(`(() => { const field = document.getElementById('paste'); field.value = ${JSON.stringify(`${Buffer.from(pasted)}\n`)}; field.dispatchEvent(new Event('input')); })()`);
  await tab.until('document.querySelector(".verdict.bad")');
}));

test('browser: nothing that is shown becomes anything but text', withPage(async (tab, folder) => {
  const scripts = await tab.evaluate('document.scripts.length');
  await choose(tab, sampleFile('hostile', join(folder, 'hostile.json')));
  assert.ok(await tab.evaluate('document.querySelector("#report").textContent.includes("<img src=x onerror=")'));
  assert.ok(await tab.evaluate('document.querySelector("#report").textContent.includes("2 characters that cannot be seen")'));
  assert.deepEqual(await tab.evaluate('[document.scripts.length, document.images.length, document.title]'), [scripts, 0, 'Countermark: check a bundle']);
}));

/** The page with a bundle inside, as `docs/formats/bundle.md` says. */
const withBundle = (bytes) => (folder) => {
  assert.equal(source.split(MARKER).length, 2);
  const path = join(folder, 'answer.html');
  writeFileSync(path, source.replace(MARKER, MARKER.replace('></', `>"${base64(bytes)}"</`)));
  return pathToFileURL(path).href;
};

test('browser: a bundle inside the page', withPage(async (tab, folder) => {
  await tab.until('document.querySelector(".verdict.good")');
  assert.ok(await tab.evaluate('document.getElementById("banner").checkVisibility() && document.getElementById("banner").textContent.includes("This page checks itself")'));
  await tab.call('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, eventsEnabled: true });
  const finished = tab.event('Browser.downloadProgress', ({ state }) => state === 'completed');
  await tab.evaluate('document.getElementById("save").click()');
  await finished;
  assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'bundle.json'))), sample('row'));
}, { address: withBundle(sample('row')) }));

test('browser: a page with a broken bundle inside is not valid', withPage(async (tab) => {
  await tab.until('document.querySelector(".verdict.bad")');
}, { address: withBundle(Buffer.from('%PDF-1.7')) }));

test('browser: a page with something else in the bundle’s place is not valid', withPage(async (tab) => {
  await tab.until('document.querySelector(".verdict.bad")');
}, {
  address: (folder) => {
    const path = join(folder, 'answer.html');
    writeFileSync(path, source.replace(MARKER, MARKER.replace('></', '>{"format":</')));
    return pathToFileURL(path).href;
  },
}));

test('browser: nothing moves once it stands', withPage(async (tab) => {
  await tab.until('document.querySelector(".verdict")');
  const shift = await tab.evaluate('new Promise((resolve) => { let sum = 0; new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => { sum += value; })).observe({ type: "layout-shift", buffered: true }); setTimeout(() => resolve(sum), 200); })');
  assert.ok(shift < 0.01, `${shift}`);
}, { address: withBundle(sample('row')) }));

test('browser: the page could not fetch if it wanted to', withPage(async (tab) => {
  const refused = await tab.evaluate(`Promise.all([
    fetch('http://127.0.0.1:9/').then(() => 'fetched', () => 'refused'),
    new Promise((resolve) => { const image = new Image(); image.onload = () => resolve('loaded'); image.onerror = () => resolve('refused'); image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; }),
    new Promise((resolve) => { const script = document.createElement('script'); script.textContent = 'globalThis.ran = true'; document.body.append(script); resolve(globalThis.ran ? 'ran' : 'refused'); }),
  ])`);
  assert.deepEqual(refused, ['refused', 'refused', 'refused']);
  assert.ok(tab.errors.every((error) => error.includes('Content Security Policy')));
}, { clean: false }));
