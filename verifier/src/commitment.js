// From what a bundle shows to the root that was sealed, and to the log's entries (docs/formats/commitment.md).

const hiddenOf = (salt, content) => H('countermark/content/1', salt, content);

const contentOfSettings = ({ settings: s, log }) => enc(
  log.name, log.key, u64(s.rules), s.bias, u64(s.coalition), u64(s.eta), s.spending, u64(s.epsilon),
  u64(s.file_copies), s.texts, u64(s.marked_line ? 1 : 0));

/** The pieces that the reader can compute, ascending: [index, its 32 bytes]. */
const knownPieces = (bundle, rowSites) => {
  const { parts, settings: { copies }, message } = bundle;
  const P = parts.length;
  const count = 3 + 3 * P + copies * P + copies;
  const known = [];
  const add = (kind, index, open, hidden) => {
    known.push([index, H(`countermark/piece/${kind}/1`, message, u64(index), u64(count), open, hidden)]);
  };
  const none = new Uint8Array(0);
  add('settings', 0, enc(u64(P), u64(copies)), hiddenOf(bundle.settings.salt, contentOfSettings(bundle)));
  add('time', 2, none, hiddenOf(bundle.time.salt, enc(u64(bundle.time.at), bundle.time.after ?? none)));
  parts.forEach((one, i) => {
    add('text', 3 + i, enc(u64(one.class)), one.hidden ?? hiddenOf(one.salt, utf8(one.text)));
  });
  if (bundle.row) addRow(bundle, rowSites, count, add);
  return { count, known: known.sort((a, b) => a[0] - b[0]) };
};

const addRow = ({ parts, settings: { copies }, row: { copy, parts: shown, name: named } }, rowSites, count, add) => {
  const P = parts.length;
  const none = new Uint8Array(0);
  shown.forEach((one, i) => {
    const place = one.part - 1;
    const sites = concat(...rowSites[i].map(({ number, size, tie }) => (
      enc(u64(number), u64(size), u64(tie === undefined ? 0 : tie + 1), none))));
    add('source', 3 + P + place, none, hiddenOf(one.source_salt, utf8(one.source)));
    add('symbols', 3 + 2 * P + (copy - 1) * P + place, none, hiddenOf(one.symbols_salt, Uint8Array.from(one.symbols)));
    add('sites', 3 + 2 * P + copies * P + place, none, hiddenOf(one.sites_salt, sites));
  });
  if (named === undefined) return;
  add('approvers', 1, none, hiddenOf(named.keys_salt, enc(u64(2), ...named.keys)));
  add('recipient', count - copies + copy - 1, none, hiddenOf(named.salt, enc('recipient', named.recipient)));
};

/** Step 4: the slot, from it the table, and the table as the log's first entry. */
const checkTable = ({ table, slot, proof: { checkpoint } }, smallTables) => {
  if (table.slots !== 2 ** 20 && !smallTables) refuse('table-size');
  if (slot.index >= table.slots || slot.path.length !== Math.log2(table.slots)) refuse('slot');
  const value = H('countermark/slot/1', table.id, u64(slot.index), slot.nonce);
  const root = rootFromProof(value, BigInt(slot.index), BigInt(table.slots), slot.path);
  const leaf = concat(table.id, H('countermark/table/1', u64(table.slots), root));
  if (!isIn(leaf, 0n, table.proof, checkpoint)) refuse('table');
};

const isIn = (leaf, index, hashes, { size, root }) => {
  const led = rootFromProof(leaf, index, size, hashes);
  return led !== null && same(led, root);
};

/** Step 5. */
const checkCommitment = (bundle, rowSites) => {
  const { count, known } = knownPieces(bundle, rowSites);
  const root = rootOfPieces(known, count, bundle.rest);
  if (root === null || !same(root, bundle.commitment)) refuse('commitment');
};

/** Step 6. */
const checkLogged = ({ table, slot, commitment, proof: { index, hashes, checkpoint } }) => {
  const tag = H('countermark/tag/1', table.id, u64(slot.index), slot.nonce);
  if (!isIn(concat(tag, commitment), index, hashes, checkpoint)) refuse('not-logged');
};

/** Step 7. */
const checkCapture = async ({ capture, log }) => {
  if (capture?.log === undefined) return;
  const { proof: { index, hashes, checkpoint }, tag, salt } = capture.log;
  const leaf = concat(tag, H('countermark/capture/1', salt, capture.sha256, u64(capture.at)));
  if (!await isSignedBy(log, checkpoint) || !isIn(leaf, index, hashes, checkpoint)) refuse('capture');
};

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What may be printed on the copies: `7F3K-92QD`. */
const referenceOf = ({ log, table, slot }) => {
  const low = toBig(H('countermark/ref/1', log.key, table.id, u64(slot.index)).subarray(0, 3)) >> 4n;
  const all = (BigInt(slot.index) << 20n) | low;
  const digits = Array.from({ length: 8 }, (_, i) => CROCKFORD[Number((all >> BigInt(35 - 5 * i)) & 31n)]);
  return `${digits.slice(0, 4).join('')}-${digits.slice(4).join('')}`;
};
