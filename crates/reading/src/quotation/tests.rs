use super::{How, Manner};
use crate::Names;

/// Text, and for each quotation: words, speaker, how sure, manner, to whom.
type Case<'c> = (&'c str, &'c [(&'c str, &'c str, Option<How>, Manner, &'c str)]);

fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for (text, expected) in cases {
        let found = super::quotations(text, &Names::new()).quotations;
        let shown: Vec<_> = found
            .iter()
            .map(|q| {
                let speaker = q.speaker.as_ref();
                let (name, how) = (speaker.map_or("", |s| s.name.as_str()).to_owned(), speaker.map(|s| s.how));
                (q.text(text), name, how, q.manner, q.to.as_ref().map_or("", |to| to.name.as_str()).to_owned())
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(q, s, how, m, to)| ((*q).to_owned(), (*s).to_owned(), *how, *m, (*to).to_owned()))
            .collect();
        if shown != expected {
            wrong.push_str(&format!("{text}\n  found    {shown:?}\n  expected {expected:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const NAMED: Option<How> = Some(How::Named);
const PRONOUN: Option<How> = Some(How::Pronoun);
const ROLE: Option<How> = Some(How::Role);
use Manner::{Said, Unknown, Written};

#[test]
fn english() {
    check(&[
        ("“We will not yield,” Arne Holm said.", &[("We will not yield,", "Arne Holm", NAMED, Said, "")]),
        ("\"We will\", Arne Holm wrote, \"not yield\".", &[("We will not yield", "Arne Holm", NAMED, Written, "")]),
        (
            "President Arne Holm told Ina Velt: “We will not yield.”",
            &[("We will not yield.", "Arne Holm", NAMED, Said, "Ina Velt")],
        ),
        (
            "In a letter to Ina Velt, Arne Holm wrote that he was “deeply sorry”.",
            &[("deeply sorry", "Arne Holm", NAMED, Written, "Ina Velt")],
        ),
        ("“Will you stay?” asked the minister, Ina Velt.", &[("Will you stay?", "Ina Velt", NAMED, Said, "")]),
        ("Ina Velt, the foreign minister of Velland, said: “No.”", &[("No.", "Ina Velt", NAMED, Said, "")]),
        ("A spokesman for Arne Holm said: “He will answer.”", &[("He will answer.", "spokesman", ROLE, Said, "")]),
        ("Arne Holm's spokesman said “he will answer”.", &[("he will answer", "spokesman", ROLE, Said, "")]),
        ("Arne Holm arrived in Vell. “It was long,” he said.", &[("It was long,", "Arne Holm", PRONOUN, Said, "")]),
        ("Arne Holm met Ina Velt. “It was long,” he said.", &[("It was long,", "", None, Said, "")]),
        ("Mr. Holm met Mrs. Velt. “It was long,” she said.", &[("It was long,", "Velt", PRONOUN, Said, "")]),
        ("According to Arne Holm, “nothing was agreed”.", &[("nothing was agreed", "Arne Holm", NAMED, Unknown, "")]),
        (
            "Arne Holm's letter to Ina Velt reads: “Dear Ina, no.”",
            &[("Dear Ina, no.", "Arne Holm", NAMED, Written, "Ina Velt")],
        ),
        ("The so-called “peace of Vell” was read in the novel “Long Winter Nights”.", &[]),
        ("“Nothing was ever agreed in Vell.”", &[("Nothing was ever agreed in Vell.", "", None, Unknown, "")]),
        (
            "“We stay,” said Holm. “We always did.”",
            &[("We stay,", "Holm", NAMED, Said, ""), ("We always did.", "Holm", Some(How::Carried), Said, "")],
        ),
        (
            "Arne Holm was told by aides: “They will not come back.”",
            &[("They will not come back.", "", None, Unknown, "")],
        ),
    ]);
}

#[test]
fn german() {
    check(&[
        ("„Wir bleiben hier“, sagte Arne Holm am Montag.", &[("Wir bleiben hier", "Arne Holm", NAMED, Said, "")]),
        (
            "Der Präsident Arne Holm schrieb in einem Brief an Ina Velt: „Wir bleiben.“",
            &[("Wir bleiben.", "Arne Holm", NAMED, Written, "Ina Velt")],
        ),
        ("„Wir bleiben hier“, so Holm. Das ist nicht der Anfang.", &[("Wir bleiben hier", "Holm", NAMED, Unknown, "")]),
        (
            "»Wir bleiben«, sagte die Ministerin, »und zwar alle.«",
            &[("Wir bleiben und zwar alle.", "Ministerin", ROLE, Said, "")],
        ),
        ("Laut Arne Holm ist der Vertrag „nicht zu retten“.", &[("nicht zu retten", "Arne Holm", NAMED, Unknown, "")]),
    ]);
}

#[test]
fn french() {
    check(&[
        (
            "« Nous restons ici », a déclaré Arne Holm à la presse.",
            &[("Nous restons ici", "Arne Holm", NAMED, Said, "")],
        ),
        (
            "Le président Arne Holm a écrit dans une lettre à Ina Velt : « Nous restons. »",
            &[("Nous restons.", "Arne Holm", NAMED, Written, "Ina Velt")],
        ),
        (
            "« Nous restons, a déclaré Arne Holm, et c’est tout. »",
            &[("Nous restons et c’est tout.", "Arne Holm", NAMED, Said, "")],
        ),
        (
            "Selon Ina Velt, le traité est « tout à fait mort ».",
            &[("tout à fait mort", "Ina Velt", NAMED, Unknown, "")],
        ),
    ]);
}

#[test]
fn russian() {
    check(&[
        ("«Мы останемся здесь», — сказал Арне Хольм.", &[("Мы останемся здесь", "Арне Хольм", NAMED, Said, "")]),
        (
            "«Мы останемся, — написал Арне Хольм, — и точка».",
            &[("Мы останемся, и точка", "Арне Хольм", NAMED, Written, "")],
        ),
        (
            "Президент Веланда Арне Хольм написал в письме Ине Вельт: «Мы останемся».",
            &[("Мы останемся", "Арне Хольм", NAMED, Written, "Ине Вельт")],
        ),
        ("По словам Арне Хольма, договор «нельзя спасти».", &[("нельзя спасти", "Арне Хольма", NAMED, Unknown, "")]),
        ("Об этом пишет газета «Вестник Веланда».", &[]),
        (
            "Арне Хольм приехал утром. «Дорога была долгой», — сказал он.",
            &[("Дорога была долгой", "Арне Хольм", PRONOUN, Said, "")],
        ),
    ]);
}
