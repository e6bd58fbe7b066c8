//! What the watcher's and the pressroom's processes have of the vault: nothing. Asked of the system, as somebody would who holds them.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/served.rs"]
mod served;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Desk, program};
use served::{Served, cmdline, get, status, within};

/// Everything that a process's entry in `/proc` tells of where it came from and what it holds.
fn traces(pid: u32) -> String {
    let proc = format!("/proc/{pid}");
    let mut all = String::new();
    for file in ["environ", "cmdline", "maps"] {
        all.push_str(&String::from_utf8_lossy(&fs::read(format!("{proc}/{file}")).unwrap()));
        all.push('\n');
    }
    for link in ["cwd", "exe", "root"] {
        all.push_str(&format!("{link} {}\n", fs::read_link(format!("{proc}/{link}")).unwrap().display()));
    }
    for entry in fs::read_dir(format!("{proc}/fd")).unwrap().flatten() {
        if let Ok(to) = fs::read_link(entry.path()) {
            all.push_str(&format!("fd {}\n", to.display()));
        }
    }
    all
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The words that would lead to a vault.
const WORDS: [&str; 7] = ["v.db", "v.keys", "v.looks", "v.log", "v.toml", "pass", "COUNTERMARK"];

#[test]
fn watch_and_pressroom_have_nothing_of_the_vault() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    // The desk has its vault: that it would be seen is what makes the rest worth something. Only root may look.
    if is_root() {
        assert!(traces(served.child("serve-desk")).contains("v.db"));
    }
    for verb in ["serve-watch", "serve-pressroom"] {
        let traces = traces(served.child(verb));
        for word in WORDS {
            let found: Vec<_> = traces.lines().filter(|line| line.contains(word)).collect();
            // The binary of a test may lie in a folder of any name; nothing else may.
            let found: Vec<_> = found.iter().filter(|line| !line.contains("/countermark")).collect();
            assert!(found.is_empty(), "{verb}: {word}: {found:?}");
        }
        assert!(traces.contains("cwd /\n"), "{verb}");
    }
}

#[test]
fn with_folders_of_their_own_not_even_where_it_is() {
    let (dir, elsewhere) = (Desk::new(), tempfile::tempdir().unwrap());
    let at = |name: &str| elsewhere.path().join(name).display().to_string();
    dir.write("v.toml", format!("[pressroom]\npress = \"{}\"\n", at("press")));
    let served = Served::start(&dir, &["--watch", &at("watch")]);
    let vaults = dir.dir.path().to_str().unwrap();
    if is_root() {
        assert!(traces(served.child("serve-desk")).contains(vaults));
    }
    for verb in ["serve-watch", "serve-pressroom"] {
        let traces = traces(served.child(verb));
        let found: Vec<_> = traces.lines().filter(|line| line.contains(vaults)).collect();
        // Standard error is that of `serve`, which the test keeps there.
        let found: Vec<_> = found.iter().filter(|line| !line.ends_with("serve.err")).collect();
        assert!(found.is_empty(), "{verb}: {found:?}");
    }
}

#[test]
fn the_environment_is_what_each_needs() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    let names = |verb: &str| {
        let environ = fs::read(format!("/proc/{}/environ", served.child(verb))).unwrap();
        let environ = String::from_utf8_lossy(&environ).into_owned();
        environ.split('\0').filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())).collect::<Vec<_>>()
    };
    assert!(names("serve-pressroom").is_empty(), "{:?}", names("serve-pressroom"));
    let watch = names("serve-watch");
    assert!(watch.iter().any(|name| name == "PATH") && !watch.iter().any(|name| name == "HOME"), "{watch:?}");
    if !is_root() {
        return;
    }
    let desk = names("serve-desk");
    assert!(desk.iter().any(|name| name == "COUNTERMARK_VAULT"), "{desk:?}");
    assert!(!desk.iter().any(|name| name.contains("PASSPHRASE") || name.starts_with("CARGO")), "{desk:?}");
    // Whoever looks at the list of processes sees no vault either.
    assert!(!cmdline(served.child("serve-desk")).iter().any(|arg| arg.contains("v.db")));
}

#[test]
fn descriptors_are_the_three_and_its_own() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    assert_eq!(status(&get(served.pressroom, "/")), 200);
    for entry in fs::read_dir(format!("/proc/{}/fd", served.child("serve-pressroom"))).unwrap().flatten() {
        let Ok(to) = fs::read_link(entry.path()) else { continue };
        let to = to.display().to_string();
        let own =
            ["/dev/null", "pipe:", "socket:", "anon_inode:", "/dev/urandom"].iter().any(|kind| to.starts_with(kind));
        assert!(own || to.ends_with("serve.err") || to.contains("v.press"), "{to}");
    }
}

#[test]
fn what_they_make_is_for_one_user() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    for verb in ["serve-desk", "serve-watch", "serve-pressroom"] {
        let status = fs::read_to_string(format!("/proc/{}/status", served.child(verb))).unwrap();
        assert!(status.lines().any(|line| line.split_whitespace().eq(["Umask:", "0077"])), "{verb}: {status}");
    }
    for name in ["v.db", "v.keys", "v.looks"] {
        if let Ok(meta) = fs::metadata(dir.path(name)) {
            assert_eq!(meta.mode() & 0o077, 0, "{name} has mode {:o}", meta.mode());
        }
    }
}

#[test]
fn nobody_of_the_same_user_looks_into_the_desk() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    // What belongs to root there is closed to the user whose process it is.
    let owner = |verb: &str, file: &str| fs::metadata(format!("/proc/{}/{file}", served.child(verb))).unwrap().uid();
    let us = rustix::process::geteuid().as_raw();
    for file in ["mem", "environ", "maps"] {
        assert_eq!((owner("serve-desk", file), owner("serve-watch", file)), (0, us), "{file}");
    }
}

#[test]
fn as_another_user_the_pressroom_can_not_read_it() {
    if !is_root() {
        eprintln!("skipped: only root can start a process as another user");
        return;
    }
    const NOBODY: u32 = 65534;
    let dir = Desk::new();
    // The way is open; what keeps him out is the vault's own mode.
    for path in [dir.dir.path()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let published = dir.path("published");
    fs::create_dir(&published).unwrap();
    // A copy that anybody may run: the build's folder may be closed.
    let binary = dir.path("countermark");
    fs::copy(program().get_program(), &binary).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    let mut child = Command::new(&binary)
        .args(["serve-pressroom", "--listen", "127.0.0.1:0", "--published"])
        .arg(&published)
        .env_clear()
        .uid(NOBODY)
        .gid(NOBODY)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = within(|| listens(child.id()));
    let front = get(address, "/");
    for name in ["v.db", "v.keys"] {
        let read = Command::new("cat").arg(dir.path(name)).uid(NOBODY).gid(NOBODY).output().unwrap();
        assert!(!read.status.success() && read.stdout.is_empty(), "{name}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((line.as_str(), status(&front)), ("ready\n", 200), "{front}");
}

/// The loopback port on which a process listens, out of the system's table of sockets.
fn listens(pid: u32) -> Option<std::net::SocketAddr> {
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .ok()?
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("net/tcp")).ok()?;
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        // State 0A is LISTEN; the tenth field is the socket's inode.
        let ours = fields.get(3) == Some(&"0A") && sockets.iter().any(|inode| Some(&inode.as_str()) == fields.get(9));
        let port = u16::from_str_radix(fields.get(1)?.split_once(':')?.1, 16).ok()?;
        ours.then(|| std::net::SocketAddr::from(([127, 0, 0, 1], port)))
    })
}
