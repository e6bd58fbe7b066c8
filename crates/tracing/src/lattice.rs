//! The master as a graph of canonical tokens: fixed text, forks, fields.
//!
//! A site need not begin or end where a token does (`colo{u|}r`), and sites may touch. So whatever hangs
//! together without white space is taken as one *fork*, whose *variants* are all combinations of its
//! sites' alternatives, each cut into tokens as a whole; what all variants begin and end with is moved out
//! into the fixed text. Nodes stand in topological order, the nodes of a fork side by side.

use std::hash::Hasher;
use std::ops::Range;

use countermark_text::{self as text, Span, TokenKind};

/// How many combinations of alternatives one fork may have. Sites that touch beyond that are cut apart
/// where they touch; only then may a word that several of them share be missed.
const VARIANTS: usize = 1024;

/// A piece of a master, as the lattice wants it.
#[derive(Clone, Debug)]
pub(crate) enum Element<'m> {
    Text(&'m str),
    Site { site: usize, alternatives: &'m [String] },
    Field(&'m str),
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    Punct,
    /// Up to [`crate::align::FIELD`] words of anything.
    Field,
    /// No token: where a fork opens or closes.
    Join,
}

/// One node of the graph.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// The token's identity; see [`identity`].
    pub(crate) hash: u64,
    /// The token's canonical form.
    pub(crate) canon: Box<str>,
    pub(crate) segment: u32,
    /// The variant of the fork; 0 in fixed text.
    pub(crate) variant: u32,
    /// Bit `i`: the token holds text of the fork's `i`-th site.
    pub(crate) own: u32,
    /// Place in the segment's (variant's) raw text.
    pub(crate) raw: Span,
    /// Place in the rendering that takes every first alternative; the whole fork for other variants.
    pub(crate) sent: Span,
    /// How many words stand before it in that rendering.
    pub(crate) depth: u32,
    /// Where the nodes before it stand in the lattice's list; see [`Lattice::preds`].
    preds: Range<u32>,
}

/// One combination of alternatives in a fork.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) nodes: Range<usize>,
    /// The symbol of each of the fork's sites.
    pub(crate) symbols: Vec<u8>,
    pub(crate) raw: String,
}

/// Alternatives at one place of the master.
#[derive(Clone, Debug)]
pub(crate) struct Fork {
    /// The join before and the join behind it.
    pub(crate) open: usize,
    pub(crate) close: usize,
    /// The master's numbers of the sites that meet here, each once.
    pub(crate) sites: Vec<usize>,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Clone, Debug)]
pub(crate) enum Segment {
    Fixed { nodes: Range<usize>, raw: String },
    Fork(Fork),
    Field,
}

/// The graph of a master.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lattice {
    pub(crate) nodes: Vec<Node>,
    pub(crate) segments: Vec<Segment>,
    preds: Vec<u32>,
    /// The rendering that takes every first alternative, fields as `[name]`.
    pub(crate) base: String,
    /// Words of that rendering, fields aside.
    pub(crate) words: usize,
    /// For each site its number of alternatives.
    pub(crate) alternatives: Vec<usize>,
}

/// A token's identity: equal for equal canonical forms. SipHash with fixed keys, so that the same text gives
/// the same answer everywhere; a chance collision among all words of a 50 MB text has a probability of about
/// 1e-6 and would do no more than align one word wrongly.
pub(crate) fn identity(canon: &str) -> u64 {
    #[expect(deprecated, reason = "the standard library's only hasher whose algorithm is named and stays the same")]
    let mut hasher = std::hash::SipHasher::new();
    hasher.write(canon.as_bytes());
    hasher.finish()
}

