// The pressroom as its readers see it: in five languages, its versions, comments and the reply of whoever is concerned.

import assert from 'node:assert/strict';
import { test } from '../../verifier/test/harness.mjs';
import { violations } from '../lib/axe.mjs';
import { HOSTILE } from '../lib/letters.mjs';
import { person } from '../lib/person.mjs';
import { cut } from '../lib/width.mjs';
import { world } from '../lib/world.mjs';

const LANGUAGES = { en: 'Verified by your own browser', fr: /navigateur/, de: /Browser/, ru: /браузер/, zh: /浏览器/ };

/** A reader with a browser profile of his own. */
const reader = async ({ browser }, options = {}) => person(browser, { context: await browser.context(), ...options });

test('pressroom: front page and statement in five languages, light, dark and narrow', async () => {
  const all = await world();
  const who = await reader(all);
  const wrong = [];
  await who.goUntil(`${all.office.pressroom}/`, 'What was left out');
  const title = 'What was left out';
  await who.link(title);
  const statement = (await who.path()).replace(/^\/(en|fr|de|ru|zh)(?=\/)/, '');
  for (const [language, verified] of Object.entries(LANGUAGES)) {
    for (const path of ['/', statement, `${statement}/1`.replace(/\/1$/, '')]) {
      for (const [width, dark] of [[1280, false], [1280, true], [320, false]]) {
        await who.size(width, 900);
        await who.dark(dark);
        await who.go(`${all.office.pressroom}/${language}${path}`);
        if (path !== '/') await who.until('document.querySelector("#outcome.good")');
        const found = [...await violations(who), ...await cut(who), ...who.complaints()];
        wrong.push(...found.map((one) => `${language}${path} at ${width}${dark ? ' dark' : ''}: ${one}`));
        assert.equal(await who.evaluate('document.documentElement.lang'), language);
      }
    }
    assert.match(await who.text(), verified instanceof RegExp ? verified : new RegExp(verified));
  }
  await who.close();
  assert.equal([...new Set(wrong)].join('\n'), '');
});

test('pressroom: on a telephone the office speaks first, and on paper nothing is said to be verified', async () => {
  const all = await world();
  const who = await reader(all);
  await who.size(360, 800);
  await who.goUntil(`${all.office.pressroom}/en/`, 'What was left out');
  await who.link('What was left out');
  await who.reads('Verified by your own browser');
  const tops = await who.evaluate(`['.text', '.written', '.published h3', '.published blockquote'].map((one) => document.querySelector(one).getBoundingClientRect().top)`);
  assert.deepEqual(tops, [...tops].sort((a, b) => a - b));
  assert.match(await who.evaluate("document.querySelector('.published h3').textContent"), /^As published.*, not our words$/);
  assert.match(await who.evaluate("document.querySelector('meta[property=\"og:description\"]').content"), /^Answer to /);
  // What a print shows: how to check, and no check.
  const shown = (selector) => who.evaluate(`[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule.media?.mediaText === 'print').flatMap((rule) => [...rule.cssRules]).filter((rule) => rule.selectorText?.split(', ').includes('${selector}')).map((rule) => rule.style.display).join()`);
  assert.equal(await shown('.outcome'), 'none');
  assert.equal(await shown('.on-paper'), 'block');
  assert.match(await who.evaluate("document.querySelector('.on-paper').textContent"), /1\.bundle\.json.*countermark verify --log-key/s);
  const wrong = [...await cut(who), ...who.complaints()];
  await who.close();
  assert.equal(wrong.join('\n'), '');
});

test('pressroom: the right of reply and comments, from the reader to the page', async () => {
  const all = await world();
  const { me, office, statement } = all;
  await me.go(`${office.desk}/answer/settings`);
  for (const what of ['Comments', 'Right of reply']) await me.tick(what);
  await me.fill('Address', office.pressroom);
  await me.button('Save');
  await me.go(`${office.desk}${statement}/invite`);
  await me.fill('Who, as the page will name him', 'Dario Krasz');
  await me.button('Make the link');
  const [link] = /http:\S+\/reply\/\S+/.exec(await me.text());
  const who = await reader(all);
  await who.goUntil(link, 'Your answer');
  await who.fill(/Your words/, `My post showed what mattered. ${HOSTILE}`);
  await who.button('Send the answer');
  await who.reads('Thank you for your answer');
  await who.goUntil(`${office.pressroom}/`, 'What was left out');
  await who.link('What was left out');
  const page = await who.where();
  await who.fill('Your name', 'A reader');
  await who.fill(/Your words/, 'And what did the other letters say?');
  await who.button('Send the comment');
  await who.reads('Thank you for your comment');
  assert.doesNotMatch(await who.text(), /other letters/);
  await me.go(`${office.desk}/answer/replies`);
  await me.reads('My post showed what mattered');
  await me.button(/^Let through what Dario Krasz sent/);
  await me.button(/^Let through what A reader sent/);
  await who.goUntil(page, 'And what did the other letters say?');
  await who.reads('My post showed what mattered');
  await who.reads('And what did the other letters say?');
  assert.notEqual(await who.title(), 'taken over');
  const wrong = [...await violations(who)];
  await who.size(320, 900);
  wrong.push(...await cut(who), ...who.complaints(), ...me.complaints());
  await who.close();
  assert.equal(wrong.join('\n'), '');
});

test('pressroom: a second version has its note, and the first stays readable', async () => {
  const all = await world();
  const { me, office, statement } = all;
  await me.go(`${office.desk}${statement}`);
  await me.add('Statement', '\n\nThe ministry has asked for the inspectors’ return again.');
  await me.button('Save');
  const note = await me.value('What is new');
  assert.match(note, /paragraph/, 'the note is written from the difference');
  await me.button('Preview and publish');
  await me.button('Publish');
  await me.reads('Published as version 2');
  const who = await reader(all);
  await who.go(`${office.pressroom}/`);
  await who.link('What was left out');
  await who.goUntil(await who.where(), note);
  await who.reads('Verified by your own browser');
  await who.link('Read version 1');
  await who.reads('This is version 1 of 2');
  assert.doesNotMatch(await who.said(['main'], /.*/), /asked for the inspectors’ return again/);
  await who.reads('Verified by your own browser');
  const wrong = [...await violations(who), ...who.complaints(), ...me.complaints()];
  await who.close();
  assert.equal(wrong.join('\n'), '');
});
