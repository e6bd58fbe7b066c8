//! What tests of answers stand on: a desk with a sealed message and a case on a post, and a press that writes and publishes.

use countermark_codebook::Epsilon;
use countermark_desk::Role;
use countermark_marking::Master;
use countermark_office::{Office, SealRequest, SlipState, To};
use countermark_statement::Shown;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Unlock, Vault};

use super::{Browser, NOW, PASSPHRASE, Page, Rig};

pub const OPEN: &str = "The harbour of Lisk stays closed until the council has met in full next week.";
pub const CLOSED: &str = "Our own garrison will be moved to the northern road before anybody hears of it.";
pub const LAST: &str = "I remain at your disposal at any hour of the day.";
pub const MARKUP: &str = "<script>alert('x')</script><img src=x onerror=alert(1)> \"' & </textarea>";

/// What the post says: the first part, its end bent.
pub const POST: &str = "Seen in a letter: the harbour of Lisk stays closed until the council has met in full next month, \
                    as we were told by somebody close to it.";

/// A desk with a sealed message and a case on a post that shows it; the published directory joined.
pub struct Setting {
    pub rig: Rig,
    pub case: String,
}

impl Setting {
    pub fn new() -> Self {
        Self::with(|office| {
            seal(office);
            office.open_case(POST.as_bytes(), POST, NOW / 1000, None).unwrap().id
        })
    }

    /// The desk of an office in which something was done before.
    pub fn with(prepare: impl FnOnce(&mut Office) -> [u8; 16]) -> Self {
        let rig = Rig::new();
        let mut office = beside(&rig);
        office.join_press(&rig.dir.path().join("press")).unwrap();
        let case = hex(&prepare(&mut office));
        rig.desk.unlock(office);
        Self { rig, case }
    }

    /// How often something stands in the audit trail.
    pub fn trail(&self, act: &str) -> usize {
        let entries = vault(&self.rig).read::<_, countermark_vault::Error>(|tx| tx.audit_entries()).unwrap();
        entries.iter().filter(|entry| entry.act.act == act).count()
    }

    /// What waits for the desk: id and words.
    pub fn waiting(&self) -> Vec<(String, String)> {
        let slips = beside(&self.rig).slips(Some(SlipState::Waiting)).unwrap();
        slips.into_iter().map(|slip| (hex(&slip.id), slip.text)).collect()
    }

    pub fn press(&self) -> Browser {
        self.rig.person("Pia Press", &[Role::Press])
    }

    pub fn shown(&self) -> Shown {
        Shown::load(&self.rig.dir.path().join("press/published")).unwrap()
    }

    /// Everything that lies in the published directory, as one text.
    pub fn published(&self) -> String {
        let mut all = String::new();
        let mut folders = vec![self.rig.dir.path().join("press/published")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    all.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
                }
            }
        }
        all
    }
}

/// The vault, opened beside the desk.
pub fn vault(rig: &Rig) -> Vault {
    Vault::open(Box::new(rig.world.store.clone()), Unlock::Passphrase(PASSPHRASE), Box::new(rng(9))).unwrap()
}

pub fn beside(rig: &Rig) -> Office {
    let folder = Folder::perhaps(&rig.dir.path().join("log"));
    Office::open(vault(rig), folder, &rig.dir.path().join("looks"), "tester", Box::new(|| NOW)).unwrap()
}

pub fn seal(office: &mut Office) {
    let text = format!("{OPEN}\n\n{CLOSED} {LAST}");
    let request = SealRequest {
        master: Master::parse(&text).unwrap(),
        to: To::Numbers(1),
        epsilon: "1e-2".parse::<Epsilon>().unwrap(),
        marked_line: false,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    };
    office.seal(&request).unwrap();
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fields that the page of a statement sends, some of them changed.
pub fn fields<'a>(page: &'a Page, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let mut all: Vec<(&str, String)> =
        ["revision", "proposed"].into_iter().filter_map(|name| Some((name, page.hidden(name)?))).collect();
    all.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    all
}

pub async fn send(browser: &mut Browser, path: &str, page: &Page, changes: &[(&str, &str)]) -> Page {
    let all = fields(page, changes);
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &all).await
}

/// A statement that says all that it needs, with these parts open.
pub const SAID: [(&str, &str); 3] =
    [("title", "On the letter"), ("text", "It was never meant so."), ("byline", "The office")];

pub async fn draft(setting: &Setting, browser: &mut Browser, open: &[&str]) -> String {
    let begun = browser.post("/answer/new", &[("case", &setting.case)]).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let path = begun.location().to_owned();
    let page = browser.get(&path).await;
    let mut changes = SAID.to_vec();
    changes.extend(open.iter().map(|part| ("open", *part)));
    let saved = send(browser, &path, &page, &changes).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    path
}

pub async fn publish(browser: &mut Browser, path: &str) -> Page {
    let preview = browser.get(&format!("{path}/preview")).await;
    let (revision, number) = (preview.hidden("revision").unwrap(), preview.hidden("number").unwrap());
    browser.post(&format!("{path}/publish"), &[("revision", &revision), ("number", &number)]).await
}
