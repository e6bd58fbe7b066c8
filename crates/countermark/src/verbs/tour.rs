//! `tour`: the whole way on a sample. What it shows is what the verbs print: it runs them.

use std::path::{Path, PathBuf};

use clap::Parser;

use crate::cli::{Cli, Global, Tour};
use crate::failure::{Exit, Failure, Outcome};
use crate::home;
use crate::terminal::{self, say, write_new};

/// Sample texts; the people and states in them are invented.
const BORDER: &str = include_str!("../../../../samples/border.txt");
const BORDER_POST: &str = include_str!("../../../../samples/border-post.txt");
const FUEL: &str = include_str!("../../../../samples/fuel.master");
const INNOCENT: &str = include_str!("../../../../samples/innocent.txt");

/// Handle, name, salutation.
const NINE: [(&str, &str, &str); 9] = [
    ("arvid", "Arvid Malmor", "Dear Arvid,"),
    ("benna", "Benna Ostry", "Dear Benna,"),
    ("corin", "Corin Vael", "Dear Corin,"),
    ("delia", "Delia Runsk", "Dear Delia,"),
    ("esko", "Esko Tarrin", "Dear Esko,"),
    ("fenna", "Fenna Holt", "Dear Fenna,"),
    ("gorm", "Gorm Aldry", "Dear Gorm,"),
    ("hedda", "Hedda Lorin", "Dear Hedda,"),
    ("ivo", "Ivo Brandt", "Dear Ivo,"),
];

/// Whose copy leaks in the second case.
const LEAKY: &str = "esko";

/// Runs the tour.
pub fn run(global: &Global, args: &Tour) -> Outcome {
    if global.json {
        return Err(Failure::new("the tour is for reading").hint("leave --json out"));
    }
    let place = Place::make(args.keep.as_deref())?;
    let tour = Stage { dir: place.dir.clone() };
    tour.first_case()?;
    tour.second_case()?;
    tour.farewell(args.keep.is_some())
}

/// The tour's directory; a throw-away one is removed at the end, however that comes.
struct Place {
    dir: PathBuf,
    throw_away: bool,
}

