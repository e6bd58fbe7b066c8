//! Any sealing, opened any way, verifies and shows exactly what was sealed; no bytes make a verifier panic.
#![allow(missing_docs)]

mod support;

use countermark_proof::*;
use proptest::prelude::*;
use support::*;

#[derive(Debug, Clone)]
struct Plan {
    texts: Vec<String>,
    open: Vec<bool>,
    sites: Vec<u8>,
    copies: usize,
    file_copies: usize,
    before: u8,
    after: u8,
    slot: u32,
    words: Option<String>,
    at: u64,
}

prop_compose! {
    fn plans()(
        texts in prop::collection::vec(any::<String>(), 1..8),
        open in prop::collection::vec(any::<bool>(), 8),
        sites in prop::collection::vec(2_u8..=64, 0..5),
        copies in 0_usize..6,
        file_copies in 0_usize..3,
        before in 0_u8..20,
        after in 0_u8..20,
        slot in 0_u32..256,
        words in prop::option::of(any::<String>()),
        at in 0_u64..1 << 53,
    ) -> Plan {
        Plan { texts, open, sites, copies, file_copies: file_copies.min(copies), before, after, slot, words, at }
    }
}

fn sealing(plan: &Plan, owner: &Owner) -> Sealing {
    let copies = (0..plan.copies).map(|copy| SealedCopy {
        recipient: if copy < plan.copies - plan.file_copies {
            Recipient::Named(format!("recipient {copy}"))
        } else {
            Recipient::FileCopy
        },
        codeword: plan.sites.iter().map(|alternatives| copy as u8 % alternatives).collect(),
    });
    let mut sealing = letter(owner, 3);
    sealing.text.parts = plan.texts.iter().map(|text| part(text)).collect();
    sealing.text.settings.copies = plan.copies as u32;
    sealing.text.settings.file_copies = plan.file_copies as u32;
    sealing.text.written.at = plan.at;
    sealing.copies = copies.collect();
    sealing.sites = plan.sites.iter().map(|&alternatives| SealedSite { alternatives, tie: None }).collect();
    sealing.part_sites = vec![Vec::new(); plan.texts.len()];
    sealing.part_sites[0] = (0..plan.sites.len()).collect();
    sealing
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_shown_is_what_was_sealed(plan in plans()) {
        let mut owner = Owner::new(1);
        owner.dummies(plan.before);
        let sealing = sealing(&plan, &owner);
        let message = owner.seal(&sealing, 11, plan.slot);
        owner.dummies(plan.after);
        let open: Vec<usize> = (1..=plan.texts.len()).filter(|part| plan.open[part - 1]).collect();
        let mut bundle = owner.bundle(&message, &open);
        bundle.words.clone_from(&plan.words);
        let bytes = bundle.to_bytes();

        prop_assert_eq!(&Bundle::parse(&bytes), &Ok(bundle));
        let report = check(&owner, &bytes);
        prop_assert!(report.valid, "{}", report.reason_text);
        let opened: Vec<_> = report.opened.iter().map(|part| (part.part, part.text.clone())).collect();
        let expected: Vec<_> = open.iter().map(|part| (*part, plan.texts[part - 1].clone())).collect();
        prop_assert_eq!(opened, expected);
        let closed: Vec<_> = report.closed.iter().map(|part| part.part).collect();
        let expected: Vec<_> = (1..=plan.texts.len()).filter(|part| !open.contains(part)).collect();
        prop_assert_eq!(closed, expected);
        prop_assert_eq!(report.written_at, Some(plan.at));
        prop_assert_eq!(report.copies, Some(plan.copies as u32));
        prop_assert_eq!(report.words, plan.words);
        // The file is what another canonical writer would write.
        prop_assert_eq!(close_file(open_file(&bytes)), bytes);
    }

    #[test]
    fn no_bytes_make_the_verifier_panic(
        at in 0_usize..4_000, insert in prop::collection::vec(any::<u8>(), 0..9), remove in 0_usize..20
    ) {
        let (owner, one, _) = world();
        let mut bytes = owner.bundle(&one, &[2]).to_bytes();
        let original = bytes.clone();
        let at = at.min(bytes.len());
        let end = (at + remove).min(bytes.len());
        bytes.splice(at..end, insert);
        prop_assert_eq!(check(&owner, &bytes).valid, bytes == original);
    }
}
