//! Texts made to cost work: what is counted is entries read, not time.

use countermark_screening::{Builder, Key, Manifest, Screener, Segment};

const STOCK: &str = "I have the honour to inform you that the";

/// An index in which stock phrases abound.
fn screener() -> Screener<Vec<u8>> {
    let key = Key::new(&[8; 32]);
    let mut builder = Builder::new(&key);
    for number in 0..3000u64 {
        let few = number % 60;
        let text = format!(
            "{STOCK} convoy c{few} left harbour h{few} on day d{few} with crew n{number} and cargo g{number} aboard it"
        );
        builder.add_text(number, &text).expect("room");
    }
    let segment = Segment::open(builder.finish()).expect("just made");
    let mut manifest = Manifest::new(&key);
    manifest.add(&segment);
    Screener::new(key, &manifest, vec![segment]).expect("just made")
}

#[test]
fn work_grows_with_the_words_and_no_faster() {
    let screener = screener();
    let common: String =
        (0..60).map(|few| format!("{STOCK} convoy c{few} left harbour h{few} on day d{few} with crew ")).collect();
    for (name, piece) in [("one phrase", format!("{STOCK} ")), ("the commonest shingles", common)] {
        let words = piece.split(' ').count() as u64;
        for times in [10u64, 100] {
            let screening = screener.screen(&piece.repeat(times as usize));
            assert!(screening.faults.is_empty());
            assert!(screening.work <= 130 * words * times, "{name}: {} for {} words", screening.work, words * times);
        }
    }
}

#[test]
fn no_text_is_too_odd() {
    let screener = screener();
    let long = "a".repeat(3_000_000);
    let pieces = ["", " ", "\u{200b}", "....", "a", "a b c d", "漢字かな", "\u{301}\u{301}", "🙂", &long];
    for piece in pieces {
        let screening = screener.screen(&piece.repeat(3));
        assert!(screening.matches.is_empty() && screening.faults.is_empty());
    }
}