impl Lattice {
    /// Builds the graph. `alternatives` holds each site's number of alternatives.
    pub(crate) fn build(elements: &[Element<'_>], alternatives: Vec<usize>) -> Self {
        let mut builder = Builder::new(alternatives);
        for cluster in clusters(elements) {
            builder.add(&cluster);
        }
        builder.lattice
    }

    /// The nodes that may stand directly before a node: one, but for joins that close a fork and the first node.
    pub(crate) fn preds(&self, node: &Node) -> &[u32] {
        self.preds.get(node.preds.start as usize..node.preds.end as usize).unwrap_or(&[])
    }

    /// The raw text of the part of a segment that `node` stands in.
    pub(crate) fn raw_of(&self, node: &Node) -> &str {
        match &self.segments[node.segment as usize] {
            Segment::Fixed { raw, .. } => raw,
            Segment::Fork(fork) => &fork.variants[node.variant as usize].raw,
            Segment::Field => "",
        }
    }

    /// Whether a node is text that all copies share.
    pub(crate) fn is_fixed(&self, node: &Node) -> bool {
        matches!(self.segments[node.segment as usize], Segment::Fixed { .. })
    }
}

/// Something of a cluster: literal text, or a site.
#[derive(Clone, Debug)]
enum Bit<'m> {
    Text(&'m str),
    Site(usize, &'m [String]),
}

/// A stretch of the master that is cut into tokens by itself.
#[derive(Debug)]
enum Cluster<'m> {
    Fixed(&'m str),
    Fork(Vec<Bit<'m>>),
    Field(&'m str),
}

/// Cuts the master into fixed text, forks and fields. Fixed text ends at white space where it can, so
/// that a fork holds all that hangs together with it.
fn clusters<'m>(elements: &[Element<'m>]) -> Vec<Cluster<'m>> {
    let mut out = Vec::new();
    let mut run: Vec<Bit<'m>> = Vec::new();
    for element in elements {
        match element {
            Element::Text(text) => run.push(Bit::Text(text)),
            Element::Site { site, alternatives } => run.push(Bit::Site(*site, alternatives)),
            Element::Field(name) => {
                split_run(std::mem::take(&mut run), &mut out);
                out.push(Cluster::Field(name));
            }
        }
    }
    split_run(run, &mut out);
    out
}

/// Cuts what stands between two fields.
fn split_run<'m>(run: Vec<Bit<'m>>, out: &mut Vec<Cluster<'m>>) {
    let mut bits: Vec<Bit<'m>> = Vec::new();
    for (i, bit) in run.iter().enumerate() {
        match bit {
            Bit::Text(text) => {
                let after_site = i > 0;
                let before_site = i + 1 < run.len();
                let head = if after_site { glued_head(text) } else { 0 };
                let tail = if before_site { glued_tail(text) } else { text.len() };
                if head > tail {
                    bits.push(Bit::Text(text));
                    continue;
                }
                let pieces = [&text[..head], &text[head..tail], &text[tail..]];
                bits.extend(pieces.into_iter().filter(|piece| !piece.is_empty()).map(Bit::Text));
            }
            site => bits.push(site.clone()),
        }
    }
    group(&bits, out);
}

/// How far the text hangs together with what stands before it.
fn glued_head(text: &str) -> usize {
    text.find(char::is_whitespace).unwrap_or(text.len())
}

/// From where on the text hangs together with what stands behind it. A hyphen at a line's end hangs
/// together with the next line.
fn glued_tail(text: &str) -> usize {
    let mut end = text.len();
    loop {
        let Some((at, c)) = text[..end].char_indices().rev().find(|(_, c)| c.is_whitespace()) else { return 0 };
        let before = text[..at].trim_end_matches(char::is_whitespace);
        if !before.ends_with(['-', '\u{ad}', '\u{2010}']) {
            return at + c.len_utf8();
        }
        end = before.len();
        if end == 0 {
            return 0;
        }
    }
}

/// Groups bits between safe cuts into clusters.
fn group<'m>(bits: &[Bit<'m>], out: &mut Vec<Cluster<'m>>) {
    let mut ends = vec![true; bits.len() + 1];
    for (i, bit) in bits.iter().enumerate() {
        ends[i + 1] = match bit {
            Bit::Text(text) => text.ends_with(char::is_whitespace),
            Bit::Site(_, all) => {
                all.iter().all(|a| if a.is_empty() { ends[i] } else { a.ends_with(char::is_whitespace) })
            }
        };
    }
    let mut starts = vec![true; bits.len() + 1];
    for (i, bit) in bits.iter().enumerate().rev() {
        starts[i] = match bit {
            Bit::Text(text) => text.starts_with(char::is_whitespace),
            Bit::Site(_, all) => {
                all.iter().all(|a| if a.is_empty() { starts[i + 1] } else { a.starts_with(char::is_whitespace) })
            }
        };
    }
    let mut from = 0;
    let mut product = 1usize;
    let mut seen: Vec<usize> = Vec::new();
    for i in 0..bits.len() {
        let factor = match &bits[i] {
            Bit::Site(site, all) if !seen.contains(site) => all.len(),
            _ => 1,
        };
        if i > from && (ends[i] || starts[i] || product * factor > VARIANTS) {
            close(&bits[from..i], out);
            from = i;
            product = 1;
            seen.clear();
        }
        if let Bit::Site(site, all) = &bits[i]
            && !seen.contains(site)
        {
            seen.push(*site);
            product *= all.len().max(1);
        }
    }
    if from < bits.len() {
        close(&bits[from..], out);
    }
}

fn close<'m>(bits: &[Bit<'m>], out: &mut Vec<Cluster<'m>>) {
    match bits {
        [Bit::Text(text)] => out.push(Cluster::Fixed(text)),
        _ => out.push(Cluster::Fork(bits.to_vec())),
    }
}

/// One variant before it becomes nodes.
struct Draft {
    raw: String,
    tokens: Vec<(TokenKind, Box<str>, Span, u32)>,
    symbols: Vec<u8>,
}

