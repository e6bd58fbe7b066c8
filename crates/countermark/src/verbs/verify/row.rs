//! What a row says, in words.

use countermark_proof::{Report, RowReport};

use crate::terminal::barred;

/// Which copy it was, what was seen of its wordings, and what that is worth.
pub fn words(row: &RowReport, report: &Report) -> String {
    let whose = if row.file_copy { ", one of the office's own" } else { "" };
    let copies = report.copies.unwrap_or_default();
    let mut out = format!("\ncopy {} of {copies}{whose}: its wordings stand in the published text\n", row.copy);
    if let Some(name) = &row.name {
        let approvers: Vec<String> = name.approvers.iter().map(u8::to_string).collect();
        out.push_str(&format!(
            "{}      signed by       approvers {}\n{}{}",
            barred("      it was for      ", &name.recipient),
            approvers.join(" and "),
            barred("      statement       ", &name.statement),
            barred("      reason          ", &name.reason)
        ));
    }
    let differing = row.seen.iter().filter(|site| !site.agrees).count();
    let unseen = if row.unseen.is_empty() { "none".to_owned() } else { ranges(&row.unseen) };
    out.push_str(&format!(
        "      by chance       {} of {} codewords agree as well\n      seen            {} places, {differing} of them otherwise than in this copy\n",
        short(&row.count),
        short(&row.of),
        row.seen.len()
    ));
    for three in row.seen.chunks(3) {
        let places = three.iter().map(|site| {
            let sign = if site.agrees { ' ' } else { '!' };
            let seen = format!("{sign}place {} at word {}: wording {}", site.site, site.at, site.alternative);
            format!("{seen:<36}")
        });
        out.push_str(&format!("     {}\n", places.collect::<String>().trim_end()));
    }
    out.push_str(&format!("      not seen        {unseen}\n"));
    let text: String = row.texts.iter().map(|part| part.text.as_str()).collect();
    out.push_str(&format!("\nthis copy's open parts:\n{}", barred("     ", text.trim())));
    let source = if row.is_capture { "the capture itself" } else { "by the owner's word" };
    let published = barred("     ", row.published.trim_end());
    out.push_str(&format!("\nthe published text, {source}:\n{published}"));
    out
}

/// Numbers, ascending, with runs of them drawn together: `1-7, 9`.
fn ranges(numbers: &[u32]) -> String {
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    let told = runs.map(|run| match run {
        [one] => one.to_string(),
        [first, .., last] => format!("{first}-{last}"),
        [] => String::new(),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// A number that a person can read: a long one by its power of ten.
fn short(digits: &str) -> String {
    if digits.len() <= 9 { digits.to_owned() } else { format!("10^{}", digits.len() - 1) }
}