impl Place {
    fn make(keep: Option<&Path>) -> Outcome<Self> {
        let fail = |dir: &Path, e: std::io::Error| Failure::new(format!("{} can't be used: {e}", dir.display()));
        match keep {
            Some(dir) => {
                std::fs::create_dir_all(dir).map_err(|e| fail(dir, e))?;
                let mut entries = std::fs::read_dir(dir).map_err(|e| fail(dir, e))?;
                if entries.next().is_some() {
                    return Err(Failure::new(format!("{} is not empty", dir.display()))
                        .hint("choose a new or empty directory; nothing is overwritten"));
                }
                let dir = dir.canonicalize().map_err(|e| fail(dir, e))?;
                Ok(Self { dir, throw_away: false })
            }
            None => {
                let name = format!("countermark-tour-{}", super::marked::hex(&home::random_bytes::<8>()));
                let dir = std::env::temp_dir().join(name);
                std::fs::create_dir(&dir).map_err(|e| fail(&dir, e))?;
                Ok(Self { dir, throw_away: true })
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.throw_away {
            // A directory that can't be removed is the system's to clean up.
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

struct Stage {
    dir: PathBuf,
}

impl Stage {
    fn first_case(&self) -> Outcome<()> {
        self.sealed_to_one()?;
        self.answered()
    }

    fn sealed_to_one(&self) -> Outcome<()> {
        let passphrase = super::marked::hex(&home::random_bytes::<16>());
        write_new(&self.dir.join("passphrase"), format!("{passphrase}\n").as_bytes(), 0o600)?;
        self.write("border.txt", BORDER)?;
        self.write("border-post.txt", BORDER_POST)?;
        let channel = self.dir.join("channel");
        std::fs::create_dir(&channel).map_err(|e| Failure::new(format!("{} can't be made: {e}", channel.display())))?;
        heading("1. One reader, who publishes openly")?;
        say("Ada Lindvar, Prime Minister of Velmora (an invented state, like everybody here), keeps a vault.\n")?;
        self.show(&["init", "--no-clock"])?;
        self.show(&["people", "add", "krasz", "--name", "President Teodor Krasz"])?;
        say("\nShe writes to one man, seals, and pastes the text into her messenger.\n")?;
        self.show(&["seal", "border.txt", "--to", "krasz", "--now"])?;
        say("\nHer office has the channels watched that matter; here a folder stands for one.\n")?;
        self.show(&["watch", "add", "folder:channel", "--name", "channel", "--no-pictures"])
    }

    fn answered(&self) -> Outcome<()> {
        say("\nTwo days later this stands on a public channel:\n")?;
        say(&quoted(BORDER_POST))?;
        self.posted("border-post.txt", BORDER_POST)?;
        say("\nThe watcher rings; it has no key of the vault and no text, only keyed hashes.\n")?;
        self.show(&["watch", "run", "--once"])?;
        say("\nThe desk takes in what it left:\n")?;
        self.show(&["case", "list"])?;
        say("\nHalf a page for the Prime Minister's telephone:\n")?;
        self.show(&["case", "brief", &self.newest_case()?])?;
        say("\nAnd word by word, what was changed?\n")?;
        self.show(&["trace", "border-post.txt", "--reason", "the post of this morning"])?;
        say(
            "\nShe answers with the three sentences that were cut or changed. All other parts stay closed, visible as numbered holes.\n",
        )?;
        let id = self.newest()?;
        let prove = ["prove", &id, "--open", "4-5,8", "--out", "border.bundle.json", "--capture", "border-post.txt"];
        self.show(&prove)?;
        say("\nAnybody checks the file, offline, without her vault:\n")?;
        self.show(&["verify", "border.bundle.json"])?;
        say("\nThe same as one page that opens by double-click, with a verifier inside:\n")?;
        self.show(&["prove", &id, "--open", "4-5,8", "--out", "border.html", "--html", "--capture", "border-post.txt"])
    }

    /// Puts a post on the channel, as if it had stood there for a while.
    fn posted(&self, name: &str, text: &str) -> Outcome<()> {
        let path = self.dir.join("channel").join(name);
        write_new(&path, text.as_bytes(), 0o600)?;
        let before = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        let set = std::fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(before));
        set.map_err(|e| Failure::new(format!("{} can't be written: {e}", path.display())))
    }

    fn second_case(&self) -> Outcome<()> {
        self.write("fuel.master", FUEL)?;
        self.write("innocent.txt", INNOCENT)?;
        heading("2. A letter to nine")?;
        say("Here the places where two wordings are equally good are marked, {so|thus}. Every copy takes its own.\n")?;
        say(&quoted(FUEL.split("\n\n").nth(2).unwrap_or_default()))?;
        self.address_book()?;
        let handles: Vec<_> = NINE.iter().map(|(handle, ..)| *handle).collect();
        let to = handles.join(",");
        say("")?;
        self.show(&["strength", "fuel.master", "--to", &to])?;
        say("")?;
        self.show(&["seal", "fuel.master", "--to", &to, "--now"])?;
        let id = self.newest()?;
        self.write("article.txt", &article(&self.copy(&id, LEAKY)?))?;
        say("\nA newspaper quotes it: three passages, in another order, one of them doctored.\n")?;
        say(&quoted(&self.read("article.txt")?))?;
        say("")?;
        self.show(&["trace", "article.txt", "--reason", "the article of Monday"])?;
        say(
            "\nWhich copy it was, so that a stranger can compute the number again: that copy's wordings beside the article's.\n",
        )?;
        self.show(&["case", "open", "article.txt", "--reason", "the article of Monday"])?;
        let case = self.newest_case()?;
        say("")?;
        self.show(&["prove", &case, "--row", "--out", "fuel.row.json"])?;
        say("")?;
        self.show(&["verify", "fuel.row.json"])?;
        say(
            "\nNo name stands in it. One could be said only after the person was sent the evidence and had time to reply, and under two approvers' signatures.",
        )?;
        say("\nAnd an innocent text on the same matters, which is nobody's copy:\n")?;
        say(&quoted(INNOCENT))?;
        say("")?;
        self.show(&["trace", "innocent.txt", "--reason", "the article of Tuesday"])
    }

    /// Nine persons, entered in one go: one unlocking instead of nine.
    fn address_book(&self) -> Outcome<()> {
        let mut office = home::open(&self.global())?;
        for (handle, name, salutation) in NINE {
            let fields = [("salutation".to_owned(), salutation.to_owned())].into();
            office.add_person(handle, name, &fields)?;
        }
        let (handle, name, salutation) = NINE[0];
        say(&format!(
            "\n$ countermark people add {handle} --name \"{name}\" --set salutation=\"{salutation}\"   (and eight more)"
        ))
    }

    fn farewell(&self, kept: bool) -> Outcome {
        heading("What it does not do")?;
        say("It names a copy, never a person: whoever held the copy, or a device it was on, may have let it out.\n\
             A reader who rewrites the marked places, compares copies or translates defeats the marks.\n\
             The bundle above says: no independent clock, the time is the owner's word. To have one asked at every publication, or once by files:\n\n  \
             countermark log timestamper add URL --trust its-certificates.pem\n  \
             countermark log witness add KEY URL\n  \
             countermark log timestamp --request request.tsq     (send it to a time-stamper you trust)\n  \
             countermark log timestamp --add answer.tsr --trust its-certificates.pem\n")?;
        if !kept {
            terminal::note(
                "The vault of this tour is gone. `countermark tour --keep DIR` leaves it; `countermark init` makes your own.",
            );
            return Ok(Exit::Found);
        }
        let program = std::env::current_exe().map_or_else(|_| "countermark".into(), |path| path.display().to_string());
        let at = |name: &str| shell(&self.dir.join(name).display().to_string());
        let head = format!("{} --vault {} --passphrase-file {}", shell(&program), at("vault.db"), at("passphrase"));
        say("Everything was left in place. These work as pasted:\n")?;
        let id = self.newest()?;
        for command in [
            "messages list".to_owned(),
            format!("messages show {id}"),
            format!("copy {id} {LEAKY}"),
            format!("trace {} --reason 'trying it out'", at("article.txt")),
            format!("compare {} {}", at("border.txt"), at("border-post.txt")),
            format!("prove {id} --open 1-2 --out {}", at("mine.bundle.json")),
            format!("verify {}", at("border.bundle.json")),
            format!("verify {}", at("fuel.row.json")),
            "case list".to_owned(),
            "watch status".to_owned(),
            format!("log timestamp --request {}", at("request.tsq")),
            "log audit".to_owned(),
        ] {
            say(&format!("  {head} {command}"))?;
        }
        Ok(Exit::Found)
    }

    /// Shows a command as a person would type it in this directory, and runs it.
    fn show(&self, args: &[&str]) -> Outcome<()> {
        let typed: Vec<_> = args.iter().map(|arg| shell(arg)).collect();
        say(&format!("$ countermark {}", typed.join(" ")))?;
        let placed = args.iter().map(|arg| match arg.strip_prefix("folder:") {
            Some(folder) => format!("folder:{}", self.dir.join(folder).display()),
            None if is_file(arg) => self.dir.join(arg).display().to_string(),
            None => (*arg).to_owned(),
        });
        let global = self.global();
        let head = ["countermark", "--vault"].map(str::to_owned);
        let paths = [global.vault, global.passphrase_file].map(|path| path.unwrap_or_default().display().to_string());
        let [vault, passphrase] = paths;
        let all = head.into_iter().chain([vault, "--passphrase-file".to_owned(), passphrase]).chain(placed);
        let cli =
            Cli::try_parse_from(all).map_err(|e| Failure::new(format!("the tour's own command is wrong: {e}")))?;
        crate::run(&cli).map(|_| ())
    }

    fn global(&self) -> Global {
        Global {
            watch: None,
            vault: Some(self.dir.join("vault.db")),
            passphrase_file: Some(self.dir.join("passphrase")),
            identity: None,
            json: false,
        }
    }

    fn newest(&self) -> Outcome<String> {
        let messages = home::open(&self.global())?.messages()?;
        let id = messages.first().map(|m| super::marked::hex(&m.message.0)[..8].to_owned());
        id.ok_or_else(|| Failure::new("the tour's message is not there"))
    }

    fn newest_case(&self) -> Outcome<String> {
        let cases = home::open(&self.global())?.cases()?;
        let id = cases.first().map(|case| super::marked::hex(&case.id[..4]));
        id.ok_or_else(|| Failure::new("the tour's case is not there"))
    }

    fn copy(&self, id: &str, recipient: &str) -> Outcome<String> {
        Ok(home::open(&self.global())?.copy(id, recipient)?.1.text)
    }

    fn write(&self, name: &str, text: &str) -> Outcome<()> {
        write_new(&self.dir.join(name), text.as_bytes(), 0o600)
    }

    fn read(&self, name: &str) -> Outcome<String> {
        terminal::read_text(&self.dir.join(name))
    }
}

/// A news article made of one copy: its third point first, then the first with one word turned round, then the fifth paragraph.
fn article(copy: &str) -> String {
    let paragraph = |number: usize| copy.split("\n\n").nth(number).unwrap_or_default().trim();
    let doctored = paragraph(2).replace("and will not", "and will gladly");
    format!(
        "LISK, Monday. A letter from the Prime Minister of Velmora, seen by this newspaper, shows how little the allies trust each other.\n\n\
         \"{}\"\n\nOn the fuel agreement she gives way:\n\n\"{doctored}\"\n\nHer office did not answer our questions. The letter ends on a plea:\n\n\"{}\"\n",
        paragraph(4),
        paragraph(5)
    )
}

fn is_file(arg: &str) -> bool {
    [".txt", ".json", ".master", ".html"].iter().any(|end| arg.ends_with(end))
}

fn heading(text: &str) -> Outcome<()> {
    say(&format!("\n{text}\n{}\n", "=".repeat(text.chars().count())))
}

fn quoted(text: &str) -> String {
    text.trim().lines().map(|line| format!("    | {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// An argument as a shell takes it.
fn shell(arg: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=:@".contains(c);
    if !arg.is_empty() && arg.chars().all(plain) { arg.to_owned() } else { format!("'{}'", arg.replace('\'', "'\\''")) }
}
