// The main way with JavaScript turned off: signing in, writing, sealing, a case by paste, the answer, its publication, and reading it.

import assert from 'node:assert/strict';
import { after, test } from '../../verifier/test/harness.mjs';
import { launch } from '../../verifier/test/chromium.mjs';
import { answer, befriend, draft, openCase, sealDraft } from '../lib/desk.mjs';
import { setUp, signIn } from '../lib/door.mjs';
import { BORDER, PEOPLE } from '../lib/letters.mjs';
import { newOffice } from '../lib/office.mjs';
import { person } from '../lib/person.mjs';

test('plain: without JavaScript, from signing in to the published statement', async () => {
  const office = await newOffice();
  after(() => office.close());
  await office.init();
  await office.serve();
  const browser = await launch();
  after(() => browser.close());
  const me = await person(browser, { script: false });
  const member = await setUp(me, office);
  await me.button('Sign out');
  await signIn(me, office, member);
  await befriend(me, office, PEOPLE[0]);
  await sealDraft(me, office, await draft(me, office, BORDER), [PEOPLE[0].name]);
  await openCase(me, office, BORDER.post);
  await me.reads('two years');
  await answer(me, { title: 'What was left out', byline: 'The Office', text: 'The post shows half of it.' });
  await me.goUntil(`${office.pressroom}/`, 'What was left out');
  await me.link('What was left out');
  const text = await me.text();
  assert.match(text, /Velmora will not reopen the crossing at Dorn/);
  assert.match(text, /Your browser has not checked this/);
  assert.match(text, /Check it by hand/);
  assert.deepEqual(me.complaints(), []);
});
