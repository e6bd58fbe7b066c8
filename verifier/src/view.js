// The report as elements. What comes from a bundle only ever becomes the text of a node.

/** An element; `properties` are attributes, `class` among them; children are elements or strings. */
const el = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

const card = (title, ...children) => el('section', { class: 'card' }, el('h3', {}, title), ...children);

const facts = (...pairs) => el('dl', {}, pairs.filter(Boolean).flatMap(([term, ...about]) => [el('dt', {}, term), el('dd', {}, ...about)]));

const tag = (kind, text) => el('span', { class: `tag ${kind}` }, text);

const time = (seconds) => {
  const date = new Date(seconds * 1000);
  return el('time', Number.isNaN(date.getTime()) ? {} : { datetime: date.toISOString() }, dateOf(seconds));
};

const verdictOf = ({ valid, after_publication: after }) => (valid ? (after ? 'warn' : 'good') : 'bad');

/** The first line in words, for the status line as well. */
const headline = (report) => `${VERDICTS[verdictOf(report)][1]}. ${report.valid ? VERDICTS[verdictOf(report)][2] : sentenceFor(report.reason)}`;

/** The report, and the actions that its buttons start: `trust` opens the fold-out, `save` saves the bundle. */
const reportOf = (report, actions) => {
  const kind = verdictOf(report);
  const [sign, title, meaning] = VERDICTS[kind];
  const verdict = el('div', { class: `verdict ${kind}` },
    el('h2', {}, el('span', { class: 'sign', 'aria-hidden': 'true' }, sign), title),
    ...(report.valid ? [el('p', {}, meaning), summaryOf(report)] : refusalOf(report)));
  return report.valid ? [verdict, ...cardsOf(report, actions)] : [verdict];
};

const refusalOf = ({ reason }) => [
  el('p', {}, sentenceFor(reason)),
  el('p', {}, 'Nothing of the file is shown, for nothing in it can be relied on. Ask for it again where it came from.'),
  el('p', { class: 'code' }, `Reason: ${reason}`),
];

const summaryOf = ({ key, reference, written_at: written, sealed_before: before, row, page: { bundle } }) => facts(
  ['Checked under', key === 'given' ? 'the key that you gave, of ' : 'the key that it carries, of ', el('bdi', {}, bundle.log.name),
    key === 'given' ? '' : ': compare its fingerprint below'],
  ['Time', before === null ? 'no independent clock: the time is the owner’s word' : el('span', {}, 'sealed before ', time(before))],
  ['Written', time(written), ', by the writer’s word'],
  row && ['Copy', `copy ${row.copy} of ${bundle.settings.copies} stands in the published text`],
  ['Reference', el('span', { class: 'code' }, reference)]);

const cardsOf = (report, actions) => [
  textCard(report),
  ...(report.row ? [rowCard(report), report.row.name ? nameCard(report) : null].filter(Boolean) : []),
  keyCard(report),
  timesCard(report),
  report.page.bundle.words === undefined ? null : card('The writer’s words',
    el('p', {}, tag('warn', 'not sealed, proved by nothing')), el('blockquote', { dir: 'auto' }, report.page.bundle.words)),
  card('What this does not show', el('ul', {}, NOT_SHOWN.map((one) => el('li', {}, one)))),
  actionsCard(report, actions),
  detailsCard(report),
].filter(Boolean);

/** The parts in their order, the closed ones as holes. `piecesOf` gives an open part's text or elements. */
const letterOf = ({ opened, closed }, piecesOf) => {
  const parts = [...opened, ...closed].sort((a, b) => a.part - b.part);
  return el('div', { class: 'letter', dir: 'auto' }, parts.flatMap((part) => (
    part.words === undefined ? [numberOf(part.part), el('span', { class: 'part', dir: 'auto' }, piecesOf(part))] : [holeOf(part)])));
};

const numberOf = (part) => el('span', { class: 'number' }, el('span', { class: 'unseen' }, 'part '), String(part));

const holeOf = ({ part, words }) => el('span', { class: `hole size-${WORDS.indexOf(words) + 1}`, dir: 'ltr' },
  `${part} · closed: ${wordsFor(words)}`);

const textCard = (report) => {
  const [open, all] = [report.opened.length, report.opened.length + report.closed.length];
  const note = report.closed.length === 0 ? 'All of it is open.'
    : `${open} of ${plural(all, 'part is', 'parts are')} open. A hatched block is a part that was sealed with the others and stays closed: its place and its length are all that is shown of it.`;
  const wording = report.row ? ' Where copies differ, this is the wording of the office’s own copy; the copy in question stands below.' : '';
  return card('What was written', letterOf(report, ({ text: opened }) => [opened]), el('p', { class: 'hint' }, note, wording), unseenNote(report));
};

