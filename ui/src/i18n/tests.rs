//! Both languages are complete, agree on variables, and hold nothing that the code does not use.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

/// Key → variables, of one language; fails on a syntax error or a key that is there twice.
fn keys_of(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for (area, source) in language.files() {
        if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
            panic!("{}/{area}.ftl: {errors:?}", language.tag());
        }
        let mut current = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                current = key.to_owned();
                let old = keys.insert(current.clone(), BTreeSet::new());
                assert!(old.is_none(), "{}/{area}.ftl has {key} twice (or another file has it)", language.tag());
            }
            for piece in line.split('$').skip(1) {
                let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                keys.get_mut(&current).expect("variables stand after a key").insert(name);
            }
        }
    }
    keys
}

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("i18n/tests.rs") {
            into.push(path);
        }
    }
}

/// All code of the interface without comment lines.
fn code() -> String {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let text: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let lines = text.iter().flat_map(|text| text.lines()).filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The literals that stand as the first argument of `t`, `t_with` or `key`.
fn keys_named_in(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for call in ["t(", "t_with(", "key("] {
        for (at, _) in code.match_indices(call) {
            let before = code[..at].chars().next_back().unwrap_or(' ');
            let rest = code[at + call.len()..].trim_start();
            if before.is_alphanumeric() || before == '_' || before == '.' || !rest.starts_with('"') {
                continue;
            }
            found.extend(rest[1..].split('"').next().map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_key_is_in_both_languages_with_the_same_variables() {
    let (ru, en) = (keys_of(Language::Ru), keys_of(Language::En));
    for (key, variables) in &ru {
        let other = en.get(key).unwrap_or_else(|| panic!("{key} is missing in English"));
        assert_eq!(variables, other, "variables of {key}");
    }
    for key in en.keys() {
        assert!(ru.contains_key(key), "{key} is missing in Russian");
    }
}

#[test]
fn every_key_used_in_code_exists() {
    let known = keys_of(Language::En);
    let unknown: Vec<_> = keys_named_in(&code()).into_iter().filter(|key| !known.contains_key(key)).collect();
    assert!(unknown.is_empty(), "used in code but in no locale file: {unknown:?}");
}

#[test]
fn every_key_is_used() {
    let code = code();
    let unused: Vec<_> =
        keys_of(Language::En).into_keys().filter(|key| !code.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "in the locale files but not in code: {unused:?}");
}

#[test]
fn every_locale_file_is_embedded() {
    for language in Language::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language.tag());
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let area = path.file_stem().unwrap().to_str().unwrap();
            assert!(AREAS.contains(&area), "{area}.ftl is not listed in catalog.rs");
        }
    }
}

#[test]
fn russian_words_are_not_english_ones_left_behind() {
    // A name, a sentence that is a date alone, and numbers.
    let allowed = ["common-app-name", "when-on-day", "poll-share", "settings-percent"];
    for key in keys_of(Language::Ru).keys().filter(|key| !allowed.contains(&key.as_str())) {
        let words = words(Language::Ru, key, &[]);
        let cyrillic = words.chars().any(|c| ('а'..='я').contains(&c.to_ascii_lowercase()) || ('А'..='я').contains(&c));
        let letters = words.chars().any(char::is_alphabetic);
        assert!(cyrillic || !letters, "{key} has no Russian word: {words}");
    }
}

#[test]
fn plurals_follow_russian_grammar() {
    let say = |n: u32| words(Language::Ru, "common-people-count", &[("count", n.into())]);
    assert_eq!(say(1), "1 участник");
    assert_eq!(say(3), "3 участника");
    assert_eq!(say(5), "5 участников");
    assert_eq!(say(11), "11 участников");
    assert_eq!(say(21), "21 участник");
}
