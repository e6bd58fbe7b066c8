// StegCloak as a peer, with its encryption and without its integrity check, as its documentation begins.

import { load, number, seeded, serve } from "./common.mjs";

const StegCloak = load("stegcloak");
const PASSWORD = "bench";

serve("stegcloak", {
  embed: ({ text, number, seed }) => {
    Math.random = seeded(seed);
    return { text: new StegCloak(true, false).hide(String(number), PASSWORD, text) };
  },
  extract: ({ text }) => {
    try {
      return { number: number(new StegCloak(true, false).reveal(text, PASSWORD)) };
    } catch {
      return { number: null };
    }
  },
});
