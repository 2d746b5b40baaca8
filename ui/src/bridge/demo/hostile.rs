//! Puts texts of a test in the place of all that people and servers could have written: `demo-texts` is an event of the window whose
//! detail is a JSON array of texts. From then on each text that the host tells is one of them, in turn; what is on screen is told anew.
//!
//! Which strings are free text is found by trying: whatever the types take. So a field that is added later is covered too.

use std::cell::RefCell;
use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use view::Update;

/// Free strings that say how, not what: with another value the screen would be another one.
const LEFT_ALONE: &[&str] = &["mime_type", "hash", "thumbhash", "waveform", "zone", "wall", "key", "link", "web"];

/// Names of what is found by them: another one would be another thing, and one text for all would make one thing of all.
const IDS: &[&str] = &["id", "thread", "reply_to", "avatar"];
/// One text alone is to be seen everywhere, so what decides whether others are seen stays as it is then.
const LEFT_ALONE_WITH_ONE: &str = "url";

#[derive(Default)]
struct Texts {
    texts: Vec<String>,
    next: usize,
    /// By the name of a field: the types take any text there.
    free: HashMap<String, bool>,
}

thread_local! {
    static TEXTS: RefCell<Texts> = RefCell::new(Texts::default());
}

/// Takes the texts; nothing for no array of texts.
pub fn take(json: &str) {
    let texts = serde_json::from_str(json).unwrap_or_default();
    TEXTS.with_borrow_mut(|all| (all.texts, all.next) = (texts, 0));
}

/// The updates with those texts in them; as they are while there are none.
pub fn dress(updates: Vec<Update>) -> Vec<Update> {
    TEXTS.with_borrow_mut(|texts| {
        if texts.texts.is_empty() {
            return updates;
        }
        updates.into_iter().map(|update| texts.dress(update)).collect()
    })
}

impl Texts {
    fn dress(&mut self, update: Update) -> Update {
        if matches!(update, Update::Preferences { .. }) {
            return update;
        }
        self.dressed(&update).unwrap_or(update)
    }

    fn dressed<T: Serialize + DeserializeOwned>(&mut self, value: &T) -> Option<T> {
        let mut json = serde_json::to_value(value).ok()?;
        let mut names = Vec::new();
        names_of(&json, "", &mut names);
        for name in names {
            if !self.free.contains_key(&name) {
                let mut tried = json.clone();
                replace(&mut tried, "", &name, &mut || "<x>".to_owned());
                let is_id = IDS.contains(&name.as_str()) || name.ends_with("_id");
                let left_alone = is_id || LEFT_ALONE.contains(&name.as_str());
                let free = !left_alone && serde_json::from_value::<T>(tried).is_ok();
                self.free.insert(name.clone(), free);
            }
            if self.texts.len() == 1 && name == LEFT_ALONE_WITH_ONE {
                continue;
            }
            if self.free.get(&name) == Some(&true) {
                let (texts, next) = (&self.texts, &mut self.next);
                replace(&mut json, "", &name, &mut || {
                    *next += 1;
                    texts[(*next - 1) % texts.len()].clone()
                });
            }
        }
        serde_json::from_value(json).ok()
    }
}

/// The names of fields that hold texts.
fn names_of(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.is_empty() && !found.iter().any(|known| known == name) => {
            found.push(name.to_owned());
        }
        Value::Array(list) => list.iter().for_each(|value| names_of(value, name, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| names_of(value, name, found)),
        _ => {}
    }
}

/// Puts other texts into all fields of this name. Own data is JSON inside of a text: there the names of things are replaced.
fn replace(value: &mut Value, at: &str, name: &str, with: &mut impl FnMut() -> String) {
    match value {
        Value::String(text) if at == name && !text.is_empty() => match serde_json::from_str::<Value>(text) {
            Ok(mut inside @ Value::Object(_)) => {
                replace(&mut inside, "", "name", with);
                *text = inside.to_string();
            }
            _ => *text = with(),
        },
        Value::Array(list) => list.iter_mut().for_each(|value| replace(value, at, name, with)),
        Value::Object(fields) => fields.iter_mut().for_each(|(at, value)| replace(value, at, name, with)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use view::{Connection, Kept, Stage};

    #[test]
    fn texts_are_replaced_and_what_the_types_know_is_not() {
        let person = super::super::cast::person(2);
        let id = person.id;
        let mut texts = Texts { texts: vec!["<a>".into(), "<b>".into()], ..Texts::default() };
        let Update::Person { person } = texts.dress(Update::Person { person }) else { unreachable!("the same update") };
        let shown = [person.name.as_str(), person.username.as_str()];
        assert!(shown.iter().all(|text| ["<a>", "<b>"].contains(text)), "{shown:?}");
        assert_eq!(person.id, id);
        for same in [Update::Connection { connection: Connection::Online }, Update::Stage { stage: Stage::Elsewhere }] {
            assert_eq!(texts.dress(same.clone()), same);
        }
        let entry = Kept { key: "ui:folder:1".into(), value: Some("{\"name\":\"A\",\"icon\":\"star\"}".into()) };
        let Update::Kept { entries } = texts.dress(Update::Kept { entries: vec![entry] }) else { unreachable!() };
        let value: Value = serde_json::from_str(entries[0].value.as_deref().unwrap_or_default()).unwrap_or_default();
        assert!(value["name"].as_str().is_some_and(|name| name.starts_with('<')) && value["icon"] == "star");
    }
}
