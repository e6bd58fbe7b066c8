//! The curves of G2 as a picture.

use std::fmt::Write as _;

use super::Point;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 480.0;
const MARGIN: f64 = 56.0;
/// Bits on the horizontal axis, sites on the vertical one.
const ACROSS: (f64, f64) = (5.0, 55.0);
const UP: (f64, f64) = (0.0, 80.0);
/// Told apart by brightness too, and each named at its end: nothing depends on colour.
const COLOURS: [&str; 4] = ["#0b3954", "#087e8b", "#c2803a", "#b5446e"];

/// Draws intact sites against `log2(n / epsilon)`, a curve for each number of altered sites.
pub(super) fn svg(points: &[Point]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Intact sites needed to name a copy at the first look</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    axes(&mut svg);
    let ideal = format!("{:.1},{:.1} {:.1},{:.1}", x(ACROSS.0), y(ACROSS.0), x(48.0), y(48.0));
    line(&mut svg, &ideal, "#999", "4 4");
    label(&mut svg, x(38.0), y(38.0) + 22.0, "start", "#666", "log2(n / epsilon) itself");
    for (altered, colour) in COLOURS.iter().enumerate() {
        let mut path = String::new();
        let mut end = (0.0, 0.0);
        for point in points {
            end = (x(point.bits), y(f64::from(point.intact[altered])));
            let _ = write!(path, "{:.1},{:.1} ", end.0, end.1);
        }
        line(&mut svg, path.trim_end(), colour, "none");
        let name = ["none altered", "1 altered", "2 altered", "3 altered"][altered];
        label(&mut svg, end.0 + 4.0, end.1 + 4.0, "start", colour, name);
    }
    svg.push_str("</svg>\n");
    svg
}

fn axes(svg: &mut String) {
    for bits in (10..=50).step_by(10) {
        let at = x(f64::from(bits));
        line(svg, &format!("{at:.1},{:.1} {at:.1},{:.1}", y(UP.0), y(UP.1)), "#eee", "none");
        label(svg, at, y(UP.0) + 16.0, "middle", "#333", &bits.to_string());
    }
    for sites in (0..=80).step_by(10) {
        let at = y(f64::from(sites));
        line(svg, &format!("{:.1},{at:.1} {:.1},{at:.1}", x(ACROSS.0), x(ACROSS.1)), "#eee", "none");
        label(svg, x(ACROSS.0) - 6.0, at + 4.0, "end", "#333", &sites.to_string());
    }
    label(svg, WIDTH / 2.0, HEIGHT - 12.0, "middle", "#333", "log2(n / epsilon), bits");
    label(svg, MARGIN, MARGIN - 28.0, "start", "#333", "intact sites of two alternatives needed at the first look");
}

fn x(bits: f64) -> f64 {
    MARGIN + (bits - ACROSS.0) / (ACROSS.1 - ACROSS.0) * (WIDTH - 2.0 * MARGIN)
}

fn y(sites: f64) -> f64 {
    HEIGHT - MARGIN - (sites - UP.0) / (UP.1 - UP.0) * (HEIGHT - 2.0 * MARGIN)
}

fn line(svg: &mut String, points: &str, colour: &str, dash: &str) {
    let _ = writeln!(
        svg,
        "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-dasharray=\"{dash}\"/>"
    );
}

fn label(svg: &mut String, x: f64, y: f64, anchor: &str, colour: &str, text: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>");
}
