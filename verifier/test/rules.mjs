// What the formats say, beyond the repository's vectors: rows, names, witnesses, strict signatures, strict JSON.

import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, webcrypto } from 'node:crypto';
import { test } from './harness.mjs';
import { verifier } from './load.mjs';
import {
  cosignature, copyText, earlierCheckpoint, forge, keyOf, LETTER, LOG_KEY, toHex, utf8, verifierKey,
} from './forge.mjs';

const { verify, parts } = verifier();
const ALL = [1, 2, 3, 4, 5, 6];
const published = `He wrote: ${copyText(LETTER.slice(1), 2)}`;
const shown = { sources: LETTER, open: ALL, copy: 2, published };
const named = { statement: 'We told her on Tuesday.', reason: 'It was published in a false form.' };
const ask = (options, trusted = {}) => verify(forge(options), { logKey: LOG_KEY, ...trusted });
const reason = async (options, trusted) => (await ask(options, trusted)).reason;

test('a row of our own is valid, and says what was seen', async () => {
  const { valid, row, reason: why } = await ask({ ...shown, published: published.replace('My cabinet', 'My government') });
  assert.equal(valid, true, why);
  assert.deepEqual([row.seen.length, row.unseen.length, row.count, row.of], [15, 0, '31', String(3 ** 15)]);
  assert.deepEqual(row.seen.filter(({ agrees }) => !agrees), [{ site: 6, alternative: 1, at: 39, agrees: false }]);
  assert.equal(row.loss, 1572 + 4426);
  assert.equal(row.texts[3].text, 'My cabinet could accept the former of the two drafts without delay. ');
});

test('a row that opens too little is refused, and one more look at the same evidence', async () => {
  assert.equal(await reason({ ...shown, open: [1, 2, 3] }), 'row-below-line');
  assert.equal(await reason({ ...shown, open: [1, 3, 4, 5, 6], epsilon: 1e13 }), 'valid');
  assert.equal(await reason({ ...shown, look: { k: 30, messages: 1 } }), 'row-below-line');
  assert.equal(await reason({ ...shown, look: { k: 1, messages: 10_000 } }), 'row-below-line');
  assert.equal(await reason({ ...shown, published: 'Nothing of the kind was said in this text.' }), 'row-below-line');
});

const alterRow = (change) => ({ ...shown, alter: (fields) => change(fields.row, fields) });

test('forged rows', async () => {
  const cases = {
    commitment: [
      (row) => { row.copy = 1; },
      (row) => { row.copy = 4; },
      (row) => { row.parts[1].symbols[0] = 3; },
      (row) => { row.parts[1].symbols[0] = (row.parts[1].symbols[0] + 1) % 3; },
      (row) => { row.parts[1].sites[0] = 40; },
      (row) => { row.parts[1].sites[1] = row.parts[1].sites[0]; },
      (row) => { row.parts[2].sites[0] = row.parts[1].sites[0]; },
      (row) => { row.parts[2].source = row.parts[2].source.replace('people say', 'people write'); },
    ],
    row: [
      (row) => { row.parts[1].symbols.pop(); },
      (row) => { row.parts.pop(); },
      (row) => { row.parts[1].sites.push(90); },
      (row) => { row.parts[1].source = '{a}'; },
      (row) => { row.parts[1].source += '}'; },
    ],
    field: [
      (row) => { row.copy = 0; },
      (row) => { row.parts[1].sites[0] = 4096; },
      (row) => { row.parts[1].symbols[0] = 64; },
      (row) => { row.look.k = 0; },
      (_, fields) => { delete fields.capture; },
      (_, fields) => { delete fields.row; },
    ],
    explanations: [(_, fields) => { fields.explanations = 1; }],
    'unknown-field': [(row) => { row.extra = 1; }],
  };
  for (const [wanted, changes] of Object.entries(cases)) for (const change of changes) assert.equal(await reason(alterRow(change)), wanted, `${change}`);
});

test('tied sites are one site, in one part and across parts', async () => {
  const sources = [...LETTER, ' The {#7:colour|color} of the bridge. ', 'The {#7:colours|colors} and the {#7:colour|color} again.'];
  const open = [...ALL, 7, 8];
  const { row, reason: why } = await ask({ sources, open, copy: 2, published: `${copyText(sources.slice(1), 2)}`, epsilon: 1e12 });
  assert.equal(why, 'valid');
  assert.equal(row.seen.length + row.unseen.length, 16);
});

