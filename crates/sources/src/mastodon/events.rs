//! Server-sent events, as a Mastodon stream sends them (WHATWG HTML, section 9.2; of it `event`, `data` and comments).

/// The longest event, in bytes; a status with all that hangs on it has some ten thousand.
const LONGEST: usize = 1 << 20;

/// An event that came whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// What kind it says it is.
    pub(super) name: String,
    /// Its data.
    pub(super) data: String,
    /// Its lines as they came.
    pub(super) raw: Vec<u8>,
}

/// Gathers lines until an event is whole.
#[derive(Debug, Default)]
pub(super) struct Events {
    name: String,
    data: Option<String>,
    raw: Vec<u8>,
    /// The event at hand is longer than is allowed: its rest is passed over.
    skipping: bool,
}

/// What a line made whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing yet.
    More,
    /// An event.
    Whole(Event),
    /// An event that was longer than is allowed, and is gone.
    TooLong,
}

impl Events {
    /// Takes a line, with or without its end.
    pub(super) fn line(&mut self, line: &[u8]) -> Step {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            return self.dispatch();
        }
        if self.skipping || self.raw.len() + text.len() > LONGEST {
            *self = Events { skipping: true, ..Events::default() };
            return Step::More;
        }
        self.raw.extend_from_slice(text);
        self.raw.push(b'\n');
        let text = String::from_utf8_lossy(text);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            // A comment, which Mastodon sends as a sign of life; and fields that it does not use.
            _ => {}
        }
        Step::More
    }

    fn dispatch(&mut self) -> Step {
        let Events { name, data, raw, skipping } = std::mem::take(self);
        match data {
            _ if skipping => Step::TooLong,
            Some(data) => Step::Whole(Event { name, data, raw }),
            None => Step::More,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, String)> {
        let mut events = Events::default();
        let steps = text.split_inclusive('\n').map(|line| events.line(line.as_bytes()));
        let whole = steps.filter_map(|step| match step {
            Step::Whole(event) => Some((event.name, event.data)),
            Step::More | Step::TooLong => None,
        });
        whole.collect()
    }

    fn pair(name: &str, data: &str) -> (String, String) {
        (name.into(), data.into())
    }

    #[test]
    fn events_comments_and_odd_lines() {
        assert_eq!(all(":thump\n:thump\n\nevent: update\ndata: {}\n\n:thump\n\n"), [pair("update", "{}")]);
        assert_eq!(all("event:delete\r\ndata:5\r\n\r\n"), [pair("delete", "5")]);
        assert_eq!(all("event: update\ndata: a\ndata: b\nid: 1\nretry: 5\nnonsense\n\n"), [pair("update", "a\nb")]);
        assert_eq!(all("event: update\n\ndata\n\n"), [pair("", "")]);
        // Cut short: no event.
        assert_eq!(all("event: update\ndata: {\"id\": \"1\"}\n"), []);
    }

    #[test]
    fn an_event_without_end_takes_no_memory() {
        let mut events = Events::default();
        let line = [b"data: ".as_slice(), &[b'x'; 10_000], b"\n"].concat();
        for _ in 0..2_000 {
            assert_eq!(events.line(&line), Step::More);
            assert!(events.raw.len() <= LONGEST + 1);
        }
        assert_eq!(events.line(b"\n"), Step::TooLong);
        events.line(b"data: 1\n");
        assert!(
            matches!(events.line(b"\n"), Step::Whole(Event { data, raw, .. }) if data == "1" && raw == b"data: 1\n")
        );
    }
}
