//! The syntax of masters: what is read, and what is refused where.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use countermark_marking::{Class, MAX_SOURCE, Master, Piece, SyntaxErrorKind as Kind};

/// `text`, `a|b` in angle brackets with site number, `=name`.
fn shape(master: &Master) -> String {
    master
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Site { site, alternatives } => format!("<{site}:{}>", alternatives.join("/")),
            Piece::Field(name) => format!("<={name}>"),
        })
        .collect()
}

#[test]
fn what_is_read() {
    let rows = [
        ("", ""),
        ("plain | text", "plain | text"),
        ("{a|b}", "<0:a/b>"),
        ("x{a|b|}y", "x<0:a/b/>y"),
        ("{|a}", "<0:/a>"),
        ("{a\n|b}", "<0:a\n/b>"),
        ("\\{a\\|b\\}\\\\", "{a|b}\\"),
        ("\\n C:\\dir \\", "\\n C:\\dir \\"),
        ("{a\\|b|c\\}|d\\\\}", "<0:a|b/c}/d\\>"),
        ("{=name}, {=b_2}", "<=name>, <=b_2>"),
        ("{#1:a|b} {c|d} {#1:e|f}", "<0:a/b> <1:c/d> <0:e/f>"),
        ("{#12@spelling:a|b}", "<0:a/b>"),
        ("{@number:5|five}", "<0:5/five>"),
        ("{@authored:#x|=y}", "<0:#x/=y>"),
        ("{a:b|c}", "<0:a:b/c>"),
        ("{a|=b}", "<0:a/=b>"),
        ("{@typography:–|—}", "<0:–/—>"),
    ];
    for (source, expected) in rows {
        let master = Master::parse(source).unwrap_or_else(|error| panic!("{}", error.render(source)));
        assert_eq!(shape(&master), expected, "{source}");
        assert_eq!(master.source(), source);
        let spans: String = master.spans().iter().map(|span| &source[span.clone()]).collect();
        assert_eq!(spans, source);
    }
}

#[test]
fn classes_and_ties() {
    let master = Master::parse("{#7@spelling:colour|color} {a|b} {#7:grey|gray} {@order:x|y}").unwrap();
    let classes: Vec<_> = master.sites().iter().map(|site| (site.class, site.tie, site.occurrences.clone())).collect();
    assert_eq!(
        classes,
        [(Class::Spelling, Some(7), vec![0, 4]), (Class::Authored, None, vec![2]), (Class::Order, None, vec![6])]
    );
}

#[test]
fn what_is_refused_and_where() {
    let rows: &[(&str, usize, usize, Kind)] = &[
        ("a {b", 1, 3, Kind::Unclosed),
        ("a\nb {c|d", 2, 3, Kind::Unclosed),
        ("é {b|c", 1, 3, Kind::Unclosed),
        ("a } b", 1, 3, Kind::Unopened),
        ("{}", 1, 1, Kind::Lonely),
        ("{a}", 1, 1, Kind::Lonely),
        ("{a|{b|c}}", 1, 4, Kind::Nested),
        ("{a|{=b}}", 1, 4, Kind::Nested),
        ("{=}", 1, 3, Kind::BadFieldName),
        ("{=Name}", 1, 3, Kind::BadFieldName),
        ("{=9a}", 1, 3, Kind::BadFieldName),
        ("{=na me}", 1, 5, Kind::BadFieldName),
        ("{=name", 1, 1, Kind::Unclosed),
        ("{#:a|b}", 1, 1, Kind::BadTie),
        ("{#0:a|b}", 1, 1, Kind::BadTie),
        ("{#01:a|b}", 1, 1, Kind::BadTie),
        ("{#1a|b}", 1, 1, Kind::BadTie),
        ("{#1234567890:a|b}", 1, 1, Kind::BadTie),
        ("{@colour:a|b}", 1, 2, Kind::UnknownClass),
        ("{@spelling a|b}", 1, 2, Kind::UnknownClass),
        ("{#1@x:a|b}", 1, 4, Kind::UnknownClass),
        ("{a|b|a}", 1, 1, Kind::SameAlternatives { first: 1, second: 3 }),
        ("{@typography:a|a}", 1, 1, Kind::SameAlternatives { first: 1, second: 2 }),
        ("{A|a}", 1, 1, Kind::SameWhenNormalised { first: 1, second: 2, class: Class::Authored }),
        ("{@lexical:a–b|a - b}", 1, 1, Kind::SameWhenNormalised { first: 1, second: 2, class: Class::Lexical }),
        ("{#1:a|b} {#1:a|b|c}", 1, 10, Kind::UnevenTie { line: 1, column: 1, expected: 2, found: 3 }),
        ("{#1@order:a|b}\n{#1@number:a|b}", 2, 1, Kind::MixedClass { line: 1, column: 1 }),
        ("{|a}{|a}", 1, 1, Kind::Ambiguous { line: 1, column: 9 }),
        ("x {a|ab}{bc|c} y", 1, 3, Kind::Ambiguous { line: 1, column: 15 }),
        ("{a|aa}aaa{b|ab} {c|d}", 1, 1, Kind::Ambiguous { line: 1, column: 16 }),
        ("{|a}{=f}{b|c}{|a}{=f}{b|c}", 0, 0, Kind::Lonely), // fine: fields keep them apart
        ("{|very }very {good|bad}", 0, 0, Kind::Lonely),    // fine
        ("{|very }{very |}good", 1, 1, Kind::Ambiguous { line: 1, column: 17 }),
    ];
    for (source, line, column, kind) in rows {
        match Master::parse(source) {
            Ok(_) => assert_eq!(*line, 0, "{source}"),
            Err(error) => {
                assert_eq!((error.line, error.column, &error.kind), (*line, *column, kind), "{source}");
                assert!(!error.to_string().ends_with('.'));
            }
        }
    }
}

