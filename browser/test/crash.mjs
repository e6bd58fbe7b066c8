// What was typed is there afterwards: the browser is killed, then every process of the server.

import assert from 'node:assert/strict';
import { after, test } from '../../verifier/test/harness.mjs';
import { launch } from '../../verifier/test/chromium.mjs';
import { draft } from '../lib/desk.mjs';
import { setUp, signIn } from '../lib/door.mjs';
import { newOffice } from '../lib/office.mjs';
import { person } from '../lib/person.mjs';

/** What the editor promises: nobody loses more than what was typed within the last second. */
const SECOND = 1_000;

test('crash: words that were typed outlive the browser, and then the server', async () => {
  const office = await newOffice();
  after(() => office.close());
  await office.init();
  await office.serve();
  let browser = await launch();
  after(() => browser.close());
  let me = await person(browser);
  const member = await setUp(me, office);
  const path = await draft(me, office, { title: 'Unfinished', text: 'The first line is saved.\n' });

  await me.add('The text', 'The second is typed, and nothing is pressed.');
  await new Promise((resolve) => { setTimeout(resolve, SECOND); });
  await browser.kill();
  browser = await launch();
  me = await person(browser);
  await signIn(me, office, member);
  await me.go(`${office.desk}${path}`);
  assert.match(await me.value('The text'), /nothing is pressed\.\s*$/);

  await me.add('The text', ' A third one.');
  await new Promise((resolve) => { setTimeout(resolve, SECOND); });
  await office.kill();
  // The page is still open; what is typed now stands in it alone, and it says so.
  await me.add('The text', ' A fourth, with the desk gone.');
  await me.reads(/Not saved/);
  await office.serve();
  // He signs in in another window of the same browser, and the page saves by itself.
  const other = await person(browser);
  await signIn(other, office, member);
  await me.reads(/Saved \d\d:\d\d/, 20_000);
  await other.go(`${office.desk}${path}`);
  const text = await other.value('The text');
  for (const words of ['The first line', 'nothing is pressed.', 'A third one.', 'with the desk gone.']) assert.ok(text.includes(words), `“${words}” is lost: ${text}`);
});
