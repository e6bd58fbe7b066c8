// axe-core in a page, through the debugging pipe: the page's own policy lets nothing in.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let source;

/** What axe-core finds wrong, a line each. */
export const violations = async (who) => {
  source ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  if (!await who.evaluate('typeof axe === "object"')) await who.evaluate(`${source}; true`);
  const found = await who.evaluate(`axe.run(document, ${JSON.stringify({ runOnly: TAGS, resultTypes: ['violations'] })}).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => id + ' (' + help + ') at ' + target.join(' ') + ': ' + failureSummary.replaceAll('\\n', ' '))))`);
  return found;
};
