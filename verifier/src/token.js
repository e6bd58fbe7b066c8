// RFC 3161 time-stamp tokens (docs/formats/log.md, "Timestamps").

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  certificateId: '1.2.840.113549.1.9.16.2.12',
  certificateIdV2: '1.2.840.113549.1.9.16.2.47',
};
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const MAX_CERTIFICATES = 16;

/**
 * What a token says of `message`: `trusted` with its time, or `unknown` when its chain leads to none of the anchors.
 * Throws `Broken` for a token that is none, or on something else.
 */
const checkToken = async (bytes, message, anchors) => {
  const token = readToken(bytes);
  const info = readInfo(token.content);
  if (!same(info.imprint, await digest('SHA-256', message))) broken('imprint');
  const signer = token.certificates.find((certificate) => isMeant(certificate, token.signer)) ?? broken('signer');
  await checkAttributes(token, signer);
  const usage = signer.extensions.get(EXTENDED_USAGE);
  if (!usage?.critical || purposesOf(signer).join() !== TIME_STAMPING) broken('usage');
  if (!isUnderstood(signer)) broken('certificate');
  if (!await verifyUnder(signer, token.algorithm, signedAttributes(token), token.signature)) broken('signature');
  const trusted = await leadsTo(anchors, signer, token.certificates, info.at, []);
  return trusted ? { state: 'trusted', time: info.latest } : { state: 'unknown', time: null };
};

/** What the signature is over: the attributes as a SET OF, which DER sorts. */
const signedAttributes = ({ attributes: { whole, body, children } }) => {
  const inOrder = children.map((child) => child.whole).sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  return concat(Uint8Array.of(SET), whole.subarray(1, whole.length - body.length), ...inOrder);
};

/** The token, also out of a whole response with status 0 or 1. */
const readToken = (bytes) => {
  if (bytes.length > 65536) broken('size');
  let root = readDer(bytes);
  if (childrenOf(root, SEQUENCE)[0]?.tag === SEQUENCE) {
    const [status, token, ...others] = root.children;
    if (integerOf(status.children[0]) > 1n || others.length) broken('status');
    root = token ?? broken('status');
  }
  const [type, wrapped] = childrenOf(root, SEQUENCE);
  if (oidOf(type) !== SIGNED_DATA) broken('type');
  const [, , content, ...rest] = childrenOf(childrenOf(wrapped, 0xa0)[0], SEQUENCE);
  const [contentType, contentBytes] = childrenOf(content, SEQUENCE);
  if (oidOf(contentType) !== TST_INFO) broken('type');
  const certificates = (rest.find(({ tag }) => tag === 0xa0)?.children ?? []).filter(({ tag }) => tag === SEQUENCE);
  if (certificates.length > MAX_CERTIFICATES) broken('certificates');
  const signers = childrenOf(rest.at(-1), SET);
  if (signers.length !== 1) broken('signers');
  const [version, id, hashAlgorithm, attributes, algorithm, signature] = childrenOf(signers[0], SEQUENCE);
  expect(version, INTEGER);
  expect(attributes, 0xa0);
  const hashName = hashOf(hashAlgorithm);
  if (hashName === 'SHA-1') broken('hash');
  return {
    content: bodyOf(childrenOf(contentBytes, 0xa0)[0], OCTETS),
    certificates: certificates.flatMap(({ whole }) => certificateOr(whole)),
    signer: id,
    hashName,
    attributes,
    algorithm: signatureOf(algorithm, hashName),
    signature: bodyOf(signature, OCTETS),
  };
};

/** A certificate; one that doesn't read vouches for nothing. */
const certificateOr = (bytes) => {
  try {
    return [readCertificate(bytes)];
  } catch {
    return [];
  }
};

const hashOf = (algorithm) => HASHES[oidOf(childrenOf(algorithm, SEQUENCE)[0])] ?? broken('hash');

/** Bare RSA takes the hash of the message digest. */
const signatureOf = (algorithm, hashName) => {
  const id = oidOf(childrenOf(algorithm, SEQUENCE)[0]);
  return id === RSA ? [RSA, hashName] : TOKEN_SIGNATURES[id] ?? broken('algorithm');
};

const readInfo = (bytes) => {
  const [version, , imprint, , time, ...rest] = childrenOf(readDer(bytes), SEQUENCE);
  if (integerOf(version) !== 1n) broken('version');
  const [algorithm, hashed] = childrenOf(imprint, SEQUENCE);
  if (hashOf(algorithm) !== 'SHA-256') broken('imprint');
  const { seconds, fraction } = timeOf(expect(time, GENERALIZED_TIME));
  const accuracy = rest[0]?.tag === SEQUENCE ? accuracyOf(rest[0]) : 0;
  return { imprint: bodyOf(hashed, OCTETS), at: seconds, latest: seconds + (fraction ? 1 : 0) + accuracy };
};

