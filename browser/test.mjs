// Every test of the desk and the pressroom in a browser: `node browser/test.mjs [WORDS OF A NAME]`. Prints `N passed, M failed`.

import { runAll } from '../verifier/test/harness.mjs';

await import('./test/judges.mjs');

await runAll();
