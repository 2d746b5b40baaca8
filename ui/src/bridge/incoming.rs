//! Reads what the host sends: one update or an array of them. No browser: tested natively.

use serde::Deserialize;
use view::Update;

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Update>),
    One(Box<Update>),
}

/// The updates in a JSON text, in order.
///
/// # Errors
/// When the text is not JSON or not of our types (a host of another version).
pub fn updates(json: &str) -> Result<Vec<Update>, serde_json::Error> {
    if json.trim_start().starts_with('[') {
        return serde_json::from_str(json);
    }
    match serde_json::from_str(json)? {
        OneOrMany::Many(updates) => Ok(updates),
        OneOrMany::One(update) => Ok(vec![*update]),
    }
}

/// Puts numbered messages into their order: a Tauri channel may deliver a long one after a short one sent later.
#[derive(Debug, Default)]
pub struct InOrder {
    next: u64,
    early: std::collections::BTreeMap<u64, String>,
}

impl InOrder {
    /// Takes message `index`; returns those that are now due.
    pub fn take(&mut self, index: u64, message: String) -> Vec<String> {
        self.early.insert(index, message);
        let mut due = Vec::new();
        while let Some(message) = self.early.remove(&self.next) {
            due.push(message);
            self.next += 1;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use view::Connection;

    #[test]
    fn one_update_and_an_array_are_both_read() {
        let update = Update::Connection { connection: Connection::Online };
        let one = serde_json::to_string(&update).unwrap();
        assert_eq!(updates(&one).unwrap(), vec![update.clone()]);
        assert_eq!(updates(&format!("[{one},{one}]")).unwrap(), vec![update.clone(), update]);
        assert!(updates("{\"type\":\"nonsense\"}").is_err());
    }

    #[test]
    fn messages_that_come_out_of_order_are_put_back() {
        let mut order = InOrder::default();
        assert!(order.take(1, "b".into()).is_empty());
        assert_eq!(order.take(0, "a".into()), ["a", "b"]);
        assert_eq!(order.take(2, "c".into()), ["c"]);
    }
}
