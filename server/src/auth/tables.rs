//! The tables of log-ins: sessions, their refresh tokens (hashes only), and the server's signing secret.

use protocol::limits::REFRESH_TOKEN_SECONDS;
use protocol::{Timestamp, UserId};
use sql::{Error, Tx, params};

use crate::session::SessionId;

/// The tables of this module: a migration of its own.
pub const SCHEMA: &str = "
CREATE TABLE auth_secrets (
    name   TEXT NOT NULL PRIMARY KEY,
    secret BYTEA NOT NULL
) /*strict*/;
CREATE TABLE sessions (
    id            TEXT NOT NULL PRIMARY KEY,
    user_id       BIGINT NOT NULL,
    made_by       TEXT,
    device_name   TEXT NOT NULL,
    client        TEXT NOT NULL,
    ip            TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    used_at_ms    BIGINT NOT NULL,
    ended_at_ms   BIGINT
) /*strict*/;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE TABLE refresh_tokens (
    hash          BYTEA NOT NULL PRIMARY KEY,
    session_id    TEXT NOT NULL REFERENCES sessions (id),
    expires_at_ms BIGINT NOT NULL,
    used_at_ms    BIGINT,
    used_by       TEXT
) /*strict*/;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
";

/// Used refresh tokens are remembered this long, to tell a replay from nonsense.
const USED_KEPT_MS: i64 = 7 * 24 * 3_600 * 1_000;
const REFRESH_TOKEN_MS: i64 = REFRESH_TOKEN_SECONDS as i64 * 1_000;

/// A log-in to be.
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// The request that made it, where it had an id.
    pub made_by: Option<String>,
    /// What the person calls the device.
    pub device_name: String,
    /// Program and version.
    pub client: String,
    /// From where.
    pub ip: String,
}

/// A refresh token as stored, with its session.
pub struct StoredToken {
    /// Of which log-in.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// When it ends unused.
    pub expires_at_ms: i64,
    /// When it was traded in.
    pub used_at_ms: Option<i64>,
    /// By which request.
    pub used_by: Option<String>,
    /// The session is over.
    pub ended: bool,
}

/// The server's secret; made by `fresh` when there is none.
pub fn secret(tx: &mut Tx<'_>, fresh: [u8; 32]) -> Result<Vec<u8>, Error> {
    tx.execute(
        "INSERT INTO auth_secrets (name, secret) VALUES ('tokens', ?1) ON CONFLICT (name) DO NOTHING",
        params![fresh],
    )?;
    tx.one("SELECT secret FROM auth_secrets WHERE name = 'tokens'", &[], |row| row.blob(0))
}

/// Adds a log-in, and clears away what this person left behind longer ago than tokens live.
pub fn insert_session(tx: &mut Tx<'_>, new: &NewSession, now: Timestamp) -> Result<(), Error> {
    let stale = now.0 - REFRESH_TOKEN_MS;
    tx.execute(
        "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE user_id = ?1 AND used_at_ms < ?2)",
        params![new.user_id.0, stale],
    )?;
    tx.execute("DELETE FROM sessions WHERE user_id = ?1 AND used_at_ms < ?2", params![new.user_id.0, stale])?;
    tx.execute(
        "INSERT INTO sessions (id, user_id, made_by, device_name, client, ip, created_at_ms, used_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        params![new.id.to_string(), new.user_id.0, new.made_by, new.device_name, new.client, new.ip, now.0],
    )?;
    Ok(())
}

/// Adds a refresh token to a session.
pub fn insert_token(tx: &mut Tx<'_>, hash: &[u8; 32], session: SessionId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO refresh_tokens (hash, session_id, expires_at_ms) VALUES (?1, ?2, ?3)",
        params![*hash, session.to_string(), now.0 + REFRESH_TOKEN_MS],
    )?;
    Ok(())
}

/// Finds a refresh token.
pub fn token(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<StoredToken>, Error> {
    tx.row(
        "SELECT t.session_id, s.user_id, t.expires_at_ms, t.used_at_ms, t.used_by, s.ended_at_ms
         FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.hash = ?1",
        params![*hash],
        |row| {
            Ok(StoredToken {
                session_id: session_id(&row.text(0)?)?,
                user_id: UserId(row.int(1)?),
                expires_at_ms: row.int(2)?,
                used_at_ms: row.opt_int(3)?,
                used_by: row.opt_text(4)?,
                ended: row.opt_int(5)?.is_some(),
            })
        },
    )
}

/// Marks a refresh token as traded in, and forgets those of the session that were so long ago.
pub fn use_token(
    tx: &mut Tx<'_>,
    hash: &[u8; 32],
    session: SessionId,
    by: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute("UPDATE refresh_tokens SET used_at_ms = ?2, used_by = ?3 WHERE hash = ?1", params![*hash, now.0, by])?;
    tx.execute(
        "DELETE FROM refresh_tokens WHERE session_id = ?1 AND used_at_ms < ?2",
        params![session.to_string(), now.0 - USED_KEPT_MS],
    )?;
    tx.execute("UPDATE sessions SET used_at_ms = ?2 WHERE id = ?1", params![session.to_string(), now.0])?;
    Ok(())
}

/// Ends a session; its refresh tokens go. `false` when it was over already.
pub fn end_session(tx: &mut Tx<'_>, session: SessionId, now: Timestamp) -> Result<bool, Error> {
    let ended = tx.execute(
        "UPDATE sessions SET ended_at_ms = ?2 WHERE id = ?1 AND ended_at_ms IS NULL",
        params![session.to_string(), now.0],
    )?;
    Ok(ended == 1)
}

/// Whose session this is, while it lasts.
pub fn live_session(tx: &mut Tx<'_>, session: SessionId) -> Result<Option<UserId>, Error> {
    tx.row("SELECT user_id FROM sessions WHERE id = ?1 AND ended_at_ms IS NULL", params![session.to_string()], |row| {
        row.int(0).map(UserId)
    })
}

/// The live session of a person that the request `made_by` made, if it did.
pub fn session_made_by(tx: &mut Tx<'_>, user_id: UserId, made_by: &str) -> Result<Option<SessionId>, Error> {
    let found = tx.row(
        "SELECT id FROM sessions WHERE user_id = ?1 AND made_by = ?2 AND ended_at_ms IS NULL",
        params![user_id.0, made_by],
        |row| row.text(0),
    )?;
    found.map(|id| session_id(&id)).transpose()
}

fn session_id(text: &str) -> Result<SessionId, Error> {
    text.parse().map_err(|_| Error::Bug(format!("not a session id: {text}")))
}
