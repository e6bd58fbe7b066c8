// Each page of the desk does its main thing, as a person does it.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from '../../verifier/test/harness.mjs';
import { befriend, draft } from '../lib/desk.mjs';
import { takeUp } from '../lib/door.mjs';
import { BORDER, HOSTILE, PEOPLE } from '../lib/letters.mjs';
import { person } from '../lib/person.mjs';
import { decode } from '../lib/png.mjs';
import { screenshot } from '../lib/screenshot.mjs';
import { world } from '../lib/world.mjs';

test('Write: sites show while one types, are decided by mouse and keys, and the meter follows', async () => {
  const { me, office } = await world();
  const path = await draft(me, office, { title: 'Three points', text: 'We should settle three points prior to the session. I am writing to you because I think that we cannot wait.\n' });
  await me.reads(/Site 1 of \d/);
  const count = Number(/Site 1 of (\d+)/.exec(await me.text())[1]);
  assert.ok(count >= 2, `${count} sites`);
  await me.button('Accept');
  await me.until('document.querySelectorAll("mark.accepted").length > 0');
  const meter = await me.evaluate('document.querySelector("#review .figure, #review figure, #review svg").outerHTML');
  // The rest by keys, as the hint tells: the focus is in the panel after a decision.
  await me.evaluate('document.getElementById("site").focus()');
  await me.key('a');
  await me.until('document.querySelectorAll(".letter mark.accepted").length > 1');
  assert.notEqual(await me.evaluate('document.querySelector("#review .figure, #review figure, #review svg").outerHTML'), meter, 'the meter moves');
  await me.evaluate('document.getElementById("site").focus()');
  await me.key('u');
  await me.until('document.querySelectorAll(".letter mark.accepted").length === 1');
  await me.link('Master syntax');
  assert.match(await me.value('The text as a master'), /\{[^}]+\|[^}]+\}/);
  await me.go(`${office.desk}${path}`);
  await me.add('The text', ' And a last word.');
  await me.reads(/Saved \d\d:\d\d:\d\d/);
  await me.reload();
  assert.match(await me.value('The text'), /And a last word\.\s*$/);
  assert.deepEqual(me.complaints(), []);
});

test('Write: the panel of a site covers nothing of the list, however far one scrolls', async () => {
  const { me, office } = await world();
  await draft(me, office, { title: 'Many points', text: 'We should settle three points prior to the session. I am writing to you because I think that we cannot wait. '.repeat(6) });
  await me.reads(/Site 1 of \d/);
  await me.open('Add a site of your own');
  for (const width of [1280, 992, 390]) {
    await me.size(width, 900);
    const covered = await me.evaluate(`(() => {
      const found = [];
      for (let y = 0; y < document.scrollingElement.scrollHeight; y += 300) {
        scrollTo(0, y);
        for (const e of document.querySelectorAll('.sites h2, .sites li, .sites li button, #site input, #site button')) {
          const box = e.getClientRects()[0];
          if (!box || box.top < 0 || box.bottom > innerHeight) continue;
          // What the panel itself scrolls out of sight is under nothing.
          const panel = e.closest('#site')?.getBoundingClientRect();
          if (panel && (box.top < panel.top || box.bottom > panel.bottom)) continue;
          for (const part of [0.1, 0.5, 0.9]) {
            const top = document.elementFromPoint(box.left + box.width * part, box.top + box.height / 2);
            if (top && !e.contains(top) && !top.contains(e)) found.push(e.textContent + ' under ' + top.tagName + '#' + top.id + ' at ' + y);
          }
        }
      }
      return found.slice(0, 5);
    })()`);
    assert.deepEqual(covered, [], `${width} px`);
  }
  await me.size(1280);
  assert.deepEqual(me.complaints(), []);
});

test('Write: markup is a text like any other', async () => {
  const { me, office } = await world();
  await draft(me, office, { title: HOSTILE, text: `${HOSTILE}\n\nI am writing to you. {one|<b>two</b>}` });
  assert.notEqual(await me.title(), 'taken over');
  assert.equal(await me.evaluate('document.querySelectorAll("main img, main b, main script").length'), 0);
  assert.deepEqual(me.complaints(), []);
});

