//! The office's site: what it says of itself to the public.

use std::io::Cursor;

use age::secrecy::ExposeSecret;
use countermark_statement::limits::{SUPPORT_BYTES, SUPPORT_PIXELS};
use countermark_statement::{Features, Site};
use countermark_tlog::directory::Disk;

use super::SiteSettings;
use crate::ledger::{hex, unhex};
use crate::office::ONLY;
use crate::record::{PressRecord, SiteRecord};
use crate::{Error, Office};

/// The row of the support picture.
const PICTURE: &[u8] = b"picture";

/// Bytes of a picture that is handed in, at most.
const MOST_PICTURE: usize = 8 << 20;

impl<D: Disk + Clone> Office<D> {
    /// What the office says of its site.
    ///
    /// # Errors
    /// The vault's.
    pub fn site(&self) -> Result<SiteSettings, Error> {
        let record = self.site_record()?.unwrap_or_else(fresh);
        Ok(SiteSettings {
            name: record.name.clone(),
            about: record.about.clone(),
            language: record.language.clone(),
            address: record.address.clone(),
            log_url: record.log_url.clone(),
            contact: record.contact.clone(),
            features: features(&record),
            picture: self.vault.read::<_, Error>(|tx| Ok(tx.contains::<PressRecord>(PICTURE)?))?,
        })
    }

    /// Changes it; the published directory follows at once where it is joined.
    ///
    /// # Errors
    /// [`Error::Unfit`]; those of vault and directory.
    pub fn set_site(&mut self, settings: &SiteSettings) -> Result<(), Error> {
        let held = self.site_or_new()?;
        let tidy = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let slashless = |text: &Option<String>| tidy(text).map(|url| url.trim_end_matches('/').to_owned());
        let record = SiteRecord {
            identity: held.identity.clone(),
            name: settings.name.trim().to_owned(),
            about: settings.about.replace("\r\n", "\n").trim().to_owned(),
            language: settings.language.clone(),
            address: slashless(&settings.address),
            log_url: slashless(&settings.log_url),
            contact: tidy(&settings.contact).map(|text| text.replace("\r\n", "\n")),
            comments: settings.features.comments,
            replies: settings.features.replies,
            most_read: settings.features.most_read,
            support: settings.features.support,
        };
        self.public_site_of(&record)?.check()?;
        let act = self.act("settings site", "");
        self.vault.write::<_, Error>(|tx| {
            tx.put(ONLY, &PressRecord::Site(record))?;
            tx.audit(&act)?;
            Ok(())
        })?;
        self.place_site_now()
    }

    /// The support picture, a PNG.
    ///
    /// # Errors
    /// The vault's.
    pub fn support_picture(&self) -> Result<Option<Vec<u8>>, Error> {
        match self.vault.read::<_, Error>(|tx| Ok(tx.get::<PressRecord>(PICTURE)?))? {
            Some(PressRecord::Picture(picture)) => Ok(Some(unhex(&picture).ok_or(Error::Picture)?)),
            _ => Ok(None),
        }
    }

    /// Takes a support picture (PNG, JPEG or WebP), or takes it away. It is decoded and written anew: nothing but its pixels goes out.
    ///
    /// # Errors
    /// [`Error::Picture`]; those of vault and directory.
    pub fn set_support_picture(&mut self, picture: Option<&[u8]>) -> Result<(), Error> {
        let picture = picture.map(redrawn).transpose()?;
        let act = self.act("settings support", if picture.is_some() { "set" } else { "removed" });
        self.vault.write::<_, Error>(|tx| {
            match &picture {
                Some(picture) => tx.put(PICTURE, &PressRecord::Picture(hex(picture)))?,
                None => drop(tx.remove::<PressRecord>(PICTURE)?),
            }
            tx.audit(&act)?;
            Ok(())
        })?;
        self.site_or_new()?;
        self.place_site_now()
    }

    /// The site as the public sees it.
    pub(super) fn public_site(&self) -> Result<Site, Error> {
        self.public_site_of(&self.site_record()?.unwrap_or_else(fresh))
    }

    /// The site and the key of the queue, made the first time.
    pub(super) fn site_or_new(&mut self) -> Result<SiteRecord, Error> {
        if let Some(record) = self.site_record()? {
            return Ok(record);
        }
        let identity = age::x25519::Identity::generate().to_string().expose_secret().to_owned();
        let mut record = fresh();
        record.identity = identity;
        self.vault.write::<_, Error>(|tx| {
            // Another process may have been here meanwhile.
            if let Some(PressRecord::Site(record)) = tx.get::<PressRecord>(ONLY)? {
                return Ok(record);
            }
            tx.put(ONLY, &PressRecord::Site(record.clone()))?;
            Ok(record)
        })
    }

    pub(super) fn site_record(&self) -> Result<Option<SiteRecord>, Error> {
        match self.vault.read::<_, Error>(|tx| Ok(tx.get::<PressRecord>(ONLY)?))? {
            Some(PressRecord::Site(record)) => Ok(Some(record)),
            _ => Ok(None),
        }
    }

    fn public_site_of(&self, record: &SiteRecord) -> Result<Site, Error> {
        let desk = record.identity.parse::<age::x25519::Identity>().ok();
        Ok(Site {
            name: record.name.clone(),
            about: record.about.clone(),
            language: record.language.clone(),
            address: record.address.clone(),
            log_key: Some(self.log_verifier()),
            witnesses: self.witnesses()?.into_iter().map(|witness| witness.key.to_string()).collect(),
            log_url: record.log_url.clone(),
            contact: record.contact.clone(),
            features: features(record),
            desk: desk.map(|identity| identity.to_public().to_string()),
        })
    }
}

/// A site of which nothing was said yet.
fn fresh() -> SiteRecord {
    let mut record = SiteRecord::default();
    "en".clone_into(&mut record.language);
    record
}

fn features(record: &SiteRecord) -> Features {
    Features {
        comments: record.comments,
        replies: record.replies,
        most_read: record.most_read,
        support: record.support,
    }
}

/// A picture's pixels as a PNG.
fn redrawn(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    if bytes.len() > MOST_PICTURE {
        return Err(Error::Picture);
    }
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(SUPPORT_PIXELS);
    limits.max_image_height = Some(SUPPORT_PIXELS);
    limits.max_alloc = Some(64 << 20);
    let mut reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Error::Picture)?;
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| Error::Picture)?;
    let mut png = Vec::new();
    let pixels = image::DynamicImage::from(picture.to_rgba8());
    pixels.write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).map_err(|_| Error::Picture)?;
    if png.len() > SUPPORT_BYTES { Err(Error::Picture) } else { Ok(png) }
}
