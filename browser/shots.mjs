// The pictures of the desk and the pressroom in the documentation: `node browser/shots.mjs [FOLDER]`, docs/figures unless told. With a
// FOLDER, every page in four ways (1280 and 390 px, light and dark), for looking at. Real pages of a real office, made anew from fixed texts.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answer, befriend, draft, openCase, sealDraft } from './lib/desk.mjs';
import { setUp } from './lib/door.mjs';
import { BORDER, FUEL, PEOPLE } from './lib/letters.mjs';
import { newOffice } from './lib/office.mjs';
import { person } from './lib/person.mjs';
import { small } from './lib/png.mjs';
import { launch } from '../verifier/test/chromium.mjs';

/** The most bytes of a picture: pages of documentation load on a slow line too. */
const MOST = 150_000;

const everything = process.argv[2] !== undefined;
const out = process.argv[2] ?? fileURLToPath(new URL('../docs/figures', import.meta.url));
const office = await newOffice();
await office.serve();
const browser = await launch();
const me = await person(browser);

/** A picture of a page, or of what stands on it from one element to another. */
const shoot = async (name, url, { width, dark = false, from, to, most = 1_400, where = me }) => {
  await where.size(width, 900);
  await where.dark(dark);
  await where.go(url);
  await where.evaluate('document.fonts.ready.then(() => true)');
  const box = (selector, side) => where.evaluate(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); return e ? e.getBoundingClientRect().${side} + scrollY : null; })()`);
  const top = from ? Math.max(0, await box(from, 'top') - 16) : 0;
  const bottom = (to ? await box(to, 'bottom') + 16 : null) ?? await where.evaluate('document.documentElement.scrollHeight');
  const picture = small(await where.page.screenshot({ x: 0, y: top, width, height: Math.ceil(Math.min(bottom - top, most)), scale: 1 }));
  writeFileSync(join(out, `${name}.png`), picture);
  console.log(`${name}.png: ${picture.length} bytes${picture.length > MOST && !everything ? ', TOO LARGE' : ''}`);
  if (picture.length > MOST && !everything) process.exitCode = 1;
};

/** In the ways that the documentation shows, or in all four. */
const ways = async (name, url, options, shown) => {
  const all = [['', 1280, false], ['-dark', 1280, true], ['-phone', 390, false], ['-phone-dark', 390, true]];
  for (const [suffix, width, dark] of all) {
    if (everything) await shoot(`${name}${suffix}`, url, { ...options, from: undefined, to: undefined, most: 5_000, width, dark });
    else if (shown.includes(suffix)) await shoot(`${name}${suffix}`, url, { ...options, width, dark });
  }
};

await setUp(me, office);
for (const one of PEOPLE) await befriend(me, office, one);
await sealDraft(me, office, await draft(me, office, BORDER), [PEOPLE[0].name]);
const [reader, ...holders] = PEOPLE;
const fuel = await draft(me, office, { title: FUEL.title, text: FUEL.master });
await sealDraft(me, office, fuel, holders.map(({ name }) => name));
await me.link(holders[0].name);
const copy = await me.value('Select all, and copy');
const named = await openCase(me, office, copy, 'The whole letter stands on a news page.');
const ours = await openCase(me, office, BORDER.post);
await answer(me, {
  title: 'The Prime Minister’s letter, and what was left out of it', byline: 'The Office of the Prime Minister of Velmora',
  text: `The channel of ${reader.name} shows five sentences of a private letter of eleven, and two of them are not as they were written.\n\nThe offer of a longer fuel agreement depended on the release of two fishing crews, and it was for one year. The letter opens what the post showed; the rest stays between the two who know it.`,
});
const draftFor = await draft(me, office, { title: 'The harbour dues', text: FUEL.master.replace(/\{[^=|}]*\|/g, (site) => site) });

await me.goUntil(`${office.pressroom}/`, 'what was left out');
const statement = `${office.pressroom}${await me.evaluate('document.querySelector("main article a, main h2 a, main a").pathname')}`;
await me.go(statement);
await me.until('document.querySelector("#outcome.good")');
await ways('statement', statement, { from: 'article', to: '#proof', most: 1_500 }, ['', '-phone-dark']);
await ways('desk-case', `${office.desk}${ours}`, { from: 'h1', to: '[aria-labelledby=compared]', most: 1_500 }, ['', '-dark']);
await ways('desk-evidence', `${office.desk}${named}`, { from: '[aria-labelledby=copy]', to: '[aria-labelledby=copy]' }, ['']);
await ways('desk-editor', `${office.desk}${draftFor}`, { most: 1_100 }, ['', '-dark']);
await ways('desk-brief', `${office.desk}${ours}/brief`, { most: 1_000 }, ['-phone', '-phone-dark']);
if (everything) {
  for (const [name, url] of [
    ['front', `${office.pressroom}/`], ['front-de', `${office.pressroom}/de/`], ['statement-ru', statement.replace(/\/statements/, '/ru/statements')], ['statement-zh', statement.replace(/\/statements/, '/zh/statements')],
    ...Object.entries({
      home: '/', write: '/write', seal: `${draftFor}/seal`, copies: `${draftFor}/copies`, messages: '/messages', cases: '/cases', 'case-new': '/cases/new', matches: '/cases/matches',
      answer: '/answer', 'answer-settings': '/answer/settings', 'answer-replies': '/answer/replies', sources: '/sources', people: '/people', log: '/log', trail: '/trail', settings: '/settings',
    }).map(([page, path]) => [`desk-${page}`, `${office.desk}${path}`]),
  ]) await ways(name, url, {}, []);
  await me.go(`${office.desk}/messages`);
  await me.link(FUEL.title);
  await ways('desk-message', await me.where(), {}, []);
  await me.go(await me.where());
  await me.link(holders[0].name);
  await ways('desk-copy', await me.where(), {}, []);
  await me.go(`${office.desk}/answer`);
  await me.link('The Prime Minister’s letter');
  const edit = await me.where();
  for (const [name, path] of [['edit', ''], ['preview', '/preview'], ['version', '/versions/1'], ['invite', '/invite']]) await ways(`desk-answer-${name}`, `${edit}${path}`, {}, []);
  const stranger = await person(browser, { context: await browser.context() });
  await ways('desk-sign-in', `${office.desk}/sign-in`, { where: stranger }, []);
}
await browser.close();
await office.close();
