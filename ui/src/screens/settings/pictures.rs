//! Small drawings of what a choice looks like: windows in each theme, messages in each layout.

use leptos::prelude::*;
use view::themes::{Colour, OwnTheme};

/// A window in this theme; both halves for the system's choice.
pub fn of_theme(theme: &str) -> AnyView {
    let half = |class: &'static str| {
        view! {
            <g class=class>
                <rect class="picture__page" width="120" height="72" />
                <rect class="picture__panel" width="34" height="72" />
                <rect class="picture__accent" x="8" y="10" width="18" height="6" rx="3" />
                <rect class="picture__line" x="8" y="24" width="18" height="4" rx="2" />
                <rect class="picture__line" x="8" y="36" width="14" height="4" rx="2" />
                <rect class="picture__text" x="44" y="12" width="28" height="5" rx="2.5" />
                <rect class="picture__line" x="44" y="24" width="64" height="4" rx="2" />
                <rect class="picture__line" x="44" y="34" width="48" height="4" rx="2" />
                <rect class="picture__accent" x="44" y="52" width="64" height="10" rx="5" />
            </g>
        }
    };
    match theme {
        "light" => picture(half("picture__light").into_any()),
        "light-contrast" => picture(half("picture__light picture__contrast").into_any()),
        "dark-contrast" => picture(half("picture__dark picture__contrast").into_any()),
        "dark" => picture(half("picture__dark").into_any()),
        _ => picture(
            view! {
                {half("picture__light")}
                {half("picture__dark picture__half")}
            }
            .into_any(),
        ),
    }
}

/// A window in a theme of one's own.
pub fn of_own(theme: &OwnTheme) -> AnyView {
    let hidden = theme.text.towards(theme.background, 0.6);
    let rect = |x: u8, y: u8, width: u8, height: u8, colour: Colour| {
        view! { <rect x=x y=y width=width height=height rx=f64::from(height.min(10)) / 2.0 fill=colour.hex() /> }
    };
    picture(
        view! {
            <rect width="120" height="72" fill=theme.background.hex() />
            <rect width="34" height="72" fill=theme.panel.hex() />
            {rect(8, 10, 18, 6, theme.accent)}
            {rect(8, 24, 18, 4, hidden)}
            {rect(8, 36, 14, 4, hidden)}
            {rect(44, 12, 28, 5, theme.text)}
            {rect(44, 24, 64, 4, hidden)}
            {rect(44, 34, 48, 4, hidden)}
            {rect(44, 52, 64, 10, theme.accent)}
        }
        .into_any(),
    )
}

/// Rows of the chat list with so much room.
pub fn of_density(density: &str) -> AnyView {
    let page = view! { <rect class="picture__page" width="120" height="72" /> };
    let row = |y: u8, face: u8, lines: u8| {
        view! {
            <rect class="picture__face" x="10" y=y width=face height=face rx=face / 3 />
            <rect class="picture__accent" x="36" y=y + 1 width="34" height="4" rx="2" />
            {(lines > 1).then(|| view! { <rect class="picture__line" x="36" y=y + 9 width="66" height="4" rx="2" /> })}
        }
    };
    let rows = match density {
        "compact" => [7, 21, 35, 49].map(|y| row(y, 8, 1)).collect_view().into_any(),
        "roomy" => [10, 42].map(|y| row(y, 18, 2)).collect_view().into_any(),
        _ => [8, 30, 52].map(|y| row(y, 14, 2)).collect_view().into_any(),
    };
    picture(view! { {page} {rows} }.into_any())
}

/// Three messages in this layout.
pub fn of_layout(layout: &str) -> AnyView {
    let page = view! { <rect class="picture__page" width="120" height="72" /> };
    match layout {
        "compact" => picture(
            view! {
                {page}
                {[12, 26, 40, 54].map(|y| view! {
                    <rect class="picture__line" x="8" y=y width="12" height="4" rx="2" />
                    <rect class="picture__accent" x="25" y=y width="18" height="4" rx="2" />
                    <rect class="picture__line" x="48" y=y width={if y % 4 == 0 { 58 } else { 42 }} height="4" rx="2" />
                }).collect_view()}
            }
            .into_any(),
        ),
        "bubbles" => picture(
            view! {
                {page}
                <rect class="picture__bubble" x="22" y="8" width="58" height="16" rx="7" />
                <rect class="picture__bubble" x="22" y="27" width="42" height="16" rx="7" />
                <rect class="picture__own" x="52" y="48" width="60" height="16" rx="7" />
                <rect class="picture__face" x="6" y="8" width="12" height="12" rx="4" />
            }
            .into_any(),
        ),
        _ => picture(
            view! {
                {page}
                {[9, 40].map(|y| view! {
                    <rect class="picture__face" x="8" y=y width="14" height="14" rx="4" />
                    <rect class="picture__accent" x="28" y=y width="26" height="4" rx="2" />
                    <rect class="picture__line" x="28" y=y + 9 width="76" height="4" rx="2" />
                    <rect class="picture__line" x="28" y=y + 17 width="54" height="4" rx="2" />
                }).collect_view()}
            }
            .into_any(),
        ),
    }
}

fn picture(inside: AnyView) -> AnyView {
    view! { <svg class="picture" viewBox="0 0 120 72" focusable="false">{inside}</svg> }.into_any()
}
