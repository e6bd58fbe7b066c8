//! Bundles: what parses is written back to the byte, and what is opened is what was sealed (G5).
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countermark_fuzz::Choices;
use countermark_proof::hash::hash;
use countermark_proof::{
    Bundle, LogId, PartOpening, Reason, Tables, VerifyOptions, leaf, root_from_path, table_leaf, verify,
};
use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::merkle::{Tree, leaf_hash};
use countermark_tlog::note::Signer;
use countermark_tlog::proof::Proof;
use libfuzzer_sys::fuzz_target;

const OPTIONS: VerifyOptions<'_> =
    VerifyOptions { log_key: None, timestamps: None, witnesses: &[], tables: Tables::AlsoSmall };

fuzz_target!(|data: &[u8]| {
    reads(data);
    // The seeds leave the last field out, the hash of what stands before it: no fuzzer finds that.
    if let Some((b'}', form)) = data.split_last() {
        let digest = STANDARD.encode(hash("countermark/bundle/1", &[data]));
        let end = format!(",\"~hash\":\"{digest}\"}}");
        reads(&[form, end.as_bytes()].concat());
    }
});

fn reads(bytes: &[u8]) {
    let report = verify(bytes, &OPTIONS);
    assert_eq!(report.valid, report.reason == Reason::Valid);
    let _ = serde_json::to_string(&report).expect("a report is JSON");
    match Bundle::parse(bytes) {
        Ok(bundle) => {
            assert_eq!(bundle.to_bytes(), bytes);
            if let Some(bundle) = sealed(bundle) {
                proves(bundle, bytes);
            }
        }
        Err(reason) => {
            assert_eq!(report.reason, reason);
            let _ = (reason.code(), reason.to_string());
        }
    }
}

/// The same opening, sealed in a log of our own, so that what stands behind the signature is reached.
fn sealed(mut bundle: Bundle) -> Option<Bundle> {
    let signer = Signer::new("log.example/fuzz".parse().ok()?, &[7; 32]);
    bundle.log = signer.verifier().clone();
    bundle.opening.settings.log =
        LogId { origin: bundle.log.name().to_string(), key: bundle.log.public().try_into().ok()? };
    bundle.commitment = bundle.opening.commitment()?;
    let slot = &mut bundle.slot;
    let root = root_from_path(&slot.table, slot.size, &slot.slot, &slot.path)?;
    let entries = [table_leaf(&slot.table, slot.size, &root), leaf(&slot.slot.tag(&slot.table), &bundle.commitment)];
    let tree = Tree::new(entries.iter().map(|entry| leaf_hash(entry)).collect());
    slot.table_proof = tree.inclusion(0).ok()?;
    let head = Checkpoint { origin: bundle.log.name().to_string(), size: 2, root: tree.root(), extensions: Vec::new() };
    let checkpoint = head.sign(&signer).expect("a checkpoint in its one form");
    bundle.proof = Proof { extra: bundle.proof.extra, index: 1, hashes: tree.inclusion(1).ok()?, checkpoint };
    if let Some(capture) = &mut bundle.capture {
        capture.logged = None;
    }
    Some(bundle)
}

fn proves(bundle: Bundle, input: &[u8]) {
    let report = verify(&bundle.to_bytes(), &OPTIONS);
    assert!(report.valid, "{}", report.reason);
    assert_eq!(report.opened.len() + report.closed.len(), bundle.opening.parts.len());
    for opened in &report.opened {
        let Some(PartOpening::Open { text, .. }) = bundle.opening.parts.get(opened.part - 1) else {
            panic!("part {} is not open", opened.part)
        };
        assert_eq!(opened.text, *text);
    }

    // Anything of the opening that is changed afterwards is refused.
    let mut forged = bundle;
    let mut choices = Choices::of(input);
    let part = choices.below(forged.opening.parts.len());
    match choices.below(6) {
        0 => forged.opening.written.at ^= 1,
        1 => forged.opening.settings.marked_line ^= true,
        2 => forged.opening.parts.push(forged.opening.parts[part].clone()),
        3 => forged.opening.message.0[part % 16] ^= 1,
        4 => forged.slot.slot.nonce[part % 32] ^= 1,
        _ => match &mut forged.opening.parts[part] {
            PartOpening::Open { text, .. } => text.push(' '),
            PartOpening::Closed { hidden, .. } => hidden[part % 32] ^= 1,
        },
    }
    assert!(!verify(&forged.to_bytes(), &OPTIONS).valid);
}
