//! A mail in plain text.

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use lettre::{SmtpTransport, Transport};

use super::{Deliver, Message, WayFault};
use crate::config::Tls;
use crate::limits;

/// The mail server, and who writes to whom.
pub(super) struct Mail {
    server: String,
    tls: Tls,
    from: String,
    to: Vec<String>,
    secret: Option<String>,
}

impl Mail {
    pub(super) fn new(server: &str, tls: Tls, from: &str, to: &[String], secret: Option<String>) -> Self {
        Self { server: server.to_owned(), tls, from: from.to_owned(), to: to.to_vec(), secret }
    }

    fn transport(&self) -> Result<SmtpTransport, WayFault> {
        let (host, port) = self.server.rsplit_once(':').ok_or(WayFault::Address)?;
        let port = port.parse().map_err(|_| WayFault::Address)?;
        let builder = match self.tls {
            Tls::Implicit => SmtpTransport::relay(host).map_err(|_| WayFault::Mail)?,
            Tls::Starttls => SmtpTransport::starttls_relay(host).map_err(|_| WayFault::Mail)?,
            Tls::None => {
                // In the clear it goes to this machine only, whatever the file says.
                let loopback = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
                if !loopback {
                    return Err(WayFault::Address);
                }
                SmtpTransport::builder_dangerous(host)
            }
        };
        // The machine's own name is nobody's business.
        let hello = ClientId::Domain("localhost".to_owned());
        let mut builder = builder.port(port).timeout(Some(limits::WAY)).hello_name(hello);
        if let Some((user, password)) = self.secret.as_deref().and_then(|secret| secret.split_once(':')) {
            builder = builder.credentials(Credentials::new(user.to_owned(), password.to_owned()));
        }
        Ok(builder.build())
    }
}

impl Deliver for Mail {
    fn deliver(&mut self, message: &Message, now: u64) -> Result<(), WayFault> {
        let mail = write(&self.from, &self.to, message, now)?;
        self.transport()?.send(&mail).map(|_| ()).map_err(|_| WayFault::Mail)
    }
}

fn write(from: &str, to: &[String], message: &Message, now: u64) -> Result<lettre::Message, WayFault> {
    let mut builder = lettre::Message::builder().from(from.parse().map_err(|_| WayFault::Address)?);
    for one in to {
        builder = builder.to(one.parse().map_err(|_| WayFault::Address)?);
    }
    let first = message.alarms().first();
    if let Message::Second(second) = message {
        builder = builder.message_id(Some(format!("<{}.case@countermark.invalid>", second.handle)));
    }
    if let Some(alarm) = first {
        // The same for every attempt, so that a mail that is sent twice is known for one.
        builder = builder.message_id(Some(format!("<{}.{}@countermark.invalid>", alarm.handle, message.count())));
    }
    let subject = match message.count() {
        _ if matches!(message, Message::Second(_)) => "Countermark: a case".to_owned(),
        1 => "Countermark: an alarm".to_owned(),
        count => format!("Countermark: {count} alarms"),
    };
    let builder = builder.subject(subject).header(ContentType::TEXT_PLAIN);
    builder.body(text(message, now)).map_err(|_| WayFault::Address)
}

fn text(message: &Message, now: u64) -> String {
    let time = |at: u64| {
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(at.min(253_402_300_799));
        humantime::format_rfc3339_seconds(at).to_string()
    };
    let mut text = format!("{} since {}\r\n", message.summary().split(',').next().unwrap_or_default(), time(now));
    if message.count() == 1 {
        text.clear();
    }
    for alarm in message.alarms() {
        let published = alarm.published_at.map_or("unknown".to_owned(), time);
        text.push_str(&format!(
            "\r\naddress    {}\r\npublished  {published} (as the service says)\r\ncaptured   {}\r\nlevel      {}\r\nwords      {}\r\nrarity     {:.1} bits\r\nsource     {}\r\nhandle     {}\r\n",
            alarm.url.as_deref().unwrap_or("none"),
            time(alarm.captured_at),
            alarm.level_name(),
            alarm.words,
            alarm.bits,
            alarm.source,
            alarm.handle,
        ));
    }
    if let Message::Second(second) = message {
        text.push_str(&format!(
            "what      {}\r\nwords     {}\r\nchanges   {}\r\ncase      {}\r\ncaptured  {}\r\nhandle    {}\r\n",
            second.kind,
            second.words,
            second.changes,
            second.case,
            time(second.captured_at),
            second.handle,
        ));
    }
    text.push_str("\r\nUnlock the desk, or run `countermark case list`, for the rest.\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::Alarm;
    use countermark_inbox::Level;

    fn alarm() -> Alarm {
        Alarm {
            handle: "ab".repeat(16),
            level: Level::Alarm,
            source: "gazette".into(),
            url: Some("https://gazette.example/17".into()),
            published_at: Some(1_900_000_000),
            captured_at: 1_900_000_060,
            words: 12,
            bits: 41.26,
        }
    }

    #[test]
    fn a_mail_says_where_when_and_how_much() {
        let mail = write("watch@office.example", &["a@office.example".into()], &Message::One(alarm()), 5).unwrap();
        let text = String::from_utf8(mail.formatted()).unwrap();
        for part in [
            "Subject: Countermark: an alarm\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "https://gazette.example/17",
            "2030-03-17T17:46:40Z",
            "rarity     41.3 bits",
            &format!("Message-ID: <{}.1@countermark.invalid>", "ab".repeat(16)),
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn in_the_clear_to_this_machine_only() {
        let to = ["a@office.example".to_owned()];
        let mail = |server: &str| Mail::new(server, Tls::None, "w@office.example", &to, None).transport().map(|_| ());
        assert_eq!(mail("mail.example:25"), Err(WayFault::Address));
        assert_eq!(mail("127.0.0.1"), Err(WayFault::Address));
        assert_eq!(mail("127.0.0.1:25"), Ok(()));
    }
}
