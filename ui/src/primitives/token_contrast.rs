//! Every pair of colours that carries text meets WCAG AA (4.5 : 1) in both themes. Reads `styles/tokens.css`.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

const AA: f64 = 4.5;

/// The colours of the light and of the dark theme by name, before the strengthened variants.
fn colours() -> HashMap<String, [String; 2]> {
    let css = include_str!("../../styles/tokens.css");
    let plain = css.split("@media (prefers-contrast").next().unwrap();
    let pair = |line: &str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": ")?;
        let (light, dark) = value.strip_prefix("light-dark(")?.strip_suffix(");")?.split_once(", ")?;
        Some((name.to_owned(), [light.to_owned(), dark.to_owned()]))
    };
    plain.lines().filter_map(pair).collect()
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let part = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if part <= 0.039_28 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_is_readable_on_every_ground_it_stands_on() {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let grounds =
        ["background-main", "background-hover", "surface-main", "surface-hover", "surface-raised-main", "mention"];
    for ground in grounds {
        for text in ["text-primary", "text-secondary", "primary-main", "critical-main", "link"] {
            pairs.push((text.into(), ground.into()));
        }
        pairs.extend((1..=6).map(|number| (format!("name-{number}"), ground.to_owned())));
    }
    for role in ["primary", "success", "warning", "critical", "neutral"] {
        for state in ["main", "hover", "active"] {
            pairs.push((format!("{role}-on"), format!("{role}-{state}")));
        }
        pairs.push((format!("{role}-on-container"), format!("{role}-container")));
    }
    pairs.extend((1..=6).map(|number| (format!("on-avatar-{number}"), format!("avatar-{number}"))));
    pairs.push(("unread-line".into(), "background-main".into()));
    pairs.push(("text-secondary".into(), "primary-container".into()));
    let colours = colours();
    let mut poor = Vec::new();
    for (text, ground) in pairs {
        for (theme, name) in ["light", "dark"].into_iter().enumerate() {
            let ratio = contrast(&colours[&text][theme], &colours[&ground][theme]);
            if ratio < AA {
                poor.push(format!("{name}: {text} on {ground} {ratio:.2}"));
            }
        }
    }
    assert!(poor.is_empty(), "{poor:#?}");
}
