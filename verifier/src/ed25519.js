// Ed25519 (RFC 8032), strict as docs/formats/log.md asks. WebCrypto does the work where it can; what it may be laxer
// about is checked here, and browsers without it get the plain arithmetic.

const FIELD = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const mod = (n) => {
  const r = n % FIELD;
  return r < 0n ? r + FIELD : r;
};

const powerMod = (base, exponent) => {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
};

const CURVE_D = mod(-121665n * powerMod(121666n, FIELD - 2n));
const ROOT_OF_MINUS_ONE = powerMod(2n, (FIELD - 1n) / 4n);

const littleEndian = (bytes) => toBig(Uint8Array.from(bytes).reverse());

/** The point of 32 bytes in extended coordinates; null when there is none, or it is written in a second form. */
const decodePoint = (bytes) => {
  const all = littleEndian(bytes);
  const sign = all >> 255n;
  const y = all & (2n ** 255n - 1n);
  if (y >= FIELD) return null;
  const u = mod(y * y - 1n);
  const v = mod(CURVE_D * y * y + 1n);
  let x = mod(u * v ** 3n * powerMod(u * v ** 7n, (FIELD - 5n) / 8n));
  if (mod(v * x * x - u) !== 0n) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(v * x * x - u) !== 0n || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = FIELD - x;
  return [x, y, 1n, mod(x * y)];
};

/** Unified addition on the twisted Edwards curve with a = -1 (RFC 8032, section 5.1.4). */
const addPoints = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * CURVE_D * t1 * t2);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
};

const NEUTRAL = [0n, 1n, 1n, 0n];

const isNeutral = ([x, y, z]) => x === 0n && y === z;

const timesPoint = (scalar, point) => {
  let result = NEUTRAL;
  for (let n = scalar, p = point; n > 0n; n >>= 1n, p = addPoints(p, p)) if (n & 1n) result = addPoints(result, p);
  return result;
};

/** Whether eight times the point is nothing. */
const isSmallOrder = (point) => isNeutral([1, 2, 3].reduce((p) => addPoints(p, p), point));

/** Whether 32 bytes can be a public key: a point, in its one form, not of small order. */
const isPublicKey = (bytes) => {
  const point = bytes.length === 32 ? decodePoint(bytes) : null;
  return point !== null && !isSmallOrder(point);
};

/** Verification by arithmetic alone: s B = R + k A. */
const verifyByHand = async (key, message, signature) => {
  const [r, a] = [decodePoint(signature.subarray(0, 32)), decodePoint(key)];
  const s = littleEndian(signature.subarray(32));
  const k = littleEndian(await digest('SHA-512', concat(signature.subarray(0, 32), key, message))) % ORDER;
  const base = decodePoint(concat(Uint8Array.of(0x58), new Uint8Array(31).fill(0x66)));
  const [x, y, z] = timesPoint(s, base);
  const [x2, y2, z2] = addPoints(r, timesPoint(k, a));
  return mod(x * z2 - x2 * z) === 0n && mod(y * z2 - y2 * z) === 0n;
};

const verifyEd25519 = async (key, message, signature) => {
  if (signature.length !== 64 || littleEndian(signature.subarray(32)) >= ORDER) return false;
  if (!isPublicKey(key) || !isPublicKey(signature.subarray(0, 32))) return false;
  let imported;
  try {
    imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return verifyByHand(key, message, signature); // a browser whose WebCrypto doesn't know Ed25519
  }
  return crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, message);
};
