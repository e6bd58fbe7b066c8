//! `completions` and `man`: made from the same definition as the parser.

use std::path::Path;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::failure::{Exit, Failure, Outcome, output};

/// Prints a completion script.
pub fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "countermark", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script).map_err(|e| output(&e))?;
    Ok(Exit::Found)
}

/// Writes one manual page a verb.
pub fn man(dir: &Path) -> Outcome {
    let fail = |e: std::io::Error| Failure::new(format!("the manual pages can't be written to {}: {e}", dir.display()));
    std::fs::create_dir_all(dir).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), dir).map_err(fail)?;
    Ok(Exit::Found)
}
