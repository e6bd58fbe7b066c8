// Who can use the page: names for screen readers, order, keyboard, contrast in both schemes, narrow screens.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from './harness.mjs';
import { launch } from './chromium.mjs';
import { here, page as source, script, sha256Base64, style } from './load.mjs';
import { sampleFile } from './samples.mjs';

test('the page names its script and its style by their hashes, and allows nothing else', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(source)[1];
  assert.equal(policy, `default-src 'none'; script-src 'sha256-${sha256Base64(script)}'; style-src 'sha256-${sha256Base64(style)}'; base-uri 'none'; form-action 'none'`);
  assert.doesNotMatch(source, /\b(src|style|on[a-z]+)="/);
  assert.doesNotMatch(script, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|localStorage|import\(/);
  assert.doesNotMatch(style, /url\(|@import/);
});

/** Relative luminance and contrast of WCAG 2. */
const luminance = (hex) => {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  const [r, g, b] = full.slice(1).match(/../g).map((pair) => parseInt(pair, 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

test('contrast of the palette in both schemes', () => {
  const palette = (block) => Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]+);/g)].map(([, name, value]) => [name, value]));
  const [light, dark] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => palette(block));
  const pairs = [
    ['ink', 'page'], ['ink', 'paper'], ['soft', 'page'], ['soft', 'paper'], ['link', 'paper'], ['link', 'page'], ['paper', 'link'], ['ink', 'hole'],
    ['good', 'good-paper'], ['warn', 'warn-paper'], ['bad', 'bad-paper'], ['good', 'paper'], ['warn', 'paper'], ['bad', 'paper'],
  ];
  for (const [scheme, colours] of [['light', light], ['dark', { ...light, ...dark }]]) {
    for (const [on, under] of pairs) assert.ok(contrast(colours[on], colours[under]) >= 4.5, `${scheme}: ${on} on ${under} ${contrast(colours[on], colours[under])}`);
  }
});

const withReport = (name, run, options) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countermark-looks-'));
  const browser = await launch();
  try {
    const tab = await browser.page(pathToFileURL(here('verify.html')).href, options);
    await tab.choose(sampleFile(name, join(folder, 'b.json')));
    await tab.until('document.querySelector(".verdict")');
    await run(tab);
    assert.deepEqual(tab.errors, []);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

test('browser: names, landmarks, headings', withReport('row', async (tab) => {
  await tab.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
  const { nodes } = await tab.call('Accessibility.getFullAXTree');
  const seen = nodes.filter(({ ignored }) => !ignored).map(({ role, name }) => ({ role: role?.value, name: name?.value ?? '' }));
  const controls = seen.filter(({ role }) => ['button', 'textbox', 'checkbox', 'link', 'DisclosureTriangle', 'table', 'region', 'complementary'].includes(role));
  assert.ok(controls.length >= 12, `${controls.length} controls`);
  for (const { role, name } of controls) assert.notEqual(name.trim(), '', role);
  for (const role of ['main', 'banner', 'contentinfo', 'status']) assert.equal(seen.filter((one) => one.role === role).length, 1, role);
  const levels = await tab.evaluate('[...document.querySelectorAll("h1, h2, h3, h4")].filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))');
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.forEach((level, i) => assert.ok(i === 0 ? level === 1 : level <= levels[i - 1] + 1, levels.join()));
  assert.equal(await tab.evaluate('document.documentElement.lang'), 'en');
  assert.ok(await tab.evaluate('[...document.querySelectorAll(".letter, blockquote")].every((one) => one.dir === "auto")'));
}));

test('browser: by keyboard alone, in the order of the page, the focus seen', withReport('parts', async (tab) => {
  await tab.evaluate('window.scrollTo(0, 0); document.activeElement.blur()');
  const order = [];
  for (let i = 0; i < 40; i += 1) {
    await tab.press('Tab');
    const here = await tab.evaluate('(() => { const on = document.activeElement; if (on === document.body) return null; const { outlineStyle, outlineWidth } = getComputedStyle(on); return { at: [...document.querySelectorAll("*")].indexOf(on), what: on.id || on.className || on.tagName, outline: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 }; })()');
    if (here === null) break;
    order.push(here);
  }
  assert.ok(order.length >= 7, JSON.stringify(order));
  assert.equal(order[0].what, 'skip');
  order.forEach((one, i) => assert.ok(one.outline && (i === 0 || one.at > order[i - 1].at), JSON.stringify(order)));
  await tab.evaluate('document.querySelector("#trust summary").focus()');
  await tab.press('Enter', 'Enter', '\r');
  assert.equal(await tab.evaluate('document.getElementById("trust").open'), true);
  await tab.press('Tab');
  assert.equal(await tab.evaluate('document.activeElement.id'), 'log-key');
  await tab.evaluate('document.querySelector("button.act").focus()');
  await tab.press('Enter', 'Enter', '\r');
  assert.equal(await tab.evaluate('document.activeElement.id'), 'log-key');
}));

for (const name of ['parts', 'row', 'hostile', 'changed', 'late']) {
  test(`browser: ${name} on a screen of 320 pixels`, withReport(name, async (tab) => {
    await tab.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    const wide = await tab.evaluate('[...document.querySelectorAll("body *")].filter((one) => !one.closest(".wide, .unseen, .skip") && one.checkVisibility() && one.getBoundingClientRect().right > 320).map((one) => `${one.tagName}.${one.className}`)');
    assert.deepEqual(wide, []);
    assert.ok(await tab.evaluate('document.documentElement.scrollWidth <= 320'));
  }, { width: 320, height: 700 }));
}

test('browser: printed, only the report', withReport('parts', async (tab) => {
  assert.deepEqual(await tab.evaluate('["header", "#input", "footer", "#report"].map((one) => document.querySelector(one).checkVisibility())'), [false, false, false, true]);
}, { print: true }));
