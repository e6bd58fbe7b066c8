// The part of the report that a row adds: which copy it was, by what, and the name if one is given.

const rowCard = (report) => {
  const { row, page: { bundle } } = report;
  const { settings: s } = bundle;
  const differing = row.seen.filter(({ agrees }) => !agrees).length;
  const places = plural(row.seen.length, 'place', 'places');
  return card('Which copy it was',
    el('p', {}, el('strong', {}, `Copy ${row.copy} of ${s.copies}`), row.file_copy ? ', one of the office’s own. ' : '. ',
      `The copies differ in wordings that the writer approved. The published text shows the wording at ${places}`,
      differing === 0 ? `; ${row.seen.length === 1 ? 'it is' : 'all are'} as in this copy.` : `; ${differing} of them ${differing === 1 ? 'is' : 'are'} not as in this copy.`),
    el('div', { class: 'beside' },
      el('div', {}, el('h4', {}, `Copy ${row.copy}, where it is open`), copyOf(report)),
      el('div', {}, el('h4', {}, 'The published text'), publishedOf(row, bundle.row.published))),
    el('p', { class: 'hint' }, 'The published text is what the owner says was published: compare it with the whole publication. An excerpt can be cut so that it fits any copy.'),
    sitesTable(row),
    el('p', {}, el('strong', {}, `What is seen here would happen to an unused copy with a chance of at most ${chanceOf(s.epsilon)}, `),
      'if the owner drew the wordings of the copies at random before the text was published, which nothing here proves. It is not the chance that this copy was used. The bound was fixed when the message was sealed, and covers all copies and all attempts.'),
    el('p', {}, `Counted anew by this page: of ${roughly(row.of)} equally likely choices of wording at the places seen, ${roughly(row.count)} would fit the published text as well as this copy does.`),
    el('p', {}, `By the owner’s word this was attempt ${grouped(row.look.k)} to name a copy of this message, and ${plural(row.look.messages, 'message', 'messages')} could have been meant.`));
};

/** The copy's wording of the open parts between the holes, its sites marked. */
const copyOf = (report) => {
  const { wordings, seen, symbols } = report.row.page;
  return letterOf(report, ({ part }) => wordings.find((one) => one.part === part).pieces.map(({ text: piece, site }) => {
    if (site === undefined) return piece;
    const kind = !seen.has(site) ? 'unseen-site' : seen.get(site).alternative === symbols.get(site) ? 'agrees' : 'differs';
    return markOf(site, kind, piece);
  }));
};

const SAYS = { agrees: 'seen, as in this copy', differs: 'seen, not as in this copy', 'unseen-site': 'not seen' };

const markOf = (site, kind, piece) => el('mark', { class: kind },
  piece === '' ? el('span', { class: 'empty' }, 'nothing') : piece,
  el('sup', {}, `${kind === 'differs' ? '≠' : ''}${site + 1}`, el('span', { class: 'unseen' }, ` (place ${site + 1}, ${SAYS[kind]})`)));

/** The published text with the seen wordings marked. */
const publishedOf = ({ page: { seen, symbols } }, published) => {
  const words = wordsOf(published);
  const spots = [...seen].map(([site, { alternative, from, words: length }]) => ({
    site,
    kind: alternative === symbols.get(site) ? 'agrees' : 'differs',
    from: words[from - 1].from,
    to: words[from + length - 2].to,
  })).sort((a, b) => a.from - b.from);
  const pieces = [];
  let at = 0;
  for (const { site, kind, from, to } of spots) {
    const start = Math.max(from, at); // neighbours may share a word; each letter is shown once
    pieces.push(published.slice(at, start), markOf(site, kind, published.slice(start, Math.max(to, start)) || '↑'));
    at = Math.max(to, start);
  }
  return el('div', { class: 'letter', dir: 'auto' }, ...pieces, published.slice(at));
};

const sitesTable = ({ seen, unseen, page: { alternatives, symbols } }) => {
  const wording = (site, alternative) => el('bdi', {}, alternatives.get(site - 1)[alternative] || 'nothing');
  const cells = (cell, contents) => el('tr', {}, contents.map((content, i) => el(cell === 'th' || i === 0 ? 'th' : 'td', { scope: cell === 'th' ? 'col' : i === 0 ? 'row' : undefined }, content)));
  const rows = [
    ...seen.map(({ site, alternative, at, agrees }) => [site, [
      String(site), wording(site, symbols.get(site - 1)),
      el('span', {}, `seen at word ${at}: `, wording(site, alternative - 1)),
      agrees ? tag('good', 'as in this copy') : tag('warn', 'not as in this copy'),
    ]]),
    ...unseen.map((site) => [site, [String(site), wording(site, symbols.get(site - 1)), 'not seen', 'says nothing']]),
  ].sort((a, b) => a[0] - b[0]).map(([, contents]) => cells('td', contents));
  return el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'The open places, one by one' }, el('table', {},
    el('caption', {}, 'The open places, one by one'),
    el('thead', {}, cells('th', ['Place', 'This copy has', 'The published text', ''])),
    el('tbody', {}, rows)));
};

const nameCard = ({ row: { name: named }, page: { bundle } }) => {
  const signers = listed(named.approvers.map(String));
  return card('To whom this copy went',
    el('p', {}, el('strong', {}, el('bdi', {}, named.recipient)), ' ', tag('good', 'sealed')),
    el('p', {}, `Named by approvers ${signers} of ${bundle.row.name.keys.length}, whose keys were sealed with the message. That they agree is all that this shows; it is no evidence against a person.`),
    el('p', {}, 'What the office says of it: ', tag('warn', `signed by ${named.approvers.length === 2 ? 'two' : named.approvers.length} approvers, not sealed`)),
    el('blockquote', { dir: 'auto' }, named.statement),
    el('p', {}, 'Why it is made public:'),
    el('blockquote', { dir: 'auto' }, named.reason));
};
