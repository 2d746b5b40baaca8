//! What composers hold, per chat; on this device only.

use protocol::{ChatId, MessageId};
use sql::{Error, Tx, params};
use view::Draft;

pub(crate) fn save(tx: &mut Tx<'_>, chat: &ChatId, draft: &Draft) -> Result<(), Error> {
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
