//! Table `users`: everyone's profile, by the number that a person keeps for life.

use protocol::{Contact, FileId, Timestamp, User, UserId};
use sql::{Error, Row, Tx, params};

use super::file_id;

const COLUMNS: &str =
    "u.id, u.username, u.display_name, u.bio, u.custom_status, u.created_at_ms, u.deactivated, u.rev, u.status_emoji, u.status_until_ms,
     CASE WHEN u.email_shown = 1 THEN u.email END, CASE WHEN u.phone_shown = 1 THEN u.phone END, u.avatar";
/// How many they are.
const COLUMNS_COUNT: usize = 13;

fn user(row: &Row<'_>) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.int(0)?),
        username: row.text(1)?,
        display_name: row.text(2)?,
        bio: row.text(3)?,
        custom_status: row.text(4)?,
        status_emoji: row.text(8)?,
        status_until: row.opt_int(9)?.map(Timestamp),
        email: row.opt_text(10)?,
        phone: row.opt_text(11)?,
        created_at: Timestamp(row.int(5)?),
        deactivated: row.flag(6)?,
        rev: row.count(7)?,
        avatar: file_id(row, 12)?,
    })
}

/// How a name is looked up and sorted; made by `domain::names`.
#[derive(Debug, Clone)]
pub struct Folded {
    /// The username without case.
    pub username: String,
    /// The shown name without case, for order.
    pub sort: String,
    /// All words of all names, each after a space.
    pub search: String,
}

/// The next free number. Take a revision of scope `team` first: whoever holds that is alone here.
///
/// # Errors
/// See [`Error`].
pub fn next_id(tx: &mut Tx<'_>) -> Result<UserId, Error> {
    tx.one("SELECT COALESCE(MAX(id), 0) + 1 FROM users", &[], |row| Ok(UserId(row.int(0)?)))
}

/// A new row.
///
/// # Errors
/// [`Error::Unique`] when the username is taken.
pub fn insert(
    tx: &mut Tx<'_>,
    user: &User,
    folded: &Folded,
    email: Option<&str>,
    password_hash: &str,
    auth_level: i64,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO users (id, username, username_folded, display_name, sort_name, search, email, password_hash,
                            auth_level, bio, custom_status, created_at_ms, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            user.id.0,
            user.username,
            folded.username,
            user.display_name,
            folded.sort,
            folded.search,
            email,
            password_hash,
            auth_level,
            user.bio,
            user.custom_status,
            user.created_at.0,
            user.rev
        ],
    )?;
    Ok(())
}

/// A changed profile.
///
/// # Errors
/// See [`Error`].
pub fn update(tx: &mut Tx<'_>, user: &User, folded: &Folded) -> Result<(), Error> {
    tx.execute(
        "UPDATE users SET display_name = ?2, sort_name = ?3, search = ?4, bio = ?5, custom_status = ?6, rev = ?7,
                          avatar = ?8, status_emoji = ?9, status_until_ms = ?10
         WHERE id = ?1",
        params![
            user.id.0,
            user.display_name,
            folded.sort,
            folded.search,
            user.bio,
            user.custom_status,
            user.rev,
            user.avatar.as_ref().map(FileId::as_str),
            user.status_emoji,
            user.status_until.map(|until| until.0)
        ],
    )?;
    Ok(())
}

/// One person.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, Error> {
    tx.row(&format!("SELECT {COLUMNS} FROM users u WHERE u.id = ?1"), params![id.0], user)
}

/// The username is someone's.
///
/// # Errors
/// See [`Error`].
pub fn taken(tx: &mut Tx<'_>, username_folded: &str) -> Result<bool, Error> {
    let found = tx.row("SELECT 1 FROM users WHERE username_folded = ?1", params![username_folded], |_| Ok(()))?;
    Ok(found.is_some())
}

/// For logging in: number, username, password hash, closed or not.
///
/// # Errors
/// See [`Error`].
pub fn credentials(tx: &mut Tx<'_>, username_folded: &str) -> Result<Option<(UserId, String, String, bool)>, Error> {
    tx.row(
        "SELECT id, username, password_hash, deactivated FROM users WHERE username_folded = ?1",
        params![username_folded],
        |row| Ok((UserId(row.int(0)?), row.text(1)?, row.text(2)?, row.flag(3)?)),
    )
}

/// A better hash of the same password.
///
/// # Errors
/// See [`Error`].
pub fn set_password_hash(tx: &mut Tx<'_>, id: UserId, hash: &str) -> Result<(), Error> {
    tx.execute("UPDATE users SET password_hash = ?2 WHERE id = ?1", params![id.0, hash])?;
    Ok(())
}

/// When a person was last connected; not part of what syncs.
///
/// # Errors
/// See [`Error`].
pub fn set_last_seen(tx: &mut Tx<'_>, id: UserId, at: Timestamp) -> Result<(), Error> {
    tx.execute("UPDATE users SET last_seen_ms = ?2 WHERE id = ?1", params![id.0, at.0])?;
    Ok(())
}

/// How to reach a person, and which of it everyone sees.
///
/// # Errors
/// See [`Error`].
pub fn set_contact(
    tx: &mut Tx<'_>,
    id: UserId,
    contact: &Contact,
    email_shown: bool,
    phone_shown: bool,
) -> Result<(), Error> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    tx.execute(
        "UPDATE users SET email = ?2, phone = ?3, email_shown = ?4, phone_shown = ?5 WHERE id = ?1",
        params![id.0, some(&contact.email), some(&contact.phone), email_shown, phone_shown],
    )?;
    Ok(())
}

/// When a person was last connected, if ever; `None`: there is no such person.
///
/// # Errors
/// See [`Error`].
pub fn last_seen(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Option<Timestamp>>, Error> {
    tx.row("SELECT last_seen_ms FROM users WHERE id = ?1", params![id.0], |row| Ok(row.opt_int(0)?.map(Timestamp)))
}

/// People changed after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn changed(tx: &mut Tx<'_>, after: u64, limit: u32) -> Result<Vec<User>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM users u WHERE u.rev > ?1 ORDER BY u.rev LIMIT ?2"),
        params![after, limit],
        user,
    )
}

/// A page of the directory: people all of whose `words` begin a word of a name, after `(sort_name, id)`.
///
/// # Errors
/// See [`Error`].
pub fn find(
    tx: &mut Tx<'_>,
    words: &[String],
    after: &(String, i64),
    limit: u32,
) -> Result<Vec<(User, String)>, Error> {
    let mut sql = format!(
        "SELECT {COLUMNS}, u.sort_name FROM users u
         WHERE u.deactivated = 0 AND (u.sort_name > ?1 OR (u.sort_name = ?1 AND u.id > ?2))"
    );
    let patterns: Vec<String> = words.iter().map(|word| format!("% {word}%")).collect();
    for place in 0..patterns.len() {
        sql.push_str(&format!(" AND u.search LIKE ?{}", place + 4));
    }
    sql.push_str(" ORDER BY u.sort_name, u.id LIMIT ?3");
    let mut values = params![after.0, after.1, limit].to_vec();
    values.extend(patterns.iter().map(sql::ToValue::to_value));
    tx.rows(&sql, &values, |row| Ok((user(row)?, row.text(COLUMNS_COUNT)?)))
}
