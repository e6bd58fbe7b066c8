//! The published directory, from the vault: whatever the vault has and the directory lacks is written.

use std::collections::BTreeSet;
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use countermark_statement::limits::{COMMENTS, INVITED, REPLIES};
use countermark_statement::{Comment, Error as PressError, Held, Invited, Press, QueueReader, Reply, State, Withdrawn};
use countermark_tlog::directory::Disk;
use sha2::{Digest, Sha256};

use super::{PressReport, Written};
use crate::ledger::hex;
use crate::record::SlipRecord;
use crate::{Error, Office};

/// The folder that the public sees, within the press's.
const PUBLISHED: &str = "published";
/// The folder of what readers send back.
const QUEUE: &str = "queue";

impl<D: Disk + Clone> Office<D> {
    /// Joins the press's folder, made where it does not exist: `published/` for the public, `queue/` (the pressroom's own) for what readers
    /// send back. What an interrupted publication left is completed.
    ///
    /// # Errors
    /// [`Error::Press`]; the vault's. Everything but publishing works without it.
    pub fn join_press(&mut self, dir: &Path) -> Result<PressReport, Error> {
        self.join_press_quietly(dir)?;
        self.recover_press()
    }

    /// The same without completing anything: for whoever only lists.
    ///
    /// # Errors
    /// As there.
    pub fn join_press_quietly(&mut self, dir: &Path) -> Result<(), Error> {
        match DirBuilder::new().mode(0o755).create(dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && dir.is_dir() => {}
            made => made.map_err(|source| PressError::Disk { file: ".".to_owned(), source })?,
        }
        self.press = Some(dir.to_owned());
        Ok(())
    }

    /// The press's folder, once it is joined.
    #[must_use]
    pub fn press_dir(&self) -> Option<&Path> {
        self.press.as_deref()
    }

    /// Writes what the published directory lacks: the site, versions with their bundles, states. What stands there with other words than
    /// the vault has, or is unknown to it, is left alone and reported. Nothing where no directory is joined.
    ///
    /// # Errors
    /// [`Error::Press`]; the vault's.
    pub fn recover_press(&mut self) -> Result<PressReport, Error> {
        let mut report = PressReport::default();
        // Made before the directory is locked: it may have to be written into the vault first.
        self.site_or_new()?;
        let Some(mut press) = self.open_press()? else { return Ok(report) };
        self.place_site(&mut press, &mut report)?;
        let all = self.all_statements()?;
        for written in &all {
            self.place_in(&mut press, written, &mut report)?;
        }
        let known: BTreeSet<&str> = all.iter().filter_map(|written| written.record.address.as_deref()).collect();
        report.unknown = press.ids()?.into_iter().filter(|id| !known.contains(id.as_str())).collect();
        Ok(report)
    }

    /// Writes what the directory lacks of one statement; whether the directory has all of it now.
    pub(super) fn place(&mut self, id: &[u8; 16]) -> Result<bool, Error> {
        let Some(mut press) = self.open_press()? else { return Ok(false) };
        // Read under the directory's lock: what is written last is what was read last.
        let written = self.wanted_statement(&hex(id))?;
        let mut report = PressReport::default();
        self.place_in(&mut press, &written, &mut report)?;
        Ok(report.differing.is_empty())
    }

    /// Writes the site again, as the vault has it.
    pub(super) fn place_site_now(&mut self) -> Result<(), Error> {
        let Some(mut press) = self.open_press()? else { return Ok(()) };
        self.place_site(&mut press, &mut PressReport::default())
    }

    /// The statements that the directory has folders of.
    pub(super) fn published_ids(&self) -> Result<BTreeSet<String>, Error> {
        match self.open_press()? {
            Some(press) => Ok(press.ids()?),
            None => Ok(BTreeSet::new()),
        }
    }

    pub(super) fn queue(&self, identity: &str) -> Result<Option<QueueReader>, Error> {
        let Some(dir) = &self.press else { return Ok(None) };
        Ok(Some(QueueReader::open(&dir.join(QUEUE), identity)?))
    }

    fn open_press(&self) -> Result<Option<Press>, Error> {
        let dir = self.press.as_ref().map(|dir: &PathBuf| dir.join(PUBLISHED));
        Ok(dir.map(|dir| Press::create(&dir)).transpose()?)
    }

    fn place_site(&self, press: &mut Press, report: &mut PressReport) -> Result<(), Error> {
        let picture = self.support_picture()?;
        let held = [press.put_support(picture.as_deref())?, press.put_site(&self.public_site()?)?];
        report.written += held.into_iter().filter(|held| *held == Held::Written).count();
        Ok(())
    }

    fn place_in(&self, press: &mut Press, written: &Written, report: &mut PressReport) -> Result<(), Error> {
        let Some(address) = &written.record.address else { return Ok(()) };
        for number in (1..).take(written.record.versions.len()) {
            let missing = Error::Statement { what: "a version of it is missing in the vault" };
            let kept = self.version_record(&written.id, number)?.ok_or(missing)?;
            match press.put_version(address, kept.version.as_bytes(), kept.bundle.as_deref().map(str::as_bytes)) {
                Ok(Held::Written) => report.written += 1,
                Ok(Held::Already) => {}
                Err(PressError::Immutable { statement, number }) => report.differing.push((statement, number)),
                Err(other) => return Err(other.into()),
            }
        }
        let held = press.put_state(address, &self.state_of(written)?)?;
        report.written += usize::from(held == Held::Written);
        Ok(())
    }

    /// What is said around a statement's versions.
    fn state_of(&self, written: &Written) -> Result<State, Error> {
        let mut slips: Vec<SlipRecord> = self.slips_of(&written.id)?.into_iter().map(|(_, slip)| slip).collect();
        slips.retain(|slip| slip.public == Some(true));
        slips.sort_by_key(|slip| slip.at);
        let (replies, comments): (Vec<_>, Vec<_>) = slips.into_iter().partition(|slip| slip.reply);
        let now = self.now_ms();
        let waits = |invitation: &&crate::record::InvitationRecord| {
            !invitation.replied && !invitation.ended && invitation.until_ms > now
        };
        let invited = written.record.invitations.iter().filter(waits).map(|invitation| Invited {
            sha256: hex(&Sha256::digest(invitation.token.as_bytes())),
            until: invitation.until_ms / 1000,
        });
        Ok(State {
            related: written.record.related.clone(),
            replies: replies
                .into_iter()
                .take(REPLIES)
                .map(|s| Reply { name: s.name, at: s.at, text: s.text })
                .collect(),
            comments: comments
                .into_iter()
                .take(COMMENTS)
                .map(|s| Comment { name: s.name, at: s.at, text: s.text })
                .collect(),
            invited: invited.take(INVITED).collect(),
            withdrawn: written
                .record
                .withdrawn
                .as_ref()
                .map(|(at, reason)| Withdrawn { at: at / 1000, reason: reason.clone() }),
        })
    }
}
