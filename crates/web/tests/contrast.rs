//! The colours of the base stylesheet, as WCAG 2.2 counts contrast (section "relative luminance"): 4.5 for text, 3 for the borders of controls.
#![allow(missing_docs)]

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../assets/style.css");

/// What is read on what, and how much it must stand out.
const PAIRS: [(&str, &str, f64); 24] = [
    ("ink", "page", 7.0),
    ("ink", "paper", 7.0),
    ("ink", "fill", 7.0),
    ("soft", "page", 4.5),
    ("soft", "paper", 4.5),
    ("soft", "fill", 4.5),
    ("link", "page", 4.5),
    ("link", "paper", 4.5),
    ("link", "fill", 4.5),
    ("link", "link-fill", 4.5),
    ("ink", "link-fill", 4.5),
    ("paper", "link", 4.5),
    ("good", "good-fill", 4.5),
    ("bad", "bad-fill", 4.5),
    ("wait", "wait-fill", 4.5),
    ("good", "paper", 4.5),
    ("good", "page", 4.5),
    ("bad", "paper", 4.5),
    ("bad", "page", 4.5),
    ("wait", "paper", 4.5),
    ("wait", "page", 4.5),
    ("edge", "page", 3.0),
    ("edge", "paper", 3.0),
    ("edge", "fill", 3.0),
];

#[test]
fn light_and_dark() {
    let (light, dark) = STYLE.split_once("@media (prefers-color-scheme: dark)").expect("it has both");
    let dark = dark.split_once("@media").expect("more follows").0;
    for (scheme, css) in [("light", light), ("dark", dark)] {
        let colours = colours(css);
        for (upper, lower, least) in PAIRS {
            let contrast = contrast(colours[upper], colours[lower]);
            assert!(contrast >= least, "{scheme}: {upper} on {lower} has {contrast:.2}, not {least}");
        }
    }
}

#[test]
fn black_on_white_is_21() {
    assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
    assert!((contrast([0x77, 0x77, 0x77], [255, 255, 255]) - 4.48).abs() < 0.01);
}

fn colours(css: &str) -> BTreeMap<&str, [u8; 3]> {
    let declarations = css.split([';', '{']).filter_map(|one| one.trim().strip_prefix("--")?.split_once(": #"));
    let colour = |hex: &str| {
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour has six digits");
        [byte(0), byte(2), byte(4)]
    };
    declarations.map(|(name, hex)| (name, colour(hex))).collect()
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
