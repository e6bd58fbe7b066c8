// A part's source: reading it, and whether a text is a rendering of it (docs/formats/row.md, "Reading a source").

const MAX_ALTERNATIVES = 8192;
const MAX_PLACES = 4096;
const MAX_TRIALS = 2 ** 20;

/**
 * The items of a source: `{ literal }`, `{ field }` or `{ alternatives, tie }`, literals that touch as one.
 * null when it doesn't read.
 */
const readSource = (source) => {
  const items = [];
  let literal = '';
  const push = (item) => {
    if (literal !== '') items.push({ literal });
    literal = '';
    if (item) items.push(item);
  };
  let at = 0;
  while (at < source.length) {
    const c = source[at];
    if (c === '\\' && at + 1 < source.length && '{|}\\'.includes(source[at + 1])) {
      literal += source[at + 1];
      at += 2;
    } else if (c === '{') {
      const [item, end] = readBrace(source, at);
      if (item === null) return null;
      push(item);
      at = end;
    } else if (c === '}') {
      return null;
    } else {
      literal += c;
      at += 1;
    }
  }
  push(null);
  return items;
};

const sticky = (pattern, source, at) => {
  pattern.lastIndex = at;
  return pattern.exec(source);
};

const FIELD_HEAD = /\{=([a-z][a-z0-9_]*)\}/y;
const SITE_HEAD = /\{(?:#([1-9][0-9]{0,8})(?:@[a-z]+)?:|@[a-z]+:|(?![=#@]))/y;

const readBrace = (source, at) => {
  const field = sticky(FIELD_HEAD, source, at);
  if (field) return [{ field: field[1] }, at + field[0].length];
  const head = sticky(SITE_HEAD, source, at);
  if (!head) return [null, at];
  const alternatives = [''];
  for (let i = at + head[0].length; i < source.length; i += 1) {
    const c = source[i];
    if (c === '}') {
      const good = alternatives.length >= 2 && alternatives.length <= 64;
      return [good ? { alternatives, tie: head[1] && Number(head[1]) } : null, i + 1];
    }
    if (c === '{') return [null, at];
    if (c === '|') {
      alternatives.push('');
      continue;
    }
    if (c === '\\' && i + 1 < source.length && '{|}\\'.includes(source[i + 1])) i += 1;
    alternatives[alternatives.length - 1] += source[i];
  }
  return [null, at];
};

/** Whether the row's parts are the open ones, each once, in their order. */
const checkShown = (parts, shown) => {
  const open = parts.flatMap(({ hidden }, i) => (hidden === undefined ? [i + 1] : []));
  if (open.join() !== shown.map(({ part }) => part).join()) refuse('row');
};

/**
 * Reads the sources of a row and gives every site its number: for each part the `items` (sites with `number`), and its
 * sites in order: number, size (alternatives), tie, symbol.
 */
const readSources = (parts) => {
  let alternatives = 0;
  return parts.map((part) => {
    const items = readSource(part.source) ?? refuse('row');
    const sites = [];
    const here = new Map(); // tie -> site, in this part
    for (const item of items) {
      if (!item.alternatives) continue;
      alternatives += item.alternatives.length;
      if (alternatives > MAX_ALTERNATIVES) refuse('row-limits');
      let site = item.tie === undefined ? undefined : here.get(item.tie);
      if (site === undefined) {
        const i = sites.length;
        site = { number: part.sites[i], size: item.alternatives.length, tie: item.tie, symbol: part.symbols[i] };
        if (site.number === undefined || site.symbol === undefined) refuse('row');
        sites.push(site);
        if (item.tie !== undefined) here.set(item.tie, site);
      }
      if (site.size !== item.alternatives.length) refuse('row');
      item.number = site.number;
    }
    if (sites.length !== part.sites.length || sites.length !== part.symbols.length) refuse('row');
    return { items, sites };
  });
};

/** One number is one site, in all parts; one tie number likewise; a symbol is one of its alternatives. */
const checkSameSites = (read) => {
  const byTie = new Map();
  const seen = new Map(); // number -> the site as first met
  for (const site of read.flatMap(({ sites }) => sites)) {
    const before = seen.get(site.number);
    const fits = before === undefined
      || (site.tie !== undefined && site.tie === before.tie && site.size === before.size && site.symbol === before.symbol);
    if (!fits || site.symbol >= site.size || (site.tie !== undefined && (byTie.get(site.tie) ?? site.number) !== site.number)) refuse('row');
    if (site.tie !== undefined) byTie.set(site.tie, site.number);
    seen.set(site.number, site);
  }
};

/** Whether the text is a rendering: the set of places that the items so far can lead to. */
/** `budget.trials` is what may still be tried, in all open parts together. */
const checkRendering = (items, text, budget) => {
  const bytes = utf8(text);
  const fits = (place, wanted) => {
    for (let i = 0; i < wanted.length; i += 1) if (bytes[place + i] !== wanted[i]) return false;
    return true;
  };
  let places = new Set([0]);
  for (const item of items) {
    const wordings = item.alternatives ?? [item.literal ?? `[${item.field}]`];
    const next = new Set();
    budget.trials -= places.size * wordings.length;
    if (budget.trials < 0) refuse('row-limits');
    for (const wanted of wordings.map(utf8)) for (const place of places) if (fits(place, wanted)) next.add(place + wanted.length);
    if (next.size > MAX_PLACES) refuse('row-limits');
    places = next;
  }
  if (!places.has(bytes.length)) refuse('row');
};

/** The copy's wording of a part: pieces of text, those of a site with its number. */
const wordingOf = (items, symbols) => items.map((item) => (
  item.alternatives ? { text: item.alternatives[symbols.get(item.number)], site: item.number } : { text: item.literal ?? `[${item.field}]` }));
