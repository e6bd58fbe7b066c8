//! Countermark on the command line: one module a verb; wires the parts, prints, decides nothing.

mod captured;
mod cli;
mod config;
mod failure;
mod home;
mod terminal;
mod time;
mod verbs;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Verb};
use crate::failure::{Exit, Outcome};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(Exit::Found) => ExitCode::SUCCESS,
        Ok(Exit::NotFound) => ExitCode::from(1),
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::note(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Outcome {
    let global = &cli.global.clone().with_variables();
    match &cli.verb {
        Verb::Tour(args) => verbs::tour::run(global, args),
        Verb::Init(args) => verbs::init::run(global, args),
        Verb::Vault(verb) => verbs::vault::run(global, verb),
        Verb::Identity(verb) => verbs::identity::run(global, verb),
        Verb::People(verb) => verbs::people::run(global, verb),
        Verb::Suggest(args) => verbs::suggest::run(global, args),
        Verb::Strength(args) => verbs::strength::run(global, args),
        Verb::Seal(args) => verbs::seal::run(global, args),
        Verb::Take(args) => verbs::take::run(global, args),
        Verb::Messages(verb) => verbs::messages::run(global, verb),
        Verb::Copy(args) => verbs::copy::run(global, args),
        Verb::Trace(args) => verbs::trace::run(global, args),
        Verb::Watch(verb) => verbs::watch::run(global, verb),
        Verb::Case(verb) => verbs::case::run(global, verb),
        Verb::Compare(args) => verbs::compare::run(global, args),
        Verb::Read(args) => verbs::read::run(global, args),
        Verb::Scrub(args) => verbs::scrub::run(global, args),
        Verb::Prove(args) => verbs::prove::run(global, args),
        Verb::Publish(args) => verbs::press::run(global, args),
        Verb::Pressroom(verb) => verbs::pressroom::run(global, verb),
        Verb::Verify(args) => verbs::verify::run(global, args),
        Verb::Serve(args) => verbs::serve::run(global, args),
        Verb::ServeDesk(args) => verbs::serve::desk(global, args),
        Verb::ServeWatch(args) => verbs::serve::watch(global, args),
        Verb::ServePressroom(args) => verbs::serve::pressroom(args),
        Verb::Log(verb) => verbs::log::run(global, verb),
        Verb::Pack(verb) => verbs::pack::run(global, verb),
        Verb::Completions { shell } => verbs::shell::completions(*shell),
        Verb::Man { dir } => verbs::shell::man(dir),
    }
}
