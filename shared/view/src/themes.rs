//! Themes that people make: a name and four colours, from which the interface derives all others. Kept as one entry each
//! ([`crate::kept`]) and shared as one line of text. A colour is three numbers from the moment it is read, so nothing else of a
//! pasted text ever comes near a style sheet.

use serde::{Deserialize, Serialize};

/// Keys of themes begin with this.
pub const THEME: &str = "ui:theme:";
/// With this the name of a preferred theme begins that is one's own; its id follows.
pub const OWN: &str = "own:";
/// So many can be made.
pub const THEMES_MAX: usize = 24;
/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 32;
/// Longest text that is read as a theme, in bytes.
pub const SHARED_BYTES_MAX: usize = 512;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Reads `#rrggbb`, nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// `#rrggbb`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// How light it is, from 0 to 1, by WCAG.
    pub fn luminance(self) -> f64 {
        let part = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.039_28 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(self.0) + 0.7152 * part(self.1) + 0.0722 * part(self.2)
    }

    /// From 1 (the same) to 21 (black on white), by WCAG.
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// So much (0 to 1) of the way to another.
    pub fn towards(self, other: Colour, share: f64) -> Self {
        let part = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Colour::read(&text).ok_or("not a colour")
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.hex()
    }
}

/// A theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTheme {
    /// Which; a part of its key, not of its value.
    #[serde(skip)]
    pub id: String,
    /// What it is called; 1 to [`NAME_CHARS_MAX`] characters.
    pub name: String,
    /// Behind messages.
    pub background: Colour,
    /// Behind lists and panels.
    pub panel: Colour,
    /// Words.
    pub text: Colour,
    /// Buttons, links, what is chosen.
    pub accent: Colour,
}

impl OwnTheme {
    /// Under which it is kept.
    pub fn key(&self) -> String {
        format!("{THEME}{}", self.id)
    }

    /// As it is kept.
    pub fn value(&self) -> String {
        serde_json::to_string(self).expect("a theme is text")
    }

    /// Reads an entry; `None` for what is no theme.
    pub fn read(key: &str, value: &str) -> Option<Self> {
        let id = key.strip_prefix(THEME).filter(|id| !id.is_empty())?.to_owned();
        let theme: OwnTheme = serde_json::from_str(value).ok()?;
        let name = plain_name(&theme.name);
        (!name.is_empty()).then_some(OwnTheme { id, name, ..theme })
    }

    /// One line that can be sent to others: `hybrid-theme #background #panel #text #accent Name`.
    pub fn shared(&self) -> String {
        let colours = [self.background, self.panel, self.text, self.accent].map(Colour::hex);
        format!("hybrid-theme {} {}", colours.join(" "), self.name)
    }

    /// Reads [`OwnTheme::shared`]; the id is empty.
    pub fn from_shared(text: &str) -> Option<Self> {
        if text.len() > SHARED_BYTES_MAX {
            return None;
        }
        let mut words = text.split_whitespace();
        if words.next() != Some("hybrid-theme") {
            return None;
        }
        let mut colour = || words.next().and_then(Colour::read);
        let [background, panel, text, accent] = [colour()?, colour()?, colour()?, colour()?];
        let name = plain_name(&words.collect::<Vec<_>>().join(" "));
        (!name.is_empty()).then_some(OwnTheme { id: String::new(), name, background, panel, text, accent })
    }

    /// Light words on a dark ground.
    pub fn is_dark(&self) -> bool {
        self.background.luminance() < self.text.luminance()
    }

