// What the published text shows of the open sites, what that is worth, and a name (docs/formats/row.md).

const NOTHING = [[0x27], [0xad], [0x2bc], [0x2018, 0x2019], [0x200b, 0x200f], [0x202a, 0x202e], [0x2060, 0x206f], [0xfeff]];
const SEPARATOR = [
  [0x00, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0xbf], [0xd7], [0xf7], [0x1680], [0x2000, 0x206f], [0x2e00, 0x2e7f],
  [0x3000, 0x303f],
];
const PLUS_32 = [[0x41, 0x5a], [0xc0, 0xde], [0x391, 0x3a9], [0x410, 0x42f]];
const PLUS_80 = [[0x400, 0x40f]];

const within = (ranges, c) => ranges.some(([from, to = from]) => c >= from && c <= to);

/** What a character becomes: '' for nothing, ' ' for a separator. */
const foldCharacter = (character) => {
  const c = character.codePointAt(0);
  if (c >= 0x61 && c <= 0x7a) return character;
  if (within(NOTHING, c)) return '';
  if (within(SEPARATOR, c)) return ' ';
  if (within(PLUS_32, c)) return String.fromCodePoint(c + 32);
  return within(PLUS_80, c) ? String.fromCodePoint(c + 80) : character;
};

/** The words of a text: folded, and from where to where they stand in it. */
const wordsOf = (text) => {
  const words = [];
  let word = { folded: '', from: 0, to: 0 };
  let at = 0;
  const end = () => {
    if (word.folded !== '') words.push({ ...word, to: at });
  };
  for (const character of text) {
    const folded = foldCharacter(character);
    if (folded === ' ') {
      end();
      word = { folded: '', from: at + 1, to: 0 };
    } else {
      word.folded += folded;
    }
    at += character.length;
  }
  end();
  return words;
};

const fold = (text) => wordsOf(text).reduce((all, { folded }) => `${all}${folded} `, ' ');

const isSeparator = (character) => foldCharacter(character) === ' ';

/** What stands left of an occurrence: null when something unknown may touch it. */
const leftOf = (items, at) => {
  let text = items[at - 1]?.literal ?? '';
  const before = items[at - 1]?.literal === undefined ? at - 1 : at - 2;
  if (before >= 0) {
    const characters = Array.from(text);
    const cut = characters.findIndex(isSeparator);
    if (cut < 0) return null;
    text = characters.slice(cut + 1).join('');
  }
  const words = wordsOf(text);
  return words.length < 2 ? text : text.slice(words.at(-2).from);
};

const rightOf = (items, at) => {
  let text = items[at + 1]?.literal ?? '';
  const behind = items[at + 1]?.literal === undefined ? at + 1 : at + 2;
  if (behind < items.length) {
    const characters = Array.from(text);
    const cut = characters.map(isSeparator).lastIndexOf(true);
    if (cut < 0) return null;
    text = characters.slice(0, cut).join('');
  }
  const words = wordsOf(text);
  return words.length < 2 ? text : text.slice(0, words[1].to);
};

/** The longest runs of open parts that follow one another, their items as one row, literals that touch as one. */
const runsOf = (parts, read) => {
  const runs = [];
  parts.forEach(({ part }, i) => {
    if (i === 0 || part !== parts[i - 1].part + 1) runs.push([]);
    const run = runs.at(-1);
    for (const item of read[i].items) {
      const last = run.at(-1);
      if (item.literal !== undefined && last?.literal !== undefined) run[run.length - 1] = { literal: last.literal + item.literal };
      else run.push(item);
    }
  });
  return runs;
};

const MAX_CONTEXT = 256;

/** The occurrence's contexts, if it is used: for each alternative the pattern, and which of its words are the site's. */
const patternsOf = (run, at) => {
  const [left, right] = [leftOf(run, at), rightOf(run, at)];
  if (left === null || right === null || utf8(left).length > MAX_CONTEXT || utf8(right).length > MAX_CONTEXT) return null;
  const patterns = run[at].alternatives.map((alternative) => {
    const words = wordsOf(left + alternative + right);
    const own = words.filter(({ from, to }) => from < left.length + alternative.length && to > left.length);
    const first = own.length ? words.indexOf(own[0]) : 0;
    return {
      text: words.reduce((all, { folded }) => `${all}${folded} `, ' '),
      words: words.length,
      first,
      length: own.length || words.length,
    };
  });
  const used = new Set(patterns.map(({ text }) => text)).size === patterns.length && patterns.every(({ words }) => words >= 3);
  return used ? patterns : null;
};

