//! Whose cache this is: the account, its tokens, the server's incarnation.

use protocol::LocalId;
use sql::{Tx, params};

use crate::error::EngineError;
use crate::io::{Account, AuthTokens};

/// What the cache knows of the account.
pub(crate) struct Kept {
    pub(crate) account: Account,
    /// `None` once the session ended.
    pub(crate) tokens: Option<AuthTokens>,
    /// Of the server; empty while not seen.
    pub(crate) incarnation: String,
}

pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Option<Kept>, EngineError> {
    let row = tx.row("SELECT account, tokens, incarnation FROM account WHERE one = 1", &[], |r| {
        Ok((r.text(0)?, r.opt_text(1)?, r.text(2)?))
    })?;
    let Some((account, tokens, incarnation)) = row else { return Ok(None) };
    let tokens = tokens.map(|json| serde_json::from_str(&json)).transpose()?;
    Ok(Some(Kept { account: serde_json::from_str(&account)?, tokens, incarnation }))
}

/// Keeps the account and its session. The incarnation stays when it is the same account again.
pub(crate) fn save(tx: &mut Tx<'_>, account: &Account, tokens: &AuthTokens) -> Result<(), EngineError> {
    tx.execute(
        "INSERT INTO account (one, account, tokens, incarnation, refresh_id) VALUES (1, ?1, ?2, '', NULL)
         ON CONFLICT (one) DO UPDATE SET account = excluded.account, tokens = excluded.tokens, refresh_id = NULL",
        params![serde_json::to_string(account)?, serde_json::to_string(tokens)?],
    )?;
    Ok(())
}

/// Keeps new tokens; an open refresh is done with them.
pub(crate) fn save_tokens(tx: &mut Tx<'_>, tokens: Option<&AuthTokens>) -> Result<(), EngineError> {
    let json = tokens.map(serde_json::to_string).transpose()?;
    tx.execute("UPDATE account SET tokens = ?1, refresh_id = NULL WHERE one = 1", params![json])?;
    Ok(())
}

pub(crate) fn save_incarnation(tx: &mut Tx<'_>, incarnation: &str) -> Result<(), EngineError> {
    tx.execute("UPDATE account SET incarnation = ?1 WHERE one = 1", params![incarnation])?;
    Ok(())
}

/// The id under which the next refresh is asked: the same until an answer came, so that a refresh whose answer was
/// lost with the connection or the process is repeated, not mistaken for a stolen token.
pub(crate) fn refresh_id(tx: &mut Tx<'_>, fresh: LocalId) -> Result<LocalId, EngineError> {
    let kept = tx.row("SELECT refresh_id FROM account WHERE one = 1", &[], |r| r.opt_text(0))?.flatten();
    if let Some(id) = kept.and_then(|text| uuid::Uuid::parse_str(&text).ok()) {
        return Ok(LocalId(id));
    }
    tx.execute("UPDATE account SET refresh_id = ?1 WHERE one = 1", params![fresh.to_string()])?;
    Ok(fresh)
}
