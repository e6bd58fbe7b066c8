// Merkle trees of RFC 6962 (docs/formats/log.md, docs/formats/commitment.md).

const leafHash = (value) => sha256(concat(Uint8Array.of(0), value));
const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** The root that an inclusion proof leads to, or null when it has too few or too many hashes. Numbers are BigInts. */
const rootFromProof = (leaf, index, size, proof) => {
  if (index >= size || proof.length > 63) return null;
  let hash = leafHash(leaf);
  let place = index;
  let last = size - 1n;
  for (const sibling of proof) {
    if (last === 0n) return null;
    if (place % 2n === 1n || place === last) {
      hash = nodeHash(sibling, hash);
      while (place % 2n === 0n && place !== 0n) {
        place /= 2n;
        last /= 2n;
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    place /= 2n;
    last /= 2n;
  }
  return last === 0n ? hash : null;
};

const splitAt = (count) => 2 ** Math.ceil(Math.log2(count) - 1);

/**
 * The root over `count` pieces, of which some are known: `known` is a list of [index, 32 bytes], ascending.
 * null when `rest` has too few hashes or one left over.
 */
const rootOfPieces = (known, count, rest) => {
  let used = 0;
  let enough = true;
  const root = (start, size, from, to) => {
    if (from === to) {
      if (used === rest.length) enough = false;
      used += 1;
      return enough ? rest[used - 1] : new Uint8Array(32);
    }
    if (size === 1) return leafHash(known[from][1]);
    const k = splitAt(size);
    let middle = from;
    for (let end = to; middle < end;) {
      const half = (middle + end) >>> 1;
      if (known[half][0] < start + k) middle = half + 1;
      else end = half;
    }
    const left = root(start, k, from, middle);
    return nodeHash(left, root(start + k, size - k, middle, to));
  };
  const hash = root(0, count, 0, known.length);
  return enough && used === rest.length ? hash : null;
};