#[test]
fn limits() {
    let many: String = (0..4096).map(|index| format!("{{a{index}|b{index}}} ")).collect();
    assert_eq!(Master::parse(&many).unwrap().sites().len(), 4096);
    let error = Master::parse(&format!("{many}\n{{a|b}}")).unwrap_err();
    assert_eq!((error.line, error.column, error.kind), (2, 1, Kind::TooManySites));

    let wide: Vec<String> = (0..65).map(|index| format!("w{index}")).collect();
    assert!(Master::parse(&format!("{{{}}}", wide[..64].join("|"))).is_ok());
    let error = Master::parse(&format!("{{{}}}", wide.join("|"))).unwrap_err();
    assert_eq!(error.kind, Kind::TooManyAlternatives);

    // As many sites and alternatives as a megabyte holds.
    let full: String = (0..4096)
        .map(|_| format!("{{{}}} ", (0..64u8).map(|index| format!("{:02}", index)).collect::<Vec<_>>().join("|")))
        .collect();
    assert!(full.len() < MAX_SOURCE);
    assert_eq!(Master::parse(&full).unwrap().sites().len(), 4096);

    let long = "a".repeat(MAX_SOURCE + 1);
    assert_eq!(Master::parse(&long).unwrap_err().kind, Kind::TooLong { found: MAX_SOURCE + 1 });
    assert!(Master::parse(&long[1..]).is_ok());
}

#[test]
fn hostile_masters_end_soon() {
    let pieces = [
        "{|a}",
        "{a|aa}",
        "{a|aa|aaa|aaaa}",
        "{|a|aa}b",
        "{ab|a}b",
        "{#1:a|aa}",
        "{=f}{a|aa}{=f}",
        "{",
        "}",
        "{a|",
        "\\",
        "{#",
        "{=",
        "|",
    ];
    for piece in pieces {
        for (before, after) in [("", ""), ("a", "b"), ("{x|xa}", "{b|ab}"), ("", &"a".repeat(200_000))] {
            let source = format!("{before}{}{after}", piece.repeat(4000));
            let _ = Master::parse(&source);
        }
    }
    // A long stretch that repeats itself, with sites that shift it.
    let wall = "a".repeat(4000);
    let source: String = (0..200).map(|_| format!("{{a|aa}}{wall}")).collect();
    assert!(Master::parse(&source).is_err());
    let source: String = (0..200).map(|index| format!("{{a|aa}}{wall}{index} ")).collect();
    let _ = Master::parse(&source);
}

#[test]
fn the_caret_stands_below_the_place() {
    let source = "Dear {=name},\n\nwe have {a large|a larger\nshare";
    let shown = Master::parse(source).unwrap_err().render(source);
    assert_eq!(
        shown,
        "line 3, column 9: this brace is never closed\n  |\n3 | we have {a large|a larger\n  |         ^\n  \
         = hint: close it with }, or write \\{ for the brace itself\n"
    );
    let source = format!("{}{{b", "é".repeat(1000));
    let shown = Master::parse(&source).unwrap_err().render(&source);
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[2].chars().count() < 90);
    let column = lines[3].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[2].chars().nth(column), Some('{'));
}

#[test]
fn debug_hides_the_text() {
    let master = Master::parse("secret {word|wording}").unwrap();
    assert!(!format!("{master:?} {:?}", master.pieces()).contains("secret"));
    assert!(!format!("{:?}", master.parts()).contains("wording"));
}
