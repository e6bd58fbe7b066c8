//! Damaged files are errors, or reported; never a panic, never a silent miss.

use countermark_screening::{Builder, Error, Key, Manifest, Screener, Segment, merge};

const TEXTS: [&str; 3] = [
    "The ferry to Ostrava will carry the turbines on Thursday night, and nobody but us has the timetable of the harbour.",
    "We should like the minister of Karvonia to know that the bridge opens before the talks, and not the other way round.",
    "Tell your cousin that the second key lies under the third stone behind the chapel, where the road to the lake begins.",
];

fn key() -> Key {
    Key::new(&[21; 32])
}

fn segment(from: u64, texts: &[&str]) -> Vec<u8> {
    let key = key();
    let mut builder = Builder::new(&key);
    for (number, text) in (from..).zip(texts) {
        builder.add_text(number, text).expect("room");
    }
    builder.finish()
}

fn screener(bytes: Vec<u8>) -> Result<Screener<Vec<u8>>, Error> {
    let segment = Segment::open(bytes)?;
    let mut manifest = Manifest::new(&key());
    manifest.add(&segment);
    Screener::new(key(), &manifest, vec![segment])
}

#[test]
fn every_prefix_is_refused() {
    let bytes = segment(0, &TEXTS);
    for length in 0..bytes.len() {
        assert!(Segment::open(&bytes[..length]).is_err(), "{length}");
    }
    let longer = [&bytes[..], &[0]].concat();
    let expected = bytes.len() as u64;
    assert_eq!(Segment::open(&longer).err(), Some(Error::Length { expected, found: expected + 1 }));
    assert!(Segment::open(&bytes[..]).is_ok());
}

#[test]
fn every_flipped_bit_is_reported() {
    let bytes = segment(0, &TEXTS);
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        let Ok(screener) = screener(damaged.clone()) else { continue };
        assert!(Segment::open(&damaged[..]).expect("opens").verify().is_err(), "{at}");
        for (number, text) in (0u64..).zip(TEXTS) {
            let screening = screener.screen(text);
            let found = screening.matches.iter().any(|found| found.handle == number);
            assert!(found || !screening.faults.is_empty(), "byte {at} was passed over");
        }
        let segment = Segment::open(&damaged[..]).expect("opens");
        assert!(merge(&key(), &[&segment], &|_, _| true).is_err(), "{at}");
    }
}

#[test]
fn what_lies_is_an_error_too() {
    // Checksums that fit numbers that do not: made by somebody, not by chance. Nothing may panic.
    let bytes = segment(0, &TEXTS);
    for at in 12..64 {
        for value in [0, 1, 7, 22, 40, 255] {
            let mut lying = bytes.clone();
            lying[at] = value;
            assert!(screener(lying).is_err() || bytes[at] == value, "{at} {value}");
        }
    }
}

#[test]
fn manifests_are_checked_to_the_bit() {
    let one = Segment::open(segment(0, &TEXTS)).expect("just made");
    let mut manifest = Manifest::new(&key());
    let name = manifest.add(&one);
    manifest.remove(name, 2);
    let bytes = manifest.to_bytes();
    assert_eq!(Manifest::from_bytes(&bytes), Ok(manifest.clone()));
    for length in 0..bytes.len() {
        assert!(Manifest::from_bytes(&bytes[..length]).is_err());
    }
    for bit in 0..8 * bytes.len() {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Manifest::from_bytes(&damaged).is_err(), "{bit}");
    }
    let other = Segment::open(segment(0, &TEXTS[..2])).expect("just made");
    assert!(Screener::new(key(), &manifest, vec![other]).is_err(), "another segment than the manifest lists");
    assert_eq!(Screener::new(Key::new(&[22; 32]), &manifest, vec![one]).err(), Some(Error::Key));
}

#[test]
fn what_is_removed_is_gone_and_merging_is_building_anew() {
    let parts =
        [segment(0, &TEXTS[..1]), segment(1, &TEXTS[1..])].map(|bytes| Segment::open(bytes).expect("just made"));
    let mut manifest = Manifest::new(&key());
    let names: Vec<u64> = parts.iter().map(|part| manifest.add(part)).collect();
    let whole = merge(&key(), &parts.each_ref(), &|_, _| true).expect("whole");
    assert_eq!(whole, segment(0, &TEXTS), "merged or built at once: the same bytes");
    let some = merge(&key(), &parts.each_ref(), &|_, handle| handle != 1).expect("whole");
    let mut builder_key = Vec::new();
    {
        let key = key();
        let mut builder = Builder::new(&key);
        builder.add_text(0, TEXTS[0]).expect("room");
        builder.add_text(2, TEXTS[2]).expect("room");
        builder_key.extend(builder.finish());
    }
    assert_eq!(some, builder_key);

    assert!(manifest.remove(names[1], 1));
    assert!(!manifest.remove(names[1], 1), "once");
    assert!(!manifest.remove(77, 1), "no such segment");
    assert_eq!(manifest.messages(), 2);
    let screener = Screener::new(key(), &manifest, parts.into()).expect("whole");
    let handles = |text: &str| screener.screen(text).matches.iter().map(|found| found.handle).collect::<Vec<_>>();
    assert_eq!(handles(TEXTS[0]), [0]);
    assert!(handles(TEXTS[1]).is_empty());
    assert_eq!(handles(TEXTS[2]), [2]);
    assert!(screener.nearest(TEXTS[1], 5).iter().all(|near| near.handle != 1));
    assert!(!screener.holders(TEXTS[1]).expect("whole").contains(&1));
}

#[test]
fn an_index_holds_no_text() {
    let bytes = segment(0, &TEXTS);
    for word in TEXTS.iter().flat_map(|text| text.split(' ')).filter(|word| word.len() > 3) {
        for shown in [word.to_owned(), word.to_lowercase()] {
            assert!(!bytes.windows(shown.len()).any(|window| window == shown.as_bytes()), "{shown}");
        }
    }
    // Under another key nothing of it is the same.
    let key = Key::new(&[22; 32]);
    let mut builder = Builder::new(&key);
    TEXTS.iter().for_each(|text| builder.add_text(0, text).expect("room"));
    let other = builder.finish();
    let dense = |window: &&[u8]| !window.contains(&0) && *window != b"CMSEGMT";
    let same = bytes.windows(7).filter(dense).filter(|window| other.windows(7).any(|other| other == *window)).count();
    assert_eq!(same, 0);
}
