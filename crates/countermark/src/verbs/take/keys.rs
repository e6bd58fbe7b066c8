//! Where the keys of mail signatures come from: a file, and the DNS where that was said.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use countermark_reading::mail::dkim::zone::{Zone, name};
use countermark_reading::mail::dkim::{DkimResult, KeyAnswer, Outcome as Checked, verify};
use countermark_sources::dns::Resolver;

use crate::failure::{Failure, Outcome};
use crate::{terminal, time};

/// What is known of keys.
pub struct Keys {
    zone: Zone,
    resolver: Option<Resolver>,
    /// Each is asked for once.
    asked: RefCell<HashMap<String, KeyAnswer>>,
}

impl Keys {
    pub fn new(file: Option<&Path>, dns: bool) -> Outcome<Self> {
        let zone = match file {
            Some(file) => Zone::parse(&terminal::read_text(file)?).map_err(|error| {
                Failure::new(format!("{}: {error}", terminal::name_of(file)))
                    .hint("write SELECTOR._domainkey.DOMAIN. IN TXT \"v=DKIM1; p=...\", a line a key")
            })?,
            None => Zone::default(),
        };
        Ok(Self { zone, resolver: dns.then(Resolver::of_this_machine), asked: RefCell::default() })
    }

    /// Checks a mail's signatures, in that of its forms in which most verify.
    pub fn check(&self, forms: &[&[u8]]) -> Vec<DkimResult> {
        let now = time::now_ms() / 1000;
        let mut best = Vec::new();
        let mut most = None;
        for form in forms {
            let results = verify(form, now, &|selector, domain| self.answer(selector, domain));
            let verified = results.iter().filter(|one| matches!(one.outcome, Checked::Verifies { .. })).count();
            if most.is_none_or(|most| verified > most) {
                (best, most) = (results, Some(verified));
            }
        }
        best
    }

    fn answer(&self, selector: &str, domain: &str) -> KeyAnswer {
        let kept = self.zone.records(selector, domain);
        if !kept.is_empty() {
            return KeyAnswer::Records(kept.to_vec());
        }
        let Some(resolver) = &self.resolver else { return KeyAnswer::Unasked };
        let name = name(selector, domain);
        let mut asked = self.asked.borrow_mut();
        let answer = asked.entry(name.clone()).or_insert_with(|| match resolver.txt(&name) {
            Ok(texts) if texts.is_empty() => KeyAnswer::Absent,
            Ok(texts) => {
                KeyAnswer::Records(texts.into_iter().map(|text| String::from_utf8_lossy(&text).into_owned()).collect())
            }
            Err(_) => KeyAnswer::Unasked,
        });
        answer.clone()
    }
}
