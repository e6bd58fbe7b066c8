//! Runs the real program on real files.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A directory with a vault in it, gone when dropped.
pub struct Desk {
    pub dir: tempfile::TempDir,
}

/// What a run of the program gave.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("errors are UTF-8"),
        }
    }

    /// The JSON object on the last line.
    pub fn json(&self) -> Value {
        let line = self.out.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line:?}\nstderr: {}", self.err))
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

/// The program, without the environment's own vault.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countermark"));
    command.env_remove("COUNTERMARK_VAULT").env_remove("COUNTERMARK_PASSPHRASE_FILE").stdin(Stdio::null());
    command
}

impl Desk {
    /// A directory with a passphrase file, and no vault yet.
    pub fn empty() -> Self {
        // In memory where there is such a place: syncing a disk is most of the time, and nothing here measures it.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let desk = Self { dir: dir.expect("a temporary directory") };
        desk.write("pass", "correct horse battery staple\n");
        desk
    }

    /// A directory with a new vault.
    pub fn new() -> Self {
        let desk = Self::empty();
        desk.run(&["init"]).expect(0);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), text).expect("the directory can be written");
        self.path(name).to_str().expect("temporary paths are UTF-8").to_owned()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.current_dir(self.dir.path()).args(["--vault", "v.db", "--passphrase-file", "pass"]).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().expect("the program starts"))
    }

    /// Runs with `--json`, expects success, and reads the object.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend(args);
        self.run(&all).expect(0).json()
    }

    pub fn run_with_input(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("piped");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            // The program may end before it has read everything.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the writer ends");
        Ran::of(output)
    }
}

/// A letter of fictional people, with enough sites to name one of nine.
pub fn letter() -> String {
    read_sample("fuel.master")
}

pub fn read_sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What a person retypes: lower case, plain punctuation, single spaces.
pub fn retyped(text: &str) -> String {
    let plain = text.replace(['“', '”'], "\"").replace('’', "'").replace(['—', '–'], "-").to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
