//! A house with a case of each kind.

use axum::http::StatusCode;
use countermark_codebook::Epsilon;
use countermark_desk::{Desk, Outside, Role, Roles, router};
use countermark_marking::Master;
use countermark_office::{Captured, Founding, Office, SealRequest, Sealed, To};
use countermark_proof::{Report, TableSize, Tables, VerifyOptions, verify};
use countermark_reading::Names;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};

use super::{Browser, NOW, PASSPHRASE, Page, scratch};

pub const LETTER: &str = "{Thank you for|Many thanks for} your letter of {last week|Tuesday}. \
    {We have|I have} read it with {great|much} care, and {there is|I see} nothing in it that {would keep|could keep} us from meeting. \
    I {would suggest|propose} that we meet {ahead of|before} the harbour conference, {perhaps|possibly} in Lenz, {where|in which} \
    the {delegations|parties} from both sides {will be|are to be} that week {in any case|anyway}. \
    The {matter of|question of} the {two|pair of} crossings should {be kept|stay} between us {until then|for now}; \
    {nobody|no one} on my side has {been told|heard} of it, and {I trust|I hope} the same {holds|is true} on yours. \
    As to the harbour dues, {our|my} offer of old {stands|remains} as it was: {half|fifty per cent} for the {first|opening} year. \
    {Please let me know|Do tell me} {by Friday|before the weekend} whether {this suits you|you agree}.";

const SINGLE: &str = "Dear Oren, nobody but you has this letter, and nobody but you will have it. The old mill at Tarn is to be sold by auction in June, and I would have you know it first.";

const INVENTED: &str = "Ada Marwitz wrote: “We shall close every bridge over the Lisk by the end of the year and open none of them again.”";

/// What stands around a desk in tests of cases.
struct Around {
    store: MemoryStore,
    dir: std::path::PathBuf,
    reads: Option<String>,
}

impl Outside for Around {
    fn open(&self, _: &str, _: &str) -> Result<Office, String> {
        Err("nobody signs in here".to_owned())
    }

    fn read_picture(&self, picture: &[u8]) -> Result<countermark_ocr::Read, String> {
        match &self.reads {
            Some(text) => {
                let word =
                    countermark_ocr::Word { range: 0..5, confidence: 91, bbox: countermark_ocr::Bbox::default() };
                Ok(countermark_ocr::Read { text: text.clone(), words: vec![word], ..countermark_ocr::Read::default() })
            }
            None => {
                let reader = countermark_ocr::Reader::new("tesseract", &["eng"], countermark_ocr::Limits::default());
                reader.and_then(|reader| reader.read(picture)).map_err(|error| error.to_string())
            }
        }
    }

    fn watched_names(&self) -> Result<Vec<String>, String> {
        Ok(vec!["Ada Marwitz".to_owned()])
    }
}

fn names() -> Names {
    let mut names = Names::new();
    names.add::<&str>("Ada Marwitz", []);
    names
}

/// A desk, and a case of each kind, as ids.
pub struct House {
    pub store: MemoryStore,
    pub dir: tempfile::TempDir,
    desk: Desk,
    browser: Browser,
    /// Copy 4 is named.
    pub named: String,
    /// Two sentences, in wordings of no copy in particular; nobody looked.
    pub undecided: String,
    /// The whole letter in the first wording of every place; nobody looked.
    pub whole: String,
    /// Copy 7, whole; nobody looked.
    pub unasked: String,
    pub single: String,
    pub invented: String,
    ids: Vec<String>,
}

impl House {
    pub fn new(seed: u64) -> Self {
        Self::made(seed, None)
    }

    /// One whose pictures all read so.
    pub fn reading(seed: u64, text: &str) -> Self {
        Self::made(seed, Some(text.to_owned()))
    }

    fn made(seed: u64, reads: Option<String>) -> Self {
        let (store, dir) = (MemoryStore::new(), scratch());
        let mut office = office(&store, dir.path(), seed);
        let sealed = seal(&mut office, LETTER, 9);
        let unlike = seal(&mut office, &LETTER.replace("harbour", "railway").replace("Lenz", "Tarn"), 9);
        let single = seal(&mut office, SINGLE, 1);
        office.publish_now(Some(&sealed.message)).unwrap();
        office.publish_now(Some(&unlike.message)).unwrap();
        let mut case = |text: &str, reason| {
            let captured = Captured::text(text.as_bytes(), text, NOW / 1000);
            hex(&office.open_case_on(&captured, &names(), reason).unwrap().id)
        };
        let named = case(&sealed.copies[3].text, Some("it is out"));
        let whole = case(&plain(&LETTER.replace("harbour", "railway").replace("Lenz", "Tarn")), None);
        let undecided = case(&quote(LETTER), None);
        let unasked = case(&sealed.copies[6].text, None);
        let single_case = case(SINGLE, None);
        let invented = case(INVENTED, None);
        let ids = [&sealed, &unlike, &single].iter().flat_map(|s| [hex(&s.message.0), s.reference.clone()]).collect();
        let around = Around { store: store.clone(), dir: dir.path().to_owned(), reads };
        let desk = Desk::new(Box::new(around), Box::new(rng(3)));
        desk.unlock(office);
        let browser =
            Browser { router: router(desk.clone()), cookies: Default::default(), csrf: String::new(), secure: false };
        Self { store, dir, desk, browser, named, undecided, whole, unasked, single: single_case, invented, ids }
    }

