// Every page, light and dark, wide and at a zoom of 400 %: accessible, whole, without a complaint of the browser's.

import assert from 'node:assert/strict';
import { test } from '../../verifier/test/harness.mjs';
import { violations } from '../lib/axe.mjs';
import { person } from '../lib/person.mjs';
import { cut } from '../lib/width.mjs';
import { world } from '../lib/world.mjs';

/** Pages of the desk: a name, and where it is. */
const DESK = [
  ['home', () => '/'],
  ['Write', () => '/write'],
  ['Write, a draft', async ({ me, office }) => {
    await me.go(`${office.desk}/write`);
    return me.evaluate('document.querySelector("main table a")?.pathname ?? "/write"');
  }],
  ['Write, sealing', async ({ me, office }) => {
    await me.go(`${office.desk}/write`);
    return `${await me.evaluate('document.querySelector("main table a")?.pathname ?? "/write"')}/seal`;
  }],
  ['Write, sample copies', async ({ me, office }) => {
    await me.go(`${office.desk}/write`);
    return `${await me.evaluate('document.querySelector("main table a")?.pathname ?? "/write"')}/copies`;
  }],
  ['Hand over', () => '/messages'],
  ['Hand over, a message', ({ fuel }) => `/messages/${fuel}`],
  ['Hand over, a copy', ({ fuel }) => `/messages/${fuel}/copies/1`],
  ['Cases', () => '/cases'],
  ['Cases, posts without one', () => '/cases/matches'],
  ['Cases, a new one', () => '/cases/new'],
  ['Cases, ours', ({ ours }) => ours],
  ['Cases, named', ({ named }) => named],
  ['Cases, invented', ({ invented }) => invented],
  ['Cases, the brief', ({ ours }) => `${ours}/brief`],
  ['Answer', () => '/answer'],
  ['Answer, a statement', ({ statement }) => statement],
  ['Answer, its preview', ({ statement }) => `${statement}/preview`],
  ['Answer, its first version', ({ statement }) => `${statement}/versions/1`],
  ['Answer, an invitation', ({ statement }) => `${statement}/invite`],
  ['Answer, replies', () => '/answer/replies'],
  ['Answer, the public page', () => '/answer/settings'],
  ['Sources', () => '/sources'],
  ['People', () => '/people'],
  ['Log', () => '/log'],
  ['Audit trail', () => '/trail'],
  ['Settings', () => '/settings'],
];

/** Looks at a page in every way; what is wrong with it, a line each. */
const look = async (who, url) => {
  const wrong = [];
  for (const [way, width, dark] of [['wide and light', 1280, false], ['wide and dark', 1280, true], ['narrow', 320, false]]) {
    await who.size(width, 900);
    await who.dark(dark);
    await who.go(url);
    for (const found of await violations(who)) wrong.push(`${way}: ${found}`);
    for (const found of await cut(who)) wrong.push(`${way}: ${found}`);
    for (const found of who.complaints()) wrong.push(`${way}: ${found}`);
  }
  const status = await who.status();
  if (status !== 200) wrong.push(`answered with ${status}`);
  return [...new Set(wrong)];
};

for (const [name, path] of DESK) {
  test(`look: ${name}`, async () => {
    const all = await world();
    const wrong = await look(all.me, `${all.office.desk}${await path(all)}`);
    await all.me.size(1280);
    await all.me.dark(false);
    assert.equal(wrong.join('\n'), '');
  });
}

test('look: signing in', async () => {
  const { browser, office } = await world();
  const stranger = await person(browser, { context: await browser.context() });
  const wrong = [];
  for (const path of ['/sign-in', '/sign-in/invited']) wrong.push(...await look(stranger, `${office.desk}${path}`));
  await stranger.close();
  assert.equal(wrong.join('\n'), '');
});