test('Hand over: a copy goes to the clipboard, comes back as what really went out, and is noted', async () => {
  const { me, office, fuel } = await world();
  await me.go(`${office.desk}/messages/${fuel}`);
  await me.link(PEOPLE[1].name);
  await me.button('Copy to the clipboard');
  await me.reads(/[Cc]opied/);
  assert.ok(await me.evaluate('document.querySelectorAll("main svg").length') > 0, 'a code to photograph');
  const sent = await me.find(['textbox'], 'Paste it back from where it was sent');
  await me.call('DOM.focus', { backendNodeId: sent.backendDOMNodeId });
  await me.call('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'v', code: 'KeyV', modifiers: 2, commands: ['paste'] });
  await me.button('Check');
  await me.reads('What went out is the copy of');
  await me.fill('By which way', 'courier');
  await me.button('Note it');
  await me.reads('courier');
  // The same text, said to be somebody else's.
  await me.go(`${office.desk}/messages/${fuel}`);
  await me.link(PEOPLE[2].name);
  const other = await me.find(['textbox'], 'Paste it back from where it was sent');
  await me.call('DOM.focus', { backendNodeId: other.backendDOMNodeId });
  await me.call('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'v', code: 'KeyV', modifiers: 2, commands: ['paste'] });
  await me.button('Check');
  await me.reads('Wrong recipient.');
  assert.deepEqual(me.complaints(), []);
});

test('Hand over: the code to photograph is as wide as the window lets it be, and stays a code', async () => {
  const { me, office, fuel } = await world();
  for (const width of [1280, 390, 320]) {
    await me.size(width, 900);
    await me.go(`${office.desk}/messages/${fuel}/copies/1`);
    const { left, top, side, modules, path, page, figure } = await me.evaluate(`(() => {
      const svg = document.querySelector('.qr-whole svg');
      const box = svg.getBoundingClientRect();
      const around = svg.parentElement;
      return {
        left: box.left + scrollX, top: box.top + scrollY, side: [box.width, box.height], modules: svg.viewBox.baseVal.width, path: svg.querySelector('path').getAttribute('d'),
        page: document.scrollingElement.scrollWidth, figure: [around.scrollWidth, around.clientWidth],
      };
    })()`);
    assert.ok(left >= 0 && left + side[0] <= width && page <= width && figure[0] <= figure[1], `${width}: ${left}, ${side}, ${page}, ${figure}`);
    assert.ok(Math.abs(side[0] - side[1]) < 0.5, `${width}: ${side} is no square`);
    const module = side[0] / modules;
    // A telephone's pixels are two or three of these.
    assert.ok(module >= 2, `${width}: a module has ${module} px`);
    const dark = new Set();
    for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)\.5h(\d+)/g)) for (let n = 0; n < Number(run); n += 1) dark.add(`${Number(x) + n} ${y}`);
    const { pixels, ...picture } = decode(await me.page.screenshot({ x: left, y: top, width: side[0], height: side[1], scale: 2 }));
    const wrong = [];
    for (let y = 0; y < modules; y += 1) {
      for (let x = 0; x < modules; x += 1) {
        const pixel = pixels[Math.floor((y + 0.5) / modules * picture.height) * picture.width + Math.floor((x + 0.5) / modules * picture.width)];
        if ((pixel & 255) < 128 !== dark.has(`${x} ${y}`)) wrong.push(`${x} ${y}`);
      }
    }
    assert.deepEqual(wrong.slice(0, 5), [], `${width}: modules that are drawn otherwise, the quiet zone among them`);
  }
  await me.size(1280);
  assert.deepEqual(me.complaints(), []);
});

test('Cases: a screenshot becomes a case, is laid beside what was sent, noted and briefed', async () => {
  const { me, office, browser } = await world();
  const [, words] = /"(.*)"/s.exec(BORDER.post);
  const picture = office.write('seen.png', await screenshot(browser, { from: 'Ada Lindvar', words }));
  await me.go(`${office.desk}/cases/new`);
  await me.file('A screenshot', picture);
  await me.button('Open the case');
  await me.until('/^Case [0-9a-f]{8}/.test(document.title)', 30_000);
  await me.reads('What was sent, and what was published');
  await me.reads('two years');
  assert.ok(await me.evaluate('document.querySelectorAll("main del, main ins").length') > 2, 'changes are lit');
  await me.until('document.querySelector("figure.capture img").complete && document.querySelector("figure.capture img").naturalWidth > 100');
  await me.fill('A note', `Seen at half past ten. ${HOSTILE}`);
  await me.button('Keep the note');
  await me.reads('Seen at half past ten.');
  await me.link('The brief');
  for (const head of ['What is out', 'What differs', 'What may be said', 'What is not proved']) await me.reads(head);
  await me.go(`${office.desk}/cases`);
  await me.reads('Leak');
  assert.deepEqual(me.complaints(), []);
});

