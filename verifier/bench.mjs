// How long the page takes to check a bundle of one page of text with a time-stamp and a cosignature, in the browser:
// `node verifier/bench.mjs`. And the whole way with the bundle inside the page: from the start of loading to the report.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Authority, CA } from './test/authority.mjs';
import { launch } from './test/chromium.mjs';
import { forge, LETTER, LOG_KEY } from './test/forge.mjs';
import { here, page, verifier } from './test/load.mjs';
import { SAMPLES, WITNESS_KEY } from './test/samples.mjs';

const ROUNDS = 500;
const LOADS = 40;

/** In the page before its own script: when the report stands, in ms from the beginning of loading. */
const WATCH = `globalThis.reported = new Promise((resolve) => {
  const look = () => { if (document.querySelector('.verdict')) { observer.disconnect(); resolve(performance.now()); } };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
})`;

const letter = Array.from({ length: 5 }, () => LETTER.slice(1)).flat();
const { cosigned } = SAMPLES.parts;
const authority = new Authority();
const trust = authority.certificate('root', { kind: 'rsa', extensions: CA });
authority.certificate('tsa', { kind: 'rsa', issuer: 'root' });
const token = (text) => authority.stamp('tsa', text, { chain: ['root'] });

const published = SAMPLES.row.published;
const cases = {
  'one page of text, every part open, token and cosignature': forge({ sources: letter, open: letter.map((_, i) => i + 1), token, cosigned }),
  'the letter with a row of 15 sites and a name, token and cosignature': forge({ ...SAMPLES.row, published, token }),
};
authority.end();

const spread = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
};

const browser = await launch();
const folder = mkdtempSync(join(tmpdir(), 'countermark-bench-'));
console.log(await browser.version());
for (const [name, bytes] of Object.entries(cases)) {
  const trusted = { logKey: LOG_KEY, trust, witnesses: [WITNESS_KEY] };
  const report = await verifier().verify(bytes, trusted);
  const trustedClocks = report.clocks.filter(({ state }) => state === 'trusted').length;
  if (!report.valid || trustedClocks !== 2) throw new Error(`${name}: ${report.reason}, ${trustedClocks} clocks`);
  const words = report.opened.map(({ text }) => text).join('').split(/\s+/).length;
  console.log(`\n${name}\n  ${bytes.length} bytes, ${words} words, ${report.opened.length} parts`);
  const tab = await browser.page(pathToFileURL(here('verify.html')).href);
  const times = await tab.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(Buffer.from(bytes).toString('base64'))}), (c) => c.charCodeAt(0));
    const times = [];
    for (let i = 0; i <= ${ROUNDS}; i += 1) {
      const start = performance.now();
      const { valid } = await countermark.verify(bytes, ${JSON.stringify(trusted)});
      times.push(performance.now() - start);
      if (!valid) throw new Error('not valid');
    }
    return times;
  })()`);
  console.log(`  first check in a fresh page ${times[0].toFixed(1)} ms; ${ROUNDS} more: ${spread(times.slice(1))}`);
  await tab.close();

  const inside = join(folder, 'answer.html');
  const marker = '<script type="application/json" id="bundle"></script>';
  writeFileSync(inside, page.replace(marker, marker.replace('></', `>"${Buffer.from(bytes).toString('base64')}"</`)));
  const loads = [];
  for (let i = 0; i < LOADS; i += 1) {
    const opened = await browser.page(pathToFileURL(inside).href, { before: WATCH });
    loads.push(await opened.evaluate('reported'));
    await opened.close();
  }
  console.log(`  the page with the bundle inside, opened ${LOADS} times, until the report stands: ${spread(loads)}`);
}
await browser.close();
rmSync(folder, { recursive: true, force: true });
