// Every test of the desk and the pressroom in a browser: `node browser/test.mjs [WORDS OF A NAME]`. Prints `N passed, M failed`.

import { runAll } from '../verifier/test/harness.mjs';

for (const subject of ['judges', 'door', 'desk', 'looks', 'pressroom', 'plain', 'crash', 'ways']) await import(`./test/${subject}.mjs`);

await runAll();