    /// Ines Almada with these roles, at this desk.
    pub fn person(&self, roles: &[Role]) -> Browser {
        self.person_of(&self.browser, "Ines Almada", roles)
    }

    /// Somebody at the same desk as somebody else.
    pub fn person_of(&self, beside: &Browser, name: &str, roles: &[Role]) -> Browser {
        let admission = self.desk.admit(name, roles.iter().copied().collect::<Roles>());
        let cookies = [("countermark".to_owned(), admission.cookie)].into();
        Browser { router: beside.router.clone(), cookies, csrf: admission.csrf, secure: false }
    }

    /// The page of a job once it is done.
    pub async fn done(&self, browser: &mut Browser, job: &str) -> Page {
        loop {
            let page = browser.get(job).await;
            assert!(page.status == StatusCode::OK || page.status == StatusCode::SEE_OTHER, "{job}: {}", page.status);
            if page.header("refresh").is_empty() {
                return page;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Another process with the same vault.
    pub fn other_process(&self) -> Office {
        let store = Box::new(self.store.clone());
        let vault = Vault::open(store, Unlock::Passphrase(PASSPHRASE), Box::new(rng(77))).unwrap();
        let folder = Folder::create(&self.dir.path().join("log")).unwrap();
        Office::open(vault, folder, &self.dir.path().join("looks"), "elsewhere", Box::new(|| NOW)).unwrap()
    }

    /// A page without what differs from vault to vault: ids, references, tokens.
    pub fn plain(&self, page: &str) -> String {
        let mut page = page.to_owned();
        for id in self.ids.iter().chain([&self.named, &self.undecided, &self.whole, &self.unasked]) {
            page = page.replace(id, "ID");
            page = page.replace(&format!("Case {}", &id[..8]), "Case ID");
        }
        // Tokens and hashes in hexadecimal.
        let mut out = String::new();
        let mut run = String::new();
        for c in page.chars().chain([' ']) {
            if c.is_ascii_digit() || ('a'..='f').contains(&c) {
                run.push(c);
                continue;
            }
            out.push_str(if run.len() >= 32 { "HEX" } else { &run });
            run.clear();
            out.push(c);
        }
        out
    }
}

/// An office in a vault in memory; everything random follows from the seed.
pub fn office(store: &MemoryStore, dir: &std::path::Path, seed: u64) -> Office {
    let vault = Vault::create(Box::new(store.clone()), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(seed)))
        .unwrap();
    let folder = Folder::create(&dir.join("log")).unwrap();
    let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
    Office::create(vault, folder, &dir.join("looks"), founding, "tester", Box::new(|| NOW)).unwrap()
}

pub fn seal(office: &mut Office, text: &str, copies: u32) -> Sealed {
    let request = SealRequest {
        master: Master::parse(text).unwrap(),
        to: To::Numbers(copies),
        epsilon: "1e-2".parse::<Epsilon>().unwrap(),
        marked_line: false,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    };
    office.seal(&request).unwrap()
}

/// The first wording of every place.
pub fn plain(master: &str) -> String {
    let master = Master::parse(master).unwrap();
    master.render_bracketed(&vec![0; master.sites().len()])
}

/// Two sentences of it.
pub fn quote(master: &str) -> String {
    plain(master).split_inclusive(". ").skip(2).take(1).collect()
}

pub fn verified(bundle: &[u8]) -> Report {
    verify(bundle, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() })
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A grey PNG of these dimensions; of a large one the head alone, as a picture bomb has it.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    let rows = vec![200_u8; ((width + 1) * height.min(100)).min(60_000) as usize];
    let rows: Vec<u8> =
        rows.iter().enumerate().map(|(at, grey)| if at % (width as usize + 1) == 0 { 0 } else { *grey }).collect();
    // One stored block of deflate, and its Adler-32 (RFC 1950, RFC 1951).
    let mut data = vec![0x78, 0x01, 1];
    data.extend((rows.len() as u16).to_le_bytes());
    data.extend((!(rows.len() as u16)).to_le_bytes());
    data.extend(&rows);
    let (a, b) = rows.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    data.extend((b << 16 | a).to_be_bytes());
    for (kind, data) in [(b"IHDR", header), (b"IDAT", data), (b"IEND", Vec::new())] {
        out.extend((data.len() as u32).to_be_bytes());
        let from = out.len();
        out.extend(kind);
        out.extend(&data);
        let sum = crc(&out[from..]);
        out.extend(sum.to_be_bytes());
    }
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |mut c: u32| {
        (0..8).for_each(|_| c = if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 });
        c
    };
    !bytes.iter().fold(!0, |c, &b| step((c ^ u32::from(b)) & 0xff) ^ (c >> 8))
}
