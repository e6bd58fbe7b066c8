// The fields of a bundle, read from JSON into plain objects (docs/formats/bundle.md, "Fields").

const U32 = 2 ** 32 - 1;
const RULES_OF_TODAY = { rules: 1, bias: 'uniform', coalition: 1, eta: 50, spending: 'k(k+1)' };

/** An object's fields, by readers: `{ name: reader }`; a name that ends in `?` may be missing. */
const object = (readers) => (value) => {
  if (!(value instanceof Map)) refuse('field');
  const names = Object.keys(readers);
  const read = {};
  for (const name of names) {
    const key = name.replace('?', '');
    if (value.has(key)) read[key] = readers[name](value.get(key));
    else if (key === name) refuse('field');
  }
  if (Object.keys(read).length !== value.size) refuse('unknown-field');
  return read;
};

const list = (reader, most, least = 0) => (value) => {
  if (!Array.isArray(value) || value.length > most || value.length < least) refuse('field');
  return value.map((element) => reader(element));
};

const text = (most = Infinity, least = 0) => (value) => {
  const length = typeof value === 'string' ? utf8(value).length : -1;
  return length >= least && length <= most ? value : refuse('field');
};

const integer = (least = 0, most = Number.MAX_SAFE_INTEGER) => (value) => (
  typeof value === 'number' && value >= least && value <= most ? value : refuse('field'));

const boolean = (value) => (typeof value === 'boolean' ? value : refuse('field'));

const hex = (length) => (value) => (
  typeof value === 'string' && /^[0-9a-f]*$/.test(value) && value.length === 2 * length ? fromHex(value) : refuse('field'));

const base64 = (least, most) => (value) => {
  const bytes = typeof value === 'string' ? fromBase64(value) : null;
  return bytes !== null && bytes.length >= least && bytes.length <= most ? bytes : refuse('field');
};

const hash = base64(32, 32);

const proof = (value) => (typeof value === 'string' && readProof(value)) || refuse('field');

const part = (value) => {
  const common = { class: integer(1, 5) };
  if (value instanceof Map && value.has('hidden')) return object({ ...common, hidden: hash })(value);
  return object({ ...common, salt: hash, text: text(1024 * 1024) })(value);
};

const rowPart = object({
  part: integer(1, U32),
  sites: list(integer(0, 4095), 4096),
  sites_salt: hash,
  source: text(65536),
  source_salt: hash,
  symbols: list(integer(0, 63), 4096),
  symbols_salt: hash,
});

const name = object({
  approvals: list(object({ approver: integer(0, 255), signature: base64(64, 64) }), 64),
  case: hex(16),
  keys: list(hash, 64, 2),
  keys_salt: hash,
  reason: text(4096, 1),
  recipient: text(4096, 1),
  salt: hash,
  statement: text(65536),
});

const row = object({
  copy: integer(1, U32),
  look: object({ k: integer(1, U32), messages: integer(1, U32) }),
  'name?': name,
  parts: list(rowPart, 16384),
  published: text(131072),
});

const settings = object({
  bias: text(),
  coalition: integer(0, U32),
  copies: integer(0, U32),
  epsilon: integer(),
  eta: integer(0, U32),
  file_copies: integer(0, U32),
  marked_line: boolean,
  rules: integer(0, U32),
  salt: hash,
  spending: text(),
  texts: text(),
});

const explanations = (wanted) => (value) => {
  integer()(value);
  return value === wanted ? value : refuse('explanations');
};

const logKey = (value) => {
  const key = readKey(text()(value));
  return key !== null && key.type === KEY_ED25519 ? key : refuse('log-key');
};

const FORMATS = { 'countermark/bundle/1': 1, 'countermark/bundle/2': 2 };

/** The fields in the order of the page, which is that of the bundle. */
const bundleFields = (format) => object({
  [format === 2 ? 'capture' : 'capture?']: object({
    at: integer(),
    'log?': object({ proof, salt: hash, tag: hash }),
    sha256: hex(32),
  }),
  commitment: hash,
  explanations: explanations(format),
  format: text(),
  log: logKey,
  message: hex(16),
  parts: list(part, 16384, 1),
  proof,
  rest: list(hash, format === 2 ? 65536 : 64),
  ...(format === 2 ? { row } : {}),
  settings,
  slot: object({ index: integer(0, U32), nonce: hash, path: list(hash, 20) }),
  table: object({ id: hash, proof: list(hash, 64), slots: integer() }),
  time: object({ 'after?': text(), at: integer(), salt: hash }),
  'token?': base64(0, 65536),
  'words?': text(65536),
  '~hash': hash,
});

const checkSettings = ({ settings: s, parts, log, time }) => {
  const word = /^[\x21-\x7e]{1,64}$/;
  const count = 3 + 3 * parts.length + s.copies * parts.length + s.copies;
  const good = s.copies <= 4096 && s.file_copies <= s.copies && count <= 2 ** 24
    && s.epsilon >= 1000 && s.epsilon <= 1e13 && word.test(s.bias) && word.test(s.spending)
    && s.texts.length <= 7399 && /^(0|[1-9][0-9]*)$/.test(s.texts) && s.texts !== '0'
    && (time.after === undefined || (utf8(time.after).length <= 65536 && time.after !== '' && readCheckpoint(time.after) !== null))
    && isKeyName(log.name);
  if (!good) refuse('settings');
};

/** Step 1 of "Verifying": from bytes to fields. */
const readBundle = (bytes) => {
  if (bytes.length > MAX_BUNDLE) refuse('too-large');
  const { text: source, value } = readJson(bytes);
  const format = value instanceof Map ? FORMATS[value.get('format')] : undefined;
  if (format === undefined || !Object.keys(FORMATS).includes(value.get('format'))) refuse('format');
  if (canonical(value) !== source) refuse('not-canonical');
  checkHash(value, source);
  if (value.has('explanations')) explanations(format)(value.get('explanations'));
  const bundle = bundleFields(format)(value);
  checkSettings(bundle);
  const { slots } = bundle.table;
  if (slots < 2 ** 8 || slots > 2 ** 20 || !Number.isInteger(Math.log2(slots))) refuse('table-size');
  if (format === 2) checkRowFields(bundle);
  return { ...bundle, version: format };
};

const checkHash = (value, source) => {
  const stated = hash(value.get('~hash'));
  const cut = source.lastIndexOf(',"~hash":');
  const form = cut < 0 ? '{}' : `${source.slice(0, cut)}}`;
  if (!same(stated, H(value.get('format'), form))) refuse('hash');
};

const checkRowFields = ({ row: { parts: shown } }) => {
  if (shown.reduce((sum, { sites }) => sum + sites.length, 0) > 4096) refuse('field');
};
