// One-time codes (RFC 6238, six digits, 30 seconds, SHA-1), as an authenticator app computes them.

import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const decode = (text) => {
  let bits = '';
  for (const letter of text.replace(/[\s=]/g, '').toUpperCase()) {
    const at = ALPHABET.indexOf(letter);
    if (at < 0) throw new Error('the secret is not base32');
    bits += at.toString(2).padStart(5, '0');
  }
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
};

/** The code of a secret in base32 at a time in milliseconds. */
export const code = (secret, at = Date.now()) => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', decode(secret)).update(counter).digest();
  const from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};