/** The used occurrences: none of their patterns is another site's, or one place would count for two. */
const usedIn = (runs) => {
  const found = runs.flatMap((run) => run.map((item, i) => ({ number: item.number, patterns: item.alternatives ? patternsOf(run, i) : null })))
    .filter(({ patterns }) => patterns !== null);
  const owners = new Map(); // pattern -> its site; null when it is several sites'
  for (const { number, patterns } of found) {
    for (const { text } of patterns) owners.set(text, owners.has(text) && owners.get(text) !== number ? null : number);
  }
  return found.filter(({ patterns }) => patterns.every(({ text }) => owners.get(text) !== null));
};

const spacesUpTo = (text, end) => {
  let spaces = 0;
  for (let i = 0; i <= end; i += 1) if (text[i] === ' ') spaces += 1;
  return spaces;
};

/** The seen sites by number: alternative (from 0), `at`, and which words of the published text are the wording. */
const seenIn = (published, runs) => {
  const folded = fold(published);
  const sighted = new Map(); // number -> alternative -> the earliest sighting
  for (const { number, patterns } of usedIn(runs)) {
    patterns.forEach((pattern, alternative) => {
      const place = folded.indexOf(pattern.text);
      if (place < 0) return;
      const found = sighted.get(number) ?? new Map();
      sighted.set(number, found);
      if (found.has(alternative) && found.get(alternative).place <= place) return;
      found.set(alternative, { place, pattern });
    });
  }
  const seen = new Map();
  for (const [number, found] of sighted) {
    if (found.size !== 1) continue;
    const [[alternative, { place, pattern }]] = found;
    const at = spacesUpTo(folded, place);
    seen.set(number, { alternative, at, from: at + pattern.first, words: pattern.length });
  }
  return seen;
};

const MISS = 4426;
const hits = new Map();

/** floor(1024 log2((19 q + 1) / 20)). */
const hitOf = (q) => {
  if (!hits.has(q)) hits.set(q, (BigInt(19 * q + 1) ** 1024n / 20n ** 1024n).toString(2).length - 1);
  return hits.get(q);
};

const lossOf = (q) => hitOf(q) + MISS;

const binomial = (n, k) => {
  let c = 1n;
  for (let i = 1n; i <= BigInt(k); i += 1n) c = (c * (BigInt(n) - i + 1n)) / i;
  return c;
};

/** How many codewords of the seen sites lose no more than `loss`. `sizes` is each seen site's number of alternatives. */
const countOf = (sizes, loss) => {
  const sites = new Map();
  for (const q of sizes) sites.set(q, (sites.get(q) ?? 0) + 1);
  let ways = new Map([[0, 1n]]);
  for (const [q, m] of sites) {
    const next = new Map();
    const most = Math.min(m, Math.floor(loss / lossOf(q)));
    const misses = Array.from({ length: most + 1 }, (_, j) => binomial(m, j) * BigInt(q - 1) ** BigInt(j));
    for (const [lost, count] of ways) {
      for (let j = 0; j <= most && lost + j * lossOf(q) <= loss; j += 1) {
        const sum = lost + j * lossOf(q);
        next.set(sum, (next.get(sum) ?? 0n) + count * misses[j]);
      }
    }
    ways = next;
  }
  return [...ways.values()].reduce((sum, count) => sum + count, 0n);
};

const product = (numbers) => numbers.reduce((all, n) => all * BigInt(n), 1n);

/** The row's symbols and sizes by the site's number, ascending. */
const sitesByNumber = (read) => new Map(read.flatMap(({ sites }) => sites.map((site) => [site.number, site])).sort((a, b) => a[0] - b[0]));

const checkRowSettings = ({ settings: s, parts, row: shown }, sites) => {
  for (const [key, value] of Object.entries(RULES_OF_TODAY)) if (s[key] !== value) refuse('row');
  const [texts, open] = [BigInt(s.texts), product([...sites.values()].map(({ size }) => size))];
  const all = shown.parts.length === parts.length;
  if (BigInt(s.copies) > texts || texts % open !== 0n || (all && texts !== open)) refuse('row');
};

