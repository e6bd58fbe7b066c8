//! `suggest`: a text as a master. On a terminal the writer goes through the proposed sites; else they are printed.

mod ask;
mod draw;
mod input;
mod keep;
mod keys;
mod memory;
mod page;
mod print;
mod screen;
mod show;
mod sitting;

use std::io::IsTerminal;
use std::path::Path;

use countermark_marking::rules::{Options, Style};

use super::marked;
use crate::cli::{Global, Suggest};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::home::Home;

/// Runs the verb. It needs no vault; where one is, the packs of its configuration speak too, and with `--to` what was refused before is
/// known again.
pub fn run(global: &Global, args: &Suggest) -> Outcome {
    let config = Home::of(global).map_or_else(|_| Ok(Config::default()), |home| Config::load(&home.config()))?;
    let source = marked::read(&args.addressed.file)?;
    let packs = marked::Packs::load(&config, &args.addressed.packs)?;
    if is_interactive(global, args) {
        sitting::run(global, args, &config, &source, &packs)
    } else {
        print::run(global, args, &source, &packs)
    }
}

/// Whether somebody sits there, and asked for nothing that is printed.
fn is_interactive(global: &Global, args: &Suggest) -> bool {
    let asked = global.json || args.explain || args.addressed.accept.is_some();
    let screen = std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    !asked
        && args.addressed.file != Path::new("-")
        && screen
        && std::io::stdin().is_terminal()
        && std::io::stdout().is_terminal()
}

/// Which proposals are made at all.
fn options(args: &Suggest) -> Outcome<Options> {
    let accept = args.addressed.accept.as_deref().map(marked::accepted).transpose()?;
    let mut options = Options::default();
    if let Some(accept) = accept {
        options.accept = accept;
    }
    if let Some(style) = &args.style {
        let style: Style = style.parse().map_err(|_| Failure::new("the style is formal, neutral or informal"))?;
        options.styles.retain(|known| *known == style || *known == Style::Neutral);
    }
    Ok(options)
}
