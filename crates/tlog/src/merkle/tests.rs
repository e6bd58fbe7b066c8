//! Against the definitions of RFC 6962, written down as they stand there.

use super::*;
use proptest::prelude::*;

fn leaves(n: u64) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn k(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH of section 2.1.
fn mth(d: &[Hash]) -> Hash {
    match d.len() {
        0 => empty_root(),
        1 => d[0],
        n => node_hash(&mth(&d[..k(n)]), &mth(&d[k(n)..])),
    }
}

/// PATH of section 2.1.1.
fn path(m: usize, d: &[Hash]) -> Vec<Hash> {
    let n = d.len();
    if n == 1 {
        return Vec::new();
    }
    let k = k(n);
    let (mut hashes, other) =
        if m < k { (path(m, &d[..k]), mth(&d[k..])) } else { (path(m - k, &d[k..]), mth(&d[..k])) };
    hashes.push(other);
    hashes
}

/// SUBPROOF of section 2.1.2.
fn subproof(m: usize, d: &[Hash], b: bool) -> Vec<Hash> {
    let n = d.len();
    if m == n {
        return if b { Vec::new() } else { vec![mth(d)] };
    }
    let k = k(n);
    let (mut hashes, other) =
        if m <= k { (subproof(m, &d[..k], b), mth(&d[k..])) } else { (subproof(m - k, &d[k..], false), mth(&d[..k])) };
    hashes.push(other);
    hashes
}

#[test]
fn roots_of_rfc_6962_vectors() {
    let hex = |hash: Hash| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(hex(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    // The entries and root of the reference tree in Certificate Transparency's own tests.
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(hex(root(&hashes)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    assert_eq!(hex(root(&hashes[..3])), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
}

#[test]
fn every_tree_up_to_70_agrees_with_the_definition() {
    for n in 0..=70 {
        let d = leaves(n);
        let tree = Tree::new(d.clone());
        assert_eq!(root(&d), mth(&d), "root of {n}");
        assert_eq!(tree.root(), mth(&d), "tree root of {n}");
        for index in 0..n {
            let proof = tree.inclusion(index).unwrap();
            assert_eq!(proof, path(index as usize, &d), "path of {index} in {n}");
            verify_inclusion(&d[index as usize], index, n, &proof, &mth(&d)).unwrap();
        }
        for old in 0..=n {
            let proof = tree.consistency(old).unwrap();
            let old_root = mth(&d[..old as usize]);
            if old > 0 {
                assert_eq!(proof, subproof(old as usize, &d, true), "from {old} to {n}");
            }
            verify_consistency(old, &old_root, n, &mth(&d), &proof).unwrap();
        }
    }
}

#[test]
fn wrong_places_and_sizes_are_refused() {
    for n in 1..=20 {
        let d = leaves(n);
        let tree = Tree::new(d.clone());
        let root = tree.root();
        for index in 0..n {
            let proof = tree.inclusion(index).unwrap();
            for wrong in (0..n + 3).filter(|wrong| *wrong != index) {
                assert!(
                    verify_inclusion(&d[index as usize], wrong, n, &proof, &root).is_err(),
                    "{index} as {wrong} in {n}"
                );
            }
        }
        for old in 1..n {
            let proof = tree.consistency(old).unwrap();
            let old_root = mth(&d[..old as usize]);
            for wrong in (0..=n + 2).filter(|wrong| *wrong != old) {
                assert!(verify_consistency(wrong, &old_root, n, &root, &proof).is_err(), "{old} as {wrong} of {n}");
            }
        }
    }
}

#[test]
fn what_is_out_of_range_is_named() {
    let tree = Tree::new(leaves(3));
    assert_eq!(tree.inclusion(3), Err(MerkleError::Index { index: 3, size: 3 }));
    assert_eq!(tree.consistency(4), Err(MerkleError::Sizes { old: 4, new: 3 }));
    let hash = [0; 32];
    assert_eq!(verify_inclusion(&hash, 0, 0, &[], &hash), Err(MerkleError::Index { index: 0, size: 0 }));
    assert_eq!(verify_inclusion(&hash, 1, u64::MAX, &[], &hash), Err(MerkleError::Index { index: 1, size: u64::MAX }));
    assert_eq!(verify_inclusion(&hash, 0, 1, &[hash], &hash), Err(MerkleError::Length { expected: 0, found: 1 }));
    assert_eq!(verify_consistency(2, &hash, 1, &hash, &[]), Err(MerkleError::Sizes { old: 2, new: 1 }));
    assert_eq!(verify_consistency(0, &hash, 1, &hash, &[]), Err(MerkleError::Root));
    assert_eq!(
        verify_inclusion(&hash, MAX_SIZE - 1, MAX_SIZE, &[], &hash),
        Err(MerkleError::Length { expected: 62, found: 0 })
    );
    assert!(Range::from_peaks(3, vec![hash]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_trees_agree_with_the_definition(n in 71u64..3000, a in any::<u64>(), b in any::<u64>(), bit in 0usize..256) {
        let d = leaves(n);
        let tree = Tree::new(d.clone());
        let root = mth(&d);
        prop_assert_eq!(tree.root(), root);
        let (index, old) = (a % n, b % n + 1);
        let proof = tree.inclusion(index).unwrap();
        prop_assert_eq!(&proof, &path(index as usize, &d));
        prop_assert!(verify_inclusion(&d[index as usize], index, n, &proof, &root).is_ok());
        for at in 0..proof.len() {
            let mut forged = proof.clone();
            forged[at][bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(verify_inclusion(&d[index as usize], index, n, &forged, &root), Err(MerkleError::Root));
        }
        let old_root = mth(&d[..old as usize]);
        let proof = tree.consistency(old).unwrap();
        prop_assert_eq!(&proof, &subproof(old as usize, &d, true));
        prop_assert!(verify_consistency(old, &old_root, n, &root, &proof).is_ok());
        for at in 0..proof.len() {
            let mut forged = proof.clone();
            forged[at][bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(verify_consistency(old, &old_root, n, &root, &forged), Err(MerkleError::Root));
        }
    }

    #[test]
    fn no_proof_panics(old in any::<u64>(), new in any::<u64>(), proof in proptest::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let hash = [7; 32];
        let _ = verify_inclusion(&hash, old, new, &proof, &hash);
        let _ = verify_consistency(old, &hash, new, &hash, &proof);
    }

    #[test]
    fn a_range_resumes_from_its_peaks(n in 0u64..600, more in 0u64..600) {
        let d = leaves(n + more);
        let mut range = Range::new();
        d[..n as usize].iter().for_each(|leaf| range.push(*leaf));
        let mut resumed = Range::from_peaks(n, range.peaks().to_vec()).unwrap();
        d[n as usize..].iter().for_each(|leaf| resumed.push(*leaf));
        prop_assert_eq!(resumed.root(), mth(&d));
    }
}
