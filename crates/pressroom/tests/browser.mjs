// node browser.mjs ADDRESS ADDRESS-UNDER-ANOTHER-KEY EXPORTED-FOLDER: what readers see. Run by browser.rs.

import assert from 'node:assert/strict';
import { launch } from '../../../verifier/test/chromium.mjs';

const [ours, theirs, folder] = process.argv.slice(2);
const browser = await launch();

/** What the page says once it has checked; and that nothing went wrong in it, and it fits its width. */
const outcome = async (url, options = {}) => {
  const page = await browser.page(url, options);
  await page.until("!document.getElementById('outcome') || document.querySelector('#outcome strong')");
  const found = await page.evaluate(`({
    kind: document.getElementById('outcome')?.className.replace('outcome ', '') ?? '',
    text: document.getElementById('outcome')?.innerText ?? '',
    wide: document.documentElement.scrollWidth > innerWidth,
  })`);
  assert.deepEqual(page.errors, [], url);
  assert.equal(found.wide, false, `${url} is wider than its window`);
  await page.close();
  return found;
};

const expect = async (url, kind, ...words) => {
  const found = await outcome(url);
  assert.equal(found.kind, kind, `${url}: ${found.text}`);
  for (const word of words) assert.ok(found.text.includes(word), `${url}: ${word}: ${found.text}`);
  console.log(`ok ${url.slice(url.indexOf('/', 8))}: ${found.text.split('\n')[0]}`);
};

const at = (id, language = 'en') => `${ours}/${language}/statements/${id}`;

await expect(at('bridge-at-karsk'), 'good', 'Verified by your own browser', 'Parts 1, 3, 5 and 7 read here exactly', 'Sealed before 16 March 2030, 17:46 UTC', 'none was left out');
await expect(at('bridge-at-karsk/1'), 'good', 'Verified by your own browser');
await expect(at('bridge-at-karsk', 'fr'), 'good', 'Vérifié', '1, 3, 5 et 7', '16 mars 2030 à 17:46 UTC');
await expect(at('bridge-at-karsk', 'de'), 'good', '1, 3, 5 und 7', '16. März 2030, 17:46 UTC');
await expect(at('bridge-at-karsk', 'ru'), 'good', '16 марта 2030 г., 17:46 UTC');
await expect(at('bridge-at-karsk', 'zh'), 'good', '1、3、5和7', '2030年3月16日');
await expect(at('late'), 'wait', 'AFTER the publication');
await expect(at('late-and-kept-back'), 'wait', 'AFTER the publication');
await expect(at('spoiled'), '');
await expect(at('another-word'), 'bad', 'NOT verified', '(parts: 3)');
await expect(at('a-hole-less'), 'bad', 'NOT verified', '(parts: 4)');
await expect(at('shorter'), 'bad', 'NOT verified', '(parts: 7)');
await expect(at('forged'), 'bad', 'NOT verified', 'damaged', '(hash)');
await expect(`${theirs}/en/statements/bridge-at-karsk`, 'bad', 'NOT verified', 'another log', '(wrong-log)');
await expect(`file://${folder}/en/statements/bridge-at-karsk/index.html`, 'good', 'Verified by your own browser', 'Sealed before 16 March 2030');

// The front page and a telephone; the exported front page from a disk, whose links lead on.
for (const url of [`${ours}/`, `${ours}/zh/`, at('never-written'), at('poryadok'), `file://${folder}/index.html`]) {
  for (const width of [1280, 360, 320]) await outcome(url, { width });
}
for (const width of [360, 320]) for (const language of ['en', 'de', 'ru']) await outcome(at('bridge-at-karsk', language), { width });
// On a telephone the office's words come first, then the letter, then what others published under a heading that says so; a wide window
// has the two texts side by side, the office's on the left. On paper stands no browser's check but how to check.
const places = async (url, options) => {
  const page = await browser.page(url, options);
  const found = await page.evaluate(`(() => {
    const box = (selector) => { const { left, top, height } = document.querySelector(selector).getBoundingClientRect(); return { left, top, height }; };
    return Object.fromEntries(['.text', '.written', '.published h3', '.published blockquote', '.outcome', '.on-paper'].map((selector) => [selector, box(selector)]));
  })()`);
  await page.close();
  return found;
};
for (const language of ['en', 'zh']) {
  const phone = await places(at('bridge-at-karsk', language), { width: 360 });
  const order = ['.text', '.written', '.published h3', '.published blockquote'].map((selector) => phone[selector].top);
  assert.deepEqual(order, [...order].sort((a, b) => a - b), 'the order on a telephone');
  assert.equal(phone['.on-paper'].height, 0);
  const wide = await places(at('bridge-at-karsk', language), { width: 1280 });
  assert.ok(wide['.written'].left < wide['.published h3'].left && wide['.written'].top < wide['.text'].top, 'side by side');
  const paper = await places(at('bridge-at-karsk', language), { width: 794, print: true });
  assert.ok(paper['.outcome'].height === 0 && paper['.on-paper'].height > 50, 'what stands on paper');
}
const disk = await browser.page(`file://${folder}/index.html`);
await disk.evaluate("setTimeout(() => document.querySelector('.statements h3 a').click())");
await disk.until("document.getElementById('letter') && document.getElementById('outcome').className.includes('good')");
const styled = await disk.evaluate("getComputedStyle(document.querySelector('.letter')).whiteSpace !== 'normal'");
assert.ok(styled, 'the stylesheet is found from a disk');
await disk.close();

// The verifier's own page runs under its own policy.
const verifier = await browser.page(`${ours}/verify.html`);
assert.deepEqual(verifier.errors.filter((error) => !error.includes('favicon')), []);
assert.equal(await verifier.evaluate('typeof countermark.verify'), 'function');
await verifier.close();

await browser.close();
console.log('ok: everything');
