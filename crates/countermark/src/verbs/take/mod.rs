//! `take`: what was sent and received before, out of chat exports and mail.

mod file;
mod keys;
mod report;

use countermark_office::{Item, Office, Source, Taking};
use countermark_reading::exports::{DateOrder, Direction, Letter, Settings, Zone};

use super::{clocks, publish};
use crate::cli::{Global, Take};
use crate::failure::{Exit, Failure, Outcome};
use crate::{home, terminal};
use file::{Opened, Read};
use keys::Keys;
use report::Report;

/// Messages of one transaction.
const STRETCH: usize = 500;

/// Runs the verb.
pub fn run(global: &Global, args: &Take) -> Outcome {
    let settings = settings(args)?;
    let keys = Keys::new(args.dkim_key.as_deref(), args.dns)?;
    // All files are read, or for mailboxes looked into, before anything is taken in: what is wrong costs no passphrase.
    let files = args.files.iter().map(|file| Opened::new(file, &settings)).collect::<Outcome<Vec<_>>>()?;
    if args.me.iter().any(|name| name.trim().is_empty()) {
        return Err(Failure::new("--me is empty").hint("give the name or the address that stands in the file"));
    }
    let mut office = if args.dry_run { None } else { Some(home::open_watched_with_log(global)?) };
    if let Some(office) = &mut office {
        publish::due(office);
    }
    let mut reports = Vec::with_capacity(files.len());
    for file in files {
        let report = one(office.as_mut(), file, args, &keys)?;
        if !global.json {
            terminal::say(&report.words(args))?;
        }
        reports.push(report);
    }
    if global.json {
        terminal::say_json(&report::object(&reports, args.dry_run))?;
    }
    if args.dry_run {
        terminal::note("nothing was taken in: --dry-run");
    } else if reports.iter().any(|report| report.took.is_some_and(|took| took.waits)) {
        terminal::note("each file's hash goes into the log with the next batch (`log publish`)");
    }
    if reports.iter().any(|report| report.took.is_some_and(|took| !took.watched)) {
        terminal::note("warning: the watcher's index could not be written; what is missing is added the next time");
    }
    if let Some(office) = &mut office {
        clocks::ask(office);
    }
    let any = reports.iter().any(|report| report.sent + report.received + report.known > 0);
    Ok(if any { Exit::Found } else { Exit::NotFound })
}

fn settings(args: &Take) -> Outcome<Settings> {
    let zone = args.time_zone.as_deref().map(|text| {
        text.parse::<Zone>()
            .map_err(|()| Failure::new(format!("`{text}` is not a time zone")).hint("write +01:00, -05:30 or Z"))
    });
    let order = args.date_order.as_deref().map(|order| match order {
        "mdy" => DateOrder::MonthDayYear,
        _ => DateOrder::DayMonthYear,
    });
    Ok(Settings { order, zone: zone.transpose()? })
}

/// A file that is being taken in.
struct Run<'a> {
    office: Option<(&'a mut Office, Taking)>,
    args: &'a Take,
    report: Report,
    waiting: Vec<Item>,
}

fn one(office: Option<&mut Office>, file: Opened, args: &Take, keys: &Keys) -> Outcome<Report> {
    let mut report = Report::new(&file);
    let source = Source { file: file.name.clone(), kind: file.kind, sha256: file.sha256 };
    let office = match office {
        Some(office) => {
            let taking = office.begin_taking(&source)?;
            Some((office, taking))
        }
        None => None,
    };
    report.dry = office.is_none();
    let mut run = Run { office, args, report, waiting: Vec::new() };
    file.each(|read| match read {
        Read::Letter(letter, raw) => run.letter(*letter, raw, keys),
        Read::Skipped(skipped) => {
            run.report.skipped.push(skipped);
            Ok(())
        }
    })?;
    run.flush()?;
    let Run { office, mut report, .. } = run;
    if let Some((office, taking)) = office {
        let took = office.end_taking(taking, report.skipped.len() as u64)?;
        report.known = took.known;
        report.new = took.taken;
        report.took = Some(took);
    }
    Ok(report)
}

impl Run<'_> {
    fn letter(&mut self, mut letter: Letter, raw: &[&[u8]], keys: &Keys) -> Outcome<()> {
        letter.tell(&self.args.me);
        if let Some(thread) = &self.args.thread {
            letter.thread.clone_from(thread);
        } else if letter.thread.is_empty() {
            letter.thread.clone_from(&self.report.thread);
        }
        self.report.writer(&letter.author);
        let direction = match letter.direction {
            Some(direction) => direction,
            None if self.report.dry => {
                self.report.untold += 1;
                return Ok(());
            }
            None => {
                return Err(Failure::new(format!("{} does not say which of its writers you are", self.report.file))
                    .hint("give --me NAME; `take --dry-run FILE` lists who writes in it"));
            }
        };
        if direction == Direction::Received && !self.args.received {
            self.report.others += 1;
            return Ok(());
        }
        let dkim = keys.check(raw);
        self.report.add(&letter, direction, &dkim);
        self.waiting.push(Item { letter, direction, dkim });
        if self.waiting.len() >= STRETCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Outcome<()> {
        let items = std::mem::take(&mut self.waiting);
        if let Some((office, taking)) = &mut self.office
            && !items.is_empty()
        {
            office.take(taking, &items)?;
        }
        Ok(())
    }
}