test('a name needs two different approvers, who signed this', async () => {
  const whole = { ...shown, named };
  const { row, reason: why } = await ask(whole);
  assert.equal(why, 'valid');
  assert.deepEqual([row.name.recipient, row.name.approvers], ['Recipient 2', [1, 3]]);
  const cases = [
    ['name', (name) => { name.approvals.pop(); }],
    ['name', (name) => { name.approvals[1] = name.approvals[0]; }],
    ['name', (name) => { name.approvals.reverse(); }],
    ['name', (name) => { name.statement += ' It was he.'; }],
    ['name', (name) => { name.approvals[1].approver = 2; }],
    ['commitment', (name) => { name.recipient = 'Recipient 1'; }],
    ['commitment', (name) => { name.keys[1] = keyOf('somebody').key; }],
    ['field', (name) => { name.reason = ''; }],
  ];
  for (const [wanted, change] of cases) assert.equal(await reason({ ...whole, alter: ({ row: { name } }) => change(name) }), wanted, `${change}`);
});

test('witnesses: their times, their forgeries, and those that are not checked', async () => {
  const [one, two] = [keyOf('witness one'), keyOf('witness two')];
  const [first, second] = [verifierKey('w.example/1', 4, one.key), verifierKey('w.example/2', 4, two.key)];
  const plain = { sources: LETTER, open: [1] };
  const cosigned = (text) => cosignature('w.example/1', one, 1800000100, text) + cosignature('w.example/2', two, 1800000050, text);
  const both = await ask({ ...plain, cosigned }, { witnesses: [first, second] });
  assert.deepEqual([both.sealed_before, both.clocks.length], [1800000050, 2]);
  const none = await ask({ ...plain, cosigned });
  assert.deepEqual([none.sealed_before, none.clocks], [null, []]);
  const forged = (text) => cosignature('w.example/1', { key: one.key, sign: two.sign }, 1800000100, text);
  assert.equal(await reason({ ...plain, cosigned: forged }, { witnesses: [first] }), 'checkpoint');
  assert.equal(await reason({ ...plain, cosigned: forged }, { witnesses: [second] }), 'valid');
  const mlDsa = new Uint8Array(1312).fill(7);
  const key = verifierKey('w.example/ml', 6, mlDsa);
  const carried = () => `— w.example/ml ${Buffer.concat([Buffer.from(key.split('+')[1], 'hex'), Buffer.alloc(2428, 1)]).toString('base64')}\n`;
  const unchecked = await ask({ ...plain, cosigned: carried }, { witnesses: [key] });
  assert.deepEqual(unchecked.clocks, [{ kind: 'cosignature', name: 'w.example/ml', state: 'not checked', time: null }]);
  assert.equal(unchecked.sealed_before, null);
  const after = earlierCheckpoint((text) => cosignature('w.example/2', two, 1799990000, text));
  assert.equal((await ask({ ...plain, after }, { witnesses: [second] })).sealed_after, 1799990000);
  assert.equal((await ask({ ...plain, after })).sealed_after, null);
});

test('a capture that was put on record, and one sealed after it', async () => {
  const plain = { sources: LETTER, open: [1], logged: true, capturedAt: 1800050000 };
  assert.equal(await reason(plain), 'valid');
  assert.equal(await reason({ ...plain, alter: ({ capture }) => { capture.at += 1; } }), 'capture');
  assert.equal((await ask({ ...plain, capturedAt: 1799999999 })).after_publication, true);
  assert.equal((await ask({ ...plain, capturedAt: 1800000000 })).after_publication, false);
});

test('small tables only when asked for', async () => {
  const bytes = forge({ sources: LETTER, open: [1], slots: 256 });
  assert.equal((await verify(bytes, {})).reason, 'table-size');
  assert.equal((await verify(bytes, { smallTables: true })).reason, 'valid');
  assert.equal(await reason({ sources: LETTER, open: [1], slots: 128 }, { smallTables: true }), 'table-size');
});

