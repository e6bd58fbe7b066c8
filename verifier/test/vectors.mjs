// The repository's vectors, and every single-bit flip.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import { ordered, vectors, verifier } from './load.mjs';
import { forge, LETTER, LOG_KEY } from './forge.mjs';

const { verify } = verifier();

for (const { name, bytes, trusted, expected } of vectors()) {
  test(`vector ${name}`, async () => {
    const report = await verify(bytes, trusted);
    for (const key of Object.keys(expected)) assert.equal(ordered(report[key]), ordered(expected[key]), key);
  });
}

test('every single-bit flip of a bundle is refused', async () => {
  const bytes = forge({ sources: LETTER.slice(0, 2), open: [2], capturedAt: 1800050000, words: 'Mine.' });
  const trusted = { logKey: null };
  assert.equal((await verify(bytes, trusted)).valid, true);
  for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    const report = await verify(flipped, trusted);
    assert.equal(report.valid, false, `bit ${bit}`);
    assert.deepEqual([report.opened, report.closed, report.reference], [[], [], null]);
  }
});

/** The same with `~hash` made right after the flip, so that the early check can't catch it; strings only. */
test('every changed character of a field is refused, the last hash made right', async () => {
  const swapped = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  const plain = { sources: LETTER.slice(0, 2), open: [2] };
  const fields = ['commitment', 'message', 'log', 'proof'];
  for (const field of fields) {
    let length = 0;
    forge({ ...plain, alter: (all) => { length = String(all[field]).length; } });
    for (let at = 0; at < Math.min(length, 400); at += 3) {
      const alter = (all) => { all[field] = typeof all[field] === 'string' ? swapped(all[field], at) : Uint8Array.from(all[field], (b, i) => (i === at % 32 ? b ^ 1 : b)); };
      const report = await verify(forge({ ...plain, alter }), { logKey: LOG_KEY });
      assert.equal(report.valid, false, `${field} ${at}`);
    }
  }
});
