//! The status as Prometheus reads it (text format 0.0.4), and a server that gives it to this machine.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::board::{SourceStatus, Status};

/// The metrics of a status.
#[must_use]
pub fn render(status: &Status) -> String {
    let mut text = String::new();
    let mut sources = |name: &str, kind: &str, help: &str, value: &dyn Fn(&SourceStatus) -> Option<u64>| {
        head(&mut text, name, kind, help);
        for (source, of) in &status.sources {
            if let Some(value) = value(of) {
                let _ = writeln!(text, "countermark_watch_{name}{{source=\"{source}\"}} {value}");
            }
        }
    };
    sources("posts_total", "counter", "Versions of posts that were screened.", &|s| Some(s.counts.posts));
    sources("repeats_total", "counter", "Posts that came again.", &|s| Some(s.counts.repeats));
    sources("matches_total", "counter", "Matches below the alarm's line.", &|s| Some(s.counts.matches));
    sources("alarms_total", "counter", "Alarms.", &|s| Some(s.counts.alarms));
    sources("invented_total", "counter", "Quotations that nothing registered holds.", &|s| Some(s.counts.invented));
    sources("deleted_total", "counter", "Posts deleted after they were left.", &|s| Some(s.counts.deleted));
    sources("pictures_total", "counter", "Pictures read.", &|s| Some(s.counts.pictures));
    sources("pictures_unread_total", "counter", "Pictures that could not be read.", &|s| Some(s.counts.unread));
    sources("clipped_total", "counter", "Posts looked at in part, for a limit.", &|s| Some(s.counts.clipped));
    sources("last_success_seconds", "gauge", "When the source last answered, since 1970.", &|s| s.last_success);
    sources("last_failure_seconds", "gauge", "When the source last failed, since 1970.", &|s| {
        s.last_failure.as_ref().map(|event| event.at)
    });
    sources("lag_seconds", "gauge", "From a post's publication to its coming.", &|s| s.lag);
    sources("pictures_pending", "gauge", "Pictures that wait.", &|s| Some(s.pending as u64));
    head(&mut text, "alarms_told_total", "counter", "Alarms told by this way since the start.");
    for (way, of) in &status.ways {
        let _ = writeln!(text, "countermark_watch_alarms_told_total{{way=\"{way}\"}} {}", of.told);
    }
    for (name, help, value) in [
        ("started_seconds", "When the watcher started, since 1970.", status.started),
        ("batches_waiting", "Batches that wait to be screened.", status.batches_waiting as u64),
        ("pictures_waiting", "Pictures that wait or are being read.", status.pictures_waiting as u64),
        ("alarms_waiting", "Alarms that wait to be told.", status.alarms_waiting as u64),
        ("index_messages", "Registered messages in the index.", status.index_messages),
        ("index_written_seconds", "When the index was written, since 1970.", status.index_written),
        ("inbox_bytes", "Bytes in the inbox.", status.inbox_bytes),
        ("inbox_dropped_segments", "Segments of matches that had to go.", status.inbox_dropped.segments),
        ("picture_milliseconds", "How long the last picture took.", status.picture_ms),
        ("disk_problem", "Whether the inbox or the state can't be written.", u64::from(status.disk_problem.is_some())),
    ] {
        head(&mut text, name, "gauge", help);
        let _ = writeln!(text, "countermark_watch_{name} {value}");
    }
    text
}

/// Serves the metrics until the flag is set.
pub(crate) fn serve(listener: &TcpListener, stop: &Arc<AtomicBool>, text: impl Fn() -> String) {
    while !stop.load(Ordering::SeqCst) {
        match listener.accept() {
            // Whoever asks badly is not answered, and holds up nobody for long.
            Ok((mut stream, _)) => drop(answer(&mut stream, &text)),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// A listener for [`serve`].
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn answer(stream: &mut TcpStream, text: &impl Fn() -> String) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.set_write_timeout(Some(Duration::from_secs(1)))?;
    let mut request = [0; 4096];
    let read = stream.read(&mut request)?;
    let (status, body) = match request[..read].starts_with(b"GET /metrics ") {
        true => ("200 OK", text()),
        false => ("404 Not Found", String::new()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP countermark_watch_{name} {help}\n# TYPE countermark_watch_{name} {kind}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_comment_or_a_sample() {
        let mut status = Status::default();
        status.sources.insert("gazette".into(), SourceStatus { lag: Some(3), ..SourceStatus::default() });
        let text = render(&status);
        assert!(text.contains("countermark_watch_posts_total{source=\"gazette\"} 0\n"));
        assert!(text.contains("countermark_watch_lag_seconds{source=\"gazette\"} 3\n"));
        assert!(!text.contains("last_success_seconds{"));
        for line in text.lines().filter(|line| !line.starts_with("# ")) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("countermark_watch_") && value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
