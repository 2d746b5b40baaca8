//! All colours of the interface from the few that a person chose. Pure: names of tokens and their values, numbers through and through.

use view::themes::{Colour, OwnTheme};

/// Readable words, by WCAG AA.
const AA: f64 = 4.5;
const BLACK: Colour = Colour(0, 0, 0);
const WHITE: Colour = Colour(255, 255, 255);

/// Every token that a theme sets, without the two dashes, with its colour. The others are those of light or dark.
pub fn tokens(theme: &OwnTheme) -> Vec<(&'static str, Colour)> {
    let OwnTheme { background, panel, text, accent, .. } = *theme;
    let raised = if theme.is_dark() { panel.towards(text, 0.06) } else { background };
    let grounds = [background, panel, raised];
    let strongest = if theme.is_dark() { WHITE } else { BLACK };
    // A weak accent stays as it is on buttons; where it carries words it is strengthened.
    let main = readable(accent, &grounds, strongest);
    let neutral = readable(text.towards(background, 0.35), &grounds, text);
    let container = background.towards(accent, 0.18);
    // It also stands on what is chosen in a list.
    let secondary = readable(text.towards(background, 0.38), &[background, panel, raised, container], strongest);
    let mention = background.towards(Colour(222, 160, 40), 0.16);
    vec![
        ("background-main", background),
        ("background-hover", background.towards(text, 0.04)),
        ("background-active", background.towards(text, 0.08)),
        ("background-line", background.towards(text, 0.11)),
        ("background-on", text),
        ("surface-main", panel),
        ("surface-hover", panel.towards(text, 0.05)),
        ("surface-active", panel.towards(text, 0.1)),
        ("surface-line", panel.towards(text, 0.11)),
        ("surface-on", text),
        ("surface-container", panel.towards(text, 0.05)),
        ("surface-on-container", text),
        ("surface-raised-main", raised),
        ("surface-raised-hover", raised.towards(text, 0.06)),
        ("surface-raised-active", raised.towards(text, 0.12)),
        ("surface-raised-line", raised.towards(text, 0.15)),
        ("surface-raised-on", text),
        ("primary-main", main),
        ("primary-hover", main.towards(strongest, 0.12)),
        ("primary-active", main.towards(strongest, 0.24)),
        ("primary-line", background.towards(main, 0.45)),
        ("primary-on", on(main)),
        ("primary-container", container),
        ("primary-on-container", readable(main, &[container], strongest)),
        ("neutral-main", neutral),
        ("neutral-hover", text.towards(background, 0.25)),
        ("neutral-active", text.towards(background, 0.15)),
        ("neutral-line", text.towards(background, 0.5)),
        ("neutral-on", on(neutral)),
        ("neutral-container", panel.towards(text, 0.1)),
        ("neutral-on-container", readable(text.towards(background, 0.15), &[panel.towards(text, 0.1)], text)),
        ("text-primary", text),
        ("text-secondary", secondary),
        ("link", main),
        ("focus", main),
        ("mention", mention),
        ("selection", background.towards(accent, 0.32)),
        ("highlight", container),
        ("scrollbar", panel.towards(text, 0.25)),
        ("skeleton", background.towards(text, 0.09)),
    ]
}

/// The colours that the app itself has, to begin a theme with.
pub fn usual(id: String, name: String, dark: bool) -> OwnTheme {
    let (background, panel, text, accent) = if dark {
        (Colour(0x10, 0x13, 0x17), Colour(0x18, 0x1a, 0x1f), Colour(0xeb, 0xee, 0xf2), Colour(0x4f, 0xb6, 0xc2))
    } else {
        (Colour(0xff, 0xff, 0xff), Colour(0xf7, 0xf9, 0xfa), Colour(0x1b, 0x1d, 0x22), Colour(0x02, 0x71, 0x7a))
    };
    OwnTheme { id, name, background, panel, text, accent }
}

/// The colour, moved towards a stronger one until words in it can be read on each ground (or it is the stronger one).
fn readable(colour: Colour, grounds: &[Colour], stronger: Colour) -> Colour {
    let reads = |colour: &Colour| grounds.iter().all(|ground| colour.contrast(*ground) >= AA);
    let mut steps = (0..=20).map(|step| colour.towards(stronger, f64::from(step) / 20.0));
    steps.find(reads).unwrap_or(stronger)
}

/// Black or white, whichever reads better on a ground.
fn on(ground: Colour) -> Colour {
    if BLACK.contrast(ground) > WHITE.contrast(ground) { BLACK } else { WHITE }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn theme(background: &str, panel: &str, text: &str, accent: &str) -> OwnTheme {
        let colour = |hex| Colour::read(hex).unwrap();
        let (background, panel, text, accent) = (colour(background), colour(panel), colour(text), colour(accent));
        OwnTheme { id: String::new(), name: "t".into(), background, panel, text, accent }
    }

    #[test]
    fn whatever_the_accent_words_in_derived_colours_can_be_read() {
        for accent in ["#4fb6c2", "#ff0000", "#ffee00", "#000000", "#ffffff", "#3a2f6b"] {
            for (background, panel, text) in [
                ("#ffffff", "#f7f9fa", "#1b1d22"),
                ("#101317", "#181a1f", "#ebeef2"),
                ("#fdf6e3", "#eee8d5", "#073642"),
            ] {
                let tokens = tokens(&theme(background, panel, text, accent));
                let of = |name: &str| tokens.iter().find(|(other, _)| *other == name).unwrap().1;
                for (words, ground) in [
                    ("text-secondary", "background-main"),
                    ("text-secondary", "surface-main"),
                    ("text-secondary", "surface-raised-main"),
                    ("text-secondary", "primary-container"),
                    ("link", "background-main"),
                    ("primary-main", "surface-main"),
                    ("primary-on", "primary-main"),
                    ("primary-on-container", "primary-container"),
                    ("neutral-on", "neutral-main"),
                    ("neutral-on-container", "neutral-container"),
                    ("text-primary", "mention"),
                ] {
                    let contrast = of(words).contrast(of(ground));
                    assert!(contrast >= AA, "{words} on {ground} with {accent} on {background}: {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn every_derived_colour_is_a_token_that_the_style_sheet_has() {
        let css = include_str!("../../styles/tokens.css");
        for (name, _) in tokens(&theme("#ffffff", "#f7f9fa", "#1b1d22", "#02717a")) {
            assert!(css.contains(&format!("--{name}: light-dark(")), "{name}");
        }
    }
}
