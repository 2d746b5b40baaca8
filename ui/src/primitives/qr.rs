//! A QR code, drawn as one path: dark on light in every theme, since cameras want it so.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};

/// A code that holds `text` (a link of at most 1,024 bytes); nothing is drawn when it does not fit.
#[component]
pub fn Qr(
    /// What it holds.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for screen readers: "Invitation as QR code".
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let drawing = Memo::new(move |_| modules(&text.get()));
    let view_box = move || drawing.with(|drawing| drawing.as_ref().map(|(side, _)| format!("-4 -4 {0} {0}", side + 8)));
    view! {
        <svg class="qr" viewBox=view_box role="img" aria-label=move || label.get() shape-rendering="crispEdges">
            <path d=move || drawing.with(|drawing| drawing.as_ref().map(|(_, path)| path.clone())) />
        </svg>
    }
}

/// The number of modules of one side, and a path of one square per dark one.
fn modules(text: &str) -> Option<(usize, String)> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let side = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, colour)| *colour == Color::Dark);
    let path = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % side, at / side)).collect();
    Some((side, path))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_short_link_fits_the_smallest_codes_and_a_book_does_not_fit() {
        let (side, path) = modules("hybrid://join/x").unwrap();
        assert_eq!(side, 25);
        assert!(path.starts_with("M0 0h1v1h-1z"));
        assert_eq!(modules(&"x".repeat(5_000)), None);
    }
}