/** What the time-stamper may be off by, in whole seconds, rounded up. */
const accuracyOf = ({ children }) => {
  let seconds = 0;
  for (const part of children) {
    const n = Number(integerOf({ ...part, tag: INTEGER }));
    if (part.tag === INTEGER) seconds += n;
    else if (part.tag !== 0x80 && part.tag !== 0x81) broken('accuracy');
    else if (n < 1 || n > 999) broken('accuracy');
  }
  return seconds + (children.some(({ tag }) => tag !== INTEGER) ? 1 : 0);
};

/** Whether a signer's id means the certificate: by issuer and serial number, or by its key's identifier. */
const isMeant = (certificate, id) => {
  if (id.tag === 0x80) {
    const own = certificate.extensions.get('2.5.29.14');
    return own !== undefined && own.value.tag === OCTETS && same(own.value.body, id.body);
  }
  const [issuer, serial] = childrenOf(id, SEQUENCE);
  return same(issuer.whole, certificate.issuer) && same(bodyOf(serial, INTEGER), certificate.serial);
};

/** A signed attribute's one value; undefined when the attribute isn't there. */
const attributeOf = ({ attributes }, type) => {
  const found = attributes.children.filter((attribute) => oidOf(childrenOf(attribute, SEQUENCE)[0]) === type);
  if (found.length === 0) return undefined;
  const values = childrenOf(found[0].children[1], SET);
  return found.length === 1 && values.length === 1 ? values[0] : broken('attribute');
};

const checkAttributes = async (token, signer) => {
  if (oidOf(attributeOf(token, ATTRIBUTE.contentType)) !== TST_INFO) broken('type');
  const wanted = await digest(token.hashName, token.content);
  if (!same(bodyOf(attributeOf(token, ATTRIBUTE.messageDigest), OCTETS), wanted)) broken('digest');
  const ids = [[ATTRIBUTE.certificateId, 'SHA-1'], [ATTRIBUTE.certificateIdV2, 'SHA-256']]
    .map(([type, hashName]) => [attributeOf(token, type), hashName]).filter(([value]) => value !== undefined);
  if (ids.length === 0) broken('certificate id');
  for (const [value, hashName] of ids) await checkCertificateId(value, hashName, signer);
};

const checkCertificateId = async (value, hashDefault, signer) => {
  const fields = [...childrenOf(childrenOf(childrenOf(value, SEQUENCE)[0], SEQUENCE)[0], SEQUENCE)];
  const stated = hashDefault === 'SHA-256' && fields[0]?.tag === SEQUENCE ? hashOf(fields.shift()) : hashDefault;
  const [hashed, issuerSerial] = fields;
  if (!same(bodyOf(hashed, OCTETS), await digest(stated, signer.whole))) broken('certificate id');
  if (issuerSerial === undefined) return;
  const [names, serial] = childrenOf(issuerSerial, SEQUENCE);
  const [directory] = childrenOf(names, SEQUENCE);
  const issuer = childrenOf(directory, 0xa4)[0];
  if (!same(issuer.whole, signer.issuer) || !same(bodyOf(serial, INTEGER), signer.serial)) broken('certificate id');
};

const isUnderstood = ({ extensions }) => [...extensions].every(([id, { critical }]) => !critical || UNDERSTOOD.includes(id));

const isAuthority = ({ extensions }) => {
  const [authority, longest] = extensions.has(CONSTRAINTS) ? childrenOf(extensions.get(CONSTRAINTS).value, SEQUENCE) : [];
  const is = authority?.tag === BOOLEAN && authority.body[0] !== 0;
  return { is, longest: is && longest !== undefined ? integerOf(longest) : null };
};

/** Whether a chain leads from the certificate to an anchor, each link good at `time`. An anchor is a name and a key. */
const leadsTo = async (anchors, certificate, others, time, below) => {
  if (below.length > MAX_CERTIFICATES || !isGoodLink(certificate, time, below) || certificate.algorithm === undefined) return false;
  const signedBy = async (issuer) => same(issuer.subject, certificate.issuer)
    && verifyUnder(issuer, certificate.algorithm, certificate.signed, certificate.signature);
  for (const anchor of anchors) if (await signedBy(anchor)) return true;
  const chain = [...below, certificate];
  for (const issuer of others) {
    if (!chain.includes(issuer) && await signedBy(issuer) && await leadsTo(anchors, issuer, others, time, chain)) return true;
  }
  return false;
};

/** Valid then, nothing critical that we don't understand, and, above another one, an authority that may stamp time. */
const isGoodLink = (certificate, time, below) => {
  const { extensions, from, until } = certificate;
  const { is, longest } = isAuthority(certificate);
  if (time < from || time > until || !isUnderstood(certificate)) return false;
  if (below.length === 0) return !is;
  const purposes = purposesOf(certificate);
  const usage = extensions.get(USAGE);
  const mayStamp = purposes === null || purposes.includes(TIME_STAMPING);
  const maySign = usage === undefined || (bodyOf(usage.value, BITS)[1] & 4) !== 0;
  const between = below.slice(1).filter(({ subject, issuer }) => !same(subject, issuer)).length;
  return is && mayStamp && maySign && (longest === null || BigInt(between) <= longest);
};
