//! Every pair of colours that carries text meets WCAG AA (4.5 : 1) in both themes, and AAA
//! (7 : 1) with high contrast. Reads `styles/tokens.css`.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

const AA: f64 = 4.5;
const AAA: f64 = 7.0;

const CSS: &str = include_str!("../../styles/tokens.css");

/// The style sheet before its strengthened variants.
fn plain() -> &'static str {
    CSS.split("@media (prefers-contrast").next().unwrap()
}

/// The strengthened variants: by the system's wish, and by choice.
fn strengthened() -> [&'static str; 2] {
    let both = CSS.split_once("@media (prefers-contrast").unwrap().1;
    both.split_once(":root[data-contrast=\"more\"]").unwrap().into()
}

/// The colours of the light and of the dark theme by name.
fn colours(css: &str) -> HashMap<String, [String; 2]> {
    let pair = |line: &str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": ")?;
        let (light, dark) = value.strip_prefix("light-dark(")?.strip_suffix(");")?.split_once(", ")?;
        Some((name.to_owned(), [light.to_owned(), dark.to_owned()]))
    };
    css.lines().filter_map(pair).collect()
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

/// Text and the ground it stands on, by name.
fn pairs() -> Vec<(String, String)> {
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
    pairs
}

/// The pairs that stand below this ratio, for people.
fn poor(colours: &HashMap<String, [String; 2]>, wanted: f64) -> Vec<String> {
    let mut poor = Vec::new();
    for (text, ground) in pairs() {
        for (theme, name) in ["light", "dark"].into_iter().enumerate() {
            let ratio = contrast(&colours[&text][theme], &colours[&ground][theme]);
            if ratio < wanted {
                poor.push(format!("{name}: {text} on {ground} {ratio:.2}"));
            }
        }
    }
    poor
}

#[test]
fn text_is_readable_on_every_ground_it_stands_on() {
    assert_eq!(poor(&colours(plain()), AA), [""; 0]);
}

#[test]
fn with_high_contrast_text_meets_aaa_by_wish_of_the_system_and_by_choice() {
    for strengthened in strengthened() {
        let mut all = colours(plain());
        all.extend(colours(strengthened));
        assert_eq!(poor(&all, AAA), [""; 0]);
    }
}

#[test]
fn the_systems_wish_and_the_choice_of_high_contrast_look_the_same() {
    let [wished, chosen] = strengthened();
    assert_eq!(colours(wished), colours(chosen));
}
