//! `cargo xtask judge`: proposals judged by readers who do not know which wording the author wrote.
//!
//! `draw` takes proposals at random from letters, each with the same chance, and writes sheets for the readers and a key.
//! `table` reckons what two readers said. `show` prints the places of a key again, for whoever mends a rule. The sheets hold
//! the letters' text and stay with the readers; key and readings hold none and are kept in `bench/judging/round-N/`.

mod draw;
mod key;
mod places;
mod table;

use std::path::PathBuf;

use anyhow::Context as _;

/// What is asked.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Draw proposals and write the sheets for the readers.
    Draw(draw::Arguments),
    /// Print the places of a key again, with the pack as it is now.
    Show(Show),
    /// Reckon what two readers said.
    Table(table::Arguments),
}

/// What to print again.
#[derive(clap::Args)]
struct Show {
    /// The key.
    #[arg(long)]
    key: PathBuf,
    /// The letters that were drawn from: files of JSON objects, one a line.
    #[arg(long, num_args = 1.., required = true)]
    letters: Vec<PathBuf>,
    /// Only these rules; without it all.
    #[arg(long, value_delimiter = ',')]
    rule: Vec<String>,
    /// Only these places of the key.
    #[arg(long, value_delimiter = ',')]
    id: Vec<String>,
    /// The folder of the pack.
    #[arg(long, default_value = "lang/en")]
    pack: PathBuf,
}

/// Draws, shows or reckons.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.verb {
        Verb::Draw(arguments) => draw::run(arguments),
        Verb::Show(arguments) => show(arguments),
        Verb::Table(arguments) => table::run(arguments),
    }
}

/// Prints each place in its sentence, and says so where the rules no longer speak there as they did.
fn show(arguments: &Show) -> anyhow::Result<()> {
    let pack = crate::pack::read(&arguments.pack)?;
    let letters = crate::corpus::read_all(&arguments.letters)?;
    let rows = key::read(&arguments.key)?;
    let wanted = |list: &[String], one: &String| list.is_empty() || list.contains(one);
    for row in rows.iter().filter(|row| wanted(&arguments.rule, &row.rule) && wanted(&arguments.id, &row.id)) {
        let letter = letters.iter().find(|letter| letter.id == row.letter);
        let letter =
            letter.with_context(|| format!("{}: the letter {} is in none of the files", row.id, row.letter))?;
        let page = places::Page::new(&pack, &letter.text)?;
        let found = page.sites.iter().find(|site| {
            site.places.iter().any(|&place| page.proposals[place].span.start == row.at)
                && page.proposals[site.places[0]].rule == row.rule
        });
        println!("{} {} ({}) in {} at {}", row.id, row.rule, row.class, row.letter, row.at);
        match found {
            Some(site) => {
                let place = site.places.iter().copied().find(|&place| page.proposals[place].span.start == row.at);
                let shown = page.show(site, place.unwrap_or(site.places[0]));
                for (number, wording) in shown.wordings.iter().enumerate() {
                    println!("    {} {}", if number == 0 { "as written:" } else { "or:        " }, wording);
                }
                if key::hash(&page.proposals[place.unwrap_or(site.places[0])].alternatives) != row.alternatives {
                    println!("    (the alternatives are other than those that were judged)");
                }
            }
            None => println!("    (the rule no longer speaks here)"),
        }
    }
    Ok(())
}
