// What the page says, in words for people who never heard of any of it.

const REASONS = {
  'too-large': 'The file is larger than any bundle may be.',
  'json-truncated': 'The file ends too early: a piece of it is missing.',
  'json-trailing': 'Something stands behind the end of the bundle that does not belong to it.',
  'json-duplicate-key': 'One entry stands in it twice, so that two readers could see two different things.',
  'json-values': 'The file has more entries than any bundle may have.',
  'json-depth': 'The file’s entries lie deeper in one another than those of any bundle.',
  format: 'This is no Countermark bundle, or one of a later kind than this page knows.',
  'not-canonical': 'The file was written anew by some program since it was made. A bundle has exactly one form, and this is another.',
  hash: 'The file was changed or damaged after it was made: its contents do not fit its own check value.',
  field: 'An entry of the bundle is missing, or is not what it must be.',
  'unknown-field': 'The bundle has an entry that no bundle has.',
  explanations: 'The bundle asks for explanations that this page does not have.',
  'log-key': 'The log’s key in the bundle is none.',
  settings: 'The settings in the bundle are none that a sealing can have.',
  'table-size': 'The log’s table of references is too small to be relied on. Only tests have such tables.',
  'wrong-log': 'The bundle was made under another key than the one you gave: it is not from that owner’s log, or another key was pasted.',
  checkpoint: 'The signature on the log does not fit: its owner never signed this state of the log, or a witness’s signature is forged.',
  slot: 'The message’s reference does not fit the log’s table of references.',
  table: 'The table of references shown is not the one with which the log began.',
  commitment: 'What is shown is not what was sealed: a part, a time or a setting was changed, moved, added or left out.',
  'not-logged': 'The sealing is not in the log where the bundle says that it is.',
  capture: 'The bundle says that the captured publication was put on record in the log. It was not.',
  row: 'The copy shown does not fit the text and the settings that were sealed.',
  'row-limits': 'The copy shown has more to it than this page is made to check.',
  'row-below-line': 'The evidence is too thin to say which copy it was: an unused copy could look like this more often than was allowed at sealing.',
  name: 'A recipient is named without the valid signatures of two approvers.',
  token: 'The time-stamp is broken, forged, or for something else.',
};

const sentenceFor = (reason) => REASONS[reason]
  ?? (reason.startsWith('json-') ? 'The file cannot be read as a bundle: it is something else, or was damaged on the way.' : 'Something in the bundle does not fit.');

const NOT_SHOWN = [
  'That the message was sent, received or read.',
  'Who let it out: the writer knew every copy and could have published one himself, and so could whoever held a device.',
  'That no other text was sealed, unless you saw the reference on a copy: in one log, one reference belongs to one sealing.',
];

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** A time in words, always UTC: `15 January 2027, 08:00:00 UTC`. */
const dateOf = (seconds) => {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `second ${grouped(seconds)} after the beginning of 1970`;
  const clock = date.toISOString().slice(-13, -5);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${clock} UTC`;
};

/** Digits in groups of three: `1,000,000`. */
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** A large number for reading: digits, or what power of ten it passes. */
const roughly = (digits) => (digits.length <= 15 ? grouped(digits) : `more than 10^${digits.length - 1}`);

const plural = (n, one, many) => `${n} ${n === 1 ? one : many}`;

const listed = (items) => (items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`);

/** `epsilon`, in units of 1e-15, as one in so many: never a smaller chance than it is. */
const chanceOf = (epsilon) => `1 in ${grouped(BigInt(10 ** 15) / BigInt(epsilon))}`;

const wordsFor = (range) => `${range.replace('-', '–')} words`;

const VERDICTS = {
  good: ['✓', 'VALID', 'What is shown here is what was sealed.'],
  warn: ['✓', 'VALID, but sealed AFTER publication',
    'What is shown here is what was sealed, but only after the publication that it answers. It does not prove what was written before that.'],
  bad: ['✗', 'NOT VALID', ''],
};