    /// What is hard to read in it, worst first.
    pub fn weak(&self) -> Vec<Weak> {
        let pairs = [
            (WeakPair::TextOnBackground, self.text.contrast(self.background), 4.5),
            (WeakPair::TextOnPanel, self.text.contrast(self.panel), 4.5),
            (WeakPair::AccentOnBackground, self.accent.contrast(self.background), 3.0),
            (WeakPair::AccentOnPanel, self.accent.contrast(self.panel), 3.0),
        ];
        let mut weak: Vec<Weak> = pairs
            .into_iter()
            .filter(|(_, contrast, least)| contrast < least)
            .map(|(pair, contrast, least)| Weak { pair, contrast, least })
            .collect();
        weak.sort_by(|a, b| (a.contrast / a.least).total_cmp(&(b.contrast / b.least)));
        weak
    }
}

/// Two colours that are too near each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weak {
    /// Which.
    pub pair: WeakPair,
    /// Their contrast.
    pub contrast: f64,
    /// What it should be at least.
    pub least: f64,
}

/// Which two colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeakPair {
    /// Words of messages.
    TextOnBackground,
    /// Words of lists.
    TextOnPanel,
    /// Links and marks in messages.
    AccentOnBackground,
    /// Marks in lists.
    AccentOnPanel,
}

fn plain_name(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn theme() -> OwnTheme {
        OwnTheme {
            id: "1".into(),
            name: "Северный вечер".into(),
            background: Colour(16, 19, 23),
            panel: Colour(24, 26, 31),
            text: Colour(235, 238, 242),
            accent: Colour(79, 182, 194),
        }
    }

    #[test]
    fn a_theme_is_shared_as_a_line_and_read_back() {
        let line = theme().shared();
        assert_eq!(line, "hybrid-theme #101317 #181a1f #ebeef2 #4fb6c2 Северный вечер");
        let read = OwnTheme::from_shared(&format!("  {line}\n")).unwrap();
        assert_eq!(OwnTheme { id: "1".into(), ..read }, theme());
        assert_eq!(OwnTheme::read(&theme().key(), &theme().value()), Some(theme()));
    }

    #[test]
    fn what_is_pasted_is_four_plain_colours_and_a_name_or_nothing() {
        let evil = [
            "",
            "hybrid-theme",
            "hybrid-theme #101317 #181a1f #ebeef2 Name",
            "hybrid-theme #101317 #181a1f #ebeef2 #4fb6c2",
            "hybrid-theme red #181a1f #ebeef2 #4fb6c2 Name",
            "hybrid-theme #fff #181a1f #ebeef2 #4fb6c2 Name",
            "hybrid-theme #10131г #181a1f #ebeef2 #4fb6c2 Name",
            "hybrid-theme url(//evil.example) #181a1f #ebeef2 #4fb6c2 Name",
            "hybrid-theme #101317;background:url(x) #181a1f #ebeef2 #4fb6c2 Name",
            ":root{--text-primary:red}",
        ];
        for text in evil {
            assert_eq!(OwnTheme::from_shared(text), None, "{text}");
        }
        assert_eq!(OwnTheme::from_shared(&format!("{} {}", theme().shared(), "x".repeat(600))), None);
        let name =
            OwnTheme::from_shared("hybrid-theme #101317 #181a1f #ebeef2 #4fb6c2 } body { display: none").unwrap().name;
        assert_eq!(name, "} body { display: none", "a name is a text and shown as one");
        let stored = theme().value().replace("#101317", "#101317;}");
        assert_eq!(OwnTheme::read("ui:theme:1", &stored), None, "nor does an entry of another version");
    }

    #[test]
    fn colours_too_near_each_other_are_told_the_worst_first() {
        assert!(theme().weak().is_empty());
        let pale = OwnTheme { text: Colour(60, 60, 60), accent: Colour(20, 22, 26), ..theme() };
        let weak: Vec<WeakPair> = pale.weak().into_iter().map(|weak| weak.pair).collect();
        assert_eq!(weak.len(), 4);
        assert!(matches!(weak[0], WeakPair::TextOnPanel | WeakPair::AccentOnPanel | WeakPair::AccentOnBackground));
        assert!((Colour(0, 0, 0).contrast(Colour(255, 255, 255)) - 21.0).abs() < 1e-9);
    }
}
