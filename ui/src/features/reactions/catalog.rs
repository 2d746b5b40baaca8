//! All emoji with short codes, names and words in both languages. The data is a static file that is fetched once, when
//! the panel opens or a `:` is typed: it would weigh more than the rest of the interface's words together.
//!
//! One line of the file is one emoji: `text|tones|codes|English|Russian|English words|Russian words`; `# name` begins a group.
//! `tones` is `1` when the first character takes a skin tone, `2` when the last one takes it as well.

use std::sync::LazyLock;

use leptos::prelude::*;

use super::search::{Folded, fold};
use crate::i18n::Language;

/// Where the file lies beside the page.
const FILE: &str = "./emoji.txt";
/// The five skin tones, from light to dark.
const TONES: [char; 5] = ['\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'];

/// One emoji.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji {
    /// Itself, without a skin tone.
    pub text: &'static str,
    /// How many of its characters take a skin tone: the first, or the first and the last.
    tones: u8,
    codes: &'static str,
    names: [&'static str; 2],
    pub(super) folded: Folded,
}

/// A group of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmojiGroup {
    /// `smileys`, `people`, …: the key of its name is `emoji-group-…`.
    pub name: &'static str,
    /// In the panel's order.
    pub emoji: Vec<Emoji>,
}

/// Whether the emoji are there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalog {
    /// Nobody has asked → [`load`] → `Loading`.
    Absent,
    /// On their way → `Ready` or `Failed`.
    Loading,
    /// They did not come; [`load`] tries again.
    Failed,
    /// There.
    Ready(&'static [EmojiGroup]),
}

static CATALOG: LazyLock<ArcRwSignal<Catalog>> = LazyLock::new(|| ArcRwSignal::new(at_first()));

/// Whether the emoji are there; tracked.
pub fn catalog() -> Catalog {
    CATALOG.get()
}

/// All groups in the panel's order, so far as they are there; not tracked.
pub fn groups() -> &'static [EmojiGroup] {
    match CATALOG.get_untracked() {
        Catalog::Ready(groups) => groups,
        _ => &[],
    }
}

/// Fetches the emoji unless they are there or on their way.
pub fn load() {
    if matches!(CATALOG.get_untracked(), Catalog::Ready(_) | Catalog::Loading) {
        return;
    }
    CATALOG.set(Catalog::Loading);
    leptos::task::spawn_local(async {
        let read = match fetch().await {
            // Once for the life of the page: everything in the catalogue is a slice of it.
            Ok(text) => Catalog::Ready(Vec::leak(parse(String::leak(text)))),
            Err(_) => Catalog::Failed,
        };
        CATALOG.set(read);
    });
}

/// The emoji named exactly so between colons.
pub fn by_code(code: &str) -> Option<&'static Emoji> {
    all().find(|emoji| emoji.codes.split(' ').any(|own| own == code))
}

/// The emoji that looks so, with or without a skin tone.
pub fn by_text(text: &str) -> Option<&'static Emoji> {
    let bare: String = text.chars().filter(|c| !TONES.contains(c)).collect();
    all().find(|emoji| emoji.text == text || emoji.text == bare || emoji.text.replace('\u{fe0f}', "") == bare)
}

pub(super) fn all() -> impl Iterator<Item = &'static Emoji> {
    groups().iter().flat_map(|group| group.emoji.iter())
}

impl Emoji {
    /// Its first name between colons: `tada`.
    pub fn code(&self) -> &'static str {
        self.codes.split(' ').next().unwrap_or_default()
    }

    /// What it is called.
    pub fn name(&self, language: Language) -> &'static str {
        self.names[usize::from(language == Language::Ru)]
    }

    /// It takes a skin tone.
    pub fn has_tones(&self) -> bool {
        self.tones > 0
    }

    /// With a skin tone from 1 (light) to 5 (dark); 0 and whatever takes none stay as they are.
    pub fn toned(&self, tone: u8) -> String {
        let tone = usize::from(tone).checked_sub(1).and_then(|at| TONES.get(at));
        let (Some(tone), true) = (tone, self.has_tones()) else { return self.text.to_owned() };
        let mut chars = self.text.chars();
        let mut out: String = chars.next().into_iter().collect();
        out.push(*tone);
        let rest = chars.as_str();
        out.push_str(rest.strip_prefix('\u{fe0f}').unwrap_or(rest));
        if self.tones == 2 {
            out.push(*tone);
        }
        out
    }
}

fn parse(text: &'static str) -> Vec<EmojiGroup> {
    let mut groups: Vec<EmojiGroup> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            groups.push(EmojiGroup { name, emoji: Vec::new() });
        } else if let (Some(group), Some(emoji)) = (groups.last_mut(), emoji(line)) {
            group.emoji.push(emoji);
        }
    }
    groups
}

fn emoji(line: &'static str) -> Option<Emoji> {
    let mut fields = line.split('|');
    let (text, tones, codes) = (fields.next()?, fields.next()?, fields.next()?);
    let (english, russian) = (fields.next()?, fields.next()?);
    let (english_words, russian_words) = (fields.next()?, fields.next()?);
    let folded = Folded {
        names: format!("{codes} {} {}", fold(english), fold(russian)),
        words: format!("{english_words} {russian_words}"),
    };
    Some(Emoji { text, tones: tones.parse().unwrap_or(0), codes, names: [english, russian], folded })
}

async fn fetch() -> Result<String, wasm_bindgen::JsValue> {
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen_futures::JsFuture;
    let response: web_sys::Response = JsFuture::from(window().fetch_with_str(FILE)).await?.dyn_into()?;
    if !response.ok() {
        return Err(wasm_bindgen::JsValue::from(response.status()));
    }
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or(wasm_bindgen::JsValue::NULL)
}

/// Tests find them there.
fn at_first() -> Catalog {
    #[cfg(test)]
    return Catalog::Ready(Vec::leak(parse(include_str!("../../../static/emoji.txt"))));
    #[cfg(not(test))]
    Catalog::Absent
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_emoji_stands_once_and_has_a_name_in_both_languages_and_a_code_of_its_own() {
        let (mut seen, mut codes) = (HashSet::new(), HashSet::new());
        for emoji in all() {
            assert!(seen.insert(emoji.text), "{} stands twice", emoji.text);
            assert!(codes.insert(emoji.code()), "{} is called twice", emoji.code());
            assert!(!emoji.name(Language::En).is_empty() && !emoji.name(Language::Ru).is_empty(), "{}", emoji.text);
        }
        assert!(seen.len() > 1_800);
        assert_eq!(groups().len(), 9);
    }

    #[test]
    fn a_skin_tone_stands_where_it_belongs() {
        let toned = |code, tone| by_code(code).unwrap().toned(tone);
        assert_eq!(toned("+1", 3), "👍🏽");
        assert_eq!(toned("+1", 0), "👍");
        assert_eq!(toned("v", 1), "✌🏻", "what asked for colour is no longer needed");
        assert_eq!(toned("farmer", 5), "🧑🏿‍🌾");
        assert_eq!(toned("people_holding_hands", 2), "🧑🏼‍🤝‍🧑🏼");
        assert_eq!(toned("tada", 3), "🎉", "what is no person has none");
        assert_eq!(by_text("👍🏽").unwrap().code(), "+1");
        assert_eq!(by_text("✌🏻").unwrap().code(), "v");
    }
}
