//! What was taken in, what was not and why, in words and as JSON.

use std::collections::{BTreeMap, HashMap};

use countermark_office::Took;
use countermark_reading::exports::{Direction, Letter, Party, Place, Remark, Skipped, Why};
use countermark_reading::mail::dkim::DkimResult;
use serde_json::{Value, json};

use super::file::Opened;
use crate::cli::Take;
use crate::terminal;
use crate::verbs::marked::hex;

/// Places that are written out after a reason; all of them stand in the JSON.
const MOST_PLACES: usize = 8;

/// Writers and signatures that are written out.
const MOST_LINES: usize = 20;

/// What came of a file.
pub struct Report {
    pub file: String,
    kind: &'static str,
    sha256: [u8; 32],
    remarks: Vec<Remark>,
    pub thread: String,
    /// Whether nothing is written.
    pub dry: bool,
    pub sent: u64,
    pub received: u64,
    /// Those of others, which were not asked for.
    pub others: u64,
    /// Those of which it is not known who wrote them.
    pub untold: u64,
    pub skipped: Vec<Skipped>,
    writers: HashMap<String, u64>,
    dkim: Vec<(Place, DkimResult)>,
    unsigned: u64,
    mails: u64,
    pub new: u64,
    pub known: u64,
    pub took: Option<Took>,
}

impl Report {
    pub fn new(file: &Opened) -> Self {
        Self {
            file: file.shown.clone(),
            kind: file.kind.name(),
            sha256: file.sha256,
            remarks: file.remarks.clone(),
            thread: file.thread.clone(),
            dry: false,
            sent: 0,
            received: 0,
            others: 0,
            untold: 0,
            skipped: Vec::new(),
            writers: HashMap::new(),
            dkim: Vec::new(),
            unsigned: 0,
            mails: 0,
            new: 0,
            known: 0,
            took: None,
        }
    }

    pub fn writer(&mut self, author: &Party) {
        let name = if author.name.is_empty() { &author.address } else { &author.name };
        match self.writers.get_mut(name) {
            Some(count) => *count += 1,
            None => _ = self.writers.insert(name.clone(), 1),
        }
    }

    pub fn add(&mut self, letter: &Letter, direction: Direction, dkim: &[DkimResult]) {
        match direction {
            Direction::Sent => self.sent += 1,
            Direction::Received => self.received += 1,
        }
        if matches!(self.kind, "eml" | "mbox") {
            self.mails += 1;
            self.unsigned += u64::from(dkim.is_empty());
            self.dkim.extend(dkim.iter().map(|result| (letter.place, result.clone())));
        }
    }

    fn writers(&self) -> Vec<(&str, u64)> {
        let mut writers: Vec<_> = self.writers.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        writers.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        writers
    }

    fn whys(&self) -> BTreeMap<Why, Vec<Place>> {
        let mut whys = BTreeMap::<Why, Vec<Place>>::new();
        self.skipped.iter().for_each(|skipped| whys.entry(skipped.why).or_default().push(skipped.place));
        whys
    }

    /// In words.
    pub fn words(&self, args: &Take) -> String {
        let mut rows: Vec<(&str, String)> = Vec::new();
        let mut row = |name: &'static str, text: String| rows.push((name, text));
        let total = self.sent + self.received + self.others + self.untold;
        row(if self.dry { "would take" } else { "found" }, format!("{} sent, {} received", self.sent, self.received));
        if !self.dry {
            row("taken in", format!("{} new, {} stood there already", self.new, self.known));
        }
        if self.others > 0 {
            row("left", format!("{} of others: --received takes them in", self.others));
        }
        if self.untold > 0 {
            row("untold", format!("{}: --me NAME says who you are", self.untold));
        }
        if (self.sent == 0 && total > 0) || self.dry {
            let writers = self.writers();
            let more = writers.len().saturating_sub(MOST_LINES);
            let mut shown: Vec<_> =
                writers.iter().take(MOST_LINES).map(|(name, count)| format!("{name} ({count})")).collect();
            shown.extend((more > 0).then(|| format!("and {more} more")));
            row("writers", shown.join(", "));
        }
        for (why, places) in self.whys() {
            let more = places.len().saturating_sub(MOST_PLACES);
            let mut shown: Vec<_> = places.iter().take(MOST_PLACES).map(ToString::to_string).collect();
            shown.extend((more > 0).then(|| format!("and {more} more")));
            row("skipped", format!("{} {} ({})", places.len(), why.text(), shown.join(", ")));
        }
        for remark in &self.remarks {
            let (name, text) = said(*remark, args);
            row(name, text);
        }
        self.signatures(&mut row);
        let mut out = format!("{}: {}", self.file, self.kind);
        for (name, text) in rows {
            out.push_str(&format!("\n  {name:<10} {}", terminal::name(&text)));
        }
        out
    }

