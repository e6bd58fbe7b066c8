// The order of docs/formats/bundle.md, "Verifying", and what a verifier says.

const WORDS = ['1-5', '6-10', '11-20', '21-40', 'more than 40'];

/** What the reader trusts, read from what he typed. `wrong` names the entries that are none. */
const readTrust = ({ logKey = null, witnesses = [], trust = null, smallTables = false }) => {
  const keys = witnesses.map(readKey);
  const log = logKey === null ? null : readKey(logKey);
  const anchors = trust === null ? [] : readPem(trust);
  const isWitness = (key) => key !== null && (key.type === KEY_COSIGNATURE || key.type === KEY_ML_DSA);
  const wrong = [];
  if (logKey !== null && log?.type !== KEY_ED25519) wrong.push('logKey');
  if (!keys.every(isWitness)) wrong.push('witnesses');
  if (anchors === null) wrong.push('trust');
  return { log, witnesses: keys, anchors: anchors ?? [], smallTables, wrong };
};

const refusal = (reason) => ({
  valid: false, reason, key: null, reference: null, written_at: null, opened: [], closed: [], sealed_before: null,
  sealed_after: null, after_publication: false, clocks: [], row: null,
});

/**
 * Checks a bundle. What comes back is the report of vectors/bundle/README.md, and of a valid bundle `page`: what else
 * the page shows.
 */
const verify = async (bytes, trusted = {}) => {
  const trust = readTrust(trusted);
  if (trust.wrong.length) throw new TypeError(trust.wrong.join());
  try {
    return await checkBundle(bytes, trust);
  } catch (error) {
    if (error instanceof Refused) return refusal(error.reason);
    throw error;
  }
};

const checkBundle = async (bytes, trust) => {
  const bundle = readBundle(bytes);
  const { log, parts } = bundle;
  if (trust.log !== null && !(trust.log.name === log.name && same(trust.log.key, log.key))) refuse('wrong-log');
  const cosignatures = await checkCheckpoint(bundle, trust.witnesses);
  checkTable(bundle, trust.smallTables);
  if (bundle.row) checkShown(parts, bundle.row.parts);
  const read = bundle.row ? readSources(bundle.row.parts) : [];
  if (bundle.row?.copy > bundle.settings.copies) refuse('commitment'); // no such copy has pieces
  checkCommitment(bundle, read.map(({ sites }) => sites));
  checkLogged(bundle);
  await checkCapture(bundle);
  const shown = bundle.row ? await checkRow(bundle, read) : null;
  const clocks = [...await tokenClock(bundle, trust.anchors), ...cosignatures];
  const times = clocks.filter(({ state }) => state === 'trusted').map(({ time }) => time);
  const before = times.length ? Math.min(...times) : null;
  const numbered = parts.map((one, i) => ({ ...one, part: i + 1 }));
  return {
    valid: true,
    reason: 'valid',
    key: trust.log === null ? 'carried' : 'given',
    reference: referenceOf(bundle),
    written_at: bundle.time.at,
    opened: numbered.filter(({ hidden }) => hidden === undefined).map(({ part, text: opened }) => ({ part, text: opened })),
    closed: numbered.filter(({ hidden }) => hidden !== undefined).map(({ part, class: size }) => ({ part, words: WORDS[size - 1] })),
    sealed_before: before,
    sealed_after: await sealedAfter(bundle, trust.witnesses),
    after_publication: bundle.capture !== undefined && (before ?? bundle.time.at) > bundle.capture.at,
    clocks,
    row: shown,
    page: { bundle, fingerprint: toHex(sha256(log.key)) },
  };
};

/** Step 3. */
const checkCheckpoint = async ({ proof: { checkpoint }, log }, witnesses) => {
  if (!await isSignedBy(log, checkpoint)) refuse('checkpoint');
  const found = await readCosignatures(checkpoint, witnesses);
  if (found === null) refuse('checkpoint');
  return found.map(({ name, state, time }) => ({ kind: 'cosignature', name, state, time }));
};

/** Step 9. */
const tokenClock = async ({ token, proof: { checkpoint } }, anchors) => {
  if (token === undefined) return [];
  let said = { state: 'unknown', time: null };
  if (anchors.length) {
    try {
      said = await checkToken(token, utf8(checkpoint.text), anchors);
    } catch {
      refuse('token'); // also what is so broken that an element isn't there at all
    }
  }
  return [{ kind: 'time-stamp', name: null, ...said }];
};

/** The latest time that a trusted witness saw the checkpoint which the sealing came after. */
const sealedAfter = async ({ time: { after }, log }, witnesses) => {
  const checkpoint = after === undefined ? null : readCheckpoint(after);
  if (checkpoint === null || !await isSignedBy(log, checkpoint)) return null;
  const times = (await readCosignatures(checkpoint, witnesses) ?? []).flatMap(({ time }) => (time === null ? [] : [time]));
  return times.length ? Math.max(...times) : null;
};

/** Without the page's own fields: what the vectors hold. */
const publicReport = ({ page, ...report }) => {
  if (!report.row) return report;
  const { page: _, ...shown } = report.row;
  return { ...report, row: shown };
};
