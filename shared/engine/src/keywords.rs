//! Words that call the person: a message of another one with such a word is a mention.

use sql::{Error, Tx};
use view::notify::{NOTIFY, NotifySettings};

use crate::items;

/// The words, each as the terms that a text must have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keywords(Vec<Vec<String>>);

impl Keywords {
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self, Error> {
        Ok(Self::of(items::value(tx, NOTIFY)?.as_deref()))
    }

    /// From the entry's value.
    pub(crate) fn of(value: Option<&str>) -> Self {
        let exact = |word: &String| words::wanted(word).into_iter().map(|wanted| wanted.stem.unwrap_or(wanted.prefix));
        let all =
            NotifySettings::read(value).keywords.iter().map(|word| exact(word).collect::<Vec<_>>()).collect::<Vec<_>>();
        Self(all.into_iter().filter(|terms| !terms.is_empty()).collect())
    }

    /// The text has one of them, in any form, but not as a part of another word.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let terms = words::terms(text);
        self.0.iter().any(|word| word.iter().all(|term| terms.contains(term)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_calls_in_every_form_and_not_inside_of_another() {
        let settings =
            NotifySettings { keywords: vec!["релиз".into(), "code review".into()], ..NotifySettings::default() };
        let keywords = Keywords::of(settings.value().as_deref());
        for text in ["Релизы сегодня", "после РЕЛИЗА", "reviewing the code"] {
            assert!(keywords.are_in(text), "{text}");
        }
        for text in ["релизный", "code only", "", "прелизинг"] {
            assert!(!keywords.are_in(text), "{text}");
        }
        assert!(!Keywords::default().are_in("релиз"));
    }
}
