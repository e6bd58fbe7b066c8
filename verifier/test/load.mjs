// What the tests run: the script as it stands in the assembled page, and the sources' inner functions for forging.

import { readFileSync, readdirSync } from 'node:fs';
import { createHash, webcrypto } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

globalThis.crypto ??= webcrypto; // node 18

export const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const page = readFileSync(here('verify.html'), 'utf8');

const between = (open, close, from = 0) => page.slice(page.indexOf(open, from) + open.length, page.indexOf(close, page.indexOf(open, from)));

export const script = between('<script>', '</script>');
export const style = between('<style>', '</style>');
export const sha256Base64 = (text) => createHash('sha256').update(text).digest('base64');

/** The page's verifier: exactly the script that a browser runs. */
export const verifier = () => {
  vm.runInThisContext(script, { filename: 'verify.html' });
  return globalThis.countermark;
};

/** Functions from inside the script, for making bundles. */
export const inner = (...names) => vm.runInThisContext(
  `${script.trimEnd().replace(/\}\)\(\);$/, '')}return { ${names.join(', ')} };\n})()`, { filename: 'verify.html (inner)' });

const folder = new URL('../../vectors/bundle/', import.meta.url);

/** The vectors of the repository: name, bytes, what the reader trusts, what is expected. */
export const vectors = () => readdirSync(folder).filter((name) => name.endsWith('.json')).sort().map((name) => {
  const vector = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  const bytes = vector.bundle === undefined ? Buffer.from(vector.bundle_base64, 'base64') : Buffer.from(vector.bundle);
  return {
    name,
    bytes: new Uint8Array(bytes),
    trusted: {
      logKey: vector.log_key, witnesses: vector.witnesses ?? [], trust: vector.trust ?? null, smallTables: vector.small_tables,
    },
    expected: vector.expected_without_ml_dsa ?? vector.expected,
  };
});

/** A value with its objects' keys in order, to compare. */
export const ordered = (value) => JSON.stringify(value, (_, inside) => (
  inside && typeof inside === 'object' && !Array.isArray(inside) ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1))) : inside));
