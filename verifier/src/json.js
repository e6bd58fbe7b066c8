// The strict JSON reader of docs/formats/bundle.md: objects become Maps, so that no key means anything to JavaScript.

const MAX_BUNDLE = 16 * 1024 * 1024;
const MAX_DEPTH = 8;
const MAX_VALUES = 131072;

/** What `bytes` say, or a refusal whose reason begins with `json-`. */
const readJson = (bytes) => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) refuse('json-bom');
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse('json-utf8');
  }
  return { text, value: new JsonReader(text).whole() };
};

class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.values = 0;
  }

  whole() {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) refuse('json-trailing');
    return value;
  }

  space() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at += 1;
  }

  /** The next character that is no white space, not yet taken. */
  next() {
    this.space();
    if (this.at >= this.text.length) refuse('json-truncated');
    return this.text[this.at];
  }

  value(depth) {
    const first = this.next();
    this.values += 1;
    if (this.values > MAX_VALUES) refuse('json-values');
    if (first === '{' || first === '[') {
      if (depth === MAX_DEPTH) refuse('json-depth');
      return first === '{' ? this.object(depth + 1) : this.array(depth + 1);
    }
    if (first === '"') return this.string();
    if (first === '-' || (first >= '0' && first <= '9')) return this.number();
    if (first === 't') return this.word('true', true);
    if (first === 'f') return this.word('false', false);
    if (first === 'n') {
      this.word('null');
      refuse('json-null');
    }
    return refuse('json-syntax');
  }

  word(word, value) {
    const found = this.text.slice(this.at, this.at + word.length);
    if (found !== word) refuse(word.startsWith(found) ? 'json-truncated' : 'json-syntax');
    this.at += word.length;
    return value;
  }

  object(depth) {
    const object = new Map();
    this.at += 1;
    if (this.next() === '}') {
      this.at += 1;
      return object;
    }
    for (;;) {
      if (this.next() !== '"') refuse('json-syntax');
      const key = this.string();
      if (object.has(key)) refuse('json-duplicate-key');
      if (this.next() !== ':') refuse('json-syntax');
      this.at += 1;
      object.set(key, this.value(depth));
      if (this.ends('}')) return object;
    }
  }

  array(depth) {
    const array = [];
    this.at += 1;
    if (this.next() === ']') {
      this.at += 1;
      return array;
    }
    for (;;) {
      array.push(this.value(depth));
      if (this.ends(']')) return array;
    }
  }

  /** After an element: whether the container ends; a comma leads on. */
  ends(close) {
    const next = this.next();
    if (next !== close && next !== ',') refuse('json-syntax');
    this.at += 1;
    return next === close;
  }

  number() {
    const [token] = /^-?[0-9]*/.exec(this.text.slice(this.at, this.at + 400));
    const after = this.text[this.at + token.length];
    if (token === '-') refuse(after === undefined ? 'json-truncated' : 'json-syntax');
    if (/^-?0[0-9]/.test(token) || token === '-0' || (after !== undefined && '.eE'.includes(after))) refuse('json-float');
    if (token.length > 17 || !Number.isSafeInteger(Number(token))) refuse('json-integer-range');
    this.at += token.length;
    return Number(token);
  }

  string() {
    this.at += 1;
    let out = '';
    for (;;) {
      const start = this.at;
      while (this.text.charCodeAt(this.at) >= 0x20 && this.text[this.at] !== '"' && this.text[this.at] !== '\\') this.at += 1;
      out += this.text.slice(start, this.at);
      if (this.at >= this.text.length) refuse('json-truncated');
      const stop = this.text[this.at];
      this.at += 1;
      if (stop === '"') return out;
      if (stop !== '\\') refuse('json-control');
      out += this.escape();
    }
  }

  escape() {
    const kind = this.text[this.at];
    if (kind === undefined) refuse('json-truncated');
    this.at += 1;
    if (kind !== 'u') return { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[kind] ?? refuse('json-escape');
    const high = this.unit();
    if (high < 0xd800 || high > 0xdfff) return String.fromCharCode(high);
    if (high > 0xdbff || this.text.slice(this.at, this.at + 2) !== '\\u') refuse('json-surrogate');
    this.at += 2;
    const low = this.unit();
    if (low < 0xdc00 || low > 0xdfff) refuse('json-surrogate');
    return String.fromCharCode(high, low);
  }

  unit() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]*$/.test(digits)) refuse('json-escape');
    if (digits.length < 4) refuse('json-truncated');
    this.at += 4;
    return parseInt(digits, 16);
  }
}

/** The one form of RFC 8785. Keys sort by UTF-16 code units, which is how JavaScript compares strings. */
const canonical = (value) => {
  if (value instanceof Map) {
    const keys = [...value.keys()].sort((a, b) => (a < b ? -1 : 1));
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value.get(key))}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
};
