// DER with the limits of docs/formats/log.md, and the certificates of X.509 that a token is checked with.

/** What is no DER, or no token. */
class Broken extends Error {}

const broken = (what) => {
  throw new Broken(what);
};

const MAX_LEVELS = 24;
const MAX_ELEMENTS = 8192;

/** The one element that `bytes` are: tag, `body`, `whole` (with its head), and `children` of a constructed one. */
const readDer = (bytes) => {
  let elements = 0;
  const element = (from, end, level) => {
    elements += 1;
    if (level > MAX_LEVELS || elements > MAX_ELEMENTS || end - from < 2) broken('element');
    const tag = bytes[from];
    if ((tag & 31) === 31) broken('tag');
    const [length, start] = lengthAt(bytes, from + 1, end);
    if (length > end - start) broken('length');
    const stop = start + length;
    const node = { tag, body: bytes.subarray(start, stop), whole: bytes.subarray(from, stop), children: [] };
    if (tag & 32) for (let at = start; at < stop; at += node.children.at(-1).whole.length) node.children.push(element(at, stop, level + 1));
    return node;
  };
  const root = element(0, bytes.length, 1);
  return root.whole.length === bytes.length ? root : broken('trailing');
};

const lengthAt = (bytes, at, end) => {
  const first = bytes[at];
  if (first < 128) return [first, at + 1];
  const size = first & 127;
  if (size === 0 || size > 4 || at + 1 + size > end) broken('length');
  const length = Number(toBig(bytes.subarray(at + 1, at + 1 + size)));
  if (length < 128 || length < 256 ** (size - 1)) broken('length');
  return [length, at + 1 + size];
};

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = 0x06;
const INTEGER = 0x02;
const OCTETS = 0x04;
const BITS = 0x03;
const BOOLEAN = 0x01;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

const expect = (node, tag) => (node?.tag === tag ? node : broken('kind'));
const childrenOf = (node, tag) => expect(node, tag).children;
const bodyOf = (node, tag) => expect(node, tag).body;

const integerOf = (node) => {
  const body = bodyOf(node, INTEGER);
  if (body.length === 0 || (body[0] & 128) || (body.length > 1 && body[0] === 0 && body[1] < 128)) broken('integer');
  return toBig(body);
};

const oidOf = (node) => {
  const body = bodyOf(node, OID);
  const arcs = [];
  let arc = 0n;
  for (const byte of body) {
    arc = (arc << 7n) | BigInt(byte & 127);
    if (byte & 128) continue;
    arcs.push(arc);
    arc = 0n;
  }
  if (body.length === 0 || body.at(-1) & 128) broken('oid');
  const first = arcs[0] < 80n ? arcs[0] / 40n : 2n;
  return [first, arcs[0] - first * 40n, ...arcs.slice(1)].join('.');
};

/** Unix seconds, and whether a fraction was cut off. */
const timeOf = (node) => {
  const digits = String.fromCharCode(...node.body);
  let match;
  if (node.tag === UTC_TIME) {
    match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/.exec(digits);
    if (match) match[1] = `${Number(match[1]) < 50 ? 20 : 19}${match[1]}`;
  } else if (node.tag === GENERALIZED_TIME) {
    match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)((?:\.\d+)?)Z$/.exec(digits);
  }
  if (!match) broken('time');
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const exact = match[7] === '' || (match[7].length <= 19 && !match[7].endsWith('0'));
  const fits = exact && date.getTime() >= 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return fits ? { seconds: date.getTime() / 1000, fraction: match[7] !== '' } : broken('time');
};

const HASHES = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const EC = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';
const CURVES = { '1.2.840.10045.3.1.7': ['P-256', 32], '1.3.132.0.34': ['P-384', 48], '1.3.132.0.35': ['P-521', 66] };

/** What may sign a token: the key's kind, the hash, and for ECDSA the curves. */
const TOKEN_SIGNATURES = {
  '1.2.840.113549.1.1.11': [RSA, 'SHA-256'],
  '1.2.840.113549.1.1.12': [RSA, 'SHA-384'],
  '1.2.840.113549.1.1.13': [RSA, 'SHA-512'],
  '1.2.840.10045.4.3.2': [EC, 'SHA-256', ['P-256', 'P-384']],
  '1.2.840.10045.4.3.3': [EC, 'SHA-384', ['P-256', 'P-384']],
};

const ALL_CURVES = ['P-256', 'P-384', 'P-521'];

/** What may sign a certificate. */
const CERTIFICATE_SIGNATURES = {
  ...TOKEN_SIGNATURES,
  '1.2.840.10045.4.3.2': [EC, 'SHA-256', ALL_CURVES],
  '1.2.840.10045.4.3.3': [EC, 'SHA-384', ALL_CURVES],
  '1.2.840.10045.4.3.4': [EC, 'SHA-512', ALL_CURVES],
  [ED25519]: [ED25519],
};

/** The algorithm of a certificate's signature; undefined for others. RSA-PSS says its hash in the parameters. */
const certificateSignature = (algorithm) => {
  const [id, parameters] = childrenOf(algorithm, SEQUENCE);
  if (oidOf(id) !== RSA_PSS) return CERTIFICATE_SIGNATURES[oidOf(id)];
  const hashName = HASHES[oidOf(childrenOf(parameters, SEQUENCE).find(({ tag: at }) => at === 0xa0)?.children[0]?.children[0])];
  return hashName === undefined || hashName === 'SHA-1' ? undefined : [RSA_PSS, hashName];
};

