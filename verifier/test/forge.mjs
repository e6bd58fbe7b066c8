// Bundles for the tests: a small log, a sealed message of any sources, and what is opened of it.

import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { inner } from './load.mjs';

const { H, concat, enc, u64, utf8, sha256, leafHash, nodeHash, toHex, toBase64, fromBase64, canonical, hiddenOf, readSource, splitAt, wordingOf, rootFromProof } = inner(
  'H', 'concat', 'enc', 'u64', 'utf8', 'sha256', 'leafHash', 'nodeHash', 'toHex', 'toBase64', 'fromBase64', 'canonical', 'hiddenOf', 'readSource', 'splitAt', 'wordingOf', 'rootFromProof');

export { sha256, toHex, utf8 };

const bytes = (what) => sha256(utf8(what));

/** An Ed25519 key from a name. */
export const keyOf = (seed) => {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes(seed)]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const key = new Uint8Array(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32));
  return { key, sign: (message) => new Uint8Array(sign(null, message, secret)) };
};

export const idOf = (name, typed) => sha256(concat(utf8(`${name}\n`), typed)).subarray(0, 4);

export const verifierKey = (name, type, key) => {
  const typed = concat(Uint8Array.of(type), key);
  return `${name}+${toHex(idOf(name, typed))}+${toBase64(typed)}`;
};

const line = (name, type, key, signature) => (
  `— ${name} ${toBase64(concat(idOf(name, concat(Uint8Array.of(type), key)), signature))}\n`);

export const cosignature = (name, { key, sign: signed }, time, text) => (
  line(name, 4, key, concat(u64(time), signed(utf8(`cosignature/v1\ntime ${time}\n${text}`)))));

const root = (leaves) => {
  if (leaves.length === 1) return leafHash(leaves[0]);
  const k = splitAt(leaves.length);
  return nodeHash(root(leaves.slice(0, k)), root(leaves.slice(k)));
};

const inclusion = (leaves, index) => {
  if (leaves.length === 1) return [];
  const k = splitAt(leaves.length);
  return index < k ? [...inclusion(leaves.slice(0, k), index), root(leaves.slice(k))]
    : [...inclusion(leaves.slice(k), index - k), root(leaves.slice(0, k))];
};

/** The hashes of the largest subtrees that hold none of `known`. */
const rest = (leaves, known, start = 0) => {
  if (!known.some((index) => index >= start && index < start + leaves.length)) return [root(leaves)];
  if (leaves.length === 1) return [];
  const k = splitAt(leaves.length);
  return [...rest(leaves.slice(0, k), known, start), ...rest(leaves.slice(k), known, start + k)];
};

/** JSON objects as the page's Maps. */
const mapped = (value) => {
  if (Array.isArray(value)) return value.map(mapped);
  if (value instanceof Uint8Array) return toBase64(value);
  if (value === null || typeof value !== 'object') return value;
  return new Map(Object.entries(value).filter(([, inside]) => inside !== undefined).map(([key, inside]) => [key, mapped(inside)]));
};

/** The bytes of a bundle, its `~hash` made right. */
export const written = (fields) => {
  const map = mapped(fields);
  map.delete('~hash');
  map.set('~hash', toBase64(H(fields.format, canonical(map))));
  return utf8(canonical(map));
};

const ORIGIN = 'office.example/letters';
export const LOG = keyOf('log');
export const LOG_KEY = verifierKey(ORIGIN, 1, LOG.key);

const checkpointOf = (entries) => `${ORIGIN}\n${entries.length}\n${toBase64(root(entries))}\n`;

const signedBy = (text, cosigned) => `${text}\n${line(ORIGIN, 1, LOG.key, LOG.sign(utf8(text)))}${cosigned(text)}`;

