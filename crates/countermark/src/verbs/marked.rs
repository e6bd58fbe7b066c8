//! What `suggest`, `strength` and `seal` share: a file becomes a master, with the packs' proposals that were accepted.

use std::path::{Path, PathBuf};

use countermark_marking::rules::{self, Pack, Proposal};
use countermark_marking::{Accept, Master, SyntaxError};

use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::terminal;

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file's text, for marking: limited to what a master may hold.
pub fn read(file: &Path) -> Outcome<String> {
    let text = terminal::read_text(file)?;
    if text.len() > countermark_marking::MAX_SOURCE {
        let most = countermark_marking::MAX_SOURCE >> 10;
        return Err(Failure::new(format!("{} is longer than a message may be ({most} KiB)", terminal::name_of(file))));
    }
    Ok(text)
}

/// The packs that speak here: the built-in one, the configuration's, those of the call.
pub struct Packs(Vec<Pack>);

impl Packs {
    /// Loads the configuration's packs and those of the call.
    pub fn load(config: &Config, given: &[PathBuf]) -> Outcome<Self> {
        config.packs.iter().chain(given).map(|path| pack(path)).collect::<Outcome<_>>().map(Self)
    }

    /// All of them, the built-in one first.
    pub fn all(&self) -> Vec<&Pack> {
        std::iter::once(Pack::english()).chain(&self.0).collect()
    }
}

/// One pack from a file.
pub fn pack(path: &Path) -> Outcome<Pack> {
    let text = terminal::read_text(path)?;
    let parsed = Pack::parse_files(&pack_name(path), &[(&terminal::name_of(path), &text)]);
    parsed.map_err(|e| Failure::new(e.to_string()).hint(e.hint()))
}

/// A pack's name is its file's, without the folder: what was refused of it is known again wherever it is loaded from.
pub fn pack_name(path: &Path) -> String {
    path.file_name().map_or_else(|| terminal::name_of(path), |name| name.to_string_lossy().into_owned())
}

/// What `--accept` says.
pub fn accepted(text: &str) -> Outcome<Accept> {
    text.parse::<Accept>().map_err(|e| {
        Failure::new(e.to_string())
            .hint("classes are typography, punctuation, spelling, contraction, number, lexical, formula, order, layout; or `all`")
    })
}

/// The packs' proposals for a text, those of the accepted classes.
pub fn proposals(file: &Path, source: &str, packs: &Packs, accept: Option<Accept>) -> Outcome<Vec<Proposal>> {
    let options = rules::Options { accept: accept.unwrap_or(Accept::All), ..rules::Options::default() };
    rules::propose(&packs.all(), source, &options).map_err(|e| syntax(file, source, &e))
}

/// The master of a file: what the writer wrote, and what `--accept` takes of the packs' proposals; those are told.
pub fn master(file: &Path, accept: Option<&str>, packs: &[PathBuf], config: &Config) -> Outcome<Master> {
    taking(file, accept, packs, config, rules::accept)
}

/// The same message with every taken site's class in its source: for counting by class, not for sealing.
pub fn classed(file: &Path, accept: Option<&str>, packs: &[PathBuf], config: &Config) -> Outcome<Master> {
    taking(file, accept, packs, config, rules::accept_classed)
}

fn taking(
    file: &Path,
    accept: Option<&str>,
    packs: &[PathBuf],
    config: &Config,
    take: fn(&str, &[Proposal]) -> String,
) -> Outcome<Master> {
    let source = read(file)?;
    let mut marked = source.clone();
    if let Some(accept) = accept {
        let accept = accepted(accept)?;
        let taken = proposals(file, &source, &Packs::load(config, packs)?, Some(accept))?;
        tell(&taken);
        marked = take(&source, &taken);
    }
    Master::parse(&marked).map_err(|e| syntax(file, &marked, &e))
}

/// Prints every pair that was taken.
pub fn tell(taken: &[Proposal]) {
    for proposal in taken {
        terminal::note(&format!("taken: {} [{}, {}]", pair(proposal), proposal.class, proposal.rule));
    }
}

/// `was | may also be`, with what can't be seen made visible.
pub fn pair(proposal: &Proposal) -> String {
    let shown = |text: &String| match text.as_str() {
        "" => "(nothing)".to_owned(),
        text if text.trim().is_empty() => format!("{text:?}"),
        text => text.replace('\n', "\\n"),
    };
    proposal.alternatives.iter().map(shown).collect::<Vec<_>>().join(" | ")
}

/// A syntax error as the writer sees it: where, what, the line with a caret, and what to do.
pub fn syntax(file: &Path, source: &str, error: &SyntaxError) -> Failure {
    Failure::new(format!("{}: {}", terminal::name_of(file), error.render(source).trim_end()))
}
