// The two whole ways: from an empty vault to a statement that a stranger's browser checks; and 22:40, a screenshot on a channel.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { after, test } from '../../verifier/test/harness.mjs';
import { launch } from '../../verifier/test/chromium.mjs';
import { channel } from '../lib/channel.mjs';
import { answer, befriend, draft, openCase, sealDraft } from '../lib/desk.mjs';
import { setUp } from '../lib/door.mjs';
import { BORDER, PEOPLE } from '../lib/letters.mjs';
import { newOffice } from '../lib/office.mjs';
import { person } from '../lib/person.mjs';
import { screenshot } from '../lib/screenshot.mjs';

const MOST_CLICKS = 8;

const kept = [];
const keep = (thing) => { kept.unshift(thing); return thing; };
after(async () => { for (const thing of kept) await thing.close(); });

/** The files of a folder and below, by their paths. */
const files = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`);

/** Puts another file in the place of one, as whoever has taken over the pressroom's host could. */
const replace = (name, text) => {
  writeFileSync(`${name}.new`, text);
  renameSync(`${name}.new`, name);
};

/** What a reader sees with a browser of his own: nothing of the office's is in it. */
const read = async (office) => {
  const browser = keep(await launch());
  const reader = await person(browser);
  await reader.go(`${office.pressroom}/`);
  return reader;
};

test('way: from an empty vault to a statement that a second browser checks, and refuses once it was tampered with', async () => {
  const office = keep(await newOffice());
  await office.serve();
  const browser = keep(await launch());
  const me = await person(browser);
  await setUp(me, office);
  await befriend(me, office, PEOPLE[0]);
  await sealDraft(me, office, await draft(me, office, BORDER), [PEOPLE[0].name]);
  await openCase(me, office, BORDER.post);
  await me.reads('What was sent, and what was published');
  await answer(me, {
    title: 'What was left out', byline: 'The Office of the Prime Minister of Velmora',
    text: 'The letter asked for something and offered something. The post shows only the offer.',
  });
  assert.deepEqual(me.complaints(), []);

  const reader = await read(office);
  await reader.goUntil(`${office.pressroom}/`, 'What was left out');
  await reader.link('What was left out');
  await reader.reads('Verified by your own browser');
  const page = await reader.where();
  assert.match(await reader.text(), /Velmora will not reopen the crossing at Dorn/);
  assert.doesNotMatch(await reader.text(), /fishing crews before we meet, I will recommend.*I ask you to keep/s);
  assert.deepEqual(reader.complaints(), []);
  assert.deepEqual(reader.requests.filter(({ url }) => !url.startsWith(office.pressroom)), [], 'the page asks nobody else');

  // One letter of an opened part is changed on the disk of the pressroom.
  const bundle = files(office.path('v.press/published')).find((name) => name.endsWith('bundle.json'));
  const honest = readFileSync(bundle, 'utf8');
  const forged = honest.replace('will not reopen', 'will now reopen');
  assert.notEqual(forged, honest);
  replace(bundle, forged);
  const hash = (text) => createHash('sha256').update(text).digest('hex');
  const stranger = await read(office);
  // The pressroom itself shows nothing whose file is not the one that the statement names; it looks once a second.
  const until = async (fits) => {
    for (const since = Date.now(); ;) {
      await stranger.go(page);
      if (fits(await stranger.text())) return;
      assert.ok(Date.now() - since < 20_000, `the pressroom does not look: ${await stranger.text()}`);
    }
  };
  const missing = (text) => text.includes('The file with the proof of this statement is missing here');
  await until(missing);
  assert.doesNotMatch(await stranger.text(), /Verified by your own browser|will now reopen/);
  // And so that it has nothing to say against it: the hash beside it changed too.
  for (const name of files(office.path('v.press/published')).filter((one) => one.endsWith('.json') && one !== bundle)) {
    const text = readFileSync(name, 'utf8');
    if (text.includes(hash(honest))) replace(name, text.replaceAll(hash(honest), hash(forged)));
  }
  await until((text) => !missing(text));
  stranger.complaints();
  await stranger.reads('NOT verified');
  assert.doesNotMatch(await stranger.text(), /Verified by your own browser/);
});

test('way: 22:40, a screenshot on a channel, and the answer is public in at most eight clicks', async () => {
  const office = keep(await newOffice());
  const station = keep(await channel('kraszpress', 'Dario Krasz'));
  await office.serve();
  const browser = keep(await launch());
  const me = await person(browser);
  await setUp(me, office);
  await befriend(me, office, PEOPLE[0]);
  await sealDraft(me, office, await draft(me, office, BORDER), [PEOPLE[0].name]);
  // A channel that stands on this machine is nothing that a desk would be asked to watch: the owner says so in the watcher's own file.
  writeFileSync(office.path('v.watch/watch.toml'), `version = 1\n[[source]]\nname = "krasz"\nspec = "telegram:kraszpress"\nevery = "1s"\nallow_private = true\nbase = "${station.address}"\n`);
  await me.go(`${office.desk}/cases`);
  for (const since = Date.now(); station.asked < 2;) {
    assert.ok(Date.now() - since < 30_000, `the watcher does not ask: ${office.said}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  const [, letter] = /"(.*)"/s.exec(BORDER.post);
  const picture = await screenshot(browser, { from: 'Ada Lindvar', words: letter });

  const times = [['posted', Date.now()]];
  const step = (name) => times.push([name, Date.now()]);
  station.post({ text: 'What they write to us behind closed doors. Share before they take it down.', picture });
  for (;;) {
    await me.go(`${office.desk}/cases`);
    if (await me.has(['link'], /^Case |^[0-9a-f]{8}/)) break;
    assert.ok(Date.now() - times[0][1] < 60_000, `no case: ${office.said}`);
  }
  step('a case on the desk');
  await me.link(/^Case |^[0-9a-f]{8}/);
  await me.reads('The picture');
  const before = me.clicks;
  step('the case is open');
  await me.button('Answer');
  step('the answer is begun');
  await me.button('Open what stands in the post');
  step('parts are chosen');
  await me.fill('Statement', 'The letter asked for the inspectors to return. The picture leaves that out.');
  await me.fill('Who speaks', 'The Office of the Prime Minister of Velmora');
  step('the words are written');
  const title = await me.value('Title');
  await me.button('Preview and publish');
  step('looked at');
  await me.button('Publish');
  await me.reads('Published as version 1');
  const clicks = me.clicks - before;
  step('published');
  const reader = await read(office);
  await reader.goUntil(`${office.pressroom}/`, title);
  await reader.link(title);
  await reader.reads('Verified by your own browser');
  step('verified by a reader');
  for (const [index, [name, at]] of times.entries()) {
    if (index > 0) console.log(`  22:40  ${((at - times[index - 1][1]) / 1000).toFixed(1).padStart(5)} s  ${name}`);
  }
  console.log(`  22:40  ${clicks} clicks from the case to the page, ${((times.at(-2)[1] - times[0][1]) / 1000).toFixed(1)} s from the post`);
  assert.ok(clicks <= MOST_CLICKS, `${clicks} clicks`);
  assert.deepEqual([...me.complaints(), ...reader.complaints()], []);
});
