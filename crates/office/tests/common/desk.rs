//! A desk with an office in memory, a clock that tests turn, approvers, and a letter that is out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countermark_marking::Master;
use countermark_office::{About, Error, Founding, IdentityFile, Office, ProveRequest, Shows, StatementDraft};
use countermark_proof::{Report, TableSize, Tables, VerifyOptions, verify};
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};

use super::{NOW, PASSPHRASE, request, scratch};

pub const LETTER: &str = "{Thank you for|Many thanks for} your letter of {last week|Tuesday}. \
    {We have|I have} read it with {great|much} care, and {there is|I see} nothing in it that {would keep|could keep} us from meeting. \
    I {would suggest|propose} that we meet {ahead of|before} the harbour conference, {perhaps|possibly} in Lenz, {where|in which} \
    the {delegations|parties} from both sides {will be|are to be} that week {in any case|anyway}. \
    The {matter of|question of} the {two|pair of} crossings should {be kept|stay} between us {until then|for now}; \
    {nobody|no one} on my side has {been told|heard} of it, and {I trust|I hope} the same {holds|is true} on yours. \
    As to the harbour dues, {our|my} offer of old {stands|remains} as it was: {half|fifty per cent} for the {first|opening} year. \
    {Please let me know|Do tell me} {by Friday|before the weekend} whether {this suits you|you agree}.";

pub struct Desk {
    pub office: Office,
    pub clock: Arc<AtomicU64>,
    pub identities: Vec<String>,
    pub store: MemoryStore,
    pub dir: tempfile::TempDir,
}

impl Desk {
    pub fn new(approvers: usize) -> Self {
        let dir = scratch();
        let store = MemoryStore::new();
        let vault =
            Vault::create(Box::new(store.clone()), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(1)))
                .unwrap();
        let clock = Arc::new(AtomicU64::new(NOW));
        let reads = clock.clone();
        let disk = Folder::create(&dir.path().join("log")).unwrap();
        let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
        let now = Box::new(move || reads.load(Ordering::Relaxed));
        let mut office = Office::create(vault, disk, &dir.path().join("looks"), founding, "tester", now).unwrap();
        let mut identities = Vec::new();
        for number in 1..=approvers {
            let keep = |file: &IdentityFile| {
                identities.push(file.content().to_owned());
                Ok::<_, Error>(())
            };
            office.add_identity(&format!("person {number}"), true, keep).unwrap();
        }
        Self { office, clock, identities, store, dir }
    }

    /// Publishes a notice; its name in addresses.
    pub fn notice(&mut self, title: &str) -> String {
        let id = hex(&self.office.new_statement(About::Notice).unwrap().summary.id);
        let draft = StatementDraft {
            title: title.into(),
            byline: "We".into(),
            text: "So it is.".into(),
            ..StatementDraft::default()
        };
        self.office.save_draft(&id, &draft, None).unwrap();
        self.office.publish_statement(&id, None).unwrap().address
    }

    /// Puts an older vault in place, beside the journal and the log as they are.
    pub fn put_back(&mut self, older: MemoryStore) {
        let vault = Vault::open(Box::new(older.clone()), Unlock::Passphrase(PASSPHRASE), Box::new(rng(2))).unwrap();
        let disk = Folder::create(&self.dir.path().join("log")).unwrap();
        let reads = self.clock.clone();
        let now = Box::new(move || reads.load(Ordering::Relaxed));
        self.office = Office::open(vault, disk, &self.dir.path().join("looks"), "tester", now).unwrap();
        self.store = older;
    }

    /// Seals the letter to nine, and gives its reference and the text of one copy.
    pub fn letter(&mut self, copy: usize) -> (String, String) {
        let sealed = self.office.seal(&request(Master::parse(LETTER).unwrap(), 9)).unwrap();
        self.office.publish_now(Some(&sealed.message)).unwrap();
        (sealed.reference, sealed.copies[copy - 1].text.clone())
    }

    /// A case on a text, as its id.
    pub fn case(&mut self, text: &str) -> String {
        let case = self.office.open_case(text.as_bytes(), text, NOW / 1000, Some("it is out")).unwrap();
        hex(&case.id)
    }

    pub fn prove(&mut self, case: &str, shows: Shows) -> Result<Report, Error> {
        let request = ProveRequest { message: case, parts: None, capture: None, words: None, shows };
        let bytes = self.office.prove(&request, kept)?.bytes;
        let report = verify(&bytes, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
        assert!(report.valid, "{}", report.reason_text);
        Ok(report)
    }
}

/// Keeps a bundle somewhere.
pub fn kept(_: &[u8]) -> Result<(), Error> {
    Ok(())
}

/// Finds no room for a bundle.
pub fn full(_: &[u8]) -> Result<(), Error> {
    Err(Error::Empty)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
