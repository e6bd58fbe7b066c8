//! The figures as a picture: a row a channel, a panel a number of copies, and the peers.

use std::fmt::Write as _;

use super::apply::Channel;
use super::figures::{Figures, Texts};

const ROW: f64 = 22.0;
const TOP: f64 = 92.0;
const NAMES: f64 = 190.0;
const PANEL: f64 = 230.0;
const GAP: f64 = 28.0;
const CELL: f64 = 60.0;
/// Told apart by shape too: nothing depends on colour.
const PLAIN: &str = "#c2803a";
const WRITTEN: &str = "#087e8b";
const CERTAIN: &str = "#0b3954";

/// The picture.
pub(crate) fn svg(figures: &Figures<'_>) -> String {
    let width = NAMES + (PANEL + GAP) * figures.cells.len() as f64 + CELL * figures.peers.len() as f64 + GAP;
    let height = TOP + ROW * Channel::ALL.len() as f64 + 40.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>How often the right copy is named, channel by channel</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    text(
        &mut out,
        (16.0, 24.0),
        "start",
        "font-size=\"15\" font-weight=\"bold\"",
        "Right copy named, per cent of the texts",
    );
    legend(&mut out);
    for (number, channel) in Channel::ALL.into_iter().enumerate() {
        let y = TOP + ROW * (number as f64 + 0.5);
        if number % 2 == 0 {
            let _ = writeln!(
                out,
                "<rect x=\"0\" y=\"{:.1}\" width=\"{width}\" height=\"{ROW}\" fill=\"#f6f6f4\"/>",
                y - ROW / 2.0
            );
        }
        text(&mut out, (NAMES - 12.0, y + 4.0), "end", "fill=\"#222\"", channel.name());
    }
    for (number, cell) in figures.cells.iter().enumerate() {
        let left = NAMES + (PANEL + GAP) * number as f64;
        panel(&mut out, figures, left, cell.copies);
    }
    peers(&mut out, figures, NAMES + (PANEL + GAP) * figures.cells.len() as f64);
    out.push_str("</svg>\n");
    out
}

fn legend(out: &mut String) {
    let marks = [
        (Texts::Plain, "plain: the pack alone"),
        (Texts::Written, "written: finished by a writer"),
        (Texts::Certain, "certain: texts that the meter calls certain as sent"),
    ];
    for ((texts, name), x) in marks.into_iter().zip([24.0, 190.0, 400.0]) {
        mark(out, texts, x, 44.0);
        text(out, (x + 10.0, 48.0), "start", "fill=\"#222\"", name);
    }
}

fn panel(out: &mut String, figures: &Figures<'_>, left: f64, copies: u32) {
    let bottom = TOP + ROW * Channel::ALL.len() as f64;
    let x = |share: f64| left + share * PANEL;
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let _ =
            writeln!(out, "<line x1=\"{0:.1}\" y1=\"{TOP}\" x2=\"{0:.1}\" y2=\"{bottom}\" stroke=\"#ddd\"/>", x(tick));
        text(
            out,
            (x(tick), bottom + 16.0),
            "middle",
            "fill=\"#555\" font-size=\"11\"",
            &format!("{:.0}", 100.0 * tick),
        );
    }
    text(out, (x(0.5), TOP - 12.0), "middle", "fill=\"#222\" font-weight=\"bold\"", &format!("{copies} copies"));
    for (number, channel) in Channel::ALL.into_iter().enumerate() {
        let y = TOP + ROW * (number as f64 + 0.5);
        for texts in Texts::ALL {
            let count = figures.count(channel, copies, texts);
            if count.trials() > 0 {
                mark(out, texts, x(count.share()), y);
            }
        }
    }
}

fn mark(out: &mut String, texts: Texts, x: f64, y: f64) {
    let _ = match texts {
        Texts::Plain => writeln!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\" fill=\"#fff\" stroke=\"{PLAIN}\" stroke-width=\"2\"/>"
        ),
        Texts::Written => writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"{WRITTEN}\"/>"),
        Texts::Certain => writeln!(
            out,
            "<path d=\"M{x:.1} {:.1} l5.5 5.5 l-5.5 5.5 l-5.5 -5.5 z\" fill=\"none\" stroke=\"{CERTAIN}\" stroke-width=\"2\"/>",
            y - 5.5
        ),
    };
}

/// A cell a peer and channel, the darker the more were right, with the number in it.
fn peers(out: &mut String, figures: &Figures<'_>, left: f64) {
    let Some(cell) = figures.cells.first() else { return };
    for (column, peer) in figures.peers.iter().enumerate() {
        let x = left + CELL * column as f64;
        let name: Vec<&str> = peer.name.split(['_', '-']).collect();
        for (line, word) in name.iter().rev().enumerate() {
            let at = (x + CELL / 2.0, TOP - 8.0 - 12.0 * line as f64);
            text(out, at, "middle", "fill=\"#222\" font-size=\"10\"", word);
        }
        for (number, channel) in Channel::ALL.into_iter().enumerate() {
            let count = peer.count(channel, cell.copies);
            if count.trials() == 0 {
                continue;
            }
            let (y, share) = (TOP + ROW * number as f64, count.share());
            let _ = writeln!(
                out,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{}\" height=\"{}\" fill=\"#5a5a5a\" fill-opacity=\"{:.2}\" stroke=\"#ccc\"/>",
                x + 1.0,
                y + 1.0,
                CELL - 2.0,
                ROW - 2.0,
                share * 0.85
            );
            let ink = if share > 0.5 { "#fff" } else { "#222" };
            let shown = format!("{:.0}", 100.0 * share);
            text(
                out,
                (x + CELL / 2.0, y + ROW / 2.0 + 4.0),
                "middle",
                &format!("fill=\"{ink}\" font-size=\"11\""),
                &shown,
            );
        }
    }
    if !figures.peers.is_empty() {
        let middle = left + CELL * figures.peers.len() as f64 / 2.0;
        let note = format!("other tools, {} copies", cell.copies);
        text(
            out,
            (middle, TOP + ROW * Channel::ALL.len() as f64 + 16.0),
            "middle",
            "fill=\"#555\" font-size=\"11\"",
            &note,
        );
    }
}

fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, style: &str, content: &str) {
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" {style}>{content}</text>");
}
