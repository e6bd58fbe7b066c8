//! A published directory of a fictional office, and requests to its room. Shared by the tests and by the examples.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)] // each test uses some of it

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use countermark_proof::{
    Bundle, Capture, CodebookSeed, LengthClass, LogId, MessageId, PartText, Recipient, RecipientRandomness, Rules,
    SealedCopy, SealedSite, SealedText, Sealing, Settings, SlotOpening, TableSecret, TableSize, TableTree, TextSeed,
    Written, leaf,
};
use countermark_statement::{
    BundleFile, Change, ChangeKind, Comment, Features, Invited, Kind, Opened, Part, Post, Press, Reply, Site, State,
    Version, Withdrawn,
};
use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::merkle::{Tree, leaf_hash};
use countermark_tlog::note::Signer;
use countermark_tlog::proof::Proof;
use sha2::{Digest, Sha256};

/// 2030-03-17, 17:46:40 UTC.
pub const NOW: u64 = 1_900_000_000;
pub const TOKEN: &str = "k3Pw9sYt2QmZx7Rb4NvC8dLh";
pub const ORIGIN: &str = "aldric.example/letters";

pub const LETTER: [&str; 7] = [
    "Dear Minister,\n\n",
    "thank you for the hours that you gave us in Ostrava. ",
    "My government will open the bridge at Karsk in April, and I shall be there myself. ",
    "I would rather have told you this over dinner than on paper. ",
    "We do not ask for anything in return.\n\n",
    "Of the other matter let us speak when we meet.\n\n",
    "Ines Aldric",
];
pub const POST: &str = "LEAKED: “My government may open the bridge at Karsk in April. We do not ask for anything in return, for now.” So much for Aldric’s promises!";

/// A bundle that opens some parts, with what a site publishes to check it.
pub struct Sealed {
    pub bundle: Vec<u8>,
    pub log_key: String,
    pub witness: String,
    pub reference: String,
    pub parts: Vec<Part>,
}

struct Table {
    secret: TableSecret,
    tree: TableTree,
}

/// As large as a real one: the browser's verifier takes no other.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let size = TableSize::new(20).unwrap();
    let secret = TableSecret::new([1; 32], [2; 32], size);
    Table { tree: TableTree::build(&secret), secret }
});

/// Seals a letter to one reader, without sites; the witness saw it at `seen`.
pub fn seal(letter: &[&str], open: &[usize], seen: u64) -> Sealed {
    seal_marked(letter, open, seen, 1, None)
}

/// Seals a letter to some readers; with a site in the part of that number, and then with the office's own copy besides.
pub fn seal_marked(letter: &[&str], open: &[usize], seen: u64, readers: u32, site: Option<usize>) -> Sealed {
    let (own, sites) = (u32::from(site.is_some()), usize::from(site.is_some()));
    let copy = |n| SealedCopy {
        recipient: if n < readers { Recipient::Named(format!("Reader {n}")) } else { Recipient::FileCopy },
        codeword: vec![u8::from(n % 2 == 0); sites],
    };
    let copies: Vec<SealedCopy> = (0..readers + own).map(copy).collect();
    let signer = Signer::new(ORIGIN.parse().unwrap(), &[4; 32]);
    let witness = Cosigner::new("witness.example/one".parse().unwrap(), &[5; 32]);
    let class = |text: &str| LengthClass::of_words(text.split_whitespace().count());
    let sealing = Sealing {
        text: SealedText {
            message: MessageId([3; 16]),
            settings: Settings {
                log: LogId { origin: ORIGIN.into(), key: signer.verifier().public().try_into().unwrap() },
                rules: Rules::default(),
                epsilon: 100_000_000_000,
                copies: readers + own,
                file_copies: own,
                texts: (1 + own).to_string(),
                marked_line: false,
            },
            approvers: vec![],
            written: Written { at: seen - 3_600, sealed_after: None },
            parts: letter
                .iter()
                .map(|text| PartText { class: class(text), text: (*text).into(), source: (*text).into() })
                .collect(),
        },
        sites: vec![SealedSite { alternatives: 2, tie: None }; sites],
        part_sites: (1..=letter.len()).map(|part| if site == Some(part) { vec![0] } else { vec![] }).collect(),
        copies,
    };
    let text_seed = TextSeed::from_bytes([7; 32]);
    let random: Vec<_> = (0..readers + own).map(|_| RecipientRandomness { salt: [5; 32], slope: [6; 32] }).collect();
    let sealed = sealing.commit(&text_seed, &CodebookSeed::from_bytes([8; 32]), &random).unwrap();
    let slot = TABLE.secret.slot(77).unwrap();
    let entries = [TABLE.tree.leaf(&TABLE.secret), leaf(&slot.tag(TABLE.secret.table()), &sealed.commitment)];
    let log = Tree::new(entries.iter().map(|entry| leaf_hash(entry)).collect());
    let head = Checkpoint { origin: ORIGIN.into(), size: 2, root: log.root(), extensions: vec![] };
    let mut checkpoint = head.sign(&signer).unwrap();
    checkpoint.add(witness.cosign(&checkpoint, seen).unwrap()).unwrap();
    let capture = Capture { at: NOW - 7_200, sha256: Sha256::digest(POST).into(), logged: None };
    let bundle = Bundle {
        log: signer.verifier().clone(),
        row: None,
        opening: sealing.text.open(&text_seed, &sealed.rest, &sealed.commitment, open).unwrap(),
        commitment: sealed.commitment,
        slot: SlotOpening::new(&TABLE.secret, &TABLE.tree, 77, log.inclusion(0).unwrap()).unwrap(),
        proof: Proof { extra: None, index: 1, hashes: log.inclusion(1).unwrap(), checkpoint },
        token: None,
        capture: Some(capture),
        words: None,
    };
    let parts = letter.iter().enumerate().map(|(i, text)| Part {
        number: i as u32 + 1,
        words: countermark_statement::WORDS[class(text).number() as usize - 1].to_owned(),
        text: open.contains(&(i + 1)).then(|| (*text).to_owned()),
        paragraph: i > 0 && letter[i - 1].ends_with("\n\n"),
    });
    let key: [u8; 32] = signer.verifier().public().try_into().unwrap();
    Sealed {
        bundle: bundle.to_bytes(),
        log_key: signer.verifier().to_string(),
        witness: witness.verifier().to_string(),
        reference: countermark_proof::Reference::of(&key, TABLE.secret.table(), 77).to_string(),
        parts: parts.collect(),
    }
}

pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A site with nothing switched on.
pub fn site(sealed: &Sealed) -> Site {
    Site {
        name: "The Office of Ines Aldric".into(),
        about: "What was published of us, what we wrote, and how you can check it.".into(),
        address: Some("https://press.aldric.example".into()),
        log_key: Some(sealed.log_key.clone()),
        witnesses: vec![sealed.witness.clone()],
        contact: Some("press@aldric.example".into()),
        ..Site::default()
    }
}

pub fn everything() -> Features {
    Features { comments: true, replies: true, most_read: true, support: true }
}

pub fn post() -> Post {
    Post {
        source: Some("Karsk Watch (Telegram)".into()),
        url: Some("https://t.example/karskwatch/1841".into()),
        author: Some("Karsk Watch".into()),
        published_at: Some(NOW - 9_000),
        captured_at: NOW - 7_200,
        sha256: Some(hex(POST)),
        text: Some(POST.into()),
    }
}

fn at(words: &str) -> Option<(usize, usize)> {
    POST.find(words).map(|from| (from, from + words.len()))
}

pub fn changes() -> Vec<Change> {
    let change = |kind, part, sent: Option<&str>, published: Option<&str>, place| Change {
        kind,
        part,
        sent: sent.map(str::to_owned),
        published: published.map(str::to_owned),
        at: place,
    };
    let april = at(" in April").unwrap().1;
    vec![
        change(ChangeKind::Changed, Some(3), Some("will"), Some("may"), at("may")),
        change(ChangeKind::Omitted, Some(3), Some(", and I shall be there myself"), None, Some((april, april))),
        change(ChangeKind::Added, Some(5), None, Some(", for now"), at(", for now")),
    ]
}

pub fn version(number: u32, sealed: Option<&Sealed>) -> Version {
    Version {
        number,
        published_at: NOW + u64::from(number) * 5_400,
        language: "en".into(),
        title: "“Will” became “may”: what was written about the bridge at Karsk".into(),
        category: Some("Correspondence".into()),
        byline: "The press office".into(),
        text: "A channel has published sentences from a private letter of Ines Aldric. One word in them is not hers, and one clause of hers is missing.\n\nThe letter says that the bridge will open, and that she will be there. We show the sentences in question as they were sealed on the day they were written; the rest of the letter stays between the two who exchanged it.\n\nWe have asked the channel to correct its post.".into(),
        note: (number > 1).then(|| "Adds the channel’s answer in the last paragraph.".into()),
        kind: if sealed.is_some() { Kind::Leak } else { Kind::Notice },
        post: sealed.map(|_| post()),
        opened: sealed.map(|sealed| Opened { reference: Some(sealed.reference.clone()), parts: sealed.parts.clone() }),
        changes: if sealed.is_some() { changes() } else { vec![] },
        bundle: sealed.map(|sealed| BundleFile { sha256: hex(&sealed.bundle), bytes: sealed.bundle.len() as u64 }),
    }
}

pub fn state() -> State {
    State {
        related: vec!["never-written".into()],
        replies: vec![Reply {
            name: "Karsk Watch".into(),
            at: NOW + 9_000,
            text: "We published what we were given. We have added a note to our post.".into(),
        }],
        comments: vec![Comment {
            name: "A reader in Ostrava".into(),
            at: NOW + 12_000,
            text: "It would help to see the next sentence as well.".into(),
        }],
        invited: vec![Invited { sha256: hex(TOKEN), until: NOW + 1_000_000 }],
        withdrawn: None,
    }
}

