// Measures a desk on a filled vault: `node bench/desk/measure.mjs FOLDER [FILE] [messages=N] [cases=N]`. In FOLDER stand `v.db` and `pass`, as `run` makes them.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { draft } from '../../browser/lib/desk.mjs';
import { setUp } from '../../browser/lib/door.mjs';
import { newOffice } from '../../browser/lib/office.mjs';
import { person } from '../../browser/lib/person.mjs';
import { launch } from '../../verifier/test/chromium.mjs';

const ROUNDS = 40;
const AT_ONCE = 4;
const CHANGES = 7;
const SLOW = 4; // times
const PAINTS = 5;
const GOAL = { p95: 50, size: 100_000, paint: 300 };

const [folder, file, ...rest] = process.argv.slice(2);
const load = loadavg()[0].toFixed(1);
const office = await newOffice(folder);
await office.serve();
const browser = await launch();
const me = await person(browser);
const began = Date.now();
await setUp(me, office);
const unlocked = (Date.now() - began) / 1000;
const { cookies } = await me.call('Network.getCookies', { urls: [office.desk] });
const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
const letter = readFileSync(new URL('../letters/01.txt', import.meta.url), 'utf8');
const editor = await draft(me, office, { title: 'A letter of the bench', text: letter });

/** The first address on a page that looks so. */
const linked = async (page, pattern) => {
  await me.go(`${office.desk}${page}`);
  const found = await me.evaluate(`[...document.querySelectorAll('main a')].map(({ pathname }) => pathname).find((path) => ${pattern}.test(path))`);
  assert.ok(found, `no link ${pattern} on ${page}`);
  return found;
};
const oneCase = await linked('/cases?kind=leak', /^\/cases\/[0-9a-f]{32}$/);
const message = await linked('/messages', /^\/messages\/[0-9a-f]{32}$/);
await me.go(`${office.desk}${oneCase}`);
await me.button('Answer');
const statement = await me.path();
const PAGES = [
  ['home', '/'], ['Write: drafts', '/write'], ['Write: the editor', editor], ['Write: sealing', `${editor}/seal`], ['Write: sample copies', `${editor}/copies`],
  ['Hand over: the list', '/messages'], ['Hand over: the last page', '/messages?page=200'], ['Hand over: found', '/messages?find=minister7'], ['Hand over: a message', message], ['Hand over: a copy', `${message}/copies/1`],
  ['Cases: the list', '/cases'], ['Cases: the last page', '/cases?page=20'], ['Cases: of a kind', '/cases?kind=invented'], ['Cases: posts without one', '/cases/matches'], ['Cases: one', oneCase], ['Cases: its brief', `${oneCase}/brief`],
  ['Answer: the list', '/answer'], ['Answer: a statement', statement], ['Answer: its preview', `${statement}/preview`],
  ['Sources', '/sources'], ['People', '/people'], ['Log', '/log'], ['Audit trail', '/trail'], ['Settings', '/settings'],
];

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const ask = (path) => new Promise((resolve, reject) => {
  const since = performance.now();
  get(`${office.desk}${path}`, { agent, headers: { cookie } }, (answer) => {
    let bytes = 0;
    answer.on('data', (data) => { bytes += data.length; });
    answer.on('end', () => resolve({ status: answer.statusCode, bytes, ms: performance.now() - since }));
  }).on('error', reject);
});
const at = (values, share) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const rows = [];
for (const [name, path] of PAGES) {
  const first = await ask(path);
  assert.equal(first.status, 200, `${path} answers with ${first.status}`);
  const alone = [];
  for (let n = 0; n < ROUNDS; n += 1) alone.push((await ask(path)).ms);
  const together = [];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { for (let n = 0; n < ROUNDS / 2; n += 1) together.push((await ask(path)).ms); }));
  rows.push({ name, path, first: first.ms, bytes: first.bytes, alone: [at(alone, 0.5), at(alone, 0.95)], together: [at(together, 0.5), at(together, 0.95)] });
}

/** Something is written: what the desk keeps in memory no longer holds as it is. */
const change = async () => {
  const status = await me.evaluate(`(async () => {
    const form = document.querySelector('form[action="/write"]');
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    await answer.text();
    return answer.status;
  })()`);
  assert.equal(status, 200);
};
await me.go(`${office.desk}/write`);
for (const row of rows) {
  const after = [];
  for (let n = 0; n < CHANGES; n += 1) {
    await change();
    after.push((await ask(row.path)).ms);
  }
  row.after = at(after, 0.5);
}

/** Milliseconds to the first words of a page on a slow machine, with an empty cache. */
const paint = async (path) => {
  const values = [];
  for (let n = 0; n < PAINTS; n += 1) {
    await me.call('Network.setCacheDisabled', { cacheDisabled: true });
    await me.go('about:blank');
    await me.slow(SLOW);
    await me.go(`${office.desk}${path}`);
    await me.until('performance.getEntriesByName("first-contentful-paint").length');
    values.push(await me.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime'));
    await me.slow(1);
  }
  return at(values, 0.5);
};
const paints = [['the editor', await paint(editor)], ['a case', await paint(oneCase)]];
await browser.close();
agent.destroy();
await office.stop();

const ms = (value) => value.toFixed(1);
const over = rows.filter(({ alone, bytes }) => alone[1] > GOAL.p95 || bytes > GOAL.size);
const given = (name, usual) => Number(rest.find((word) => word.startsWith(`${name}=`))?.split('=')[1] ?? usual).toLocaleString('en');
const counts = `${given('messages', 10_000)} messages and ${given('cases', 1_000)} cases`;
const report = `# The desk, with ${counts}

Written by \`bench/desk/run\` on ${cpus().length} cores (load before it: ${load}). Server and browser are on the same machine. Goals: p95 below ${GOAL.p95} ms asked one after the other, no page over ${GOAL.size / 1000} kB, the editor's first
paint under ${GOAL.paint} ms with ${SLOW}x slow-down. The desk was set up and unlocked in ${unlocked.toFixed(1)} s. Milliseconds; ${ROUNDS} requests one after the other, ${AT_ONCE} at once; *first* is the first request after unlocking, *after a change* the
median of ${CHANGES} requests each of which follows a write to the vault, after which what is kept in memory is compared with it anew.

| page | kB | first | p50 | p95 | p50, ${AT_ONCE} at once | p95, ${AT_ONCE} at once | after a change |
|---|---|---|---|---|---|---|---|
${rows.map(({ name, bytes, first, alone, together, after }) => `| ${name} | ${(bytes / 1000).toFixed(1)} | ${ms(first)} | ${alone.map(ms).join(' | ')} | ${together.map(ms).join(' | ')} | ${ms(after)} |`).join('\n')}

| first contentful paint, ${SLOW}x slower processor, empty cache, median of ${PAINTS} | ms |
|---|---|
${paints.map(([name, value]) => `| ${name} | ${value.toFixed(0)} |`).join('\n')}

${over.length ? `Over a goal: ${over.map(({ name }) => name).join(', ')}.` : 'No page is over a goal.'}
`;
process.stdout.write(report);
if (file) writeFileSync(file, report);
