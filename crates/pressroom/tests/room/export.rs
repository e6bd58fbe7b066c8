use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countermark_pressroom::{ExportError, export};

use super::common::{self, Place};

fn files(dir: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

#[test]
fn every_link_leads_to_a_file() {
    let place = Place::new(common::everything());
    let out = place.folder.path().join("out/site");
    let done = export(&place.published(), &out).unwrap();
    let there = files(&out);
    assert_eq!(done.files, there.len());
    assert_eq!(done.statements, 3);
    let mut links = 0;
    for file in
        there.iter().filter(|file| file.extension().is_some_and(|end| end == "html") && !file.ends_with("verify.html"))
    {
        let html = fs::read_to_string(file).unwrap();
        for name in ["href=\"", "src=\"", "data-bundle=\""] {
            for target in html.split(name).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                if ["https://", "data:", "#"].iter().any(|other| target.starts_with(other)) {
                    continue;
                }
                assert!(!target.starts_with('/'), "{}: {target}", file.display());
                let path = target.split('#').next().unwrap();
                let path = file.parent().unwrap().join(path).canonicalize();
                assert!(
                    path.as_ref().is_ok_and(|path| there.contains(path) || path.is_file()),
                    "{}: {target}",
                    file.display()
                );
                links += 1;
            }
        }
        for form in ["<form", "/reply/", "read once", "most-read"] {
            assert!(!html.contains(form), "{}: {form}", file.display());
        }
        assert!(html.contains("http-equiv=\"Content-Security-Policy\""));
    }
    assert!(links > 300, "{links}");
    for file in [
        "index.html",
        "fr/index.html",
        "zh/statements/bridge-at-karsk/1/index.html",
        "statements/poryadok/index.html",
        "feed.xml",
        "feed.json",
        "robots.txt",
        ".well-known/countermark",
        "verify.html",
        "404.html",
        "support.png",
        "statements/bridge-at-karsk/2.png",
    ] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert_eq!(fs::read(out.join("statements/bridge-at-karsk/2.bundle.json")).unwrap(), place.sealed.bundle);
}

#[test]
fn the_bundle_lies_in_the_page_as_well() {
    use base64::Engine as _;
    let place = Place::new(common::everything());
    let out = place.folder.path().join("site");
    export(&place.published(), &out).unwrap();
    let html = fs::read_to_string(out.join("en/statements/bridge-at-karsk/index.html")).unwrap();
    let inside =
        html.split("<script id=\"bundle\" type=\"application/json\">\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(base64::prelude::BASE64_STANDARD.decode(inside).unwrap(), place.sealed.bundle);
}

#[test]
fn again_into_the_same_place() {
    let place = Place::new(common::everything());
    let out = place.folder.path().join("site");
    let first = export(&place.published(), &out).unwrap();
    fs::write(out.join("CNAME"), "press.example").unwrap();
    assert_eq!(export(&place.published(), &out).unwrap(), first);
    assert!(out.join("CNAME").is_file(), "what is not ours stays");
    assert!(!files(&out).iter().any(|file| file.to_string_lossy().ends_with('~')));
}

#[test]
fn places_that_do_not_fit() {
    let place = Place::new(common::everything());
    let out = place.folder.path().join("site");
    assert!(matches!(export(&place.folder.path().join("absent"), &out), Err(ExportError::Absent(_))));
    assert!(matches!(export(&place.published(), &place.published()), Err(ExportError::Inside(_))));
    assert!(matches!(export(&place.published(), &place.published().join("x")), Err(ExportError::Inside(_))));
    assert!(!place.published().join("x").exists(), "what is refused leaves nothing");
    fs::write(place.folder.path().join("file"), "").unwrap();
    assert!(matches!(export(&place.published(), &place.folder.path().join("file")), Err(ExportError::Write { .. })));
}
