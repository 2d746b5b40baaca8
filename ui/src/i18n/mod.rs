//! Words in the person's language, from Fluent files embedded in the build; switchable while running.
//!
//! `t("key")` and `t_with("key", &[("name", value.into())])` return a `String` and track the language, so that inside
//! a closure (`{move || t("welcome-title")}`) the words change with it. A key kept in a table or returned by a `match`
//! is written `key("…")`, so that the tests find it. Files: `ui/locales/{ru,en}/AREA.ftl`, listed in [`catalog`].

pub mod catalog;
pub mod failure;
pub mod people;
pub mod when;

use std::sync::LazyLock;

use leptos::prelude::*;

pub use catalog::{Arg, Language};
pub use failure::failure_words;
pub use people::{chat_title, presence_words, role_words, typing_words};

static LANGUAGE: LazyLock<ArcRwSignal<Language>> = LazyLock::new(|| ArcRwSignal::new(Language::En));

/// The words of `key` in the current language; tracks the language.
pub fn t(key: &str) -> String {
    catalog::words(LANGUAGE.get(), key, &[])
}

/// The words of `key` with its variables filled in; tracks the language.
pub fn t_with(key: &str, args: &[(&str, Arg)]) -> String {
    catalog::words(LANGUAGE.get(), key, args)
}

/// Marks a key that is passed on, so that the tests see that it is used and exists.
pub const fn key(key: &'static str) -> &'static str {
    key
}

/// The current language; tracks it.
pub fn language() -> Language {
    LANGUAGE.get()
}

/// Switches the language of the whole interface.
pub fn set_language(language: Language) {
    if LANGUAGE.get_untracked() != language {
        LANGUAGE.set(language);
    }
}
