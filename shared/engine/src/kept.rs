//! Wishes about the interface, which the engine keeps and shares and does not read.

use sql::{Error, Tx, params};
use view::kept::{KEPT_MAX, Kept, UI, is_good};
use view::{ErrorCode, Failure, Update};

use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::step::Step;

impl Engine {
    /// Keeps an entry; the other devices learn of it.
    pub(crate) fn keep(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        value: Option<String>,
    ) -> Result<Answer, EngineError> {
        if !is_good(key, value.as_deref()) {
            return Ok(Answer::Failed(Failure::Refused { code: ErrorCode::InvalidField }));
        }
        self.put_item(s, key, value)?;
        Ok(DONE)
    }

    /// Tells the screen all that is kept.
    pub(crate) fn show_kept(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let entries = all(s.tx)?;
        if !entries.is_empty() {
            s.update(Update::Kept { entries });
        }
        Ok(())
    }

    /// Another device changed an entry.
    pub(crate) fn kept_elsewhere(&mut self, s: &mut Step<'_, '_>, key: &str, value: Option<&str>) {
        if is_good(key, value) {
            s.update(Update::Kept { entries: vec![Kept { key: key.to_owned(), value: value.map(str::to_owned) }] });
        }
    }
}

/// Entries that a newer version made and this one would refuse are left out.
fn all(tx: &mut Tx<'_>) -> Result<Vec<Kept>, Error> {
    let after = format!("{};", UI.trim_end_matches(':'));
    let mut entries = tx.rows(
        "SELECT key, value FROM items WHERE key >= ?1 AND key < ?2 AND value IS NOT NULL ORDER BY key LIMIT ?3",
        params![UI, after, KEPT_MAX],
        |r| Ok(Kept { key: r.text(0)?, value: r.opt_text(1)? }),
    )?;
    entries.retain(|entry| is_good(&entry.key, entry.value.as_deref()));
    Ok(entries)
}
