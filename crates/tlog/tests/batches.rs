//! How entries come in does not show in what stands there.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod memory;

use countermark_tlog::directory::{Disk, Log};
use countermark_tlog::merkle::{self, leaf_hash};
use countermark_tlog::note::Signer;
use countermark_tlog::tile::{Kind, Tile};
use memory::Memory;
use proptest::prelude::*;
use std::convert::Infallible;

fn signer() -> Signer {
    Signer::new("log.example/1".parse().unwrap(), &[1; 32])
}

/// The log of these entries, appended in batches of these sizes (over and over), opened anew after every third.
fn build(entries: &[Vec<u8>], batches: &[usize]) -> Memory {
    let disk = Memory::default();
    let mut log = Log::create(disk.clone(), &signer(), |_| Ok::<(), Infallible>(())).unwrap();
    let mut record = log.checkpoint().to_text();
    let mut rest = entries;
    for (number, batch) in batches.iter().cycle().enumerate() {
        if rest.is_empty() {
            break;
        }
        if number % 3 == 2 {
            drop(log);
            log = Log::open(disk.clone(), signer().verifier().clone(), Some(record.as_bytes())).unwrap();
        }
        let (now, later) = rest.split_at((*batch).min(rest.len()));
        let now: Vec<&[u8]> = now.iter().map(Vec::as_slice).collect();
        log.append(&signer(), &now, |_| Ok::<(), Infallible>(())).unwrap();
        record = log.checkpoint().to_text();
        rest = later;
    }
    assert!(log.view().audit().unwrap().is_clean());
    drop(log);
    disk
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn batches_leave_no_trace(
        size in 1usize..1200,
        lengths in proptest::collection::vec(0usize..90, 1..5),
        batches in proptest::collection::vec(1usize..300, 1..6),
    ) {
        let entries: Vec<Vec<u8>> =
            (0..size).map(|i| format!("{i:>width$}", width = lengths[i % lengths.len()]).into_bytes()).collect();
        let (one, many) = (build(&entries, &[size]), build(&entries, &batches));
        let read = |disk: &Memory, tile: Tile| disk.read(&tile.to_string(), 1 << 24).unwrap();
        let mut tiles = 0;
        for kind in [Kind::Entries, Kind::Hashes(0), Kind::Hashes(1), Kind::Hashes(2)] {
            for tile in (0..).map_while(|index| Tile::at(kind, index, size as u64)) {
                let bytes = read(&one, tile);
                prop_assert!(bytes.is_some(), "{tile}");
                prop_assert_eq!(bytes, read(&many, tile), "{}", tile);
                tiles += 1;
            }
        }
        prop_assert!(tiles >= 2);
        let checkpoint = one.read("checkpoint", 1000).unwrap();
        prop_assert_eq!(&checkpoint, &many.read("checkpoint", 1000).unwrap());
        let root = merkle::root(&entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>());
        let log = Log::open(many.clone(), signer().verifier().clone(), checkpoint.as_deref()).unwrap();
        prop_assert_eq!(log.checkpoint().checkpoint().root, root);
        prop_assert_eq!(log.view().entries(0..u64::MAX).unwrap(), entries);
    }
}
