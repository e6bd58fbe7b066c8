//! What happens to a copy before it is found.

use countermark_text::Span;

use super::words;
use crate::chance::Chance;
use crate::damage;

/// A channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    Pasted,
    Stripped,
    Nfkc,
    Collapsed,
    Ascii,
    Retyped,
    American,
    British,
    Half,
    HalfRetyped,
    Third,
    ThirdRetyped,
    Sentence,
    SentenceRetyped,
    Quoted,
    Slips,
    Deleted,
    Synonyms,
    Shuffled,
    TwoMixed,
    ThreeMixed,
    Screenshot,
}

/// What the strength meter promises of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All sites are there.
    Pasted,
    /// Those are there that survive retyping.
    Retyped,
}

/// A text as it is found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The text.
    pub(crate) text: String,
    /// What was quoted, in bytes of the copy; nothing where it was the whole.
    pub(crate) cut: Option<Span>,
}

/// Where quotations end up.
const ARTICLES: [&str; 3] = [
    include_str!("../../../bench/channels/articles/1.txt"),
    include_str!("../../../bench/channels/articles/2.txt"),
    include_str!("../../../bench/channels/articles/3.txt"),
];

impl Channel {
    /// All channels in the table's order.
    pub(crate) const ALL: [Self; 22] = [
        Self::Pasted,
        Self::Stripped,
        Self::Nfkc,
        Self::Collapsed,
        Self::Ascii,
        Self::Retyped,
        Self::Screenshot,
        Self::American,
        Self::British,
        Self::Quoted,
        Self::Half,
        Self::HalfRetyped,
        Self::Third,
        Self::ThirdRetyped,
        Self::Sentence,
        Self::SentenceRetyped,
        Self::Slips,
        Self::Deleted,
        Self::Synonyms,
        Self::Shuffled,
        Self::TwoMixed,
        Self::ThreeMixed,
    ];