/// Adds clusters to a lattice.
struct Builder {
    lattice: Lattice,
}

impl Builder {
    fn new(alternatives: Vec<usize>) -> Self {
        let lattice = Lattice { alternatives, ..Lattice::default() };
        let mut builder = Self { lattice };
        // A first node, so that every other node has one before it.
        builder.lattice.segments.push(Segment::Fixed { nodes: 0..1, raw: String::new() });
        builder.node(Kind::Join, "", 0, 0, 0..0, 0..0, &[]);
        builder
    }

    fn add(&mut self, cluster: &Cluster<'_>) {
        match cluster {
            Cluster::Fixed(raw) => self.fixed(raw),
            Cluster::Fork(bits) => self.fork(bits),
            Cluster::Field(name) => {
                let start = self.lattice.base.len();
                self.lattice.base.push('[');
                self.lattice.base.push_str(name);
                self.lattice.base.push(']');
                let sent = start..self.lattice.base.len();
                self.node(Kind::Field, "", 0, 0, 0..0, sent, &self.last());
                self.lattice.segments.push(Segment::Field);
            }
        }
    }

    /// The node made last. The first one is made with the builder.
    fn last(&self) -> [u32; 1] {
        [narrow(self.lattice.nodes.len().saturating_sub(1))]
    }

    #[expect(clippy::too_many_arguments, reason = "a node's fields, given once")]
    fn node(
        &mut self,
        kind: Kind,
        canon: &str,
        variant: usize,
        own: u32,
        raw: Span,
        sent: Span,
        preds: &[u32],
    ) -> usize {
        let lattice = &mut self.lattice;
        // The first node is made after its segment, all others before theirs.
        let segment = if lattice.nodes.is_empty() { 0 } else { lattice.segments.len() };
        let from = narrow(lattice.preds.len());
        lattice.preds.extend_from_slice(preds);
        let preds = from..narrow(lattice.preds.len());
        lattice.nodes.push(Node {
            kind,
            hash: identity(canon),
            canon: canon.into(),
            segment: narrow(segment),
            variant: narrow(variant),
            own,
            raw,
            sent,
            depth: narrow(lattice.words),
            preds,
        });
        lattice.nodes.len() - 1
    }

    fn fixed(&mut self, raw: &str) {
        let base = self.lattice.base.len();
        self.lattice.base.push_str(raw);
        let first = self.lattice.nodes.len();
        for token in text::tokens(raw) {
            let sent = base + token.span.start..base + token.span.end;
            let kind = kind_of(token.kind);
            self.node(kind, &token.canon, 0, 0, token.span, sent, &self.last());
            if kind == Kind::Word {
                self.lattice.words += 1;
            }
        }
        let nodes = first..self.lattice.nodes.len();
        self.lattice.segments.push(Segment::Fixed { nodes, raw: raw.to_owned() });
    }

