//! What the desk writes: whole, never changed, and readable whenever it dies.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::{BUNDLE, answer, files, notice, scratch, state};
use countermark_statement::{Error, Fault, Features, Held, Press, Shown, Site};
use countermark_testkit::{FailingDisk, Fault as Injected, Half};
use countermark_tlog::directory::{Disk, Folder};

fn site() -> Site {
    Site {
        name: "The office of Ines Aldric".into(),
        about: "What we said.\nAnd when.".into(),
        address: Some("https://press.example".into()),
        log_key: Some("test.example/log+12345678+AbCd".into()),
        features: Features { comments: true, ..Features::default() },
        desk: Some(age::x25519::Identity::generate().to_public().to_string()),
        ..Site::default()
    }
}

/// All that is ever done to a directory, one after another.
fn everything<D: Disk>(press: &mut Press<D>, site: &Site) -> Result<(), Error> {
    press.put_site(site)?;
    press.put_version("harbour", &answer(1).to_bytes().unwrap(), Some(BUNDLE))?;
    press.put_version("notice", &notice(1).to_bytes().unwrap(), None)?;
    press.put_version("harbour", &answer(2).to_bytes().unwrap(), Some(BUNDLE))?;
    press.put_state("harbour", &state())?;
    Ok(())
}

#[test]
fn what_is_written_is_shown() {
    let dir = scratch();
    let site = site();
    everything(&mut Press::create(dir.path()).unwrap(), &site).unwrap();
    let shown = Shown::load(dir.path()).unwrap();
    assert!(shown.misfits().is_empty(), "{:?}", shown.misfits());
    assert_eq!(shown.site(), &site);
    let ids: Vec<_> = shown.statements().iter().map(|statement| statement.id.as_str()).collect();
    assert_eq!(ids, ["harbour", "notice"], "the one that was last written to first");
    let harbour = shown.statement("harbour").unwrap();
    assert_eq!(harbour.versions, [answer(1), answer(2)]);
    assert_eq!(harbour.latest(), Some(&answer(2)));
    assert_eq!(harbour.state, state());
    assert_eq!(shown.bundle("harbour", 1).unwrap().as_deref(), Some(BUNDLE));
    for (id, number) in [("harbour", 3), ("harbour", 0), ("notice", 1), ("nobody", 1)] {
        assert_eq!(shown.bundle(id, number).unwrap(), None, "{id} {number}");
    }
    // The public may read it as far as the umask lets anybody, and nobody but its owner write.
    let mode = |path: &str| std::fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o777;
    std::fs::create_dir(dir.path().join("plain")).unwrap();
    let let_by_umask = mode("plain");
    for (path, made) in
        [("statements/harbour", 0o755), ("statements/harbour/1.json", 0o644), ("site.json", 0o644), (".lock", 0o600)]
    {
        assert_eq!(mode(path), made & let_by_umask, "{path}: {:o}", mode(path));
    }
}

#[test]
fn versions_never_change() {
    let dir = scratch();
    let mut press = Press::create(dir.path()).unwrap();
    let first = answer(1).to_bytes().unwrap();
    assert_eq!(press.put_version("harbour", &first, Some(BUNDLE)).unwrap(), Held::Written);
    assert_eq!(press.put_version("harbour", &first, Some(BUNDLE)).unwrap(), Held::Already);
    let mut other = answer(1);
    other.title.push('!');
    let before = files(dir.path());
    let changed = press.put_version("harbour", &other.to_bytes().unwrap(), Some(BUNDLE));
    assert!(matches!(changed, Err(Error::Immutable { number: 1, .. })), "{changed:?}");
    assert_eq!(files(dir.path()), before);
    // A bundle that somebody took away comes back; a version that does not follow the last does not go in.
    std::fs::remove_file(dir.path().join("statements/harbour/1.bundle.json")).unwrap();
    assert_eq!(press.put_version("harbour", &first, Some(BUNDLE)).unwrap(), Held::Written);
    assert_eq!(files(dir.path()), before);
    let gap = press.put_version("harbour", &answer(3).to_bytes().unwrap(), Some(BUNDLE));
    assert!(matches!(gap, Err(Error::Form { fault: Fault::Number(_), .. })), "{gap:?}");
    for (bundle, id) in
        [(None, "harbour"), (Some(&b"{}"[..]), "harbour"), (Some(BUNDLE), "../harbour"), (Some(BUNDLE), "")]
    {
        assert!(press.put_version(id, &answer(2).to_bytes().unwrap(), bundle).is_err(), "{id}");
    }
    assert!(press.put_version("harbour", b"{}", None).is_err());
}

#[test]
fn the_directory_is_readable_whenever_the_desk_dies() {
    let site = site();
    let run = |dir: &Path, fault: &Injected| -> Result<(), Error> {
        let disk = FailingDisk::new(Folder::create_public(dir).unwrap(), fault.clone());
        everything(&mut Press::on(disk)?, &site)
    };
    let whole = scratch();
    let counting = Injected::never();
    run(whole.path(), &counting).unwrap();
    let steps = counting.operations();
    assert!(steps > 60, "{steps}");
    let goal: Vec<_> = files(whole.path()).into_iter().collect();
    for (step, half) in (1..=steps).flat_map(|step| [(step, Half::NotDone), (step, Half::Done)]) {
        let dir = scratch();
        // That nothing was there to be removed is no fault, injected or not.
        let _ = run(dir.path(), &Injected::at(step, half));
        let shown = Shown::load(dir.path()).unwrap();
        assert!(shown.misfits().is_empty(), "step {step}: {:?}", shown.misfits());
        for statement in shown.statements() {
            let written = if statement.id == "notice" { vec![notice(1)] } else { vec![answer(1), answer(2)] };
            assert_eq!(statement.versions, written[..statement.versions.len()], "step {step}");
            for number in 1..=statement.versions.len() as u32 {
                shown.bundle(&statement.id, number).unwrap();
            }
        }
        // The next start completes it, and leaves nothing behind.
        run(dir.path(), &Injected::never()).unwrap();
        assert_eq!(files(dir.path()).into_iter().collect::<Vec<_>>(), goal, "step {step}");
    }
}

#[test]
fn one_writes_at_a_time() {
    let dir = scratch();
    let press = Press::create(dir.path()).unwrap();
    let path = dir.path().to_owned();
    let waits = std::thread::spawn(move || {
        Press::create(&path).unwrap().put_version("b", &notice(1).to_bytes().unwrap(), None)
    });
    drop(press);
    waits.join().unwrap().unwrap();
    assert_eq!(Press::open(dir.path()).unwrap().ids().unwrap().len(), 1);
    assert!(Press::open(&dir.path().join("nowhere")).is_err());
}

#[test]
fn the_support_picture_comes_and_goes() {
    let dir = scratch();
    let mut press = Press::create(dir.path()).unwrap();
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x10".to_vec();
    assert_eq!(press.put_support(Some(&png)).unwrap(), Held::Written);
    assert_eq!(Shown::load(dir.path()).unwrap().support().as_deref(), Some(&png[..]));
    assert_eq!(press.put_support(None).unwrap(), Held::Written);
    assert_eq!(press.put_support(None).unwrap(), Held::Already);
    assert_eq!(Shown::load(dir.path()).unwrap().support(), None);
    png[18] = 0x10; // 1,048,592 pixels wide
    for bad in [&png[..], b"", b"GIF89a", &png[..20]] {
        assert!(press.put_support(Some(bad)).is_err(), "{} bytes", bad.len());
    }
}
