//! `case brief`: half a page that is read on a telephone, by somebody who must say something in two minutes.

use countermark_office::{Brief, PartState, Section, Telling};
use serde_json::{Value, json};

use super::show::object;
use crate::cli::Global;
use crate::failure::{Exit, Outcome};
use crate::verbs::trace::change;
use crate::{terminal, time};

/// Runs the verb.
pub fn run(global: &Global, case: &str) -> Outcome {
    let brief = super::intake::open(global)?.brief(case)?;
    if global.json {
        terminal::say_json(&json(&brief))?;
    } else {
        terminal::say(words(&brief).trim_end())?;
    }
    Ok(Exit::Found)
}

fn json(brief: &Brief) -> Value {
    let finding = brief.finding.as_ref();
    json!({
        "case": object(&brief.case),
        "words": finding.map(|m| m.trace.words_matched), "message_words": finding.map(|m| m.trace.message_words),
        "changes": finding.map(|m| m.trace.changes.iter().map(change).collect::<Vec<_>>()),
        "whole": numbers(brief, PartState::Whole), "altered": numbers(brief, PartState::Altered),
        "left_out": numbers(brief, PartState::LeftOut),
        "addressed": brief.addressed.as_ref().map(|line| json!({
            "part": line.part, "line": line.line, "copies": line.copies, "of": line.of, "named": line.named,
        })),
        "sealed": brief.sealed_at, "as_sent": brief.as_sent, "logged": brief.logged, "sealed_before": brief.clock,
    })
}

fn words(brief: &Brief) -> String {
    let telling = Telling { time: time::show, clean: terminal::name, names: true, commands: true };
    let mut text = String::new();
    for Section { title, lines } in brief.sections(&telling) {
        text.push_str(&title.to_uppercase());
        text.push('\n');
        for line in lines {
            text.push_str(&wrapped(&line));
        }
        text.push('\n');
    }
    text
}

fn numbers(brief: &Brief, state: PartState) -> Vec<usize> {
    brief.parts.iter().enumerate().filter(|(_, s)| **s == state).map(|(number, _)| number + 1).collect()
}

/// A line of the brief, wrapped to a telephone's width, its first line marked.
fn wrapped(line: &str) -> String {
    const WIDTH: usize = 60;
    let (mut out, mut used) = (String::from("-"), 1);
    for word in line.split_whitespace() {
        let length = word.chars().count() + 1;
        if used + length > WIDTH && used > 2 {
            out.push_str("\n ");
            used = 1;
        }
        out.push(' ');
        out.push_str(word);
        used += length;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_telephone_unless_a_word_is() {
        let text = wrapped(
            "a long line of many short words that goes on and on until it has to be broken somewhere in the middle",
        );
        assert!(text.lines().all(|line| line.chars().count() <= 60));
        assert_eq!(text.lines().count(), 2);
    }
}