pub fn put(dir: &Path, id: &str, version: &Version, bundle: Option<&[u8]>) {
    Press::create(dir).unwrap().put_version(id, &version.to_bytes().unwrap(), bundle).unwrap();
}

pub fn put_state(dir: &Path, id: &str, state: &State) {
    Press::create(dir).unwrap().put_state(id, state).unwrap();
}

pub fn put_site(dir: &Path, site: &Site) {
    Press::create(dir).unwrap().put_site(site).unwrap();
}

/// Three statements: a letter that leaked, in two versions; invented words; a notice in Russian.
pub fn fill(dir: &Path, features: Features) -> Sealed {
    let sealed = seal(&LETTER, &[1, 3, 5, 7], NOW - 86_400);
    let desk = age::x25519::Identity::generate();
    put_site(dir, &Site { features, desk: Some(desk.to_public().to_string()), ..site(&sealed) });
    put(dir, "bridge-at-karsk", &version(1, Some(&sealed)), Some(&sealed.bundle));
    put(dir, "bridge-at-karsk", &version(2, Some(&sealed)), Some(&sealed.bundle));
    put_state(dir, "bridge-at-karsk", &state());
    let invented = Version {
        kind: Kind::Invented,
        title: "A sentence that Ines Aldric never wrote".into(),
        post: Some(Post { text: Some("“The bridge stays shut until they pay,” wrote Aldric.".into()), ..post() }),
        published_at: NOW,
        ..version(1, None)
    };
    put(dir, "never-written", &invented, None);
    let notice = Version {
        title: "О порядке публикации писем".into(),
        language: "ru".into(),
        category: None,
        byline: "Пресс-служба".into(),
        text: "Канцелярия публикует письма только тогда, когда их часть уже опубликована другими.".into(),
        published_at: NOW - 500_000,
        ..version(1, None)
    };
    put(dir, "poryadok", &notice, None);
    let picture = image::RgbImage::from_fn(160, 160, |x, y| {
        image::Rgb(if (x / 10 + y / 10) % 2 == 0 { [0; 3] } else { [255; 3] })
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    Press::create(dir).unwrap().put_support(Some(png.get_ref())).unwrap();
    sealed
}

/// Answers of every other kind: to words put otherwise, to somebody else's letter, to words that are not repeated, one without its bundle,
/// one that was withdrawn.
pub fn fill_more(dir: &Path, sealed: &Sealed) {
    let one = |kind, title: &str, at: u64, sealed: Option<&Sealed>| Version {
        kind,
        title: title.into(),
        published_at: NOW + at,
        ..version(1, sealed)
    };
    let told =
        "Aldric wrote to the minister that her bridge will stand open from spring on and that she wants no favours.";
    let reworded = Version {
        post: Some(Post { text: Some(told.into()), sha256: Some(hex(told)), ..post() }),
        changes: vec![],
        ..one(Kind::Reworded, "In other words: what was made of a letter about the bridge", 100, Some(sealed))
    };
    put(dir, "reworded", &reworded, Some(&sealed.bundle));
    let theirs =
        "“Dear Ines, the bridge is yours if the toll is mine.” A letter of the Minister of Ostrava, it is said.";
    let received = Version {
        post: Some(Post { text: Some(theirs.into()), sha256: Some(hex(theirs)), source: None, url: None, ..post() }),
        ..one(Kind::Notice, "On a letter that we were sent", 200, None)
    };
    put(dir, "received", &received, None);
    let kept_back = Version {
        kind: Kind::Leak,
        post: Some(Post { text: None, sha256: None, ..post() }),
        changes: vec![],
        ..one(Kind::Leak, "Words that we do not repeat", 300, Some(sealed))
    };
    put(dir, "kept-back", &kept_back, Some(&sealed.bundle));
    put(dir, "spoiled", &one(Kind::Leak, "A letter whose proof is gone", 400, Some(sealed)), Some(&sealed.bundle));
    std::fs::write(dir.join("statements/spoiled/1.bundle.json"), "{}").unwrap();
    put(dir, "taken-back", &one(Kind::Notice, "A notice that was wrong", 500, None), None);
    let withdrawn = Some(Withdrawn { at: NOW + 50_000, reason: "We named the wrong channel.".into() });
    put_state(dir, "taken-back", &State { withdrawn, ..state() });
}

/// A temporary folder with a published directory and room for a queue.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub sealed: Sealed,
}

impl Place {
    pub fn new(features: Features) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sealed = fill(&folder.path().join("published"), features);
        Self { folder, sealed }
    }

    pub fn published(&self) -> PathBuf {
        self.folder.path().join("published")
    }

    pub fn queue(&self) -> PathBuf {
        self.folder.path().join("queue")
    }
}
