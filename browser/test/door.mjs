// Getting in: the set-up, wrong and right answers, a code that counts once, an invitation, and the way out.

import assert from 'node:assert/strict';
import { test } from '../../verifier/test/harness.mjs';
import { signIn, takeUp } from '../lib/door.mjs';
import { person } from '../lib/person.mjs';
import { code } from '../lib/totp.mjs';
import { world } from '../lib/world.mjs';

test('door: a stranger sees the sign-in page, is told what was wrong, and gets in by passphrase and code', async () => {
  const { browser, office, member } = await world();
  const me = await person(browser, { context: await browser.context() });
  for (const path of ['/', '/nothing-here', '/answer/settings', '/cases']) {
    await me.go(`${office.desk}${path}`);
    assert.equal(await me.path(), '/sign-in', path);
  }
  assert.deepEqual(me.complaints(), []);
  await signIn(me, office, { ...member, passphrase: 'four loud herons over Lisk' }, { given: '123456' });
  await me.reads('Name, passphrase or code are wrong.');
  assert.equal(await me.value('Your name'), member.name, 'the name is kept');
  assert.equal(await me.value('Passphrase'), '', 'the passphrase is not');
  assert.match(me.complaints().join(), /401/);
  await signIn(me, office, member);
  assert.equal(await me.path(), '/cases', 'where he wanted to go');
  await me.button('Sign out');
  assert.equal(await me.path(), '/sign-in');
  await me.go(`${office.desk}/people`);
  assert.equal(await me.path(), '/sign-in');
  // The code that let him in lets nobody in a second time.
  await signIn(me, office, member, { given: code(member.secret, member.step * 30_000) });
  await me.reads('Name, passphrase or code are wrong.');
  await signIn(me, office, member, { given: member.recovery[0] });
  assert.equal(await me.path(), '/people');
  await me.close();
});
