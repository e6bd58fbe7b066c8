// A test is a name and a function that throws. What they need of the machine is installed by ./test.

const tests = [];
const endings = [];
let [passed, failed] = [0, 0];

export const test = (name, run) => tests.push({ name, run });

/** What is done when all have run, whatever became of them; the last registered first. */
export const after = (run) => endings.unshift(run);

/** Runs what was registered, one after the other; only names that contain the first argument, if there is one. */
export const runAll = async () => {
  const wanted = process.argv[2] ?? '';
  for (const { name, run } of tests.filter((one) => one.name.includes(wanted))) {
    try {
      await run();
      passed += 1;
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}\n${error.stack}`);
    }
  }
  for (const run of endings) await run();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed || passed === 0 ? 1 : 0;
};
