// The bundles that the page is looked at with.

import { writeFileSync } from 'node:fs';
import { copyText, cosignature, earlierCheckpoint, forge, keyOf, LETTER, LOG_KEY, verifierKey } from './forge.mjs';

const WITNESS = keyOf('witness one');
export const WITNESS_KEY = verifierKey('witness.example/w1', 4, WITNESS.key);
export { LOG_KEY };

const ALL = [1, 2, 3, 4, 5, 6];
const ARTICLE = `The letter, which this paper has seen, begins without ceremony. “${copyText(LETTER.slice(1), 2)
  .replace('My cabinet', 'My government').replace('in private. ', 'in private.” It goes on: “').trim()}”`;
const NAMED = {
  statement: 'We showed her this on Tuesday and printed her answer beside it.',
  reason: 'The letter was published with one word changed, which made an offer of a refusal.',
};
const cosigned = (text) => cosignature('witness.example/w1', WITNESS, 1800000420, text);

/** What somebody would send who wants to break the page. */
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script></textarea> \u202egnorw\u202c & "quotes"';

export const SAMPLES = {
  parts: { sources: LETTER, open: [1, 3, 4], words: 'I wrote this on the eve of the meeting.', cosigned, capturedAt: 1800050000, logged: true, after: earlierCheckpoint((text) => cosignature('witness.example/w1', WITNESS, 1799996400, text)) },
  row: { sources: LETTER, open: ALL, copy: 2, published: ARTICLE, named: NAMED, cosigned, logged: true },
  late: { sources: LETTER, open: [3], capturedAt: 1799990000 },
  hostile: { sources: [HOSTILE, ' שלום לכולם. ', 'Long: ', 'w'.repeat(400)].map((text) => text.replace(/[{}]/g, '')), open: [1, 2, 3, 4], words: HOSTILE },
  changed: { sources: LETTER, open: [1, 3], alter: (fields) => { fields.parts[2].text = fields.parts[2].text.replace('will open', 'may open'); } },
};

export const sample = (name) => forge(SAMPLES[name]);

/** The same as a file, for the browser to choose. */
export const sampleFile = (name, path) => {
  writeFileSync(path, sample(name));
  return path;
};