    /// A fork: what all variants share at both ends goes into the fixed text.
    fn fork(&mut self, bits: &[Bit<'_>]) {
        let (sites, mut drafts) = combine(bits);
        let (head, tail) = shared_ends(&drafts);
        let Some(first) = drafts.first() else { return };
        if sites.is_empty() {
            let raw = first.raw.clone();
            return self.fixed(&raw);
        }
        let head_end = if head == 0 { 0 } else { first.tokens[head - 1].2.end };
        let from_end = match tail {
            0 => 0,
            _ => first.raw.len() - first.tokens[first.tokens.len() - tail].2.start,
        };
        let head_raw = first.raw[..head_end].to_owned();
        let tail_raw = first.raw[first.raw.len() - from_end..].to_owned();
        for draft in &mut drafts {
            let end = draft.tokens.len() - tail;
            draft.tokens.truncate(end);
            draft.tokens.drain(..head);
            for token in &mut draft.tokens {
                token.2 = token.2.start - head_end..token.2.end - head_end;
            }
            let cut = draft.raw.len() - from_end;
            draft.raw = draft.raw[head_end..cut].to_owned();
        }
        if !head_raw.is_empty() {
            self.fixed(&head_raw);
        }
        self.core(sites, &drafts);
        if !tail_raw.is_empty() {
            self.fixed(&tail_raw);
        }
    }

    /// The part of a fork in which its variants differ.
    fn core(&mut self, sites: Vec<usize>, drafts: &[Draft]) {
        let base = self.lattice.base.len();
        let whole = base..base + drafts[0].raw.len();
        let words = self.lattice.words;
        let open = self.node(Kind::Join, "", 0, 0, 0..0, base..base, &self.last());
        let mut variants = Vec::with_capacity(drafts.len());
        let mut ends = Vec::new();
        let mut first_words = 0;
        for (v, draft) in drafts.iter().enumerate() {
            let from = self.lattice.nodes.len();
            let mut before = open;
            self.lattice.words = words;
            for (kind, canon, raw, own) in &draft.tokens {
                let sent = if v == 0 { base + raw.start..base + raw.end } else { whole.clone() };
                before = self.node(kind_of(*kind), canon, v, *own, raw.clone(), sent, &[narrow(before)]);
                if *kind == TokenKind::Word {
                    self.lattice.words += 1;
                }
            }
            if v == 0 {
                first_words = self.lattice.words - words;
            }
            if !ends.contains(&narrow(before)) {
                ends.push(narrow(before));
            }
            let nodes = from..self.lattice.nodes.len();
            variants.push(Variant { nodes, symbols: draft.symbols.clone(), raw: draft.raw.clone() });
        }
        self.lattice.words = words + first_words;
        self.lattice.base.push_str(&drafts[0].raw);
        let close = self.node(Kind::Join, "", 0, 0, 0..0, whole.end..whole.end, &ends);
        self.lattice.segments.push(Segment::Fork(Fork { open, close, sites, variants }));
    }
}

/// All combinations of the alternatives of the sites in `bits`, the first one all first alternatives.
fn combine(bits: &[Bit<'_>]) -> (Vec<usize>, Vec<Draft>) {
    let mut sites: Vec<(usize, usize)> = Vec::new();
    for bit in bits {
        if let Bit::Site(site, all) = bit
            && !sites.iter().any(|(s, _)| s == site)
        {
            sites.push((*site, all.len()));
        }
    }
    let mut drafts = Vec::new();
    let mut symbols = vec![0usize; sites.len()];
    loop {
        drafts.push(draft(bits, &sites, &symbols));
        let mut place = sites.len();
        loop {
            if place == 0 {
                return (sites.into_iter().map(|(site, _)| site).collect(), drafts);
            }
            place -= 1;
            symbols[place] += 1;
            if symbols[place] < sites[place].1 {
                break;
            }
            symbols[place] = 0;
        }
    }
}

/// One combination, cut into tokens; every token knows whose text it holds.
fn draft(bits: &[Bit<'_>], sites: &[(usize, usize)], symbols: &[usize]) -> Draft {
    let mut raw = String::new();
    let mut marks: Vec<(Span, usize)> = Vec::new();
    for bit in bits {
        match bit {
            Bit::Text(text) => raw.push_str(text),
            Bit::Site(site, all) => {
                let local = sites.iter().position(|(s, _)| s == site).unwrap_or(0);
                let start = raw.len();
                // A tied site with fewer alternatives here cannot come out of a parsed master.
                raw.push_str(all.get(symbols[local]).map_or("", String::as_str));
                marks.push((start..raw.len(), local));
            }
        }
    }
    let tokens = text::tokens(&raw)
        .map(|token| {
            let own = marks
                .iter()
                .filter(|(mark, _)| mark.start < token.span.end && token.span.start < mark.end)
                .fold(0u32, |own, (_, local)| own | 1u32.checked_shl(narrow(*local)).unwrap_or(0));
            (token.kind, token.canon.as_ref().into(), token.span, own)
        })
        .collect();
    let symbols = symbols.iter().map(|&s| u8::try_from(s).unwrap_or(u8::MAX)).collect();
    Draft { raw, tokens, symbols }
}

/// How many tokens all variants share at the beginning and at the end, byte for byte, white space between
/// them included (a typographic difference must stay inside).
fn shared_ends(drafts: &[Draft]) -> (usize, usize) {
    let Some(first) = drafts.first() else { return (0, 0) };
    let least = drafts.iter().map(|d| d.tokens.len()).min().unwrap_or(0);
    let mut head = 0;
    while head < least {
        let end = first.tokens[head].2.end;
        let same = drafts.iter().all(|d| {
            let token = &d.tokens[head];
            token.2 == first.tokens[head].2
                && d.raw.get(..end) == first.raw.get(..end)
                && token.1 == first.tokens[head].1
        });
        if !same {
            break;
        }
        head += 1;
    }
    let mut tail = 0;
    while tail < least - head {
        let token = &first.tokens[first.tokens.len() - 1 - tail];
        let from_end = first.raw.len() - token.2.start;
        let suffix = &first.raw[token.2.start..];
        let same = drafts.iter().all(|d| {
            let other = &d.tokens[d.tokens.len() - 1 - tail];
            d.raw.len() - other.2.start == from_end && d.raw.ends_with(suffix) && other.1 == token.1
        });
        if !same {
            break;
        }
        tail += 1;
    }
    (head, tail)
}

fn kind_of(kind: TokenKind) -> Kind {
    match kind {
        TokenKind::Word => Kind::Word,
        TokenKind::Punct => Kind::Punct,
    }
}

/// A master holds far fewer than 2^32 of anything.
pub(crate) fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
