// The two whole ways: from an empty vault to a statement that a stranger's browser checks; and 22:40, a screenshot on a channel.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { after, test } from '../../verifier/test/harness.mjs';
import { launch } from '../../verifier/test/chromium.mjs';
import { channel } from '../lib/channel.mjs';
import { person } from '../lib/person.mjs';
import { newOffice } from '../lib/office.mjs';
import { signIn } from '../lib/door.mjs';
import { BORDER, PEOPLE } from '../lib/letters.mjs';
import { screenshot } from '../lib/screenshot.mjs';

const MOST_CLICKS = 8;

const closing = [];
after(async () => { for (const close of closing.reverse()) await close(); });
const keep = (thing) => { closing.push(() => thing.close()); return thing; };

/** Writes a letter at the desk and seals it for one reader, provable at once. */
const seal = async (me, office, { title, text }, name) => {
  await me.go(`${office.desk}/write`);
  await me.fill('What do you call the new message?', title);
  await me.button('Begin');
  await me.fill('The text', text);
  await me.button('Save');
  await me.reads(/Saved \d/);
  await me.link('Hand over');
  await me.tick(new RegExp(`^${name}`));
  await me.button('Keep these');
  await me.tick('Publish its leaf in the log at once');
  await me.button(/^Seal for 1 recipient/);
  await me.reads('provable');
};

/** Adds a correspondent at the desk. */
const befriend = async (me, office, { handle, name, salutation }) => {
  await me.go(`${office.desk}/people`);
  await me.fill('Handle', handle);
  await me.fill('Name', name);
};
