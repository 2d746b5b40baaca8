//! Words: Russian and English have the same keys with the same variables, complete plurals, and every key that code names.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Source};

const LANGUAGES: [&str; 2] = ["ru", "en"];

/// The functions whose first argument is a key.
const CALLS: [&str; 3] = ["t(", "t_with(", "key("];

/// What one language says under a key.
#[derive(Debug, Default)]
struct Words {
    place: String,
    variables: BTreeSet<String>,
    /// The choices by number.
    plurals: Vec<Plural>,
}

/// A choice by a number, such as `{ $count -> … }`.
#[derive(Debug, Default)]
struct Plural {
    variable: String,
    forms: BTreeSet<String>,
    /// Whether a form shows the number itself; without it "write" and "writes" are forms enough in both languages.
    shows_number: bool,
}

type Catalogue = BTreeMap<String, Words>;

/// Checks the catalogues against each other and against the code of the interface.
pub fn check(ftl: &[Source], ui: &[&Source], findings: &mut Findings) {
    let of = |language: &str| {
        let folder = format!("ui/locales/{language}/");
        catalogue(ftl.iter().filter(|source| source.path.starts_with(&folder)))
    };
    let [russian, english] = LANGUAGES.map(of);
    compare(&russian, &english, findings);
    for (words, needed) in [(&russian, ["one", "few"].as_slice()), (&english, &["one"])] {
        complete_plurals(words, needed, findings);
    }
    for source in ui.iter().filter(|source| !source.path.ends_with("tests.rs")) {
        for key in keys_named_in(&source.text) {
            if !english.contains_key(&key) {
                findings.complain(format!("{}: `{key}` has no words", source.path));
            }
        }
    }
}

fn compare(russian: &Catalogue, english: &Catalogue, findings: &mut Findings) {
    for (one, other, language) in [(russian, english, "English"), (english, russian, "Russian")] {
        for (key, words) in one.iter().filter(|(key, _)| !other.contains_key(*key)) {
            findings.complain(format!("{}: `{key}` is missing in {language}", words.place));
        }
    }
    for (key, words) in russian {
        if let Some(same) = english.get(key).filter(|same| same.variables != words.variables) {
            findings.complain(format!(
                "`{key}` has other variables in Russian ({:?}) than in English ({:?})",
                words.variables, same.variables
            ));
        }
    }
}

fn complete_plurals(catalogue: &Catalogue, needed: &[&str], findings: &mut Findings) {
    for (key, words) in catalogue {
        for plural in words.plurals.iter().filter(|plural| plural.shows_number) {
            let lacking: Vec<&str> = needed.iter().copied().filter(|form| !plural.forms.contains(*form)).collect();
            if !lacking.is_empty() {
                findings.complain(format!("{}: `{key}` lacks the plural form {}", words.place, lacking.join(", ")));
            }
        }
    }
}

/// Reads the messages: a key at the start of a line, its text after it and on the indented lines below.
fn catalogue<'a>(sources: impl Iterator<Item = &'a Source>) -> Catalogue {
    const PLURAL_FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
    let mut catalogue = Catalogue::new();
    for source in sources {
        let mut current = String::new();
        for line in source.text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) = line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            {
                current = key.trim().to_string();
                catalogue.insert(current.clone(), Words { place: source.path.clone(), ..Words::default() });
            }
            let Some(words) = catalogue.get_mut(&current) else { continue };
            let variables = line.split('$').skip(1).map(|rest| {
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect::<String>()
            });
            words.variables.extend(variables);
            let form = line.trim().trim_start_matches('*').strip_prefix('[').and_then(|rest| rest.split_once(']'));
            if let Some(choice) = line.trim_end().strip_suffix("->") {
                let variable = choice.rsplit('$').next().unwrap_or_default().trim().to_string();
                words.plurals.push(Plural { variable, ..Plural::default() });
            } else if let (Some((form, text)), Some(plural)) = (form, words.plurals.last_mut()) {
                plural.forms.insert(form.trim().to_string());
                plural.shows_number |= text.contains(&format!("${}", plural.variable));
            }
        }
    }
    for words in catalogue.values_mut() {
        // A choice with any other form is one by word, not by number.
        words.plurals.retain(|plural| plural.forms.iter().all(|form| PLURAL_FORMS.contains(&form.as_str())));
    }
    catalogue
}

/// The literals that stand as the first argument of a call that takes a key.
fn keys_named_in(code: &str) -> BTreeSet<String> {
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    let mut found = BTreeSet::new();
    for call in CALLS {
        for (at, _) in code.match_indices(call) {
            let before = code[..at].chars().next_back().unwrap_or(' ');
            let literal =
                code[at + call.len()..].trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            if let Some(literal) = literal.filter(|_| !before.is_alphanumeric() && before != '_' && before != '.') {
                found.insert(literal.to_string());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(russian: &str, english: &str, code: &str) -> Vec<String> {
        let file = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let ftl = [file("ui/locales/ru/a.ftl", russian), file("ui/locales/en/a.ftl", english)];
        let code = file("ui/src/a.rs", code);
        let mut findings = Findings::default();
        check(&ftl, &[&code], &mut findings);
        findings.complaints
    }

    #[test]
    fn equal_catalogues_and_known_keys_pass() {
        let found = complaints("hi = Привет, { $name }\n", "hi = Hello, { $name }\n", r#"t_with("hi", &[])"#);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_key_that_one_language_lacks_is_refused_both_ways() {
        assert_eq!(complaints("a = а\nb = б\n", "a = a\n", "").len(), 1);
        assert_eq!(complaints("a = а\n", "a = a\nb = b\n", "").len(), 1);
    }

    #[test]
    fn a_variable_that_one_language_forgets_is_refused() {
        assert_eq!(complaints("a = Привет\n", "a = Hello { $name }\n", "").len(), 1);
    }

    #[test]
    fn a_russian_plural_needs_the_form_for_a_few() {
        let english = "a = { $n ->\n    [one] { $n } x\n   *[other] { $n } y\n}\n";
        assert_eq!(complaints(english, english, "").len(), 1);
        let russian = "a = { $n ->\n    [one] { $n } x\n    [few] { $n } z\n   *[many] { $n } y\n}\n";
        assert!(complaints(russian, english, "").is_empty());
    }

    #[test]
    fn a_plural_that_does_not_show_the_number_may_have_two_forms() {
        let words = "a = { $n ->\n    [one] writes\n   *[other] write\n}\n";
        assert!(complaints(words, words, "").is_empty());
    }

    #[test]
    fn a_choice_by_word_is_no_plural() {
        let words = "a = { $kind ->\n    [group] x\n   *[channel] y\n}\n";
        assert!(complaints(words, words, "").is_empty());
    }

    #[test]
    fn a_key_in_code_without_words_is_refused_and_other_calls_are_not_keys() {
        assert_eq!(complaints("a = а\n", "a = a\n", r#"view! { {t("b")} }"#).len(), 1);
        assert!(complaints("a = а\n", "a = a\n", "insert(\"b\"); // t(\"c\")\n// t(\"d\")").len() <= 1);
        assert!(complaints("a = а\n", "a = a\n", r#"self.t("b"); start("c")"#).is_empty());
    }
}
