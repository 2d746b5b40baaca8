//! Table `invitations`: who may come in, by the hash of a secret.

use protocol::{ChatId, Timestamp, UserId};
use sql::{Error, Row, Tx, params};

use super::chat_id;

/// One invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// Its public name.
    pub id: String,
    /// Into this chat too.
    pub chat_id: Option<ChatId>,
    /// Opens the door of a closed server.
    pub registers: bool,
    /// Who made it.
    pub creator_id: UserId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How often it works.
    pub uses_max: u32,
    /// How often it was used.
    pub uses: u32,
    /// Ended by hand.
    pub revoked: bool,
    /// Someone decides about each who uses it.
    pub approval: bool,
}

const COLUMNS: &str = "id, chat_id, registers, creator_id, expires_at_ms, uses_max, uses, revoked, approval";

fn invitation(row: &Row<'_>) -> Result<InvitationRow, Error> {
    let small = |column| {
        let count = row.int(column)?;
        u32::try_from(count).map_err(|_| Error::Bug("an invitation's count is none".to_owned()))
    };
    Ok(InvitationRow {
        id: row.text(0)?,
        chat_id: match row.opt_text(1)? {
            None => None,
            Some(_) => Some(chat_id(row, 1)?),
        },
        registers: row.flag(2)?,
        creator_id: UserId(row.int(3)?),
        expires_at: Timestamp(row.int(4)?),
        uses_max: small(5)?,
        uses: small(6)?,
        revoked: row.flag(7)?,
        approval: row.flag(8)?,
    })
}

/// A new row.
///
/// # Errors
/// See [`Error`].
pub fn insert(tx: &mut Tx<'_>, row: &InvitationRow, secret_hash: &[u8], now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO invitations (id, secret_hash, chat_id, registers, creator_id, created_at_ms, expires_at_ms,
                                  uses_max, uses, revoked, approval)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            row.id,
            secret_hash,
            row.chat_id.as_ref().map(ChatId::as_str),
            row.registers,
            row.creator_id.0,
            now.0,
            row.expires_at.0,
            row.uses_max,
            row.uses,
            row.revoked,
            row.approval
        ],
    )?;
    Ok(())
}

/// By id.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, id: &str) -> Result<Option<InvitationRow>, Error> {
    tx.row(&format!("SELECT {COLUMNS} FROM invitations WHERE id = ?1"), params![id], invitation)
}

/// By the hash of its secret.
///
/// # Errors
/// See [`Error`].
pub fn by_secret(tx: &mut Tx<'_>, secret_hash: &[u8]) -> Result<Option<InvitationRow>, Error> {
    tx.row(&format!("SELECT {COLUMNS} FROM invitations WHERE secret_hash = ?1"), params![secret_hash], invitation)
}

/// Takes one use; `false` when none was left, also when another transaction took the last.
///
/// # Errors
/// See [`Error`].
pub fn take_use(tx: &mut Tx<'_>, id: &str) -> Result<bool, Error> {
    let changed = tx.execute(
        "UPDATE invitations SET uses = uses + 1 WHERE id = ?1 AND uses < uses_max AND revoked = 0",
        params![id],
    )?;
    Ok(changed == 1)
}

/// Ends an invitation.
///
/// # Errors
/// See [`Error`].
pub fn revoke(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.execute("UPDATE invitations SET revoked = 1 WHERE id = ?1", params![id])?;
    Ok(())
}

/// Gives an invitation another secret, because nobody saw the first.
///
/// # Errors
/// See [`Error`].
pub fn set_secret(tx: &mut Tx<'_>, id: &str, secret_hash: &[u8]) -> Result<(), Error> {
    tx.execute("UPDATE invitations SET secret_hash = ?2 WHERE id = ?1", params![id, secret_hash])?;
    Ok(())
}
