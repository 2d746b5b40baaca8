//! Names: which are allowed, and how they are compared, sorted and found. Pure.

use protocol::Everyone;
use protocol::limits::{
    DESCRIPTION_CHARS_MAX, EMAIL_BYTES_MAX, NAME_CHARS_MAX, USERNAME_CHARS_MAX, USERNAME_CHARS_MIN,
};

use super::Failure;
use crate::store::users::Folded;

/// Most words of a query that are looked at.
const QUERY_WORDS_MAX: usize = 8;

/// Without case, and without the dots of ё: how people type names they look for.
pub fn fold(text: &str) -> String {
    // The combining diaeresis is what is left of a ё that came decomposed.
    text.chars()
        .flat_map(char::to_lowercase)
        .filter(|c| *c != '\u{308}')
        .map(|c| if c == 'ё' { 'е' } else { c })
        .collect()
}

/// The words of a text, folded.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a query, at most [`QUERY_WORDS_MAX`]; `None` when it has letters of no word and so finds nothing.
///
/// # Errors
/// `invalid_field` when it is longer than a name.
pub fn query_words(query: &str) -> Result<Option<Vec<String>>, Failure> {
    if query.chars().count() > NAME_CHARS_MAX {
        return Err(Failure::field("query", "longer than 80 characters"));
    }
    let mut words = words(query);
    words.truncate(QUERY_WORDS_MAX);
    Ok(if words.is_empty() && !query.trim().is_empty() { None } else { Some(words) })
}

/// Each word after a space, so that "begins a word" is one `LIKE`.
pub fn search_text(names: &[&str]) -> String {
    names.iter().flat_map(|name| words(name)).map(|word| format!(" {word}")).collect()
}

/// Usernames are unique without regard to case; ё and е are told apart there.
pub fn username_key(username: &str) -> String {
    username.to_lowercase()
}

/// How a person is looked up and sorted.
pub fn folded_person(username: &str, display_name: &str) -> Folded {
    let shown = if display_name.is_empty() { username } else { display_name };
    Folded { username: username_key(username), sort: fold(shown), search: search_text(&[username, display_name]) }
}

/// A username as it is kept.
///
/// # Errors
/// `invalid_field`.
pub fn username(text: &str) -> Result<String, Failure> {
    let count = text.chars().count();
    if !(USERNAME_CHARS_MIN..=USERNAME_CHARS_MAX).contains(&count) {
        return Err(Failure::field("username", "2 to 32 characters"));
    }
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if Everyone::named(text).is_some() {
        return Err(Failure::field("username", "this word means everyone"));
    }
    if !text.chars().all(fits) || !text.chars().any(char::is_alphanumeric) {
        return Err(Failure::field("username", "letters, digits, dot, hyphen and underscore only"));
    }
    Ok(text.to_owned())
}

/// A name of a chat: not empty, one line.
///
/// # Errors
/// `invalid_field`.
pub fn chat_name(text: &str) -> Result<String, Failure> {
    let name = line("name", text, NAME_CHARS_MAX)?;
    if name.is_empty() { Err(Failure::field("name", "empty")) } else { Ok(name) }
}

/// A display name; may be empty.
///
/// # Errors
/// `invalid_field`.
pub fn display_name(text: &str) -> Result<String, Failure> {
    line("display_name", text, NAME_CHARS_MAX)
}

/// What one is doing now; may be empty.
///
/// # Errors
/// `invalid_field`.
pub fn custom_status(text: &str) -> Result<String, Failure> {
    line("custom_status", text, NAME_CHARS_MAX)
}

/// A description or a bio: may have several lines.
///
/// # Errors
/// `invalid_field`.
pub fn description(field: &str, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().count() > DESCRIPTION_CHARS_MAX {
        return Err(Failure::field(field, "longer than 1000 characters"));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(Failure::field(field, "holds control characters"));
    }
    Ok(text.to_owned())
}

/// An e-mail address; only its shape is looked at.
///
/// # Errors
/// `invalid_field`.
pub fn email(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let shaped = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if text.len() > EMAIL_BYTES_MAX || !shaped || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Failure::field("email", "not an e-mail address"));
    }
    Ok(text.to_owned())
}

fn line(field: &str, text: &str, chars_max: usize) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().count() > chars_max {
        return Err(Failure::field(field, &format!("longer than {chars_max} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Failure::field(field, "holds control characters"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn yo_and_ye_and_case_fold_together_also_decomposed() {
        assert_eq!(fold("Алёна"), "алена");
        assert_eq!(fold("АЛЕ\u{308}НА"), "алена");
        assert_eq!(fold("Майя"), "майя");
    }

    #[test]
    fn every_word_of_every_name_can_be_found() {
        assert_eq!(search_text(&["anna.k", "Анна Сёмина"]), " anna k анна семина");
        assert_eq!(query_words("  Сём ").unwrap(), Some(vec!["сем".to_owned()]));
        assert_eq!(query_words("%_").unwrap(), None);
        assert_eq!(query_words("").unwrap(), Some(vec![]));
    }

    #[test]
    fn usernames_are_letters_of_any_script() {
        assert!(username("Алёна_7").is_ok());
        for bad in ["a", "a b", "a\n", "..", "a\u{0}b", &"x".repeat(33)] {
            assert!(username(bad).is_err(), "{bad:?}");
        }
    }
}
