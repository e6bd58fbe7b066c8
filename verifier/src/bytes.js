// Bytes and their text forms, the hash, and the length-prefixed encoding of docs/formats/commitment.md.

/** Why a bundle is refused: one of the names of docs/formats/bundle.md. */
class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

const refuse = (reason) => {
  throw new Refused(reason);
};

const utf8 = (text) => new TextEncoder().encode(text);

const concat = (...pieces) => {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** A number of which the bytes are big-endian. */
const toBig = (bytes) => BigInt(`0x${toHex(bytes) || '0'}`);

const toBase64 = (bytes) => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
};

/** The bytes of canonical base64 (padded, no stray bits, no white space), or null. */
const fromBase64 = (text) => {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null; // stray bits are lost on the way back
};

const u64 = (n) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
};

const u32 = (n) => Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);

/** Each field with its length before it. Strings stand for their UTF-8. */
const enc = (...fields) => concat(...fields.flatMap((field) => {
  const bytes = typeof field === 'string' ? utf8(field) : field;
  return [u32(bytes.length), bytes];
}));

/** The hash that the formats write `H(label, a, b, …)`. */
const H = (label, ...fields) => sha256(enc(label, ...fields));

// SHA-256 (FIPS 180-4). WebCrypto has it too, but one promise a hash: a long message asks for a hundred thousand.

const PRIMES = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
})();

/** The first 32 bits of the fraction of a root, exactly: floor(2^32 root(n)) modulo 2^32. */
const rootBits = (n, power) => {
  const wanted = BigInt(n) << BigInt(32 * power);
  let low = 0n;
  for (let bit = 1n << 36n; bit > 0n; bit >>= 1n) if ((low + bit) ** BigInt(power) <= wanted) low += bit;
  return Number(low & 0xffffffffn);
};

const K256 = Uint32Array.from(PRIMES, (prime) => rootBits(prime, 3));
const IV256 = Uint32Array.from(PRIMES.slice(0, 8), (prime) => rootBits(prime, 2));

const sha256 = (message) => {
  const blocks = new Uint8Array((Math.floor((message.length + 8) / 64) + 1) * 64);
  blocks.set(message);
  blocks[message.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setBigUint64(blocks.length - 8, BigInt(message.length) * 8n);
  const state = IV256.slice();
  const w = new Uint32Array(64);
  for (let start = 0; start < blocks.length; start += 64) {
    for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(start + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K256[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
  const hash = new Uint8Array(32);
  const out = new DataView(hash.buffer);
  state.forEach((word, i) => out.setUint32(4 * i, word));
  return hash;
};

/** SHA-1, SHA-384 and SHA-512 as well, for what foreign certificates ask. */
const digest = async (name, bytes) => new Uint8Array(await crypto.subtle.digest(name, bytes));
