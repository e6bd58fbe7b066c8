// zwsp-steg as a peer: what it encodes stands at a random place of the text.

import { load, number, seeded, serve } from "./common.mjs";

const steg = load("zwsp-steg");

serve("zwsp-steg", {
  embed: ({ text, number, seed }) => {
    const place = Math.floor(seeded(seed)() * (text.length + 1));
    return { text: text.slice(0, place) + steg.encode(String(number)) + text.slice(place) };
  },
  extract: ({ text }) => {
    try {
      return { number: number(steg.decode(text)) };
    } catch {
      return { number: null };
    }
  },
});