test('Answer: what is chosen shows at once as the public will see it, and saving makes nothing public', async () => {
  const { me, office, named } = await world();
  await me.go(`${office.desk}${named}`);
  await me.button('Answer');
  await me.button('Open none');
  const holes = () => me.evaluate('[...document.querySelectorAll("#seen .hole")].filter((hole) => !hole.hidden).length');
  const before = await holes();
  await me.tick(/^Part 2/);
  await me.until(`[...document.querySelectorAll("#seen .hole")].filter((hole) => !hole.hidden).length === ${before - 1}`);
  await me.fill('Title', 'Not finished');
  await me.button('Save');
  await me.reads('Nothing more is public by that.');
  await me.reload();
  assert.ok(await me.ticked(/^Part 2/));
  assert.equal(await me.value('Title'), 'Not finished');
  await me.button('Preview and publish');
  await me.reads(/can.t be published yet/);
  await me.go(`${office.pressroom}/`);
  assert.doesNotMatch(await me.text(), /Not finished/);
  assert.deepEqual(me.complaints(), []);
});

test('People: somebody is added, changed and removed', async () => {
  const { me, office } = await world();
  await befriend(me, office, { handle: 'ines', name: 'Ines Dahl', salutation: 'Dear Ines,' });
  await me.link('Ines Dahl');
  await me.fill('Name', `Ines Dahl ${HOSTILE}`);
  await me.button('Keep');
  await me.go(`${office.desk}/people`);
  await me.reads('<script>');
  assert.notEqual(await me.title(), 'taken over');
  await me.link('Ines Dahl');
  await me.button('Remove');
  await me.reads('is out of the address book');
  assert.deepEqual(me.complaints(), []);
});

test('People: somebody is invited into the office, takes it up, and may do no more than he may', async () => {
  const { me, office, browser } = await world();
  await me.go(`${office.desk}/people`);
  await me.open('Invite somebody');
  await me.fill('Name', 'Tove Lind');
  await me.tick('writer');
  await me.button('Invite');
  await me.reads('Tove Lind is invited');
  const [invitation] = /(?:[A-Z0-9]{5}-){3}[A-Z0-9]{5}/i.exec(await me.text());
  const her = await person(browser, { context: await browser.context() });
  await takeUp(her, office, invitation, { name: 'Tove Lind', passphrase: 'seven slow boats by Dorn' });
  assert.equal(await her.path(), '/');
  await her.go(`${office.desk}/write`);
  assert.equal(await her.status(), 200);
  assert.deepEqual([...me.complaints(), ...her.complaints()], []);
  await her.go(`${office.desk}/cases/new`);
  assert.equal(await her.status(), 403);
  await her.close();
});

test('Sources: a folder is watched, asked, and no more', async () => {
  const { me, office } = await world();
  mkdirSync(office.path('in'));
  await me.go(`${office.desk}/sources`);
  await me.fill('What', `folder:${office.path('in')}`);
  await me.fill('How often', '1s');
  await me.button('Watch');
  await me.until('/Answers/.test(document.body.innerText) || (setTimeout(() => location.reload(), 400), false)', 20_000);
  await me.fill('By which names does the public know the writer?', 'Ada Lindvar');
  await me.button('Keep the names');
  await me.button(/^Remove /);
  await me.reads('Nothing is watched yet.');
  assert.deepEqual(me.complaints(), []);
});

test('Log, audit trail and settings say what is', async () => {
  const { me, office, member } = await world();
  await me.go(`${office.desk}/log`);
  await me.reads('key');
  await me.button('Audit the log');
  await me.reads(/whole|nothing (is )?wrong|holds/i, 20_000);
  await me.go(`${office.desk}/trail`);
  await me.reads(member.name);
  await me.fill('Find', 'seal');
  await me.button('Find');
  await me.reads('seal');
  await me.go(`${office.desk}/settings`);
  await me.reads('One-time codes');
  assert.deepEqual(me.complaints(), []);
});