const proofOf = (entries, index, cosigned) => {
  const hashes = inclusion(entries, index).map((hash) => `${toBase64(hash)}\n`).join('');
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${signedBy(checkpointOf(entries), cosigned)}`;
};

const classOf = (text) => {
  const words = text.split(/\s+/).filter(Boolean).length;
  return [5, 10, 20, 40].findIndex((most) => words <= most) + 1 || 5;
};

/** Sites numbered through the message, and each copy's symbols. */
const codebook = (sources, copies, symbolOf) => {
  const byTie = new Map();
  let next = 0;
  const parts = sources.map((source) => {
    const items = readSource(source);
    const sites = [];
    for (const item of items.filter(({ alternatives }) => alternatives)) {
      const number = byTie.get(item.tie) ?? next;
      if (number === next) next += 1;
      if (item.tie !== undefined) byTie.set(item.tie, number);
      item.number = number;
      if (!sites.some((site) => site.number === number)) sites.push({ number, size: item.alternatives.length, tie: item.tie });
    }
    return { source, items, sites };
  });
  const sizes = new Map(parts.flatMap(({ sites }) => sites).map(({ number, size }) => [number, size]));
  const codewords = Array.from({ length: copies }, (_, copy) => new Map([...sizes].map(([number, size]) => [number, symbolOf(copy + 1, number, size)])));
  return { parts, codewords, texts: [...sizes.values()].reduce((all, size) => all * BigInt(size), 1n) };
};

/**
 * A bundle. `sources`: the parts; `open`: their numbers; `copies`, of which the last is a file copy; `copy` and
 * `published` for a row; `named` for a name. `alter(fields)` may forge before the last hash is made.
 */
export const forge = ({
  sources, open, copies = 3, copy, published, named, epsilon = 1e11, capturedAt, writtenAt = 1800000000, logged = false, words,
  symbolOf = (c, site, size) => bytes(`symbol ${c} ${site}`)[0] % size, cosigned = () => '', token, after, alter = () => {}, look = { k: 1, messages: 1 }, slots = 2 ** 20,
}) => {
  const { parts, codewords, texts } = codebook(sources, copies, symbolOf);
  const [message, P, none] = [bytes('message').subarray(0, 16), parts.length, new Uint8Array(0)];
  const rendered = ({ items }, codeword) => wordingOf(items, codeword).map(({ text }) => text).join('');
  const settings = {
    bias: 'uniform', coalition: 1, copies, epsilon, eta: 50, file_copies: 1, marked_line: true, rules: 1, spending: 'k(k+1)', texts: String(texts),
  };
  const pieces = [];
  const count = 3 + 3 * P + copies * P + copies;
  const salts = [];
  const piece = (kind, open, content) => {
    const index = pieces.length;
    salts.push(bytes(`salt ${index}`));
    pieces.push(H(`countermark/piece/${kind}/1`, message, u64(index), u64(count), open, hiddenOf(salts[index], content)));
  };
  const keys = [1, 2, 3].map((j) => keyOf(`approver ${j}`));
  piece('settings', enc(u64(P), u64(copies)), enc(
    ORIGIN, LOG.key, u64(1), 'uniform', u64(1), u64(50), 'k(k+1)', u64(epsilon), u64(1), settings.texts, u64(1)));
  piece('approvers', none, enc(u64(2), ...keys.map(({ key }) => key)));
  piece('time', none, enc(u64(writtenAt), after ?? none));
  const shown = parts.map((part) => rendered(part, codewords.at(-1)));
  shown.forEach((text) => piece('text', enc(u64(classOf(text))), utf8(text)));
  parts.forEach(({ source }) => piece('source', none, utf8(source)));
  const symbols = (codeword, { sites }) => sites.map(({ number }) => codeword.get(number));
  for (const codeword of codewords) for (const part of parts) piece('symbols', none, Uint8Array.from(symbols(codeword, part)));
  parts.forEach(({ sites }) => piece('sites', none, concat(...sites.map(({ number, size, tie }) => enc(u64(number), u64(size), u64(tie === undefined ? 0 : tie + 1), none)))));
  const recipients = Array.from({ length: copies }, (_, i) => (i < copies - 1 ? enc('recipient', `Recipient ${i + 1}`) : enc('file copy')));
  recipients.forEach((content) => piece('recipient', none, content));
  const commitment = root(pieces);

  const [table, nonce, slot] = [bytes('table'), bytes('nonce'), 77];
  const path = Array.from({ length: Math.log2(slots) }, (_, i) => bytes(`neighbour ${i}`));
  const tableRoot = rootFromProof(H('countermark/slot/1', table, u64(slot), nonce), BigInt(slot), BigInt(slots), path);
  const capture = published === undefined && capturedAt === undefined ? undefined : { at: capturedAt ?? writtenAt + 50000, sha256: toHex(bytes(published ?? 'capture')) };
  const [tag, captureSalt] = [bytes('capture tag'), bytes('capture salt')];
  const entries = [
    concat(table, H('countermark/table/1', u64(slots), tableRoot)),
    ...Array.from({ length: 11 }, (_, i) => concat(bytes(`dummy ${i}`), bytes(`dummy's other half ${i}`))),
    concat(H('countermark/tag/1', table, u64(slot), nonce), commitment),
    concat(tag, capture ? H('countermark/capture/1', captureSalt, Buffer.from(capture.sha256, 'hex'), u64(capture.at)) : tag),
  ];
  if (capture && logged) capture.log = { proof: proofOf(entries, 13, () => ''), salt: captureSalt, tag };

  const isOpen = (i) => open.includes(i + 1);
  const known = [0, 2, ...parts.map((_, i) => 3 + i)];
  let row;
  if (copy !== undefined) {
    const place = { source: 3 + P, symbols: 3 + 2 * P + (copy - 1) * P, sites: 3 + 2 * P + copies * P };
    row = { copy, look, published, parts: [] };
    parts.forEach((part, i) => {
      if (!isOpen(i)) return;
      known.push(place.source + i, place.symbols + i, place.sites + i);
      row.parts.push({
        part: i + 1, sites: part.sites.map(({ number }) => number), sites_salt: salts[place.sites + i], source: part.source,
        source_salt: salts[place.source + i], symbols: symbols(codewords[copy - 1], part), symbols_salt: salts[place.symbols + i],
      });
    });
    if (named) {
      known.push(1, count - copies + copy - 1);
      const recipient = `Recipient ${copy}`;
      const hash = H('countermark/approval/1', LOG.key, commitment, u64(copy), recipient, bytes('case').subarray(0, 16), bytes(published), bytes(published), named.statement, named.reason);
      row.name = {
        approvals: [1, 3].map((approver) => ({ approver, signature: keys[approver - 1].sign(hash) })), case: toHex(bytes('case').subarray(0, 16)),
        keys: keys.map(({ key }) => key), keys_salt: salts[1], recipient, salt: salts[count - copies + copy - 1], ...named,
      };
    }
  }
  const checkpoint = checkpointOf(entries);
  const fields = {
    capture, commitment, explanations: row ? 2 : 1, format: row ? 'countermark/bundle/2' : 'countermark/bundle/1', log: LOG_KEY, message: toHex(message),
    parts: shown.map((text, i) => (isOpen(i) ? { class: classOf(text), salt: salts[3 + i], text } : { class: classOf(text), hidden: hiddenOf(salts[3 + i], utf8(text)) })),
    proof: proofOf(entries, 12, cosigned), rest: rest(pieces, known), row, settings: { ...settings, salt: salts[0] },
    slot: { index: slot, nonce, path }, table: { id: table, proof: inclusion(entries, 0), slots },
    time: { after, at: writtenAt, salt: salts[2] }, token: token?.(checkpoint), words,
  };
  alter(fields, { checkpoint });
  return written(fields);
};

