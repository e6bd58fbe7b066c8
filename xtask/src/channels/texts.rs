//! The texts of the bench.

use std::path::Path;

use countermark_marking::Master;
use countermark_marking::rules::{Options, Pack, accept, propose};
use rayon::prelude::*;

use super::archive::{Group, Message};
use crate::corpus::{self, Letter};

/// What is measured, as it was read.
pub(crate) struct Texts {
    letters: Vec<Letter>,
    messages: Vec<Letter>,
    written_letters: Vec<Letter>,
    written_messages: Vec<Letter>,
    /// Texts that none of them holds.
    pub(crate) unrelated: Vec<String>,
}

/// Reads letters that no rule was tuned on, the short messages and the written masters; nothing without the letters.
pub(crate) fn read(shared: &Path, bench: &Path) -> anyhow::Result<Option<Texts>> {
    let file = |name: &str| shared.join("corpus").join(name);
    if !file("frus-letters.jsonl").is_file() || !file("frus-sample.jsonl").is_file() {
        return Ok(None);
    }
    let mut letters = corpus::read(&file("frus-letters.jsonl"))?;
    letters.retain(|letter| {
        let words = countermark_text::word_count(&letter.text);
        !matches!(letter.kind.as_str(), "telegram" | "airgram") && (60..=250).contains(&words)
    });
    let both = |ending: &str| -> anyhow::Result<Vec<Letter>> {
        let mut all = corpus::folder(&bench.join("messages/tune"), ending)?;
        all.extend(corpus::folder(&bench.join("messages/held"), ending)?);
        Ok(all)
    };
    Ok(Some(Texts {
        letters,
        messages: both("txt")?,
        written_letters: corpus::folder(&bench.join("letters"), "master")?,
        written_messages: both("master")?,
        unrelated: corpus::read(&file("frus-sample.jsonl"))?.into_iter().map(|letter| letter.text).collect(),
    }))
}

impl Texts {
    /// The letters and messages as their authors wrote them, marked by the English pack with `--accept all`.
    pub(crate) fn plain(&self) -> anyhow::Result<Vec<Message>> {
        let letters = self.letters.iter().map(|letter| (Group::Letter, letter));
        let all: Vec<_> = letters.chain(self.messages.iter().map(|letter| (Group::Message, letter))).collect();
        all.into_par_iter().map(|(group, letter)| Ok(Message::new(group, marked(&letter.text)?))).collect()
    }

    /// The masters as a careful writer left them.
    pub(crate) fn written(&self) -> anyhow::Result<Vec<Message>> {
        let letters = self.written_letters.iter().map(|letter| (Group::Letter, letter));
        let all = letters.chain(self.written_messages.iter().map(|letter| (Group::Message, letter)));
        all.map(|(group, letter)| {
            let master = Master::parse(&letter.text);
            Ok(Message::new(group, master.map_err(|e| anyhow::anyhow!("the master {}: {e}", letter.id))?))
        })
        .collect()
    }
}

/// All that the English pack proposes, accepted.
fn marked(text: &str) -> anyhow::Result<Master> {
    let source = Master::plain(text).source().to_owned();
    let proposals = propose(&[Pack::english()], &source, &Options::default())?;
    Ok(Master::parse(&accept(&source, &proposals))?)
}
