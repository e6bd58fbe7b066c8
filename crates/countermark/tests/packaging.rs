//! The units for systemd: what they start, the program takes; and systemd itself takes the units.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

const UNITS: [&str; 4] =
    ["countermark-desk.service", "countermark-pressroom.service", "countermark-watch.service", "countermark.target"];
const PROGRAM: &str = "/usr/bin/countermark";

fn unit(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/systemd").join(name)).unwrap()
}

/// What a unit starts, the variants that it has as comments included: their words behind the program's name.
fn starts(name: &str) -> Vec<Vec<String>> {
    let unit = unit(name);
    let lines = unit.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix("ExecStart="));
    lines.map(|line| line.split_whitespace().skip(1).map(str::to_owned).collect()).collect()
}

fn option<'a>(words: &'a [String], name: &str) -> Option<&'a str> {
    let at = words.iter().position(|word| word == name)?;
    words.get(at + 1).map(String::as_str)
}

#[test]
fn the_program_knows_every_option_of_the_units() {
    let mut seen = 0;
    for words in UNITS.into_iter().flat_map(starts) {
        // Nothing is started: what comes before `--help` is read, and refused where it is unknown.
        let ran = common::program().args(&words).arg("--help").output().unwrap();
        assert_eq!(ran.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
        let ran = common::program().args(&words).args(["--no-such-option", "--help"]).output().unwrap();
        assert_eq!(ran.status.code(), Some(2), "{words:?}");
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn the_desks_unit_says_where_the_pressrooms_is() {
    let (desk, pressroom) = (starts("countermark-desk.service"), starts("countermark-pressroom.service"));
    let listens = option(&pressroom[0], "--listen").unwrap();
    assert_eq!(option(&desk[0], "--pressroom-at"), Some(&*format!("http://{listens}/")));
    assert!(desk.iter().all(|words| option(words, "--pressroom-at").is_some()), "{desk:?}");
    // Browsers send a host's cookies to all of its ports.
    let host = |address: &str| address.rsplit_once(':').unwrap().0.to_owned();
    assert_ne!(host(listens), host(option(&desk[0], "--listen").unwrap()));
}

#[test]
fn systemd_takes_the_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("skipped: systemd-analyze is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let files = UNITS.map(|name| {
        let file = dir.path().join(name);
        // Whether the program is where it will be installed is not what is asked.
        fs::write(&file, unit(name).replace(PROGRAM, env!("CARGO_BIN_EXE_countermark"))).unwrap();
        file
    });
    let ran = Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&files).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && !UNITS.iter().any(|name| said.contains(name)), "{said}");
}
