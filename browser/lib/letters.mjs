// What the tests and the pictures are made of. All states and persons are invented.

import { readFileSync } from 'node:fs';

const sample = (name) => readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8');

/** A letter to one reader, and what he made of it in public. */
export const BORDER = { title: 'The crossing at Dorn', text: sample('border.txt'), post: sample('border-post.txt') };

/** A letter to several, with sites. */
export const FUEL = { title: 'Before the meeting in Lisk', master: sample('fuel.master') };

/** Words nobody wrote. */
export const INVENTED = 'EXCLUSIVE. Prime Minister Ada Lindvar wrote to the Council: “We will sell the harbour of Velmora to the highest bidder before the spring, whatever the people say.”';

/** Markup where words are expected. */
export const HOSTILE = '<script>document.title="taken over"</script><img src=x onerror="document.title=\'taken over\'">';

export const PEOPLE = [
  { handle: 'krasz', name: 'President Dario Krasz', salutation: 'Dear President Krasz,' },
  { handle: 'mara', name: 'Mara Ilves', salutation: 'Dear Mara,' },
  { handle: 'olin', name: 'Olin Farre', salutation: 'Dear Minister Farre,' },
  { handle: 'tess', name: 'Tess Varga', salutation: 'Dear Ambassador Varga,' },
];
