//! Puts the screen on the terminal: a title, the letter, the site at hand, the meter, a word of the program, the keys.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use super::input::Input;
use super::page::{Page, cells, columns, cut};
use super::screen::{Confirm, Mode, Screen};
use super::show::{self, HELP, Mark, Tone};

/// Rows below the letter: the site at hand, the meter's two, the program's word, the keys.
const DETAIL: u16 = 7;
/// A window with fewer rows or columns shows nothing of use.
const LEAST: (u16, u16) = (20, 8);

/// Whether colours are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Colours, and what holds without them.
    Colour,
    /// Underlined, bold, dim and reversed only.
    Plain,
}

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, screen: &mut Screen, ink: Ink) {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let text = format!("{} x {} at least", LEAST.0, LEAST.1);
        put(frame.buffer_mut(), area, 0, &text, Style::new());
        return;
    }
    let detail = DETAIL.min(area.height.saturating_sub(9) + 2).min(area.height - 6);
    let letter = Rect { y: area.y + 1, height: area.height - detail - 5, x: area.x + 1, width: area.width - 2 };
    screen.fit(usize::from(letter.width), usize::from(letter.height));
    let width = usize::from(area.width);
    let bar = Style::new().add_modifier(Modifier::REVERSED);
    let buffer = frame.buffer_mut();
    put(buffer, area, 0, &show::title(screen, width), bar);
    match &mut screen.mode {
        Mode::Help(top) => help(buffer, letter, *top),
        Mode::Confirm(confirm) => question(buffer, letter, confirm, ink),
        _ => text(buffer, letter, screen, ink),
    }
    let below = Rect { y: letter.y + letter.height, height: detail, ..area };
    put(buffer, below, 0, &"─".repeat(width), tone(Tone::Label, ink));
    for (number, row) in (1..).zip(show::detail(screen, width, usize::from(detail - 1))) {
        put_row(buffer, below, number, &row, ink);
    }
    let foot = Rect { y: below.y + below.height, height: 4, ..area };
    for (row, line) in (0..).zip(show::meter(screen)) {
        put(buffer, foot, row, &cut(&line, width), tone(Tone::Label, ink));
    }
    let status = match &screen.unsaved {
        Some(why) => (format!(" NOT SAVED (q twice ends all the same): {why}"), Tone::Wrong),
        None => (
            format!(" {}{}", screen.waiting(), super::page::flat(&screen.status.text)),
            if screen.status.wrong { Tone::Wrong } else { Tone::Plain },
        ),
    };
    put(buffer, foot, 2, &cut(&status.0, width), tone(status.1, ink));
    put(buffer, foot, 3, &cut(show::keys(screen), width), bar);
    // What is typed stands in the place of the program's word, unless that says why it can't be taken: then above it.
    if let Mode::Typing(_, input) | Mode::Search(input) = &screen.mode {
        let label = if matches!(screen.mode, Mode::Search(_)) { " look for: " } else { " or: " };
        let row = if screen.status.wrong && screen.unsaved.is_none() { 1 } else { 2 };
        let at = typed(buffer, Rect { y: foot.y + row, height: 1, ..foot }, label, input);
        frame.set_cursor_position(at);
    }
}

/// The letter.
fn text(buffer: &mut Buffer, area: Rect, screen: &Screen, ink: Ink) {
    let letter = screen.review.letter().text();
    let lines = screen.page.lines();
    let shown = screen.top..(screen.top + usize::from(area.height)).min(lines.len());
    let (Some(first), Some(last)) = (lines.get(shown.start), lines.get(shown.end.saturating_sub(1))) else { return };
    let mut marks = show::marks(screen);
    marks.retain(|mark| mark.span.start < last.end && first.start < mark.span.end);
    for (row, line) in (0..area.height).zip(&lines[shown]) {
        let mut column = 0;
        for cell in cells(letter, line.clone()) {
            // A space that hangs over the edge is not shown.
            if column + cell.width > usize::from(area.width) {
                break;
            }
            let style = style_at(&marks, cell.span.start, ink);
            let x = area.x + u16::try_from(column).unwrap_or(u16::MAX);
            buffer.set_stringn(x, area.y + row, &cell.shown, cell.width, style);
            column += cell.width;
        }
    }
}

fn style_at(marks: &[Mark], at: usize, ink: Ink) -> Style {
    let here = |mark: &&Mark| mark.span.contains(&at);
    let Some(mark) = marks.iter().rev().find(here) else { return Style::new() };
    let style = tone(mark.tone, ink);
    if mark.here { style.add_modifier(Modifier::REVERSED) } else { style }
}

