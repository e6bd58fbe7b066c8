//! Masters and their rendering.

use std::fmt;

use crate::{Class, Part, RenderError, Span, SyntaxError, ambiguity, part, read, syntax};

/// A message's text with its sites and fields.
#[derive(Clone, PartialEq, Eq)]
pub struct Master {
    source: String,
    pieces: Vec<Piece>,
    spans: Vec<Span>,
    sites: Vec<Site>,
}

/// A stretch of a master.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// The same in every copy; escapes undone, never empty.
    Text(String),
    /// An occurrence of a site.
    Site {
        /// The site: its place in [`Master::sites`].
        site: usize,
        /// What stands here for each symbol.
        alternatives: Vec<String>,
    },
    /// A field, by name.
    Field(String),
}

/// A place where two or more alternatives are equally good. A tied site has several occurrences and is one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The number of alternatives, 2 to 64. Symbols run from 0 below it.
    pub alternatives: usize,
    /// What kind it is.
    pub class: Class,
    /// The number that ties its occurrences, if it is tied.
    pub tie: Option<u32>,
    /// The pieces where it stands, at least one, ascending.
    pub occurrences: Vec<usize>,
}

impl Master {
    /// Reads a master.
    ///
    /// # Errors
    ///
    /// When the source breaks the syntax or a limit, or when two codewords could give the same text.
    pub fn parse(source: &str) -> Result<Master, SyntaxError> {
        let parsed = syntax::parse(source)?;
        ambiguity::check(source, &parsed)?;
        Ok(Master { source: source.to_owned(), pieces: parsed.pieces, spans: parsed.spans, sites: parsed.sites })
    }

    /// The master of a text without sites and fields: what would be syntax is escaped.
    ///
    /// Takes any length; but a source of more than [`MAX_SOURCE`](crate::MAX_SOURCE) bytes is not parsed again.
    pub fn plain(text: &str) -> Master {
        let source = syntax::escape(text);
        let (mut pieces, mut spans) = (Vec::new(), Vec::new());
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
            spans.push(0..source.len());
        }
        Master { source, pieces, spans, sites: vec![] }
    }

    /// What the master was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its stretches, in order. No two texts follow each other.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Where each piece stands in the source; the spans partition it.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Its sites, in the order of their first occurrences: the order of a codeword's symbols.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The names of its fields, each once, in the order of their first use.
    pub fn fields(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for piece in &self.pieces {
            if let Piece::Field(name) = piece
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names
    }

    /// A copy: every site at the alternative that its symbol in `codeword` names, every field at its value.
    ///
    /// # Errors
    ///
    /// When the codeword does not fit the sites, or a field has no value.
    pub fn render(&self, codeword: &[u8], fields: &dyn Fn(&str) -> Option<String>) -> Result<String, RenderError> {
        self.check_codeword(codeword)?;
        let mut out = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            match piece {
                Piece::Field(name) => match fields(name) {
                    Some(value) => out.push_str(&value),
                    None => return Err(RenderError::MissingField { name: name.clone() }),
                },
                piece => out.push_str(piece.shown(codeword)),
            }
        }
        Ok(out)
    }

    /// A copy with each field shown as its name in square brackets. A symbol that is missing or out of range shows the
    /// first alternative, so the empty codeword gives the text as the writer wrote it.
    pub fn render_bracketed(&self, codeword: &[u8]) -> String {
        let mut out = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            piece.show(codeword, &mut out);
        }
        out
    }

    /// The codeword of which `text` is the copy, to the byte; nothing if it is no copy of this master with these fields.
    ///
    /// The codeword is the only one, unless a field's value itself repeats what stands around it so that two codewords
    /// give the text: then, too, nothing.
    pub fn read_copy(&self, text: &str, fields: &dyn Fn(&str) -> Option<String>) -> Option<Vec<u8>> {
        read::read(&self.pieces, &self.sites, text, fields)
    }

    /// The master's parts, from the first to the last; the concatenation of their sources is the master's source.
    pub fn parts(&self) -> Vec<Part> {
        part::cut(self)
    }

    /// The text of a part in the copy with this codeword, fields as their names in square brackets. The
    /// concatenation over all parts is [`Master::render_bracketed`].
    pub fn part_text(&self, part: &Part, codeword: &[u8]) -> String {
        let mut out = String::new();
        for piece in &part.pieces {
            piece.show(codeword, &mut out);
        }
        out
    }

    /// For each part the sites that it holds, in order. A tied site stands in every part where it occurs.
    pub fn sites_by_part(&self) -> Vec<Vec<usize>> {
        self.parts().into_iter().map(|part| part.sites).collect()
    }

    fn check_codeword(&self, codeword: &[u8]) -> Result<(), RenderError> {
        if codeword.len() != self.sites.len() {
            return Err(RenderError::WrongLength { expected: self.sites.len(), found: codeword.len() });
        }
        for (site, (known, &symbol)) in self.sites.iter().zip(codeword).enumerate() {
            if usize::from(symbol) >= known.alternatives {
                return Err(RenderError::SymbolOutOfRange { site, symbol, alternatives: known.alternatives });
            }
        }
        Ok(())
    }
}

impl Piece {
    /// What a text or site shows under a codeword; nothing for a field.
    fn shown(&self, codeword: &[u8]) -> &str {
        match self {
            Piece::Text(text) => text,
            Piece::Site { site, alternatives } => {
                let symbol = codeword.get(*site).map_or(0, |&symbol| usize::from(symbol));
                alternatives.get(symbol).or_else(|| alternatives.first()).map_or("", String::as_str)
            }
            Piece::Field(_) => "",
        }
    }

    /// Appends what the piece shows, a field as its name in brackets.
    pub(crate) fn show(&self, codeword: &[u8], out: &mut String) {
        match self {
            Piece::Field(name) => {
                out.push('[');
                out.push_str(name);
                out.push(']');
            }
            piece => out.push_str(piece.shown(codeword)),
        }
    }
}

/// Shows sizes, never the text.
impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Master")
            .field("bytes", &self.source.len())
            .field("pieces", &self.pieces.len())
            .field("sites", &self.sites.len())
            .finish_non_exhaustive()
    }
}

/// Shows sizes, never the text.
impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Piece::Site { site, alternatives } => write!(f, "Site({site}, {} alternatives)", alternatives.len()),
            Piece::Field(name) => write!(f, "Field({name})"),
        }
    }
}
