//! What was typed into a search: words, and what narrows it, `from:anna in:design has:file before:2026-01-31`, in Russian too. Pure.

use jiff::civil::Date;
use protocol::Timestamp;
use protocol::frame::Has;

/// A search as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The words, without what narrows the search.
    pub(crate) words: String,
    /// The beginning of a person's name.
    pub(crate) from: Option<String>,
    /// The beginning of a chat's title.
    pub(crate) chat: Option<String>,
    /// What the message holds.
    pub(crate) has: Option<Has>,
    /// Before the beginning of this day.
    pub(crate) before: Option<Timestamp>,
    /// From the beginning of this day on.
    pub(crate) after: Option<Timestamp>,
}

/// Reads it. What looks like a filter and is none stays among the words.
pub(crate) fn read(typed: &str) -> Asked {
    let mut asked = Asked::default();
    let mut words: Vec<&str> = Vec::new();
    for part in typed.split_whitespace() {
        if !asked.take(part) {
            words.push(part);
        }
    }
    asked.words = words.join(" ");
    asked
}

impl Asked {
    fn take(&mut self, part: &str) -> bool {
        let Some((name, value)) = part.split_once(':').filter(|(_, value)| !value.is_empty()) else { return false };
        match name.to_lowercase().as_str() {
            "from" | "от" => self.from = Some(value.trim_start_matches('@').to_owned()),
            "in" | "в" => self.chat = Some(value.trim_start_matches('#').to_owned()),
            "has" | "есть" => match has(value) {
                Some(has) => self.has = Some(has),
                None => return false,
            },
            "before" | "до" => match day(value) {
                Some(day) => self.before = Some(day),
                None => return false,
            },
            "after" | "после" => match day(value) {
                Some(day) => self.after = Some(day),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    #[cfg(test)]
    pub(crate) fn is_narrowed(&self) -> bool {
        *self != Self { words: self.words.clone(), ..Self::default() }
    }
}

fn has(value: &str) -> Option<Has> {
    match value.to_lowercase().as_str() {
        "file" | "файл" => Some(Has::File),
        "link" | "ссылка" => Some(Has::Link),
        "poll" | "опрос" => Some(Has::Poll),
        _ => None,
    }
}

/// `2026-01-31` or `31.01.2026`, at midnight UTC: the engine knows no zone.
fn day(value: &str) -> Option<Timestamp> {
    let parts: Vec<i16> = value.split(['-', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [first, month, last] = parts[..] else { return None };
    let (year, day) = if first > 31 { (first, last) } else { (last, first) };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let at = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_in_both_languages_and_words_are_left() {
        let asked = read("отчёт from:@anna has:file after:2026-01-31 за год");
        assert_eq!(
            (asked.words.as_str(), asked.from.as_deref(), asked.has),
            ("отчёт за год", Some("anna"), Some(Has::File))
        );
        assert_eq!(asked.after, "2026-01-31T00:00:00Z".parse().ok());
        let asked = read("От:анна В:#дизайн есть:ссылка до:31.01.2026");
        assert_eq!(
            (asked.from.as_deref(), asked.chat.as_deref(), asked.has),
            (Some("анна"), Some("дизайн"), Some(Has::Link))
        );
        assert_eq!(asked.before, "2026-01-31T00:00:00Z".parse().ok());
        assert!(asked.is_narrowed() && asked.words.is_empty());
    }

    #[test]
    fn what_is_no_filter_stays_a_word() {
        for typed in ["from:", "https://example.org", "has:lunch", "before:soon", "after:2026-13-01", "10:30"] {
            let asked = read(typed);
            assert_eq!((asked.words.as_str(), asked.is_narrowed()), (typed, false), "{typed}");
        }
    }
}
