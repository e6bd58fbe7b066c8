//! Update notes in other languages, in plain forms that need no inflection by what was changed.

use super::difference::{Deed, Difference};
use super::update::{Around, runs};

/// The words of a language.
struct Words {
    added: &'static str,
    changed: &'static str,
    removed: &'static str,
    order: &'static str,
    layout: &'static str,
    opened: &'static str,
    closed: &'static str,
    post: [&'static str; 2],
    headline: &'static str,
    byline: &'static str,
    category: &'static str,
    heading: &'static str,
    /// One paragraph, several, of the earlier version.
    paragraph: [&'static str; 3],
    /// One part of the letter, several; `#` is the number.
    part: [&'static str; 2],
    whole: &'static str,
    and: &'static str,
    comma: &'static str,
    to: &'static str,
    between: &'static str,
    stop: &'static str,
    space: &'static str,
}

const FRENCH: Words = Words {
    added: "Ajout : ",
    changed: "Modification : ",
    removed: "Suppression : ",
    order: "Ordre des paragraphes modifié",
    layout: "Mise en forme corrigée",
    opened: "Ouverture : ",
    closed: "Retiré de la page : ",
    post: ["Texte de la publication ajouté", "Texte de la publication retiré"],
    headline: "titre modifié",
    byline: "signature modifiée",
    category: "rubrique modifiée",
    heading: "en-tête modifié",
    paragraph: ["paragraphe #", "paragraphes #", "paragraphe # de la version précédente"],
    part: ["partie # de la lettre", "parties # de la lettre"],
    whole: "toute la lettre",
    and: " et ",
    comma: ", ",
    to: " à ",
    between: " ; ",
    stop: ".",
    space: " ",
};

const GERMAN: Words = Words {
    added: "Ergänzt: ",
    changed: "Geändert: ",
    removed: "Gestrichen: ",
    order: "Reihenfolge der Absätze geändert",
    layout: "Umbruch berichtigt",
    opened: "Geöffnet: ",
    closed: "Von der Seite genommen: ",
    post: ["Text des Beitrags ergänzt", "Text des Beitrags entfernt"],
    headline: "Überschrift geändert",
    byline: "Verfasserzeile geändert",
    category: "Rubrik geändert",
    heading: "Kopfzeile geändert",
    paragraph: ["Absatz #", "Absätze #", "Absatz # der früheren Fassung"],
    part: ["Teil # des Briefes", "Teile # des Briefes"],
    whole: "der ganze Brief",
    and: " und ",
    comma: ", ",
    to: " bis ",
    between: "; ",
    stop: ".",
    space: " ",
};

const RUSSIAN: Words = Words {
    added: "Добавлено: ",
    changed: "Изменено: ",
    removed: "Удалено: ",
    order: "Изменён порядок абзацев",
    layout: "Исправлена вёрстка",
    opened: "Открыто: ",
    closed: "Снято со страницы: ",
    post: ["Добавлен текст публикации", "Убран текст публикации"],
    headline: "изменён заголовок",
    byline: "изменена подпись",
    category: "изменена рубрика",
    heading: "изменён подзаголовок",
    paragraph: ["абзац #", "абзацы #", "абзац # прежней версии"],
    part: ["часть # письма", "части # письма"],
    whole: "всё письмо",
    and: " и ",
    comma: ", ",
    to: "–",
    between: "; ",
    stop: ".",
    space: " ",
};

const CHINESE: Words = Words {
    added: "新增",
    changed: "修改",
    removed: "删除",
    order: "调整段落顺序",
    layout: "修正排版",
    opened: "公开",
    closed: "从页面撤下",
    post: ["加入帖子原文", "撤下帖子原文"],
    headline: "修改标题",
    byline: "修改署名",
    category: "修改栏目",
    heading: "修改正文题头",
    paragraph: ["第#段", "第#段", "上一版第#段"],
    part: ["信件第#部分", "信件第#部分"],
    whole: "信件全文",
    and: "、",
    comma: "、",
    to: "至",
    between: "；",
    stop: "。",
    space: "",
};

/// The note in a language; none where there are no words for it.
pub(super) fn note(language: &str, difference: &Difference, around: &Around) -> Option<String> {
    let words = match language {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "ru" => &RUSSIAN,
        "zh" => &CHINESE,
        _ => return None,
    };
    let mut sentences = vec![text(words, difference), around_it(words, around)];
    sentences.retain(|clauses| !clauses.is_empty());
    if sentences.is_empty() {
        sentences.push(vec![words.layout.to_owned()]);
    }
    let shown = sentences.iter().map(|clauses| sentence(words, clauses));
    Some(shown.collect::<Vec<_>>().join(words.space))
}

fn text(words: &Words, difference: &Difference) -> Vec<String> {
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for (at, deed) in &difference.deeds {
        let into = if matches!(deed, Deed::Paragraph | Deed::Said(_)) { &mut added } else { &mut changed };
        if !into.contains(&(at + 1)) {
            into.push(at + 1);
        }
    }
    let gone: Vec<usize> = difference.gone.iter().map(|at| at + 1).collect();
    let of = |numbers: &[usize]| words.paragraph[usize::from(numbers.len() > 1)];
    let mut clauses = Vec::new();
    for (verb, numbers, form) in [
        (words.added, &added, of(&added)),
        (words.changed, &changed, of(&changed)),
        (words.removed, &gone, words.paragraph[2]),
    ] {
        if !numbers.is_empty() {
            clauses.push(format!("{verb}{}", form.replace('#', &list(words, numbers))));
        }
    }
    if difference.order {
        clauses.push(words.order.to_owned());
    }
    if difference.breaks || difference.marks {
        clauses.push(words.layout.to_owned());
    }
    if difference.heading {
        clauses.push(words.heading.to_owned());
    }
    clauses
}

fn around_it(words: &Words, around: &Around) -> Vec<String> {
    let parts = |numbers: &[u32]| {
        let numbers: Vec<usize> = numbers.iter().map(|n| *n as usize).collect();
        words.part[usize::from(numbers.len() > 1)].replace('#', &list(words, &numbers))
    };
    let mut clauses = Vec::new();
    if !around.opened.is_empty() {
        let what = if around.whole { words.whole.to_owned() } else { parts(&around.opened) };
        clauses.push(format!("{}{what}", words.opened));
    }
    if !around.closed.is_empty() {
        clauses.push(format!("{}{}", words.closed, parts(&around.closed)));
    }
    clauses.extend(around.post.map(|shown| words.post[usize::from(!shown)].to_owned()));
    let named = [(around.title, words.headline), (around.byline, words.byline), (around.category, words.category)];
    clauses.extend(named.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name.to_owned()));
    clauses
}

fn list(words: &Words, numbers: &[usize]) -> String {
    let pieces = runs(numbers).pieces(|n| n.to_string(), words.to);
    match &pieces[..] {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{}{}{last}", first.join(words.comma), words.and),
    }
}

fn sentence(words: &Words, clauses: &[String]) -> String {
    let text = clauses.join(words.between);
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}{}", chars.as_str(), words.stop)
}