/** A signed checkpoint of an earlier log, as `time.after` holds one. */
export const earlierCheckpoint = (cosigned) => signedBy(checkpointOf([bytes('table'), bytes('first')]), cosigned);

/** The letter of the tests: 15 places of three wordings. */
export const LETTER = [
  'Dear {=salutation},\n\n',
  '{I am writing|I write|I turn} to you {ahead of|before|in view of} our meeting in Lenz, because {some|several|a few} of the points need a word in private. ',
  'The bridge {will be opened|will open|is to open} on the first of May, whatever {is said|people say|you may hear} in the press. ',
  'My {government|cabinet|side} {can accept|could accept|will accept} the {first|earlier|former} of the two drafts {without delay|at once|straight away}. ',
  'It {cannot|will not|could not} accept the second, and I {should like|would like|want} you to hear it from me {first|directly|in person}.\n\n',
  'Please {keep|hold|treat} this {letter|note|message} as {confidential|private|personal} as our talks have been.',
];

/** What a copy of sources says. */
export const copyText = (sources, copy, symbolOf = (c, site, size) => bytes(`symbol ${c} ${site}`)[0] % size) => {
  const { parts, codewords } = codebook(sources, copy, symbolOf);
  return parts.map(({ items }) => wordingOf(items, codewords[copy - 1]).map(({ text }) => text).join('')).join('');
};
