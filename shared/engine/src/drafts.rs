//! What composers hold, per chat; shared by the person's devices.

use protocol::{ChatId, MessageId};
use sql::{Error, Tx, params};
use view::Draft;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::items::DRAFT;
use crate::step::Step;

/// Longest draft that is shared, in bytes as JSON; a longer one stays on this device.
const SHARED_BYTES_MAX: usize = protocol::limits::ITEM_VALUE_BYTES_MAX;

/// Keeps a draft in the chat's row.
pub(crate) fn keep(tx: &mut Tx<'_>, chat: &ChatId, draft: &Draft) -> Result<(), Error> {
    let reply = draft.reply_to.as_ref().map(MessageId::as_str);
    tx.execute(
        "UPDATE chats SET draft = ?2, draft_reply = ?3 WHERE id = ?1",
        params![chat.as_str(), draft.text, reply],
    )?;
    Ok(())
}

/// Empty when there is none.
pub(crate) fn load(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Draft, Error> {
    let row = tx.row("SELECT draft, draft_reply FROM chats WHERE id = ?1", params![chat.as_str()], |r| {
        Ok(Draft { text: r.text(0)?, reply_to: r.opt_text(1)?.and_then(MessageId::new) })
    })?;
    Ok(row.unwrap_or_default())
}

/// A draft from an entry of the own data; what cannot be read is none.
pub(crate) fn read(value: Option<&str>) -> Draft {
    value.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

impl Engine {
    /// Keeps what a composer holds, here and for the other devices.
    pub(crate) fn save_draft(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, draft: &Draft) -> Result<(), EngineError> {
        keep(s.tx, chat, draft)?;
        let key = format!("{DRAFT}{chat}");
        let mut value = if *draft == Draft::default() { None } else { Some(serde_json::to_string(draft)?) };
        if let Some(text) = &value
            && crate::chats::get(s.tx, chat)?.is_some_and(|info| self.seals(&info))
        {
            match self.seal_own(s, &key, text)? {
                Some(sealed) => value = Some(sealed),
                // This device is not confirmed: the draft stays here.
                None => {
                    self.screen.dirty.chats.insert(chat.clone());
                    return Ok(());
                }
            }
        }
        if value.as_ref().is_none_or(|value| value.len() <= SHARED_BYTES_MAX) {
            self.put_item(s, &key, value)?;
        }
        self.screen.dirty.chats.insert(chat.clone());
        Ok(())
    }
}