const USAGE = '2.5.29.15';
const CONSTRAINTS = '2.5.29.19';
const EXTENDED_USAGE = '2.5.29.37';
/** Critical extensions that may stand in a chain: those that are checked, other names, where revocations are told. */
const UNDERSTOOD = [USAGE, CONSTRAINTS, EXTENDED_USAGE, '2.5.29.17', '2.5.29.31'];

const readCertificate = (bytes) => {
  const whole = readDer(bytes);
  const [signed, algorithm, signature] = childrenOf(whole, SEQUENCE);
  const fields = [...childrenOf(signed, SEQUENCE)];
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serial, inner, issuer, validity, subject, key, ...optional] = fields;
  const [from, until] = childrenOf(validity, SEQUENCE).map(timeOf);
  if (until === undefined || !same(expect(inner, SEQUENCE).whole, algorithm.whole)) broken('certificate');
  const extensions = new Map();
  const found = optional.find(({ tag }) => tag === 0xa3);
  for (const extension of found ? childrenOf(found.children[0], SEQUENCE) : []) {
    const [id, ...rest] = childrenOf(extension, SEQUENCE);
    const critical = rest[0]?.tag === BOOLEAN && rest[0].body[0] !== 0;
    if (extensions.has(oidOf(id))) broken('extension');
    extensions.set(oidOf(id), { critical, value: readDer(bodyOf(rest.at(-1), OCTETS)) });
  }
  return {
    whole: whole.whole,
    signed: signed.whole,
    algorithm: certificateSignature(algorithm),
    signature: bitsOf(signature),
    serial: bodyOf(serial, INTEGER),
    issuer: expect(issuer, SEQUENCE).whole,
    subject: expect(subject, SEQUENCE).whole,
    from: from.seconds,
    until: until.seconds,
    key: expect(key, SEQUENCE),
    extensions,
  };
};

const bitsOf = (node) => {
  const body = bodyOf(node, BITS);
  return body[0] === 0 ? body.subarray(1) : broken('bits');
};

/** The `r || s` of WebCrypto for an ECDSA signature in DER. */
const rawPair = (signature, size) => {
  const pair = childrenOf(readDer(signature), SEQUENCE).map(integerOf);
  if (pair.length !== 2 || pair.some((n) => n >= 2n ** BigInt(8 * size))) broken('signature');
  return fromHex(pair.map((n) => n.toString(16).padStart(2 * size, '0')).join(''));
};

/** How WebCrypto imports the key and verifies with it, for an algorithm of our tables; null when they don't fit. */
const schemeFor = ([kind, hashName, curves], certificate, signature) => {
  const [algorithm, publicKey] = childrenOf(certificate.key, SEQUENCE);
  const [id, parameter] = childrenOf(algorithm, SEQUENCE);
  if (kind === EC && oidOf(id) === EC) {
    const [namedCurve, size] = CURVES[oidOf(parameter)] ?? [];
    const scheme = { name: 'ECDSA', namedCurve, hash: hashName };
    return curves.includes(namedCurve) ? { scheme, signature: rawPair(signature, size) } : null;
  }
  if ((kind !== RSA && kind !== RSA_PSS) || oidOf(id) !== RSA) return null;
  const bits = integerOf(childrenOf(readDer(bitsOf(publicKey)), SEQUENCE)[0]).toString(2).length;
  const scheme = kind === RSA ? { name: 'RSASSA-PKCS1-v1_5', hash: hashName }
    : { name: 'RSA-PSS', hash: hashName, saltLength: Number(hashName.slice(4)) / 8 };
  return bits >= 2048 && bits <= 8192 ? { scheme, signature } : null;
};

/** Whether `signature` over `message` is by the certificate's key. */
const verifyUnder = async (certificate, algorithm, message, signature) => {
  try {
    if (algorithm[0] === ED25519) {
      const [id, publicKey] = childrenOf(certificate.key, SEQUENCE);
      return oidOf(childrenOf(id, SEQUENCE)[0]) === ED25519 && await verifyEd25519(bitsOf(publicKey), message, signature);
    }
    const fit = schemeFor(algorithm, certificate, signature);
    if (fit === null) return false;
    const key = await crypto.subtle.importKey('spki', certificate.key.whole, fit.scheme, false, ['verify']);
    return await crypto.subtle.verify(fit.scheme, key, fit.signature, message);
  } catch {
    return false; // a key or a signature that WebCrypto can't read
  }
};

/** The purposes of an extended key usage, or null without one. */
const purposesOf = ({ extensions }) => {
  const usage = extensions.get(EXTENDED_USAGE);
  return usage ? childrenOf(usage.value, SEQUENCE).map(oidOf) : null;
};

/** The certificates of a PEM text; null when there is none, or one doesn't read. */
const readPem = (pem) => {
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)];
  try {
    const certificates = blocks.map(([, base64]) => readCertificate(fromBase64(base64.replace(/\s/g, '')) ?? broken('base64')));
    return certificates.length ? certificates : null;
  } catch {
    return null;
  }
};
