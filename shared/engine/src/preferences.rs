//! How the person wants the app on this device. Survives log-out: it belongs to the device, not to the account.

use sql::{Tx, params};
use view::Preferences;

use crate::error::EngineError;

pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Preferences, EngineError> {
    let json = tx.row("SELECT json FROM preferences WHERE one = 1", &[], |r| r.text(0))?;
    // An older or damaged text falls back to defaults: preferences are never worth refusing to start.
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

pub(crate) fn save(tx: &mut Tx<'_>, preferences: &Preferences) -> Result<(), EngineError> {
    tx.execute(
        "INSERT INTO preferences (one, json) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET json = excluded.json",
        params![serde_json::to_string(preferences)?],
    )?;
    Ok(())
}