    /// The name that stands in tables and in the figures that the strength meter shows.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pasted => "pasted",
            Self::Stripped => "invisible characters stripped",
            Self::Nfkc => "NFKC",
            Self::Collapsed => "white space collapsed",
            Self::Ascii => "ASCII punctuation",
            Self::Retyped => "retyped",
            Self::American => "spelling made American",
            Self::British => "spelling made British",
            Self::Half => "half",
            Self::HalfRetyped => "half, retyped",
            Self::Third => "30 %",
            Self::ThirdRetyped => "30 %, retyped",
            Self::Sentence => "one sentence",
            Self::SentenceRetyped => "one sentence, retyped",
            Self::Quoted => "quoted in an article",
            Self::Slips => "3 % typing slips",
            Self::Deleted => "10 % of words deleted",
            Self::Synonyms => "10 % of words replaced",
            Self::Shuffled => "sentences shuffled",
            Self::TwoMixed => "two copies mixed",
            Self::ThreeMixed => "three copies mixed",
            Self::Screenshot => "screenshot",
        }
    }

    /// Which of the meter's promises a text is held to.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Pasted | Self::Stripped | Self::Half | Self::Third | Self::Sentence | Self::Quoted => Kind::Pasted,
            Self::Shuffled | Self::TwoMixed | Self::ThreeMixed => Kind::Pasted,
            _ => Kind::Retyped,
        }
    }

    /// How many copies go in.
    pub(crate) fn copies(self) -> usize {
        match self {
            Self::TwoMixed => 2,
            Self::ThreeMixed => 3,
            _ => 1,
        }
    }

    /// What becomes of the first copy; of the others too where copies are mixed. A screenshot is read elsewhere: here the
    /// text stays as it is.
    pub(crate) fn apply(self, copies: &[String], chance: &mut Chance) -> Found {
        let own = copies.first().map_or("", String::as_str);
        let whole = |text: String| Found { text, cut: None };
        let cut = |span: Span, retyped: bool| {
            let text = &own[span.clone()];
            Found { text: if retyped { damage::retyped(text) } else { text.to_owned() }, cut: Some(span) }
        };
        match self {
            Self::Pasted | Self::Screenshot => whole(own.to_owned()),
            Self::Stripped => whole(damage::without_invisible(own)),
            Self::Nfkc => whole(damage::nfkc(own)),
            Self::Collapsed => whole(damage::on_one_line(own)),
            Self::Ascii => whole(damage::ascii_marks(own)),
            Self::Retyped => whole(damage::retyped(own)),
            Self::American => whole(words::american(own)),
            Self::British => whole(words::british(own)),
            Self::Half => cut(damage::window(own, 50, chance), false),
            Self::HalfRetyped => cut(damage::window(own, 50, chance), true),
            Self::Third => cut(damage::window(own, 30, chance), false),
            Self::ThirdRetyped => cut(damage::window(own, 30, chance), true),
            Self::Sentence => cut(damage::sentence(own, chance), false),
            Self::SentenceRetyped => cut(damage::sentence(own, chance), true),
            Self::Quoted => {
                let article = ARTICLES[chance.below(ARTICLES.len())];
                whole(article.replacen('@', &format!("“{}”", own.trim()), 1))
            }
            Self::Slips => whole(damage::each_word(own, |word, out| {
                if chance.percent(3) { out.push_str(&damage::slip(word, chance)) } else { out.push_str(word) }
            })),
            Self::Deleted => {
                let mut kept = words::split(own);
                kept.retain(|_| !chance.percent(10));
                whole(kept.concat())
            }
            Self::Synonyms => whole(words::synonyms(own, 10, chance)),
            Self::Shuffled => {
                let mut sentences: Vec<&str> =
                    countermark_text::sentences(own).into_iter().map(|span| &own[span]).collect();
                chance.shuffle(&mut sentences);
                whole(sentences.join(" "))
            }
            Self::TwoMixed | Self::ThreeMixed => {
                let mut mixed = own.to_owned();
                for (number, other) in (2..).zip(copies.iter().take(self.copies()).skip(1)) {
                    mixed = words::mixed(&mixed, other, number, chance);
                }
                whole(mixed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "“The harbour\u{200b} is closed,” the minister of Orvanne wrote – and we agree.\n\nIt will open in the \
                        spring, when the ice is gone; until then nobody’s ship may land. Signed, the favourite.";

    fn apply(channel: Channel) -> Found {
        channel.apply(
            &[TEXT.to_owned(), TEXT.replace("closed", "shut"), TEXT.replace("gone", "away")],
            &mut Chance::new(1, 1),
        )
    }

    #[test]
    fn channels_do_what_they_say() {
        let text = |channel: Channel| apply(channel).text;
        assert_eq!(text(Channel::Pasted), TEXT);
        assert_eq!(text(Channel::Stripped), TEXT.replace('\u{200b}', ""));
        assert!(text(Channel::Collapsed).contains("agree. It will"));
        assert!(text(Channel::Ascii).contains("nobody's ship"));
        assert!(text(Channel::Retyped).starts_with("\"the harbour is closed,\" the minister of orvanne wrote - and"));
        assert!(
            text(Channel::American).contains("The harbor\u{200b} is") && text(Channel::American).contains("favorite")
        );
        assert_eq!(text(Channel::British), TEXT);
        assert!(text(Channel::Quoted).contains(TEXT) && text(Channel::Quoted).len() > 2 * TEXT.len());
        assert!(text(Channel::TwoMixed).len().abs_diff(TEXT.len()) <= 2);
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(&text(Channel::Shuffled)), sorted(TEXT));
    }

    #[test]
    fn cuts_say_where_they_were_made() {
        for (plain, retyped) in [
            (Channel::Half, Channel::HalfRetyped),
            (Channel::Third, Channel::ThirdRetyped),
            (Channel::Sentence, Channel::SentenceRetyped),
        ] {
            let (plain, retyped) = (apply(plain), apply(retyped));
            assert_eq!(plain.text, TEXT[plain.cut.clone().expect("a cut")]);
            assert_eq!(plain.cut, retyped.cut);
            assert_eq!(damage::retyped(&plain.text), retyped.text);
        }
    }

    #[test]
    fn damage_changes_some_words_and_leaves_most() {
        let long = TEXT.repeat(20);
        for (channel, least, most) in
            [(Channel::Slips, 0.01, 0.06), (Channel::Deleted, 0.05, 0.15), (Channel::Synonyms, 0.03, 0.15)]
        {
            let found = channel.apply(std::slice::from_ref(&long), &mut Chance::new(2, 1)).text;
            let kept = words::common(&words::split(&long), &words::split(&found)).len();
            let lost = 1.0 - kept as f64 / words::split(&long).len() as f64;
            assert!((least..most).contains(&lost), "{channel:?}: {lost}");
        }
    }
}
