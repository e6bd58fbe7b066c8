//! A program on this machine, started without a shell: a notification on the desktop, a siren.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Deliver, Message, WayFault};
use crate::limits;

/// What stands in an argument for the line that tells it all.
const SUMMARY: &str = "{summary}";

/// The program and its arguments.
pub(super) struct Program {
    argv: Vec<String>,
}

impl Program {
    pub(super) fn new(argv: Vec<String>) -> Self {
        Self { argv }
    }
}

impl Deliver for Program {
    fn deliver(&mut self, message: &Message, _: u64) -> Result<(), WayFault> {
        let (program, arguments) = self.argv.split_first().ok_or(WayFault::Start)?;
        let summary = message.summary();
        let mut command = Command::new(program);
        command.args(arguments.iter().map(|argument| argument.replace(SUMMARY, &summary)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Whoever started the watcher may have these for the desk.
        command.env_remove("COUNTERMARK_VAULT").env_remove("COUNTERMARK_PASSPHRASE_FILE");
        command.env("COUNTERMARK_SUMMARY", &summary).env("COUNTERMARK_COUNT", message.count().to_string());
        if let Some(alarm) = message.alarms().first() {
            let published = alarm.published_at.map(|at| at.to_string());
            command
                .env("COUNTERMARK_HANDLE", &alarm.handle)
                .env("COUNTERMARK_LEVEL", alarm.level_name())
                .env("COUNTERMARK_SOURCE", &alarm.source)
                .env("COUNTERMARK_URL", alarm.url.as_deref().unwrap_or_default())
                .env("COUNTERMARK_PUBLISHED", published.unwrap_or_default())
                .env("COUNTERMARK_CAPTURED", alarm.captured_at.to_string())
                .env("COUNTERMARK_WORDS", alarm.words.to_string())
                .env("COUNTERMARK_BITS", format!("{:.1}", alarm.bits));
        }
        if let Message::Second(second) = message {
            command
                .env("COUNTERMARK_HANDLE", &second.handle)
                .env("COUNTERMARK_LEVEL", "second")
                .env("COUNTERMARK_CASE", &second.case)
                .env("COUNTERMARK_KIND", &second.kind)
                .env("COUNTERMARK_CAPTURED", second.captured_at.to_string())
                .env("COUNTERMARK_WORDS", second.words.to_string())
                .env("COUNTERMARK_CHANGES", second.changes.to_string());
        }
        run(&mut command, limits::WAY)
    }
}

fn run(command: &mut Command, limit: Duration) -> Result<(), WayFault> {
    let mut child = command.spawn().map_err(|_| WayFault::Start)?;
    let end = Instant::now() + limit;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Ok(status),
            Ok(None) if Instant::now() >= end => break Err(io::ErrorKind::TimedOut),
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(_) => break Err(io::ErrorKind::Other),
        }
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(WayFault::Ended(status.code().unwrap_or(-1))),
        Err(_) => {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            Err(WayFault::Late)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::Alarm;
    use countermark_inbox::Level;

    fn alarm() -> Message {
        Message::One(Alarm {
            handle: "ab".repeat(16),
            level: Level::Alarm,
            source: "gazette".into(),
            url: Some("https://gazette.example/$(touch x);'\"".into()),
            published_at: None,
            captured_at: 1_900_000_000,
            words: 12,
            bits: 41.26,
        })
    }

    #[test]
    fn fields_are_variables_and_no_shell_sees_them() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let script = format!(
            "printf '%s\\n' \"$COUNTERMARK_URL\" \"$COUNTERMARK_WORDS $COUNTERMARK_BITS\" \"$1\" > {}",
            out.display()
        );
        let argv = ["sh", "-c", &script, "sh", "<{summary}>"].map(str::to_owned).to_vec();
        Program::new(argv).deliver(&alarm(), 0).unwrap();
        let written = std::fs::read_to_string(out).unwrap();
        let expected = format!(
            "https://gazette.example/$(touch x);'\"\n12 41.3\n<12 shared words, 41 bits: https://gazette.example/$(touch x);'\" ({})>\n",
            "ab".repeat(16)
        );
        assert_eq!(written, expected);
    }

    #[test]
    fn what_fails_and_what_hangs_is_told() {
        let argv = |text: &[&str]| text.iter().map(|part| (*part).to_owned()).collect();
        assert_eq!(Program::new(argv(&["false"])).deliver(&alarm(), 0), Err(WayFault::Ended(1)));
        assert_eq!(Program::new(argv(&["/no/such/program"])).deliver(&alarm(), 0), Err(WayFault::Start));
        assert_eq!(Program::new(vec![]).deliver(&alarm(), 0), Err(WayFault::Start));
        assert_eq!(run(Command::new("sleep").arg("60"), Duration::from_millis(50)), Err(WayFault::Late));
    }
}
