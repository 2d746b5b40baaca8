//! What could complete the word being typed: people after `@`, emoji after `:`. Pure.

use leptos::prelude::untrack;
use view::{Everyone, PersonRow};

use super::editing::Selected;
use crate::features::reactions::{by_code, by_text, load, search};
use crate::i18n::Language;
use crate::state::emoji;
use crate::state::team_emoji::with_all;

/// Most suggestions shown.
pub(super) const SUGGESTIONS_MAX: usize = 8;
/// An emoji is sought from so many characters on: `:)` shall stay what it is.
const CODE_CHARS_MIN: usize = 2;

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suggestion {
    /// Someone to mention.
    Person(Box<PersonRow>),
    /// Everyone, by the word that is written.
    Everyone(&'static str, Everyone),
    /// An emoji, with its skin tone, and its short code.
    Emoji(String, String),
}

impl Suggestion {
    /// What replaces the word.
    pub(super) fn words(&self) -> String {
        match self {
            Suggestion::Person(person) => format!("@{} ", person.username),
            Suggestion::Everyone(word, _) => format!("@{word} "),
            Suggestion::Emoji(text, _) => text.clone(),
        }
    }
}

/// What fits the word before the caret; with the word's length in UTF-16 units, its sign included. `everyone`: in which language
/// everyone can be mentioned, where one may.
pub(super) fn suggest(typed: &Selected, people: &[PersonRow], everyone: Option<Language>) -> (usize, Vec<Suggestion>) {
    if typed.start != typed.end {
        return (0, Vec::new());
    }
    let Some((sign, query)) = word(typed.before()) else { return (0, Vec::new()) };
    let found = match sign {
        '@' => {
            let mut found = everyone.map(|language| all_or_here(query, language)).unwrap_or_default();
            let room = SUGGESTIONS_MAX - found.len();
            let people = matching(people, query).into_iter().take(room);
            let people = people.map(|person| Suggestion::Person(Box::new(person.clone())));
            // Who is begun to be named comes first; everyone only when nothing is said yet, or just that.
            found.extend(people);
            if query.is_empty() {
                found.rotate_left(everyone.map_or(0, |_| 2));
            }
            found
        }
        _ if query.chars().count() >= CODE_CHARS_MIN => {
            load();
            emoji_for(query)
        }
        _ => Vec::new(),
    };
    (1 + query.encode_utf16().count(), found)
}

/// The words for everyone, in the language of what is typed.
fn all_or_here(query: &str, language: Language) -> Vec<Suggestion> {
    let query = query.to_lowercase();
    let russian = match query.chars().next() {
        Some(first) => !first.is_ascii(),
        None => language == Language::Ru,
    };
    let words = if russian {
        [("все", Everyone::All), ("здесь", Everyone::Here)]
    } else {
        [("all", Everyone::All), ("here", Everyone::Here)]
    };
    let fitting = words.into_iter().filter(|(word, _)| word.starts_with(&query));
    fitting.map(|(word, everyone)| Suggestion::Everyone(word, everyone)).collect()
}

/// Emoji that fit, the ones used last first among them.
fn emoji_for(query: &str) -> Vec<Suggestion> {
    let (recents, tone) = (untrack(emoji::recents), untrack(emoji::tone));
    let used = |text: &str| recents.iter().position(|other| by_text(other).is_some_and(|one| one.text == text));
    let mut found = search(query, 3 * SUGGESTIONS_MAX);
    found.sort_by_key(|emoji| used(emoji.text).unwrap_or(usize::MAX));
    found.truncate(SUGGESTIONS_MAX);
    let own = untrack(|| own_for(query)).into_iter().map(|name| Suggestion::Emoji(format!(":{name}:"), name));
    let known = found.into_iter().map(|emoji| Suggestion::Emoji(emoji.toned(tone), emoji.code().to_owned()));
    own.chain(known).take(SUGGESTIONS_MAX).collect()
}

/// The team's own whose names begin so.
fn own_for(query: &str) -> Vec<String> {
    let query = query.to_lowercase();
    with_all(|all| {
        let from = all.range(query.clone()..).map(|(name, _)| name);
        from.take_while(|name| name.starts_with(&query)).take(SUGGESTIONS_MAX / 2).cloned().collect()
    })
}

/// `:tada:` just closed: the text with the emoji instead.
pub(super) fn closed_code(typed: &Selected) -> Option<Selected> {
    let inside = typed.before().strip_suffix(':')?;
    let (':', code) = word(inside)? else { return None };
    let found = by_code(code)?;
    let units = code.encode_utf16().count() + 2;
    Some(Selected { start: typed.start - units, ..typed.clone() }.insert(&found.toned(untrack(emoji::tone))))
}

/// The sign and the letters after it, at the end of `before`.
fn word(before: &str) -> Option<(char, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    let start = before.rfind(|c: char| !is_part(c))?;
    let sign = before[start..].chars().next().filter(|sign| matches!(sign, '@' | ':'))?;
    let in_word = before[..start].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == sign);
    (!in_word).then(|| (sign, &before[start + sign.len_utf8()..]))
}

