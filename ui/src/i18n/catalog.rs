//! The Fluent catalogues of both languages. Reads no signal and no browser: tested natively.

use std::cell::RefCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

/// A language the interface speaks completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::Ru, Language::En];

    /// The tag for `lang=` and `Intl`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Ru => "ru",
            Language::En => "en",
        }
    }

    /// The language of a tag such as `ru-RU`; English for those we do not speak.
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some(first) if ["ru", "be", "uk", "kk"].contains(&first.to_ascii_lowercase().as_str()) => Language::Ru,
            _ => Language::En,
        }
    }

    fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Language::Ru => RU,
            Language::En => EN,
        }
    }
}

/// A value for a variable of a message. Numbers choose the plural.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Any text.
    Text(String),
    /// Chooses the plural.
    Number(f64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Text(text)
    }
}

macro_rules! number_args {
    ($($number:ty),*) => { $(impl From<$number> for Arg {
        fn from(number: $number) -> Self {
            Arg::Number(number as f64)
        }
    })* };
}
number_args!(u8, u16, u32, u64, usize, i32, i64);

macro_rules! areas {
    ($($area:literal),* $(,)?) => {
        /// The files, one an area of the interface.
        pub const AREAS: &[&str] = &[$($area),*];
        const RU: &[(&str, &str)] = &[$(($area, include_str!(concat!("../../locales/ru/", $area, ".ftl")))),*];
        const EN: &[(&str, &str)] = &[$(($area, include_str!(concat!("../../locales/en/", $area, ".ftl")))),*];
    };
}

// One a line, so that two people who add an area do not collide.
areas! {
    "account",
    "avatar",
    "channels",
    "chats",
    "collections",
    "common",
    "compare",
    "composer",
    "connection",
    "disappearing",
    "elsewhere",
    "emoji",
    "encryption",
    "export",
    "failure",
    "folders",
    "files",
    "forward",
    "go-to-date",
    "header",
    "host",
    "inbox",
    "info",
    "invite",
    "join",
    "keyring",
    "keys",
    "later",
    "lock",
    "members",
    "message",
    "new-chat",
    "palette",
    "people",
    "poll",
    "privacy",
    "profile",
    "quiet",
    "rail",
    "reminders",
    "rights",
    "scheduled",
    "search",
    "settings",
    "sign-in",
    "status",
    "switcher",
    "team-emoji",
    "teams",
    "themes",
    "thread",
    "timeline",
    "unlock",
    "voice",
    "welcome",
    "when",
}

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    static BUNDLES: RefCell<[Option<Bundle>; 2]> = const { RefCell::new([None, None]) };
}

/// The words of `key`; the key itself when there are none (the tests see to it that there are).
pub fn words(language: Language, key: &str, args: &[(&str, Arg)]) -> String {
    BUNDLES.with_borrow_mut(|bundles| {
        let bundle = bundles[language as usize].get_or_insert_with(|| bundle(language));
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut fluent_args = FluentArgs::new();
        for (name, value) in args {
            let value = match value {
                Arg::Text(text) => FluentValue::from(text.as_str()),
                Arg::Number(number) => FluentValue::from(*number),
            };
            fluent_args.set(*name, value);
        }
        let mut errors = Vec::new();
        bundle.format_pattern(pattern, Some(&fluent_args), &mut errors).into_owned()
    })
}

fn bundle(language: Language) -> Bundle {
    let tag = language.tag().parse().expect("our own language tags are valid");
    let mut bundle = FluentBundle::new(vec![tag]);
    // Marks around variables would show up in copied text; our languages both run left to right.
    bundle.set_use_isolating(false);
    for (_, source) in language.files() {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
