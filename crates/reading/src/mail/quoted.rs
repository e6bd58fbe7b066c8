//! The writer's own words apart from what he quotes: lines behind `>`, the line that says who wrote them, and everything below the head of
//! an earlier letter.

/// A text, taken apart.
#[derive(Default)]
pub(super) struct Parted {
    /// His own words.
    pub(super) own: String,
    /// What he quotes, with the lines that say so.
    pub(super) quoted: String,
    /// What stands below `-- `.
    pub(super) signature: String,
}

/// Takes a text apart.
pub(super) fn part(text: &str) -> Parted {
    let lines: Vec<&str> = text.lines().collect();
    let mut parted = Parted::default();
    let mut at = 0;
    while at < lines.len() {
        let rest = &lines[at..];
        let count = quotation(rest, !parted.own.trim().is_empty());
        if count > 0 {
            push(&mut parted.quoted, &rest[..count]);
            at += count;
        } else if rest[0] == "-- " || (rest[0] == "--" && rest.len() <= 12) {
            // Quotations may stand below the signature.
            let end = (1..rest.len()).find(|n| quotation(&rest[*n..], true) > 0).unwrap_or(rest.len());
            push(&mut parted.signature, &rest[1..end]);
            at += end;
        } else {
            push(&mut parted.own, &rest[..1]);
            at += 1;
        }
    }
    for part in [&mut parted.own, &mut parted.quoted, &mut parted.signature] {
        *part = part.trim().to_owned();
    }
    parted
}

fn push(to: &mut String, lines: &[&str]) {
    for line in lines {
        to.push_str(line.trim_end());
        to.push('\n');
    }
}

/// How many of these lines, from the first, are a quotation. `own` says whether own words came before.
fn quotation(lines: &[&str], own: bool) -> usize {
    let is_quoted = |line: &&str| line.trim_start().starts_with('>');
    let quoted = lines.iter().take_while(|line| is_quoted(line)).count();
    if quoted > 0 {
        return quoted;
    }
    if is_divider(lines[0]) || is_head(lines) {
        return lines.len();
    }
    // "On …, Ada Lind <ada@example.org> wrote:", in one line or broken into two or three, and a quotation right below.
    for count in 1..=3.min(lines.len()) {
        let joined = lines[..count].iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        if lines[..count].iter().any(|line| line.trim().is_empty() || is_quoted(line)) {
            break;
        }
        if !is_attribution(&joined) {
            continue;
        }
        let below = lines[count..].iter().position(|line| !line.trim().is_empty());
        return match below.map(|below| &lines[count + below]) {
            Some(line) if is_quoted(line) => count,
            // Programs that mark nothing put the whole earlier letter below.
            _ if own => lines.len(),
            _ => 0,
        };
    }
    0
}

/// The line that says who wrote what follows, in the languages of the mail programs that are about.
fn is_attribution(line: &str) -> bool {
    const FORMS: [(&[&str], &[&str]); 9] = [
        (&["On "], &["wrote:", "writes:"]),
        (&["Am "], &["schrieb:"]),
        (&["Le "], &["a écrit :", "a écrit:"]),
        (&["El "], &["escribió:"]),
        (&["Il "], &["ha scritto:"]),
        (&["Op "], &["schreef:"]),
        (&["Em "], &["escreveu:"]),
        (&["W dniu "], &["napisał:", "napisał(a):", "pisze:"]),
        (&[""], &["написал:", "написала:", "написал(а):", "пишет:", "писал(а):"]),
    ];
    let line = line.replace(['\u{a0}', '\u{202f}'], " ");
    let dated = line.bytes().any(|byte| byte.is_ascii_digit());
    let who = line.contains('@') || line.contains(',') || line.contains(':');
    let known = FORMS.iter().any(|(begins, ends)| {
        begins.iter().any(|begin| line.starts_with(begin)) && ends.iter().any(|end| line.ends_with(end))
    });
    // "Am 3. Mai schrieb Ada Lind:", the verb before the name.
    let german = line.starts_with("Am ") && line.contains(" schrieb ") && line.ends_with(':');
    (known || german) && dated && who && line.chars().count() <= 300
}

