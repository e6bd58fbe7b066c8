//! What a row says, in words.

use countermark_proof::{Report, RowReport};

/// Which copy it was, what was seen of its wordings, and what that is worth.
pub fn words(row: &RowReport, report: &Report) -> String {
    let whose = if row.file_copy { ", one of the office's own" } else { "" };
    let copies = report.copies.unwrap_or_default();
    let mut out = format!("\ncopy {} of {copies}{whose}: its wordings stand in the published text\n", row.copy);
    if let Some(name) = &row.name {
        let approvers: Vec<String> = name.approvers.iter().map(u8::to_string).collect();
        out.push_str(&format!(
            "      it was for      {}\n      signed by       approvers {}\n      statement       {}\n      reason          {}\n",
            name.recipient,
            approvers.join(" and "),
            indented(&name.statement),
            indented(&name.reason)
        ));
    }
    let differing = row.seen.iter().filter(|site| !site.agrees).count();
    out.push_str(&format!(
        "      seen            {} places, {differing} of them otherwise; not seen: {}\n      by chance       {} of {} codewords agree as well\n",
        row.seen.len(),
        row.unseen.len(),
        short(&row.count),
        short(&row.of)
    ));
    for site in &row.seen {
        let agrees = if site.agrees { "" } else { ", which this copy has not" };
        let (number, at, alternative) = (site.site, site.at, site.alternative);
        out.push_str(&format!("      place {number:<4}      seen at word {at}: alternative {alternative}{agrees}\n"));
    }
    for site in &row.unseen {
        out.push_str(&format!("      place {site:<4}      not seen\n"));
    }
    let source = if row.is_capture { "the capture itself" } else { "by the owner's word" };
    let published = indented(row.published.trim_end());
    out.push_str(&format!("\nthe published text, {source}:\n      {published}\n"));
    out
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n      ")
}

/// A number that a person can read: a long one by its power of ten.
fn short(digits: &str) -> String {
    if digits.len() <= 9 { digits.to_owned() } else { format!("10^{}", digits.len() - 1) }
}