/** Characters that show nothing, or turn the direction of what follows. */
const UNSEEN = /[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/gu;

const unseenNote = ({ opened }) => {
  const count = opened.reduce((sum, { text: one }) => sum + (one.match(UNSEEN)?.length ?? 0), 0);
  return count === 0 ? null : el('p', {}, tag('warn', 'caution'),
    ` The text holds ${plural(count, 'character', 'characters')} that cannot be seen or that change the direction of reading: what you see may not be all that stands there.`);
};

const keyCard = ({ key, page: { fingerprint, bundle } }) => card('Whose key it is',
  el('p', {}, key === 'given' ? 'The bundle belongs to the log whose key you gave. That key’s fingerprint:'
    : 'The bundle is consistent under the key that it carries. Anybody can make a key: compare its fingerprint with the one that the owner publishes elsewhere.'),
  el('ul', { class: 'fingerprint', 'aria-label': 'Fingerprint in groups of four' }, fingerprint.match(/.{4}/g).map((group) => el('li', {}, group))),
  el('p', {}, 'The log’s name: ', el('bdi', { class: 'code' }, bundle.log.name)));

/** All times in order, each with who says so. */
const timesCard = (report) => {
  const { page: { bundle }, sealed_before: before, sealed_after: after, clocks } = report;
  const entries = [{ at: bundle.time.at, what: 'Written', who: 'The writer’s word.' }];
  if (after !== null) entries.push({ at: after, what: 'Sealed after', who: 'A witness whom you trust saw the log then, before this was in it.', good: true });
  for (const clock of clocks.filter(({ state }) => state === 'trusted')) {
    const who = clock.kind === 'time-stamp' ? 'A time-stamper whom you trust vouches for it.' : `${clock.name}, a witness whom you trust, saw the log with this in it.`;
    entries.push({ at: clock.time, what: 'Sealed before', who, good: true });
  }
  if (bundle.capture) entries.push({ at: bundle.capture.at, what: 'The publication was captured', who: captureSays(bundle.capture) });
  entries.sort((a, b) => a.at - b.at);
  const items = entries.map(({ at, what, who, good }) => el('li', good ? { class: 'vouched' } : {},
    el('span', { class: 'what' }, what), time(at), el('span', { class: 'who' }, who)));
  return card('When', before === null ? el('p', {}, tag('warn', 'no independent clock'), ' The time is the owner’s word.') : null,
    el('ol', { class: 'times' }, items), ...clocks.map(silentClock), afterSays(report));
};

const captureSays = ({ log }) => (log === undefined ? 'The owner’s word.'
  : 'The owner’s word. That this was put on record in the log is proved, that it is what was published is not.');

const silentClock = ({ kind, name: who, state }) => {
  if (state === 'trusted') return null;
  if (kind === 'time-stamp') return el('p', {}, 'There is a time-stamp in the bundle, but not by anybody whom you named. It counts for nothing here.');
  return el('p', {}, 'The cosignature of ', el('bdi', {}, who), ' is not checked: this page cannot check its kind. It counts for nothing here.');
};

const afterSays = ({ after_publication: after }) => (after
  ? el('p', {}, tag('warn', 'sealed AFTER publication'), ' The latest moment at which it can have been sealed lies after the capture.') : null);

const actionsCard = (report, { trust, save }) => {
  const item = (text, label, action) => {
    const button = el('button', { type: 'button', class: 'act' }, label);
    button.addEventListener('click', action);
    return el('li', {}, el('p', {}, text), button);
  };
  return card('What you can do', el('ul', {},
    report.key === 'given' ? null : item('Compare the fingerprint above with the one that the owner publishes elsewhere, or give the owner’s key.', 'Give the owner’s key', () => trust('log-key')),
    item('Name the time-stampers and witnesses whom you trust, so that the time is more than the owner’s word.', 'Name time-stampers and witnesses', () => trust('anchors')),
    item('Keep the file, and check it with a verifier from elsewhere.', 'Save the bundle', save)));
};

const detailsCard = ({ page: { bundle } }) => {
  const { settings: s, proof: { index, checkpoint }, capture } = bundle;
  return el('section', { class: 'card' }, el('details', {}, el('summary', {}, 'For specialists'), facts(
    ['Format', el('span', { class: 'code' }, bundle.format)],
    ['Message', el('span', { class: 'code' }, toHex(bundle.message))],
    ['Commitment', el('span', { class: 'code' }, toBase64(bundle.commitment))],
    ['Place in the log', `entry ${grouped(index)} of ${grouped(checkpoint.size)}`],
    ['Checkpoint’s root', el('span', { class: 'code' }, toBase64(checkpoint.root))],
    ['Copies', `${s.copies}, of which ${s.file_copies} the office’s own`],
    ['Possible codewords', roughly(s.texts)],
    ['Bound', `an unused copy is named with a chance of at most ${chanceOf(s.epsilon)}`],
    ['“Individually marked”', s.marked_line ? 'the copies say so' : 'the copies do not say so'],
    capture && ['Capture’s SHA-256', el('span', { class: 'code' }, toHex(capture.sha256))])));
};