/// People whose username or a word of whose name begins so; usernames first.
fn matching<'a>(people: &'a [PersonRow], query: &str) -> Vec<&'a PersonRow> {
    let query = query.to_lowercase();
    let rank = |person: &PersonRow| {
        let name = person.name.to_lowercase();
        if person.username.to_lowercase().starts_with(&query) {
            Some(0)
        } else if name.split_whitespace().any(|word| word.starts_with(&query)) {
            Some(1)
        } else {
            None
        }
    };
    let mut found: Vec<_> = people.iter().filter(|p| !p.deactivated).filter_map(|p| Some((rank(p)?, p))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(SUGGESTIONS_MAX).map(|(_, person)| person).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use view::{PresenceStatus, UserId};

    use super::*;

    fn person(id: i64, username: &str, name: &str) -> PersonRow {
        PersonRow {
            id: UserId(id),
            username: username.into(),
            name: name.into(),
            bio: String::new(),
            custom_status: String::new(),
            avatar: None,
            status_emoji: String::new(),
            status_until: None,
            email: String::new(),
            phone: String::new(),
            blocked: false,
            seen_hidden: false,
            presence: PresenceStatus::Online,
            last_seen: None,
            deactivated: false,
        }
    }

    fn typed(text: &str) -> Selected {
        let caret = text.encode_utf16().count();
        Selected { text: text.to_owned(), start: caret, end: caret }
    }

    fn names(text: &str) -> Vec<String> {
        let people = [person(1, "anna", "Анна Петрова"), person(2, "boris", "Борис"), person(3, "petr", "Пётр")];
        let (_, found) = suggest(&typed(text), &people, None);
        found.iter().map(|one| one.words().trim().to_owned()).collect()
    }

    #[test]
    fn people_are_found_by_username_and_by_any_word_of_their_name() {
        assert_eq!(names("hi @"), ["@anna", "@boris", "@petr"]);
        assert_eq!(names("@п"), ["@anna", "@petr"]);
        assert_eq!(names("(@BO"), ["@boris"]);
        assert!(names("mail@an").is_empty() && names("@x").is_empty() && names("anna").is_empty());
    }

    #[test]
    fn everyone_is_offered_where_one_may_in_the_language_one_writes() {
        let people = [person(1, "anna", "Анна Петрова"), person(2, "alla", "Алла")];
        let words = |text: &str, language| {
            let (_, found) = suggest(&typed(text), &people, Some(language));
            found.iter().map(|one| one.words().trim().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(words("@", Language::Ru), ["@anna", "@alla", "@все", "@здесь"]);
        assert_eq!(words("@", Language::En)[2..], ["@all", "@here"]);
        assert_eq!(words("@al", Language::Ru), ["@all", "@alla"]);
        assert_eq!(words("@ЗД", Language::En), ["@здесь"]);
    }

    #[test]
    fn emoji_are_found_after_two_letters() {
        assert_eq!(names("ура :tad")[0], "🎉");
        assert_eq!(names(":лайк")[0], "👍");
        assert!(names(":t").is_empty() && names("10:30").is_empty() && names("::ta").is_empty());
    }

    #[test]
    fn a_closed_code_becomes_its_emoji() {
        assert_eq!(closed_code(&typed("да :+1:")).unwrap().text, "да 👍");
        assert_eq!(closed_code(&typed("да :nothing:")), None);
        assert_eq!(closed_code(&typed("12:30:")), None);
    }
}
