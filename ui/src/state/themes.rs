//! Themes that people made, and the one that shows.

use leptos::prelude::*;
use view::themes::{OWN, OwnTheme, THEME, THEMES_MAX};
use wasm_bindgen::JsCast;

use super::derived::tokens;
use super::kept::KeptEntries;

/// Themes of one's own.
#[derive(Clone, Copy)]
pub struct Themes {
    /// In the order in which they were made.
    pub all: Memo<Vec<OwnTheme>>,
    /// Shown in place of the chosen one while it is being made.
    pub trial: RwSignal<Option<OwnTheme>>,
    kept: KeptEntries,
}

impl Themes {
    /// Those that are kept.
    pub fn new(kept: KeptEntries) -> Self {
        let all = Memo::new(move |_| {
            let mut all = kept.read(THEME, OwnTheme::read);
            all.truncate(THEMES_MAX);
            all
        });
        Self { all, trial: RwSignal::new(None), kept }
    }

    /// The one that the preference names; `None` for those of the app, and for one that is gone. Tracked.
    pub fn named(&self, preference: &str) -> Option<OwnTheme> {
        let id = preference.strip_prefix(OWN)?;
        self.all.with(|all| all.iter().find(|theme| theme.id == id).cloned())
    }

    /// Keeps a theme, new or changed.
    pub fn keep(&self, theme: &OwnTheme) {
        self.kept.keep(theme.key(), Some(theme.value()));
    }

    /// Takes a theme away.
    pub fn delete(&self, theme: &OwnTheme) {
        self.kept.keep(theme.key(), None);
    }
}

/// Gives an element the colours of a theme, or takes them back: only names of ours and numbers are ever set.
pub fn dress(element: &web_sys::Element, theme: Option<&OwnTheme>, worn: bool) {
    let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() else { return };
    let style = web_sys::HtmlElement::style(element);
    match theme {
        Some(theme) => {
            _ = style.set_property("color-scheme", if theme.is_dark() { "dark" } else { "light" });
            for (name, colour) in tokens(theme) {
                _ = style.set_property(&format!("--{name}"), &colour.hex());
            }
        }
        None if worn => {
            while let Some(name) = Some(style.item(0)).filter(|name| !name.is_empty()) {
                if style.remove_property(&name).is_err() {
                    return;
                }
            }
        }
        None => {}
    }
}
