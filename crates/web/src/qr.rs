//! Texts to photograph.

use maud::{Markup, PreEscaped};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// A QR code as a picture in the page; none of a text too long for one (2,331 bytes).
#[must_use]
pub fn qr(text: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(160, 160).quiet_zone(true).build();
    let picture = picture
        .split_once("<svg")
        .map_or(String::new(), |(_, rest)| format!("<svg class=\"qr\" role=\"img\" aria-label=\"QR code\"{rest}"));
    Some(PreEscaped(picture))
}