const isEnough = ({ settings: s, parts, row: { look: { k, messages }, parts: open } }, count, of) => {
  const [N, n, P] = [BigInt(s.texts), BigInt(s.copies), BigInt(parts.length)];
  // One over it is the weight of the choice of parts; the weights of all choices add up to at most 1.
  const choice = open.length === parts.length ? 2n : 2n * P * binomial(parts.length, open.length);
  return count * N * n * BigInt(k) * BigInt(k + 1) * BigInt(messages) * choice * 10n ** 15n <= of * (N - n + 1n) * BigInt(s.epsilon);
};

/** Step 8. `read` is what `readSources` gave. What comes back is `row` of the report, with what only the page shows. */
const checkRow = async (bundle, read) => {
  const { row: shown, parts, settings: s, capture } = bundle;
  checkSameSites(read);
  const budget = { trials: MAX_TRIALS };
  shown.parts.forEach(({ part }, i) => checkRendering(read[i].items, parts[part - 1].text, budget));
  const sites = sitesByNumber(read);
  checkRowSettings(bundle, sites);
  const seen = seenIn(shown.published, runsOf(shown.parts, read));
  const seenSites = [...sites.values()].filter(({ number }) => seen.has(number));
  const agrees = ({ number, symbol }) => seen.get(number).alternative === symbol;
  const loss = seenSites.filter((site) => !agrees(site)).reduce((sum, { size }) => sum + lossOf(size), 0);
  if (loss > 65535) refuse('row-below-line');
  const sizes = seenSites.map(({ size }) => size);
  const [count, of] = [countOf(sizes, loss), product(sizes)];
  if (seenSites.length === 0 || !isEnough(bundle, count, of)) refuse('row-below-line');
  const named = shown.name === undefined ? null : await checkName(bundle);
  const symbols = new Map([...sites.values()].map(({ number, symbol }) => [number, symbol]));
  const wordings = read.map(({ items }, i) => ({ part: shown.parts[i].part, pieces: wordingOf(items, symbols) }));
  return {
    copy: shown.copy,
    file_copy: shown.copy > s.copies - s.file_copies,
    is_capture: same(sha256(utf8(shown.published)), capture.sha256),
    look: shown.look,
    loss,
    count: String(count),
    of: String(of),
    seen: seenSites.map((site) => ({
      site: site.number + 1,
      alternative: seen.get(site.number).alternative + 1,
      at: seen.get(site.number).at,
      agrees: agrees(site),
    })),
    unseen: [...sites.keys()].filter((number) => !seen.has(number)).map((number) => number + 1),
    texts: wordings.map(({ part, pieces }) => ({ part, text: pieces.map(({ text }) => text).join('') })),
    name: named,
    page: { wordings, seen, symbols, alternatives: alternativesOf(read) },
  };
};

/** Each open site's alternatives, as they stand at its first occurrence. */
const alternativesOf = (read) => {
  const found = new Map();
  for (const { items } of read) {
    for (const item of items) if (item.alternatives && !found.has(item.number)) found.set(item.number, item.alternatives);
  }
  return found;
};

const checkName = async ({ row: { copy, published, name: named }, settings: s, log, commitment, capture }) => {
  if (copy > s.copies - s.file_copies || named.approvals.length < 2) refuse('name');
  const message = H(
    'countermark/approval/1', log.key, commitment, u64(copy), named.recipient, named.case, capture.sha256,
    sha256(utf8(published)), named.statement, named.reason);
  // Two approvers are two keys, as the limits of a sealing say; one key twice would be one person signing twice.
  if (new Set(named.keys.map(toHex)).size !== named.keys.length || !named.keys.every(isPublicKey)) refuse('name');
  let before = 0;
  for (const { approver, signature } of named.approvals) {
    const key = named.keys[approver - 1];
    if (approver <= before || key === undefined || !await verifyEd25519(key, message, signature)) refuse('name');
    before = approver;
  }
  return {
    recipient: named.recipient,
    statement: named.statement,
    reason: named.reason,
    case: toHex(named.case),
    approvers: named.approvals.map(({ approver }) => approver),
  };
};