fn help(buffer: &mut Buffer, area: Rect, top: usize) {
    for (row, line) in (0..area.height).zip(HELP.lines().skip(top)) {
        put(buffer, area, row, &cut(line, usize::from(area.width)), Style::new());
    }
}

/// A question, and below it all that it is about.
fn question(buffer: &mut Buffer, area: Rect, confirm: &mut Confirm, ink: Ink) {
    let rows: Vec<String> = confirm.rows.iter().flat_map(|row| wrapped(row, usize::from(area.width))).collect();
    let room = usize::from(area.height).saturating_sub(2).max(1);
    confirm.top = confirm.top.min(rows.len().saturating_sub(room));
    let end = (confirm.top + room).min(rows.len());
    confirm.seen |= end == rows.len();
    let answer = if confirm.seen { "y / n" } else { "read on with ↓" };
    put(buffer, area, 0, &format!("{}  {answer}", confirm.question), Style::new().add_modifier(Modifier::BOLD));
    for (row, line) in (1..).zip(&rows[confirm.top..end]) {
        put(buffer, area, row, line, Style::new());
    }
    if rows.len() > room && usize::from(area.height) > room + 1 {
        let where_ = format!("{}-{} of {}", confirm.top + 1, end, rows.len());
        put(buffer, area, area.height - 1, &where_, tone(Tone::Label, ink));
    }
}

/// A row in lines, the later ones indented.
fn wrapped(row: &str, width: usize) -> Vec<String> {
    let page = Page::new(row, width.saturating_sub(4));
    let line = |(number, line): (usize, &std::ops::Range<usize>)| {
        format!("{}{}", if number == 0 { "  " } else { "    " }, &row[line.clone()])
    };
    page.lines().iter().enumerate().map(line).collect()
}

/// A line that is typed, scrolled so that its cursor is seen. Returns where the cursor is.
fn typed(buffer: &mut Buffer, area: Rect, label: &str, input: &Input) -> Position {
    let blank = " ".repeat(usize::from(area.width));
    put(buffer, area, 0, &blank, Style::new());
    put(buffer, area, 0, label, Style::new().add_modifier(Modifier::BOLD));
    let start = columns(label);
    let room = usize::from(area.width).saturating_sub(start + 1).max(1);
    let before: usize = cells(input.text(), 0..input.before().len()).map(|cell| cell.width).sum();
    let hidden = before.saturating_sub(room);
    let (mut passed, mut column) = (0, 0);
    for cell in cells(input.text(), 0..input.text().len()) {
        passed += cell.width;
        if passed <= hidden {
            continue;
        }
        if column + cell.width > room {
            break;
        }
        let x = area.x + u16::try_from(start + column).unwrap_or(u16::MAX);
        buffer.set_stringn(x, area.y, &cell.shown, cell.width, Style::new());
        column += cell.width;
    }
    let at = u16::try_from(start + before - hidden).unwrap_or(u16::MAX);
    Position { x: area.x + at.min(area.width.saturating_sub(1)), y: area.y }
}

fn put_row(buffer: &mut Buffer, area: Rect, row: u16, stretches: &show::Row, ink: Ink) {
    let mut x = 0;
    for (text, kind) in stretches {
        let at = Rect { x: area.x + x, width: area.width.saturating_sub(x), ..area };
        put(buffer, at, row, text, tone(*kind, ink));
        x = x.saturating_add(u16::try_from(columns(text)).unwrap_or(u16::MAX)).min(area.width);
    }
}

fn put(buffer: &mut Buffer, area: Rect, row: u16, text: &str, style: Style) {
    if row < area.height && area.width > 0 {
        buffer.set_stringn(area.x, area.y + row, text, usize::from(area.width), style);
    }
}

fn tone(tone: Tone, ink: Ink) -> Style {
    let (colour, modifier) = match tone {
        Tone::Plain => return Style::new(),
        Tone::Label => (None, Modifier::DIM),
        Tone::Accepted => (Some(Color::Green), Modifier::BOLD),
        Tone::Open => (Some(Color::Yellow), Modifier::UNDERLINED),
        Tone::Refused => (None, Modifier::DIM | Modifier::CROSSED_OUT),
        Tone::Field => (Some(Color::Cyan), Modifier::DIM),
        Tone::Wrong => (Some(Color::Red), Modifier::BOLD),
    };
    let style = Style::new().add_modifier(modifier);
    match colour.filter(|_| ink == Ink::Colour) {
        Some(colour) => style.fg(colour),
        None => style,
    }
}
