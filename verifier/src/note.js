// Keys, signed notes, checkpoints, cosignatures and proofs (docs/formats/log.md). What isn't one is null.

const KEY_ED25519 = 1;
const KEY_COSIGNATURE = 4;
const KEY_ML_DSA = 6;
const KEY_LENGTH = { [KEY_ED25519]: 32, [KEY_COSIGNATURE]: 32, [KEY_ML_DSA]: 1312 };

const isKeyName = (name) => {
  const length = utf8(name).length;
  return length >= 1 && length <= 255 && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);
};

/** A key in its text form `name+id+base64(type || public key)`. */
const readKey = (text) => {
  const [, name, id, rest] = /^([^+]*)\+([0-9a-f]{8})\+([\s\S]*)$/.exec(text) ?? [];
  if (rest === undefined || utf8(text).length > 8192 || !isKeyName(name)) return null;
  const bytes = fromBase64(rest);
  if (bytes === null || bytes.length < 2) return null;
  const type = bytes[0];
  const key = bytes.subarray(1);
  if (type in KEY_LENGTH) {
    if (key.length !== KEY_LENGTH[type] || toHex(sha256(concat(utf8(`${name}\n`), bytes)).subarray(0, 4)) !== id) return null;
    if (type !== KEY_ML_DSA && !isPublicKey(key)) return null;
  }
  return { name, id, type, key };
};

const MAX_NOTE = 524288;

/** A signed note: `text` with its last newline, and `signatures` with name, id (hex) and bytes. */
const readNote = (note) => {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || utf8(note).length > MAX_NOTE || /[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.endsWith('\n')) return null;
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > 100) return null;
  const signatures = lines.map((line) => {
    const [, name, base64] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
    const bytes = base64 === undefined || !isKeyName(name) ? null : fromBase64(base64);
    return bytes === null || bytes.length < 5 ? null : { name, id: toHex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
  });
  return signatures.includes(null) ? null : { text: note.slice(0, cut + 1), signatures };
};

const readDecimal = (text) => {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return null;
  const n = BigInt(text);
  return n < 2n ** 63n ? n : null;
};

/** A checkpoint: a note whose text is origin, size and root. */
const readCheckpoint = (source) => {
  const note = readNote(source);
  if (note === null) return null;
  const [origin, size, root, ...extensions] = note.text.slice(0, -1).split('\n');
  const length = utf8(origin).length;
  if (length < 1 || length > 255 || root === undefined || root.length !== 44) return null;
  if (extensions.length > 16 || extensions.some((line) => line === '' || utf8(line).length > 1024)) return null;
  const checkpoint = { ...note, origin, size: readDecimal(size), root: fromBase64(root) };
  if (checkpoint.size === null || checkpoint.root === null) return null;
  return checkpoint.size === 0n && !same(checkpoint.root, sha256(new Uint8Array(0))) ? null : checkpoint;
};

const madeBy = (key) => (signature) => signature.name === key.name && signature.id === key.id;

/** Whether the log signed the checkpoint, under its own name. */
const isSignedBy = async (log, checkpoint) => {
  const own = checkpoint.signatures.filter(madeBy(log));
  const right = await Promise.all(own.map(({ bytes }) => verifyEd25519(log.key, utf8(checkpoint.text), bytes)));
  return checkpoint.origin === log.name && own.length > 0 && right.every(Boolean);
};

/**
 * The cosignatures under keys of `witnesses`, in the checkpoint's order: name, state and time. null when one of them
 * is wrong.
 */
const readCosignatures = async (checkpoint, witnesses) => {
  const found = [];
  for (const signature of checkpoint.signatures) {
    const witness = witnesses.find((key) => madeBy(key)(signature));
    if (witness === undefined) continue;
    if (witness.type !== KEY_COSIGNATURE) {
      found.push({ name: witness.name, state: 'not checked', time: null });
      continue;
    }
    if (signature.bytes.length !== 72) return null;
    const time = toBig(signature.bytes.subarray(0, 8));
    const message = utf8(`cosignature/v1\ntime ${time}\n${checkpoint.text}`);
    if (time >= 2n ** 63n || !await verifyEd25519(witness.key, message, signature.bytes.subarray(8))) return null;
    found.push({ name: witness.name, state: 'trusted', time: Number(time) });
  }
  return found;
};

/** A C2SP tlog-proof without extra data: index, hashes, checkpoint. */
const readProof = (text) => {
  const cut = text.indexOf('\n\n');
  if (cut < 0 || utf8(text).length > 655360) return null;
  const [head, index, ...hashes] = text.slice(0, cut).split('\n');
  if (head !== 'c2sp.org/tlog-proof@v1' || index === undefined || !index.startsWith('index ') || hashes.length > 63) return null;
  const proof = {
    index: readDecimal(index.slice(6)),
    hashes: hashes.map(fromBase64),
    checkpoint: readCheckpoint(text.slice(cut + 2)),
  };
  if (proof.index === null || proof.hashes.some((hash) => hash === null || hash.length !== 32)) return null;
  return proof.checkpoint === null ? null : proof;
};
