// One office that several tests share: letters sealed, cases opened, statements published, and its first person at the desk.

import { after } from '../../verifier/test/harness.mjs';
import { launch } from '../../verifier/test/chromium.mjs';
import { answer, openCase } from './desk.mjs';
import { setUp } from './door.mjs';
import { BORDER, FUEL, INVENTED, PEOPLE } from './letters.mjs';
import { newOffice } from './office.mjs';
import { person } from './person.mjs';

export const BYLINE = 'The Office of the Prime Minister of Velmora';

const build = async () => {
  const office = await newOffice();
  const browser = await launch();
  after(async () => { await browser.close(); await office.close(); });
  await office.init();
  for (const { handle, name, salutation } of PEOPLE) await office.run('people', 'add', handle, '--name', name, '--set', `salutation=${salutation}`);
  office.write('border.txt', BORDER.text);
  office.write('fuel.master', FUEL.master);
  const seal = async (...args) => JSON.parse(await office.run('--json', 'seal', ...args, '--now'));
  const border = await seal('border.txt', '--to', PEOPLE[0].handle);
  const fuel = await seal('fuel.master', '--to', PEOPLE.slice(1).map(({ handle }) => handle).join(','));
  await office.run('watch', 'names', 'add', 'Ada Lindvar');
  await office.serve();
  const me = await person(browser, { context: await browser.context() });
  const member = await setUp(me, office);
  // Whole and named, short and altered, and invented: the three kinds of case.
  const [copy] = fuel.copies;
  const named = await openCase(me, office, copy.text, 'The whole letter stands on a news page.');
  const invented = await openCase(me, office, INVENTED);
  const ours = await openCase(me, office, BORDER.post);
  await answer(me, { title: 'What was left out', byline: BYLINE, text: 'The letter asked for something and offered something.\n\nThe post shows only the offer.' });
  const statement = await me.path();
  const complaints = me.complaints();
  if (complaints.length) throw new Error(`while the office was set up: ${complaints.join('\n')}`);
  return { office, browser, me, member, border: border.message, fuel: fuel.message, named, invented, ours, statement };
};

let built;
/** The office; made when it is first asked for. */
export const world = () => { built ??= build(); return built; };
