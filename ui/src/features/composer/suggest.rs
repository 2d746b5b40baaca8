//! What could complete the word being typed: people after `@`, chats after `#`, emoji after `:`, commands after `/` at the start.

use leptos::prelude::{WithUntracked, untrack};
use view::{ChatKind, Everyone, PersonRow};

use super::editing::Selected;
use crate::features::command_palette::Entry;
use crate::features::reactions::{by_code, by_text, load, search};
use crate::i18n::Language;
use crate::state::team_emoji::with_all;
use crate::state::{AppState, ChatEntry, emoji};

/// Most suggestions shown.
pub(super) const SUGGESTIONS_MAX: usize = 8;
/// An emoji is sought from so many characters on: `:)` shall stay what it is.
const CODE_CHARS_MIN: usize = 2;

/// A command is sought in so many letters at most: what is longer is a message.
const COMMAND_CHARS_MAX: usize = 24;

/// A chat that can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChatName {
    pub title: String,
    /// A channel, which goes before groups.
    pub channel: bool,
}

/// The chats that can be named, in the order of the list; none in the gallery.
pub(super) fn chat_names(state: Option<AppState>) -> Vec<ChatName> {
    let Some(state) = state else { return Vec::new() };
    let name = |entry: &ChatEntry| {
        entry.row.with_untracked(|row| {
            let named = row.kind != ChatKind::Private && row.role.is_some();
            named.then(|| ChatName { title: row.title.clone(), channel: row.kind == ChatKind::Channel })
        })
    };
    state.chats.order.with_untracked(|order| order.iter().filter_map(name).collect())
}

/// What there is to suggest.
pub(super) struct Sources<'a> {
    pub people: &'a [PersonRow],
    /// In which language everyone can be mentioned, where one may.
    pub everyone: Option<Language>,
    /// In the order of the chat list.
    pub chats: &'a [ChatName],
    /// What these letters mean, best first.
    pub commands: &'a dyn Fn(&str) -> Vec<Entry>,
}

/// One suggestion.
#[derive(Debug, Clone)]
pub(super) enum Suggestion {
    /// Someone to mention.
    Person(Box<PersonRow>),
    /// Everyone, by the word that is written.
    Everyone(&'static str, Everyone),
    /// An emoji, with its skin tone, and its short code.
    Emoji(String, String),
    /// A chat to name.
    Chat(ChatName),
    /// Something to do instead of saying it.
    Command(Entry),
}

impl PartialEq for Suggestion {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Suggestion::Person(one), Suggestion::Person(other)) => one == other,
            (Suggestion::Emoji(one, _), Suggestion::Emoji(other, _)) => one == other,
            (Suggestion::Chat(one), Suggestion::Chat(other)) => one == other,
            (Suggestion::Command(one), Suggestion::Command(other)) => one.words == other.words,
            _ => false,
        }
    }
}

impl Suggestion {
    /// What replaces the word.
    pub(super) fn words(&self) -> String {
        match self {
            Suggestion::Person(person) => format!("@{} ", person.username),
            Suggestion::Everyone(word, _) => format!("@{word} "),
            Suggestion::Emoji(text, _) => text.clone(),
            Suggestion::Chat(chat) if is_one_word(&chat.title) => format!("#{} ", chat.title),
            Suggestion::Chat(chat) => format!("#[{}] ", chat.title),
            Suggestion::Command(_) => String::new(),
        }
    }
}

/// What fits the word before the caret; with the word's length in UTF-16 units, its sign included.
pub(super) fn suggest(typed: &Selected, sources: &Sources<'_>) -> (usize, Vec<Suggestion>) {
    if typed.start != typed.end {
        return (0, Vec::new());
    }
    if let Some(letters) = command(typed) {
        let found = (sources.commands)(letters).into_iter().map(Suggestion::Command).collect();
        return (typed.start, found);
    }
    let Some((sign, query)) = word(typed.before()) else { return (0, Vec::new()) };
    let found = match sign {
        '@' => {
            let mut found = sources.everyone.map(|language| all_or_here(query, language)).unwrap_or_default();
            let room = SUGGESTIONS_MAX - found.len();
            let people = matching(sources.people, query).into_iter().take(room);
            let people = people.map(|person| Suggestion::Person(Box::new(person.clone())));
            // Who is begun to be named comes first; everyone only when nothing is said yet, or just that.
            found.extend(people);
            if query.is_empty() {
                found.rotate_left(sources.everyone.map_or(0, |_| 2));
            }
            found
        }
        '#' => chats_for(sources.chats, query),
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

/// The letters of a command: the whole text begins with `/`.
fn command(typed: &Selected) -> Option<&str> {
    let letters = typed.before().strip_prefix('/')?;
    let fits = letters.chars().count() <= COMMAND_CHARS_MAX && !letters.contains(['/', '\n']);
    (fits && typed.text.len() == letters.len() + 1).then_some(letters)
}

/// Chats a word of whose title begins so; channels first.
fn chats_for(chats: &[ChatName], query: &str) -> Vec<Suggestion> {
    let query = query.to_lowercase();
    let begins = |title: &str| {
        let title = title.to_lowercase();
        title.starts_with(&query) || title.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(&query))
    };
    let mut found: Vec<&ChatName> = chats.iter().filter(|chat| begins(&chat.title)).collect();
    found.sort_by_key(|chat| !chat.channel);
    found.into_iter().take(SUGGESTIONS_MAX).map(|chat| Suggestion::Chat(chat.clone())).collect()
}

/// Needs no brackets after `#`.
fn is_one_word(title: &str) -> bool {
    title.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) && !title.is_empty()
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
    let sign = before[start..].chars().next().filter(|sign| matches!(sign, '@' | ':' | '#'))?;
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
        let chats = [("Планы", false), ("general", true), ("Запуск: планы", true)];
        let chats = chats.map(|(title, channel)| ChatName { title: title.into(), channel });
        let sources = Sources { people: &people, everyone: None, chats: &chats, commands: &|_| Vec::new() };
        let (_, found) = suggest(&typed(text), &sources);
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
            let (_, found) = suggest(
                &typed(text),
                &Sources { people: &people, everyone: Some(language), chats: &[], commands: &|_| Vec::new() },
            );
            found.iter().map(|one| one.words().trim().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(words("@", Language::Ru), ["@anna", "@alla", "@все", "@здесь"]);
        assert_eq!(words("@", Language::En)[2..], ["@all", "@here"]);
        assert_eq!(words("@al", Language::Ru), ["@all", "@alla"]);
        assert_eq!(words("@ЗД", Language::En), ["@здесь"]);
    }

    #[test]
    fn chats_are_named_in_one_word_or_in_brackets() {
        assert_eq!(names("см. #gen"), ["#general"]);
        assert_eq!(names("#ПЛ"), ["#[Запуск: планы]", "#Планы"]);
        assert!(names("c#pl").is_empty() && names("##pl").is_empty() && names("#x").is_empty());
    }

    #[test]
    fn a_command_is_the_whole_text_and_short() {
        for (text, letters) in
            [("/", Some("")), ("/опр", Some("опр")), ("/usr/bin", None), ("a /b", None), ("/a\nb", None)]
        {
            assert_eq!(command(&typed(text)), letters, "{text}");
        }
        assert_eq!(command(&Selected { start: 2, end: 2, ..typed("/poll") }), None, "the caret stands within");
        assert_eq!(command(&typed(&format!("/{}", "я".repeat(40)))), None);
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
