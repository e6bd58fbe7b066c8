//! Masters: what parses keeps its source, and every codeword gives a copy that reads back.
#![no_main]

use countermark_fuzz::Choices;
use countermark_marking::{LengthClass, Master};
use libfuzzer_sys::{Corpus, fuzz_target};

/// Marks a field's value; a text that holds it could repeat the value.
const MARK: char = '\u{f8ff}';

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(source) = std::str::from_utf8(data) else { return Corpus::Reject };
    escapes(source);
    match Master::parse(source) {
        Ok(master) => holds(source, &master),
        Err(error) => {
            assert!(source.is_char_boundary(error.offset), "{error}");
            let before = &source[..error.offset];
            assert_eq!(error.line, before.matches('\n').count() + 1, "{error}");
            assert_eq!(error.column, before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1, "{error}");
            let _ = (error.to_string(), error.kind.hint());
        }
    }
    Corpus::Keep
});

/// Any text is a master once it is escaped.
fn escapes(text: &str) {
    let plain = Master::plain(text);
    let read = Master::parse(plain.source()).expect("an escaped text parses");
    assert!(read == plain);
    assert_eq!(read.render(&[], &|_| None).as_deref(), Ok(text));
}

fn holds(source: &str, master: &Master) {
    assert_eq!(master.source(), source);
    assert_eq!(master.spans().len(), master.pieces().len());
    let end = master.spans().iter().fold(0, |at, span| {
        assert_eq!(span.start, at);
        assert!(source.is_char_boundary(span.end));
        span.end
    });
    assert_eq!(end, source.len());

    let parts = master.parts();
    assert_eq!(parts.iter().map(|part| &source[part.source.clone()]).collect::<String>(), source);
    assert_eq!(master.sites_by_part().len(), parts.len());

    let marked = |name: &str| Some(format!("{MARK}{name}{MARK}"));
    let mut choices = Choices::of(source.as_bytes());
    let mut before: Option<(Vec<u8>, String)> = None;
    for _ in 0..3 {
        let codeword = choices.codeword(master);
        let copy = master.render(&codeword, &marked).expect("the codeword fits, and every field has a value");
        if !source.contains(MARK) {
            assert_eq!(master.read_copy(&copy, &marked), Some(codeword.clone()), "a copy reads back");
        }
        // A value that repeats what stands around it may make a copy unreadable, but never another's.
        for value in ["", "a", "the"] {
            let value = |_: &str| Some(value.to_owned());
            let copy = master.render(&codeword, &value).expect("as above");
            assert!(master.read_copy(&copy, &value).is_none_or(|read| read == codeword));
        }
        let texts: Vec<String> = parts.iter().map(|part| master.part_text(part, &codeword)).collect();
        assert_eq!(texts.concat(), master.render_bracketed(&codeword));
        for (part, text) in parts.iter().zip(&texts) {
            assert!(LengthClass::from_number(LengthClass::of(text).number()).is_some());
            assert!(part.sites.iter().all(|site| *site < master.sites().len()));
        }
        if let Some((other, text)) = &before {
            assert_eq!(*other == codeword, *text == copy, "different codewords give different texts");
        }
        before = Some((codeword, copy));
    }
}
