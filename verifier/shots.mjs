// The page's pictures in the documentation: `node verifier/shots.mjs [FOLDER]`, docs/figures unless told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from './test/chromium.mjs';
import { here } from './test/load.mjs';
import { LOG_KEY, sampleFile, WITNESS_KEY } from './test/samples.mjs';

const out = process.argv[2] ?? here('../docs/figures');
const folder = mkdtempSync(join(tmpdir(), 'countermark-shots-'));
const browser = await launch();

/** A picture of the report, from one element to another. */
const shoot = async (file, name, { trusted = true, from = '.verdict', to, ...options }) => {
  const tab = await browser.page(pathToFileURL(here('verify.html')).href, options);
  if (trusted) {
    await tab.evaluate(`(() => { document.getElementById('log-key').value = ${JSON.stringify(LOG_KEY)}; document.getElementById('witnesses').value = ${JSON.stringify(WITNESS_KEY)}; })()`);
  }
  await tab.choose(sampleFile(name, join(folder, 'bundle.json')));
  await tab.until('document.querySelector(".verdict")');
  const [top, bottom] = await tab.evaluate(`[document.querySelector(${JSON.stringify(from)}).getBoundingClientRect().top + scrollY, document.querySelector(${JSON.stringify(to)}).getBoundingClientRect().bottom + scrollY]`);
  const picture = await tab.screenshot({ x: 0, y: top - 24, width: options.width, height: bottom - top + 48, scale: 1 });
  writeFileSync(join(out, file), picture);
  console.log(`${file}: ${picture.length} bytes`);
  await tab.close();
};

await shoot('page-letter.png', 'parts', { width: 900, to: '.card:nth-of-type(2)' });
await shoot('page-copy.png', 'row', { width: 900, from: '.card:nth-of-type(2)', to: '.beside' });
await shoot('page-phone.png', 'parts', { width: 360, dark: true, trusted: false, to: '.card:nth-of-type(1)' });
if (process.argv[2]) {
  await shoot('page-invalid.png', 'changed', { width: 1000, from: 'header', to: 'footer' });
  await shoot('page-late.png', 'late', { width: 1000, from: 'header', to: 'footer' });
  await shoot('page-row-dark.png', 'row', { width: 1000, dark: true, from: 'header', to: 'footer' });
  await shoot('page-row-phone.png', 'row', { width: 360, from: 'header', to: 'footer' });
  await shoot('page-hostile.png', 'hostile', { width: 1000, from: '.verdict', to: 'footer' });
  await shoot('page-print.png', 'row', { width: 800, print: true, from: '.verdict', to: '.card:last-of-type' });
}
await browser.close();
rmSync(folder, { recursive: true, force: true });