test('SHA-256 is SHA-256, for every length of a block', async () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = utf8('x'.repeat(length));
    assert.equal(toHex(parts.sha256(bytes)), toHex(new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes))));
  }
});

test('the worth of a hit is the page’s', () => {
  const worth = [2, 3, 4, 10, 33, 64].map(parts.hitOf);
  assert.deepEqual(worth, [986, 1572, 1991, 3333, 5092, 6069]);
});

test('folding', () => {
  assert.equal(parts.fold('Dear “Friend”, don’t!'), ' dear friend dont ');
  assert.equal(parts.fold(' … \u00ad '), ' ');
  assert.equal(parts.fold('ЁЖ ÀÞß Σ 1½2'), ' ёж àþß σ 1 2 ');
});

test('Ed25519 is strict, by WebCrypto and by hand', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const message = utf8('a message');
  const good = new Uint8Array(sign(null, message, privateKey));
  for (const check of [parts.verifyEd25519, parts.verifyByHand]) {
    assert.equal(await check(key, message, good), true);
    assert.equal(await check(key, utf8('another'), good), false);
  }
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(good.slice(32)).reverse().toString('hex')}`) + order;
  const larger = good.slice();
  larger.set(Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(), 32);
  assert.equal(await parts.verifyEd25519(key, message, larger), false);
  // With a key and an R of small order, s = 0 fits every message.
  const neutral = new Uint8Array(32);
  neutral[0] = 1;
  assert.equal(await parts.verifyEd25519(neutral, message, Uint8Array.from([...neutral, ...new Uint8Array(32)])), false);
  const small = [
    '0100000000000000000000000000000000000000000000000000000000000000', '0000000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', '0100000000000000000000000000000000000000000000000000000000000080',
  ];
  for (const hex of small) assert.equal(parts.isPublicKey(new Uint8Array(Buffer.from(hex, 'hex'))), false, hex);
  assert.equal(parts.isPublicKey(key), true);
});

test('strict JSON', () => {
  const why = (text) => {
    try {
      return parts.canonical(parts.readJson(typeof text === 'string' ? utf8(text) : text).value) === text ? 'canonical' : 'read';
    } catch (error) {
      return error.reason ?? error.stack;
    }
  };
  const cases = {
    canonical: ['{}', '[]', '{"a":1,"b":[true,false,"x"]}', '{"":-9007199254740991}', '"\\u001f\\n\\"\\\\é😀"', '{"A":1,"a":2,"é":3,"\ud83d\ude00":4,"\ufb33":5}', '{"__proto__":1}'],
    read: [' {}', '{} ', '{"b":1,"a":2}', '"\\u00e9"', '"\\/"', '"\\u001F"', '{"\ufb33":5,"\ud83d\ude00":4}'],
    'json-truncated': ['', ' ', '{', '[1', '[1,', '"a', '"\\', '"\\u12', 'tru', '-', '{"a"', '{"a":'],
    'json-trailing': ['{}{}', '{}x', '1 2'],
    'json-syntax': ['x', '{a:1}', '{"a" 1}', '[1 2]', 'NaN', 'Infinity', '+1', '[,]', '[1,]', '{"a":1,}', "'a'", '-x', 'nule'],
    'json-escape': ['"\\x"', '"\\u12g4"'],
    'json-float': ['1.0', '1e400', '1E5', '-0', '01', '-01', '0.5', '9007199254740993.0'],
    'json-integer-range': ['9007199254740992', '-9007199254740992', '9'.repeat(500)],
    'json-null': ['null', '{"a":null}'],
    'json-control': ['"\n"', '"\u0000"'],
    'json-surrogate': ['"\\ud800"', '"\\udc00"', '"\\ud800x"', '"\\ud800\\u0041"', '"\\udc00\\ud800"'],
    'json-duplicate-key': ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}'],
    'json-depth': ['['.repeat(9)],
    'json-values': [`[${'1,'.repeat(131071)}1]`],
    'json-utf8': [Uint8Array.of(0x22, 0xff, 0x22), Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), Uint8Array.of(0x22, 0xc0, 0x80, 0x22)],
    'json-bom': ['\ufeff{}'],
  };
  for (const [wanted, texts] of Object.entries(cases)) for (const text of texts) assert.equal(why(text), wanted, JSON.stringify(text).slice(0, 60));
});
