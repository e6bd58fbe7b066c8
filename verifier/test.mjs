// Every test of the browser's verifier: `node verifier/test.mjs [WORDS OF A NAME]`. Prints `N passed, M failed`.

import { runAll } from './test/harness.mjs';

await import('./test/vectors.mjs');
await import('./test/rules.mjs');
await import('./test/tokens.mjs');
await import('./test/browser.mjs');
await import('./test/looks.mjs');

await runAll();