    fn signatures(&self, row: &mut impl FnMut(&'static str, String)) {
        if self.mails == 0 {
            return;
        }
        let mut counts = BTreeMap::<&str, u64>::new();
        self.dkim.iter().for_each(|(_, result)| *counts.entry(result.outcome.name()).or_default() += 1);
        let mut said: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
        said.extend((self.unsigned > 0).then(|| format!("{} mails unsigned", self.unsigned)));
        row("dkim", said.join(", "));
        for (place, result) in self.dkim.iter().take(MOST_LINES) {
            let who = format!("{}/{}", result.domain, result.selector);
            row("", format!("{place}: {who} {}: {}", result.outcome.name(), result.outcome.reason()));
        }
        if self.dkim.len() > MOST_LINES {
            row("", format!("and {} more: --json lists all", self.dkim.len() - MOST_LINES));
        }
    }

    fn object(&self) -> Value {
        let skipped = |skipped: &Skipped| json!({"place": skipped.place.to_string(), "why": skipped.why.text()});
        let dkim = |(place, result): &(Place, DkimResult)| {
            json!({
                "place": place.to_string(), "domain": result.domain, "selector": result.selector,
                "signed_at": result.signed_at, "outcome": result.outcome.name(), "reason": result.outcome.reason(),
            })
        };
        let writers: Vec<_> =
            self.writers().into_iter().map(|(name, count)| json!({"name": name, "messages": count})).collect();
        let order = self.remarks.iter().find_map(|remark| match remark {
            Remark::OrderByDate(order, _) | Remark::OrderByTime(order, _) => Some(order.text()),
            Remark::NoZone => None,
        });
        json!({
            "file": self.file, "kind": self.kind, "sha256": hex(&self.sha256),
            "import": self.took.and_then(|took| took.import).map(|id| hex(&id)),
            "sent": self.sent, "received": self.received, "new": self.new, "known": self.known,
            "others": self.others, "untold": self.untold, "writers": writers,
            "skipped": self.skipped.iter().map(skipped).collect::<Vec<_>>(),
            "date_order": order, "zone_known": !self.remarks.contains(&Remark::NoZone),
            "dkim": self.dkim.iter().map(dkim).collect::<Vec<_>>(), "unsigned": self.unsigned,
        })
    }
}

/// All files as JSON.
pub fn object(reports: &[Report], dry: bool) -> Value {
    json!({ "dry_run": dry, "files": reports.iter().map(Report::object).collect::<Vec<_>>() })
}

fn said(remark: Remark, args: &Take) -> (&'static str, String) {
    match remark {
        Remark::OrderByDate(order, line) => {
            ("dates", format!("{}: the one in line {line} fits nothing else", order.text()))
        }
        Remark::OrderByTime(order, line) => {
            ("dates", format!("{}: read otherwise, time would run backwards at line {line}", order.text()))
        }
        Remark::NoZone if args.time_zone.is_none() => {
            ("times", "without a zone, read as UTC: --time-zone +HH:MM says which it was".to_owned())
        }
        Remark::NoZone => ("times", "some without a zone".to_owned()),
    }
}
