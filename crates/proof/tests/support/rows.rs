//! A letter with enough sites to name a copy, a post made of one copy, and the bundle that shows it.
#![allow(dead_code, missing_docs, unreachable_pub)] // every test file uses its own share of this

use countermark_marking::Master;
use countermark_proof::hash::hash;
use countermark_proof::*;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

use crate::support::*;

/// Thirty sites in eight parts; `#1` is tied over two of them, and a field stands among them.
pub const LETTER: &str = "Dear {=salutation}, {thank you for|many thanks for} your letter of {last week|Tuesday}. \
    {We have|I have} read it with {great|much} care, and {there is|there's} nothing in it that {would keep|could keep} us from meeting. \
    I {would suggest|propose} that we meet {ahead of|before} the {#1:harbour|port} conference, {perhaps|possibly} in Lenz, {where|in which} \
    the {delegations|parties} from both sides {will be|are to be} that week {in any case|anyway}. \
    The {matter of|question of} the {two|pair of} crossings should {be kept|stay} between us {until then|for now}; \
    {nobody|no one} on my side has {been told|heard} of it, and {I trust|I hope} the same {holds|is true} on yours. \
    As to the {#1:harbour|port} dues, {our|my} offer of old {stands|remains} as it was: {half|fifty per cent} for the {first|opening} year. \
    {Please let me know|Do tell me} {by Friday|before the weekend} whether {this suits you|you agree}. \
    Nothing here is for the press. \
    Yours, Irena Valt\n";

/// Who may let a name be said.
pub fn approvers() -> Vec<SigningKey> {
    (1..=3).map(|seed| SigningKey::from_bytes(&[seed; 32])).collect()
}

/// Everything about one sealed letter with sites.
pub struct Letter {
    pub owner: Owner,
    pub sealing: Sealing,
    pub message: Message,
    pub master: Master,
}

impl Letter {
    pub fn new() -> Self {
        Self::of(LETTER, 9, 1)
    }

    pub fn of(source: &str, recipients: usize, file_copies: usize) -> Self {
        Self::changed(source, recipients, file_copies, |_| {})
    }

    /// A letter that its owner changed before he sealed it.
    pub fn changed(source: &str, recipients: usize, file_copies: usize, change: impl FnOnce(&mut Sealing)) -> Self {
        let mut owner = Owner::new(1);
        owner.dummies(2);
        let master = Master::parse(source).expect("a master");
        let mut sealing = sealing(&owner, &master, recipients, file_copies);
        change(&mut sealing);
        let message = owner.seal(&sealing, 21, 133);
        owner.dummies(4);
        Self { owner, sealing, message, master }
    }

    /// A copy's text, by its number from 1.
    pub fn text_of(&self, copy: usize) -> String {
        self.master.render_bracketed(&self.sealing.copies[copy - 1].codeword)
    }

    /// The bundle of these parts with this copy's row.
    pub fn row(&self, open: &[usize], row: &RowOpening<'_>) -> Bundle {
        self.try_row(open, row).expect("opens")
    }

    pub fn try_row(&self, open: &[usize], row: &RowOpening<'_>) -> Result<Bundle, OpeningError> {
        let seeds =
            (TextSeed::from_bytes([self.message.seed; 32]), CodebookSeed::from_bytes([self.message.seed ^ 0xAA; 32]));
        let sealed = &self.message.sealed;
        let (opening, shown) =
            self.sealing.open_row(&seeds.0, &seeds.1, &sealed.recipients, &sealed.commitment, open, row)?;
        let capture = Capture { sha256: Sha256::digest(row.published).into(), at: 1_800_050_000, logged: None };
        Ok(Bundle { opening, row: Some(shown), capture: Some(capture), ..self.owner.bundle(&self.message, open) })
    }

    /// All parts.
    pub fn all(&self) -> Vec<usize> {
        (1..=self.sealing.text.parts.len()).collect()
    }

    /// What two approvers sign, and their signatures.
    pub fn name<'a>(&self, copy: u32, published: &str, signers: &[u8]) -> NameOpening<'a> {
        let keys = approvers();
        let Recipient::Named(recipient) = &self.sealing.copies[copy as usize - 1].recipient else {
            panic!("a file copy")
        };
        let (statement, reason) = ("The letter was published from the copy for this recipient.", "public interest");
        let approved = Approved {
            log_key: self.owner.log().key,
            commitment: &self.message.sealed.commitment,
            copy,
            recipient,
            case: &[0xCC; 16],
            capture: &Sha256::digest(published).into(),
            published,
            statement,
            reason,
        };
        let digest = approved.digest();
        let approvals = signers.iter().map(|place| Approval {
            approver: *place,
            signature: keys[usize::from(*place) - 1].sign(&digest).to_bytes(),
        });
        NameOpening {
            salt: randomness(self.message.seed, copy as usize - 1).salt,
            case: [0xCC; 16],
            statement,
            reason,
            approvals: approvals.collect(),
        }
    }
}

pub fn look() -> Look {
    Look { k: 1, messages: 1 }
}

fn sealing(owner: &Owner, master: &Master, recipients: usize, file_copies: usize) -> Sealing {
    let copies = recipients + file_copies;
    let sites: Vec<SealedSite> =
        master.sites().iter().map(|site| SealedSite { alternatives: site.alternatives as u8, tie: site.tie }).collect();
    let codeword = |copy: usize| -> Vec<u8> {
        let symbol = |(site, of): (usize, &SealedSite)| {
            let drawn = hash("codeword", &[&(copy as u64).to_be_bytes(), &(site as u64).to_be_bytes()]);
            drawn[0] % of.alternatives
        };
        sites.iter().enumerate().map(symbol).collect()
    };
    let parts = master.parts();
    let file = if file_copies > 0 { codeword(recipients) } else { vec![0; sites.len()] };
    let texts = sites.iter().fold(1u128, |product, site| product * u128::from(site.alternatives));
    Sealing {
        text: SealedText {
            message: MessageId([0x5A; 16]),
            settings: Settings {
                log: owner.log(),
                rules: Rules::default(),
                epsilon: 100_000_000_000,
                copies: copies as u32,
                file_copies: file_copies as u32,
                texts: texts.to_string(),
                marked_line: true,
            },
            approvers: approvers().iter().map(|key| key.verifying_key().to_bytes()).collect(),
            written: Written { at: 1_800_000_000, sealed_after: None },
            parts: parts
                .iter()
                .map(|part| PartText {
                    class: LengthClass::of_words(part.length_class.number().into()),
                    text: master.part_text(part, &file),
                    source: master.source()[part.source.clone()].to_owned(),
                })
                .collect(),
        },
        part_sites: parts.iter().map(|part| part.sites.clone()).collect(),
        copies: (0..copies)
            .map(|copy| SealedCopy {
                recipient: if copy < recipients {
                    Recipient::Named(format!("Envoy {} of Ostrava", copy + 1))
                } else {
                    Recipient::FileCopy
                },
                codeword: codeword(copy),
            })
            .collect(),
        sites,
    }
}
