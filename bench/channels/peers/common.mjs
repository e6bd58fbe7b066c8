// What the peers in JavaScript share: JSON objects on standard input, one a line, answered one a line.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The packages stand where bench/channels/run put them, not beside this file.
export const load = createRequire(`${process.env.PEERS_NODE}/package.json`);

export const versionOf = (name) => JSON.parse(readFileSync(`${process.env.PEERS_NODE}/node_modules/${name}/package.json`)).version;

// Mulberry32: a seeded source of chance, so that a run can be repeated.
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const number = (found) => (/^[0-9]{1,6}$/.test(found ?? "") ? Number(found) : null);

// Ends the process when all is written: some of the packages leave a handle open, and it would never end by itself.
export function serve(name, acts) {
  if (process.argv[2] === "version") {
    process.stdout.write(`${versionOf(name)}\n`, () => process.exit(0));
    return;
  }
  const act = acts[process.argv[2]];
  const lines = readFileSync(0, "utf8").split("\n").filter((line) => line !== "");
  const answers = lines.map((line) => `${JSON.stringify(act(JSON.parse(line)))}\n`).join("");
  process.stdout.write(answers, () => process.exit(0));
}
