
// The reader's own browser checks the proof on a statement's page, and that the page shows what the proof holds.

const section = document.getElementById('proof');

/** A phrase in the page's language, with what is filled in. */
const say = (name, values = {}) => {
  const phrase = document.getElementById('phrases').content.querySelector(`[data-say="${name}"]`).textContent;
  return phrase.replace(/⟦(\w+)⟧/g, (_, key) => values[key] ?? '');
};

/** `1, 3 and 4`. */
const list = (numbers) => {
  if (numbers.length < 2) return numbers.join('');
  return say('and', { first: numbers.slice(0, -1).join(say('comma')), last: numbers.at(-1) });
};

/** A moment in words, always UTC. */
const moment = (seconds) => {
  const date = new Date(seconds * 1000);
  const { lang } = document.documentElement;
  const language = lang === 'en' ? 'en-GB' : lang; // the page's own dates have the day first
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(date);
  return say('moment', {
    date: lang === 'fr' ? day.replace(/^1 /, '1er ') : day,
    time: date.toISOString().slice(11, 16),
  });
};

/** Which sentence tells a reason of the verifier's. */
const REASONS = {
  'wrong-log': 'failed-key', 'log-key': 'failed-key',
  checkpoint: 'failed-log', slot: 'failed-log', table: 'failed-log', 'table-size': 'failed-log', 'not-logged': 'failed-log', capture: 'failed-log',
  commitment: 'failed-text', settings: 'failed-text',
  row: 'failed-row', 'row-limits': 'failed-row', 'row-below-line': 'failed-row', name: 'failed-row',
  token: 'failed-time',
};

const show = (kind, title, sentences) => {
  const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const outcome = document.getElementById('outcome');
  outcome.className = `outcome ${kind}`;
  outcome.replaceChildren(...(title ? [line('strong', title)] : []), ...sentences.map((text) => line('p', text)));
};

/** The bundle: inside the page where that was opened from a file, else where the page says. */
const fetched = async () => {
  const inside = document.getElementById('bundle');
  if (inside) return fromBase64(JSON.parse(inside.textContent)) ?? new Uint8Array(0);
  const answer = await fetch(section.dataset.bundle, { credentials: 'omit' });
  if (!answer.ok) throw new TypeError('no bundle');
  return new Uint8Array(await answer.arrayBuffer());
};

const plain = (text) => text.replace(/\s+/gu, ' ').trim();

/** A part as the page shows it, without what the page adds to it. */
const shownIn = (element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('.unseen, sup').forEach((added) => added.remove());
  return plain(copy.textContent);
};

/** The numbers of the parts that the page shows otherwise than the bundle, or not at all. */
const differing = ({ opened, closed }) => {
  const onPage = new Map([...document.querySelectorAll('#letter [data-part]')].map((element) => [Number(element.dataset.part), element]));
  const wrong = [];
  for (const { part, text } of opened) {
    const element = onPage.get(part);
    if (!element || element.dataset.words !== undefined || shownIn(element) !== plain(text)) wrong.push(part);
  }
  for (const { part, words } of closed) {
    if (onPage.get(part)?.dataset.words !== words.replace('more than 40', '41+')) wrong.push(part);
  }
  const known = new Set([...opened, ...closed].map(({ part }) => part));
  return [...wrong, ...[...onPage.keys()].filter((part) => !known.has(part))].sort((a, b) => a - b);
};

const report = (result) => {
  const wrong = differing(result);
  if (wrong.length) return show('bad', `✗ ${say('not-verified')}`, [say('failed-page', { parts: list(wrong) })]);
  const { opened, closed, sealed_before: before, key } = result;
  // A bundle that answers words which are kept back names no capture; the page does.
  const late = result.after_publication || (before ?? result.written_at) > Number(section.dataset.captured ?? Infinity);
  const parts = opened.map(({ part }) => part);
  const sentences = [
    ...(parts.length ? [say(parts.length === 1 ? 'part' : 'parts', { parts: list(parts) })] : []),
    ...(closed.length ? [say('closed')] : []),
    before === null ? say('no-clock') : say('before', { before: moment(before) }),
    ...(late ? [say('late')] : []),
    key === 'given' ? say('key', { fingerprint: (section.dataset.fingerprint ?? '').match(/.{1,4}/g)?.join(' ') ?? '' }) : say('carried'),
  ];
  return show(late ? 'wait' : 'good', `✓ ${say('verified')}`, sentences);
};

const check = async () => {
  const { logKey = null, witnesses = '' } = section.dataset;
  if (globalThis.crypto?.subtle === undefined) return show('wait', '', [say('failed-browser')]);
  show('wait', '', [say('checking')]);
  let bytes;
  try {
    bytes = await fetched();
  } catch {
    return show('wait', '', [say('failed-load')]);
  }
  // A key that does not read would be an error of the site, and is none of the reader's.
  const trusted = { logKey, witnesses: witnesses.split(' ').filter((one) => one && readTrust({ witnesses: [one] }).wrong.length === 0) };
  if (readTrust({ logKey }).wrong.length) return show('bad', `✗ ${say('not-verified')}`, [say('failed-key')]);
  const result = await verify(bytes, trusted);
  if (result.valid) return report(result);
  return show('bad', `✗ ${say('not-verified')}`, [say(REASONS[result.reason] ?? 'failed-file'), `(${result.reason})`]);
};

if (section) check().catch(() => show('wait', '', [say('failed-load')]));
