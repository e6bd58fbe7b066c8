//! A terminal's output as a picture: text with ANSI colours in, SVG out. The README's pictures are made of what the program really prints.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};

/// Pixels of a character cell.
const CELL: (f64, f64) = (7.83, 19.0);
const MARGIN: f64 = 16.0;

/// How the next characters look.
#[derive(Clone, Copy, Default, PartialEq)]
struct Look {
    bold: bool,
    dim: bool,
    underlined: bool,
    struck: bool,
    colour: Option<u8>,
}

/// Reads standard input and writes the picture.
pub fn run(out: &Path) -> Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input is not text")?;
    std::fs::write(out, svg(&text)).with_context(|| format!("{} can't be written", out.display()))
}

fn svg(text: &str) -> String {
    let lines: Vec<Vec<(Look, String)>> = runs(text);
    let columns = lines.iter().map(|line| line.iter().map(|(_, run)| run.chars().count()).sum()).max().unwrap_or(0);
    let width = columns as f64 * CELL.0 + 2.0 * MARGIN;
    let height = lines.len() as f64 * CELL.1 + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#16181d\"/>\n"
    );
    for (row, line) in lines.iter().enumerate() {
        let y = MARGIN + row as f64 * CELL.1 + 13.0;
        let mut column = 0;
        for (look, run) in line {
            let x = MARGIN + column as f64 * CELL.0;
            let length = run.chars().count();
            column += length;
            if !run.trim().is_empty() {
                let span = length as f64 * CELL.0;
                let style = style(*look);
                let run = escape(run);
                out.push_str(&format!(
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{span:.1}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\"{style}>{run}</text>\n"
                ));
            }
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Lines of runs that look alike.
fn runs(text: &str) -> Vec<Vec<(Look, String)>> {
    let mut look = Look::default();
    let mut lines = Vec::new();
    for line in text.trim_end().lines() {
        let mut runs: Vec<(Look, String)> = Vec::new();
        let mut rest = line;
        while let Some(at) = rest.find('\u{1b}') {
            push(&mut runs, look, &rest[..at]);
            let Some(end) = rest[at..].find('m') else { break };
            rest[at..at + end].trim_start_matches("\u{1b}[").split(';').for_each(|code| apply(&mut look, code));
            rest = &rest[at + end + 1..];
        }
        push(&mut runs, look, rest);
        lines.push(runs);
    }
    lines
}

fn push(runs: &mut Vec<(Look, String)>, look: Look, text: &str) {
    if !text.is_empty() {
        runs.push((look, text.to_owned()));
    }
}

fn apply(look: &mut Look, code: &str) {
    match code.parse().unwrap_or(0) {
        0 => *look = Look::default(),
        1 => look.bold = true,
        2 => look.dim = true,
        4 => look.underlined = true,
        9 => look.struck = true,
        22 => (look.bold, look.dim) = (false, false),
        24 => look.underlined = false,
        29 => look.struck = false,
        code @ (30..=37 | 90..=97) => look.colour = Some(code),
        39 => look.colour = None,
        _ => {}
    }
}

fn style(look: Look) -> String {
    let colour = match look.colour {
        Some(31 | 91) => "#ff7b72",
        Some(32 | 92) => "#7ee787",
        Some(33 | 93) => "#e3b341",
        Some(34 | 94) => "#79c0ff",
        Some(35 | 95) => "#d2a8ff",
        Some(36 | 96) => "#76e3ea",
        _ if look.dim => "#8b949e",
        _ => "#e6edf3",
    };
    let weight = if look.bold { " font-weight=\"bold\"" } else { "" };
    let decoration = match (look.underlined, look.struck) {
        (true, true) => " text-decoration=\"underline line-through\"",
        (true, false) => " text-decoration=\"underline\"",
        (false, true) => " text-decoration=\"line-through\"",
        (false, false) => "",
    };
    format!(" fill=\"{colour}\"{weight}{decoration}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