/// A line between a letter and the one that it answers or passes on.
fn is_divider(line: &str) -> bool {
    const WORDS: [&str; 11] = [
        "original message",
        "forwarded message",
        "original appointment",
        "ursprüngliche nachricht",
        "weitergeleitete nachricht",
        "message d'origine",
        "message transféré",
        "mensaje original",
        "исходное сообщение",
        "пересылаемое сообщение",
        "begin forwarded message",
    ];
    let line = line.trim();
    let bare = line.trim_matches(|c: char| c == '-' || c == ' ' || c == ':').to_lowercase();
    let bars = line.starts_with("---") || line.ends_with(':');
    bars && WORDS.contains(&bare.as_str())
}

/// The head of an earlier letter as Outlook writes it: From and Sent or Date and To, in one of its languages.
fn is_head(lines: &[&str]) -> bool {
    const FIRST: [&str; 6] = ["From:", "Von:", "De :", "De:", "Da:", "От:"];
    const OTHERS: [&str; 16] = [
        "Sent:",
        "Date:",
        "To:",
        "Subject:",
        "Gesendet:",
        "Datum:",
        "An:",
        "Betreff:",
        "Envoyé :",
        "Date :",
        "À :",
        "Objet :",
        "Enviado:",
        "Para:",
        "Отправлено:",
        "Кому:",
    ];
    let bare = |line: &str| line.trim().trim_start_matches(['*', '_']).to_owned();
    if !FIRST.iter().any(|first| bare(lines[0]).starts_with(first)) {
        return false;
    }
    let follow = lines[1..].iter().take(6).filter(|line| OTHERS.iter().any(|other| bare(line).starts_with(other)));
    follow.count() >= 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn own_words_and_quotations() {
        for (text, own, quoted, signature) in [
            ("No.\n", "No.", "", ""),
            (
                "No.\n\nOn Mon, Jan 15, 2024, Ada Lind wrote:\n> Will you?\n",
                "No.",
                "On Mon, Jan 15, 2024, Ada Lind wrote:\n> Will you?",
                "",
            ),
            (
                "On Mon, Jan 15, 2024 Ada Lind\n<ada@example.org> wrote:\n\n> Will you?\n\nNo.",
                "No.",
                "On Mon, Jan 15, 2024 Ada Lind\n<ada@example.org> wrote:\n> Will you?",
                "",
            ),
            ("> Will you?\nNo.\n> And then?\nNever.", "No.\nNever.", "> Will you?\n> And then?", ""),
            (
                "Nein.\n\nAm 15.01.24 um 10:30 schrieb Ada Lind:\n> Ja?",
                "Nein.",
                "Am 15.01.24 um 10:30 schrieb Ada Lind:\n> Ja?",
                "",
            ),
            (
                "Нет.\n\n15.01.2024, 10:30, Ада Линд написала:\n> Да?",
                "Нет.",
                "15.01.2024, 10:30, Ада Линд написала:\n> Да?",
                "",
            ),
            (
                "No.\n\n-----Original Message-----\nFrom: Ada\nWill you?",
                "No.",
                "-----Original Message-----\nFrom: Ada\nWill you?",
                "",
            ),
            (
                "No.\n\nFrom: Ada Lind\nSent: Monday\nTo: Ben Holm\nSubject: x\n\nWill you?",
                "No.",
                "From: Ada Lind\nSent: Monday\nTo: Ben Holm\nSubject: x\n\nWill you?",
                "",
            ),
            ("No.\n-- \nBen Holm\nOffice\n", "No.", "", "Ben Holm\nOffice"),
            ("No.\n-- \nBen\n\nOn 15.1., Ada wrote:\n> x", "No.", "On 15.1., Ada wrote:\n> x", "Ben"),
            // Own words that only look so.
            ("On reflection, this is what I wrote: nothing.", "On reflection, this is what I wrote: nothing.", "", ""),
            ("From: the coast\nwe went on.", "From: the coast\nwe went on.", "", ""),
            ("", "", "", ""),
        ] {
            let parted = part(text);
            assert_eq!(
                (parted.own.as_str(), parted.quoted.as_str(), parted.signature.as_str()),
                (own, quoted, signature),
                "{text:?}"
            );
        }
    }

    proptest! {
        /// Nothing is lost: every word stands in one of the three.
        #[test]
        fn every_word_is_kept(text in "([a-c>]{0,3}( |\n)|On 1, x wrote:\n|-- \n|From: a\nSent: b\nTo: c\n){0,12}") {
            let parted = part(&text);
            let count = |text: &str| text.split_whitespace().filter(|word| *word != "--").count();
            prop_assert_eq!(count(&parted.own) + count(&parted.quoted) + count(&parted.signature), count(&text));
        }
    }
}
