// Getting in at the desk: setting it up, and signing in with a one-time code.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { code } from './totp.mjs';

/** A code that was not given yet: each counts once. */
const fresh = async (member) => {
  for (;;) {
    const now = Math.floor(Date.now() / 30_000);
    const step = Math.max(now, (member.step ?? 0) + 1);
    if (step <= now + 1) {
      member.step = step;
      return code(member.secret, step * 30_000);
    }
    await wait(500);
  }
};

/** Reads the secret of the one-time codes off the page, confirms it, and goes on to the desk. */
const confirm = async (me, member) => {
  await me.reads('One-time codes');
  const [secret] = /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(await me.text());
  const recovery = await me.evaluate('[...document.querySelectorAll("ul.code li")].map(({ innerText }) => innerText)');
  Object.assign(member, { secret, recovery });
  await me.fill('The code that is shown now', await fresh(member));
  await me.button('Confirm and go to the desk');
  assert.equal(await me.path(), '/');
  return member;
};

/** The first person of an office: makes the vault too, where there is none. */
export const setUp = async (me, office, { name = 'Ines Almada', passphrase = 'four quiet herons over Lisk' } = {}) => {
  await me.go(`${office.desk}/`);
  assert.equal(await me.path(), '/sign-in');
  await me.fill('Set-up code', await office.setUpCode());
  const isNew = await me.has(['textbox'], 'A passphrase for the vault');
  await me.fill(isNew ? 'A passphrase for the vault' : "The vault's passphrase", office.passphrase);
  if (isNew) await me.fill("The vault's passphrase once more", office.passphrase);
  await me.fill('Your name', name);
  await me.fill('A passphrase of your own', passphrase);
  await me.fill('Your passphrase once more', passphrase);
  await me.button('Set up');
  return confirm(me, { name, passphrase });
};

/** Signs somebody in who is known. */
export const signIn = async (me, office, member, { given } = {}) => {
  await me.go(`${office.desk}/sign-in`);
  await me.fill('Your name', member.name);
  await me.fill('Passphrase', member.passphrase);
  await me.fill('One-time code', given ?? await fresh(member));
  await me.button('Sign in');
};

/** Somebody who was invited takes up his invitation. */
export const takeUp = async (me, office, invitation, { name, passphrase }) => {
  await me.go(`${office.desk}/sign-in`);
  await me.link('Take up your invitation');
  await me.fill('Invitation code', invitation);
  await me.fill('A passphrase of your own', passphrase);
  await me.fill('Your passphrase once more', passphrase);
  await me.button('Go on');
  return confirm(me, { name, passphrase });
};
