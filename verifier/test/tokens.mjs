// Time-stamps by `openssl ts` as the authority.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import { verifier } from './load.mjs';
import { Authority, CA, STAMPER } from './authority.mjs';
import { forge, LETTER, LOG_KEY } from './forge.mjs';

const { verify } = verifier();
const now = () => Math.floor(Date.now() / 1000);

/** What the page says of a bundle with this token. */
const said = async (token, trust) => {
  const { reason, clocks, sealed_before: before } = await verify(
    forge({ sources: LETTER, open: [1], token }), { logKey: LOG_KEY, trust });
  return reason === 'valid' ? { state: clocks[0].state, before } : { state: reason, before };
};

const withAuthority = (run) => async () => {
  const authority = new Authority();
  try {
    await run(authority);
  } finally {
    authority.end();
  }
};

for (const kind of ['rsa', 'p-256', 'p-384']) {
  test(`a time-stamp under ${kind}`, withAuthority(async (a) => {
    const root = a.certificate('root', { kind, extensions: CA });
    a.certificate('tsa', { kind, issuer: 'root' });
    const stranger = a.certificate('stranger', { extensions: CA });
    const early = now();
    for (const options of [{}, { ess: 'sha1' }, { ess: 'sha384' }, { hash: 'sha384' }, { whole: true }, { accuracy: '' }]) {
      const token = (text) => a.stamp('tsa', text, { chain: ['root'], ...options });
      const { state, before } = await said(token, root);
      const off = options.accuracy === '' ? 0 : 2;
      assert.equal(state, 'trusted', JSON.stringify(options));
      assert.ok(before >= early + off && before <= now() + off, `${before - early}`);
      assert.deepEqual(await said(token, stranger), { state: 'unknown', before: null });
      assert.deepEqual(await said(token, null), { state: 'unknown', before: null });
    }
    assert.equal((await said((text) => a.stamp('tsa', `${text}x`, { chain: ['root'] }), root)).state, 'token');
    assert.equal((await said((text) => a.stamp('tsa', text, { imprint: 'sha384' }), root)).state, 'token');
    assert.equal((await said(() => new Uint8Array(9), root)).state, 'token');
  }));
}

test('certificates that may not stamp, and chains that do not hold', withAuthority(async (a) => {
  const root = a.certificate('root', { extensions: CA });
  a.certificate('middle', { issuer: 'root', extensions: CA });
  a.certificate('short', { issuer: 'root', extensions: CA.replace('CA:TRUE', 'CA:TRUE,pathlen:0') });
  a.certificate('below-short', { issuer: 'short', extensions: CA });
  a.certificate('no-ca', { issuer: 'root', extensions: 'basicConstraints=critical,CA:FALSE\n' });
  a.certificate('no-sign', { issuer: 'root', extensions: 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\n' });
  a.certificate('mail-only', { issuer: 'root', extensions: `${CA}extendedKeyUsage=emailProtection\n` });
  a.certificate('bare', { issuer: 'root', extensions: 'subjectKeyIdentifier=hash\n' });
  a.certificate('strange', { issuer: 'root', extensions: `${CA}1.2.3.4=critical,ASN1:NULL\n` });
  const cases = [
    ['trusted', 'middle', {}], ['trusted', 'short', {}], ['unknown', 'below-short', { chain: ['short'] }], ['unknown', 'no-ca', {}],
    ['unknown', 'no-sign', {}], ['unknown', 'mail-only', {}], ['unknown', 'bare', {}], ['unknown', 'strange', {}],
  ];
  for (const [wanted, issuer, { chain = [] }] of cases) {
    a.certificate('tsa', { issuer });
    const { state } = await said((text) => a.stamp('tsa', text, { chain: [issuer, ...chain, 'root'] }), root);
    assert.equal(state, wanted, issuer);
  }
  a.certificate('tsa', { issuer: 'middle' });
  assert.equal((await said((text) => a.stamp('tsa', text), root)).state, 'unknown', 'without the middle');
  const middle = a.read('middle.pem');
  assert.equal((await said((text) => a.stamp('tsa', text), `${root}\n${middle}`)).state, 'trusted');
  assert.equal((await said((text) => a.stamp('tsa', text, { chain: ['middle', 'root'] }), a.read('tsa.pem'))).state, 'unknown', 'itself is no anchor');
  assert.equal((await said((text) => a.stamp('tsa', text), middle)).state, 'trusted', 'a middle one can be the anchor');
  const alone = a.certificate('alone', {});
  assert.equal((await said((text) => a.stamp('alone', text), alone)).state, 'trusted', 'signed by itself, and trusted');
  const both = a.certificate('both', { extensions: `${STAMPER}basicConstraints=critical,CA:TRUE\n` });
  assert.equal((await said((text) => a.stamp('both', text), both)).state, 'unknown', 'an authority stamps nothing itself');
  a.certificate('odd', { issuer: 'root', extensions: `${STAMPER}1.2.3.4=critical,ASN1:NULL\n` });
  assert.equal((await said((text) => a.stamp('odd', text), root)).state, 'token', 'critical and strange');
  for (const extensions of [STAMPER.replace('Usage=critical,time', 'Usage=time'), STAMPER.replace('timeStamping', 'timeStamping,emailProtection'), 'keyUsage=digitalSignature\n']) {
    a.certificate('tsa', { issuer: 'root', extensions });
    const state = await said((text) => a.stamp('tsa', text), root).catch(() => 'openssl');
    if (state !== 'openssl') assert.equal(state.state, 'token', extensions);
  }
}));

for (const kind of ['rsa', 'p-256', 'p-384', 'p-521', 'ed25519']) {
  test(`a chain under ${kind}`, withAuthority(async (a) => {
    const hash = kind === 'rsa' ? 'sha384' : 'sha512';
    const root = a.certificate('root', { kind, extensions: CA, hash });
    a.certificate('tsa', { issuer: 'root', hash, pss: kind === 'rsa' });
    assert.equal((await said((text) => a.stamp('tsa', text), root)).state, 'trusted');
    const stranger = a.certificate('root', { kind, extensions: CA, hash });
    assert.equal((await said((text) => a.stamp('tsa', text), stranger)).state, 'unknown');
  }));
}

test('weak keys and other curves', withAuthority(async (a) => {
  const root = a.certificate('root', { extensions: CA });
  for (const kind of ['rsa-1024', 'p-521']) {
    a.certificate('tsa', { kind, issuer: 'root' });
    assert.equal((await said((text) => a.stamp('tsa', text), root)).state, 'token', kind);
  }
}));

test('no changed byte of a token gives another time', withAuthority(async (a) => {
  const root = a.certificate('root', { extensions: CA });
  a.certificate('tsa', { issuer: 'root' });
  let token;
  const { before } = await said((text) => { token = a.stamp('tsa', text); return token; }, root);
  const states = new Set();
  for (let at = 0; at < token.length; at += 1) {
    const changed = token.slice();
    changed[at] ^= 1 << (at % 8);
    const found = await said(() => changed, root);
    states.add(found.state);
    if (found.state === 'trusted') assert.equal(found.before, before, `byte ${at}`);
  }
  assert.ok(states.has('token'));
}));
