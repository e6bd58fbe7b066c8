//! Runs the program on a real pseudo-terminal and looks at its screen.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::Desk;

/// How long a screen is waited for before a test gives up: far more than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program on a terminal.
pub struct Tty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    reader: JoinHandle<()>,
    deaf: Arc<AtomicBool>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// Every byte that the program sent.
    pub raw: Vec<u8>,
}

impl Tty {
    /// Starts the program in the desk's folder, on a terminal of so many rows and columns.
    pub fn start(desk: &Desk, args: &[&str], (rows, cols): (u16, u16), env: &[(&str, &str)]) -> Tty {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_countermark"));
        command.cwd(desk.dir.path());
        for name in ["COUNTERMARK_VAULT", "COUNTERMARK_PASSPHRASE_FILE", "NO_COLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        for (name, value) in env {
            command.env(name, value);
        }
        command.args(args);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let (sender, output) = channel();
        let deaf = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&deaf);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Reading fails once the program is gone: that is the end.
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() || stop.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        let parser = vt100::Parser::new(some(rows), some(cols), 0);
        Tty { child, master: pair.master, keys, reader, deaf, output, parser, raw: Vec::new() }
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("the program takes keys");
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    /// The parsed screen.
    pub fn cells(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Waits until the screen holds a text.
    #[track_caller]
    pub fn see(&mut self, wanted: &str) -> String {
        self.wait(&format!("`{wanted}`"), |screen| screen.contains(wanted))
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub fn wait(&mut self, what: &str, good: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if good(&screen) {
                return screen;
            }
            match self.output.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(RecvTimeoutError::Timeout) => panic!("waited for {what}; the screen is\n{screen}"),
                Err(RecvTimeoutError::Disconnected) => panic!("waited for {what}; the program ended with\n{screen}"),
            }
        }
    }

    /// Waits for the end; the exit code.
    #[track_caller]
    pub fn end(&mut self) -> u32 {
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end; the screen is\n{}", self.screen()),
            }
        }
        self.child.wait().expect("the program ends").exit_code()
    }

    /// Sends a signal: `KILL` as a power cut, `HUP` as a window that is closed.
    pub fn signal(&mut self, name: &str) {
        let id = self.child.process_id().expect("it runs");
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).expect("it is resized");
        self.parser.screen_mut().set_size(some(rows), some(cols));
    }
}

/// Closes a terminal's window under the program: nobody holds its other end any more. Returns once the program has ended.
pub fn hang_up(mut tty: Tty) {
    tty.deaf.store(true, Ordering::SeqCst);
    // Something is drawn, so that the reader wakes up and lets go.
    tty.press("?");
    tty.reader.join().expect("the reader ends");
    drop((tty.keys, tty.master));
    let start = Instant::now();
    while tty.child.try_wait().expect("it can be asked for").is_none() {
        if start.elapsed() > PATIENCE {
            let _ = tty.child.kill();
            panic!("it does not end when the terminal is gone");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn some(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has rows and columns")
}
