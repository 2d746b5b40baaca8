//! Tables `person_keys`, `devices`, `key_packages`: which devices can be added to encrypted chats, and with what.

use protocol::{ChatId, Device, DeviceId, GroupDevice, Timestamp, UserId};
use sql::{Error, Row, Tx, params};

use crate::session::SessionId;

const COLUMNS: &str = "d.id, d.name, p.key, d.created_at_ms, d.last_seen_ms, d.removed, d.rev,
    (SELECT count(*) FROM key_packages k WHERE k.device_id = d.id AND k.last_resort = 0 AND k.claimed_for IS NULL)";
const FROM: &str = "FROM devices d JOIN person_keys p ON p.user_id = d.user_id";

fn device(row: &Row<'_>) -> Result<Device, Error> {
    Ok(Device {
        id: device_id(row.text(0)?)?,
        name: row.text(1)?,
        person: row.text(2)?,
        created_at: Timestamp(row.int(3)?),
        last_seen_at: Timestamp(row.int(4)?),
        removed: row.flag(5)?,
        keys_left: u32::try_from(row.int(7)?).unwrap_or(u32::MAX),
        rev: row.count(6)?,
    })
}

pub(crate) fn device_id(text: String) -> Result<DeviceId, Error> {
    DeviceId::new(text).ok_or_else(|| Error::Bug("a device id in the database is none".to_owned()))
}

/// The public half of a person's key, base64; `None` before the first device.
///
/// # Errors
/// See [`Error`].
pub fn person_key(tx: &mut Tx<'_>, user: UserId) -> Result<Option<String>, Error> {
    tx.row("SELECT key FROM person_keys WHERE user_id = ?1", params![user.0], |row| row.text(0))
}

/// Sets it, over what was there.
///
/// # Errors
/// See [`Error`].
pub fn set_person_key(tx: &mut Tx<'_>, user: UserId, key: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO person_keys (user_id, key, since_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (user_id) DO UPDATE SET key = excluded.key, since_ms = excluded.since_ms",
        params![user.0, key, now.0],
    )?;
    Ok(())
}

/// Whose a device is, removed or not.
///
/// # Errors
/// See [`Error`].
pub fn owner(tx: &mut Tx<'_>, id: &DeviceId) -> Result<Option<UserId>, Error> {
    tx.row("SELECT user_id FROM devices WHERE id = ?1", params![id.as_str()], |row| row.int(0).map(UserId))
}

/// One device.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, id: &DeviceId) -> Result<Option<Device>, Error> {
    tx.row(&format!("SELECT {COLUMNS} {FROM} WHERE d.id = ?1"), params![id.as_str()], device)
}

/// A person's devices that are not removed.
///
/// # Errors
/// See [`Error`].
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Device>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} {FROM} WHERE d.user_id = ?1 AND d.removed = 0 ORDER BY d.id"),
        params![user.0],
        device,
    )
}

/// The devices of a log-in.
///
/// # Errors
/// See [`Error`].
pub fn of_session(tx: &mut Tx<'_>, session: SessionId) -> Result<Vec<DeviceId>, Error> {
    let ids =
        tx.rows("SELECT id FROM devices WHERE session_id = ?1 AND removed = 0", params![session.to_string()], |row| {
            row.text(0)
        })?;
    ids.into_iter().map(device_id).collect()
}

/// The log-in of a device.
///
/// # Errors
/// See [`Error`].
pub fn session_of(tx: &mut Tx<'_>, id: &DeviceId) -> Result<Option<SessionId>, Error> {
    let found = tx.row("SELECT session_id FROM devices WHERE id = ?1", params![id.as_str()], |row| row.text(0))?;
    Ok(found.and_then(|text| text.parse().ok()))
}

/// What a log-in is called, as its list says.
///
/// # Errors
/// See [`Error`].
pub fn session_name(tx: &mut Tx<'_>, session: SessionId) -> Result<String, Error> {
    let found =
        tx.row("SELECT device_name, client FROM sessions WHERE id = ?1", params![session.to_string()], |row| {
            Ok((row.text(0)?, row.text(1)?))
        })?;
    let (name, client) = found.unwrap_or_default();
    Ok(if name.is_empty() { client } else { name })
}

/// Inserts or replaces a device; its key packages stay.
///
/// # Errors
/// See [`Error`].
pub fn put(tx: &mut Tx<'_>, user: UserId, session: SessionId, device: &Device) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO devices (id, user_id, session_id, name, created_at_ms, last_seen_ms, removed, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)
         ON CONFLICT (id) DO UPDATE SET session_id = excluded.session_id, name = excluded.name,
         last_seen_ms = excluded.last_seen_ms, rev = excluded.rev",
        params![
            device.id.as_str(),
            user.0,
            session.to_string(),
            device.name,
            device.created_at.0,
            device.last_seen_at.0,
            device.rev
        ],
    )?;
    Ok(())
}

/// A new revision for a device whose numbers changed.
///
/// # Errors
/// See [`Error`].
pub fn touch(tx: &mut Tx<'_>, id: &DeviceId, rev: u64) -> Result<(), Error> {
    tx.execute("UPDATE devices SET rev = ?2 WHERE id = ?1", params![id.as_str(), rev])?;
    Ok(())
}

/// Leaves a tombstone; its key packages go.
///
/// # Errors
/// See [`Error`].
pub fn remove(tx: &mut Tx<'_>, id: &DeviceId, rev: u64) -> Result<(), Error> {
    tx.execute("UPDATE devices SET removed = 1, rev = ?2 WHERE id = ?1", params![id.as_str(), rev])?;
    tx.execute("DELETE FROM key_packages WHERE device_id = ?1", params![id.as_str()])?;
    Ok(())
}

/// A person's devices that changed after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn changed(tx: &mut Tx<'_>, user: UserId, after: u64, limit: u32) -> Result<Vec<Device>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} {FROM} WHERE d.user_id = ?1 AND d.rev > ?2 ORDER BY d.rev LIMIT ?3"),
        params![user.0, after, limit],
        device,
    )
}

/// Keeps a key package.
///
/// # Errors
/// See [`Error`].
pub fn add_key(tx: &mut Tx<'_>, id: &DeviceId, content: &str, last_resort: bool) -> Result<(), Error> {
    if last_resort {
        tx.execute("DELETE FROM key_packages WHERE device_id = ?1 AND last_resort = 1", params![id.as_str()])?;
    }
    tx.execute(
        "INSERT INTO key_packages (device_id, n, content, last_resort, claimed_for)
         SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, NULL FROM key_packages WHERE device_id = ?1",
        params![id.as_str(), content, last_resort],
    )?;
    Ok(())
}

/// The device has a key package of last resort.
///
/// # Errors
/// See [`Error`].
pub fn has_last_resort(tx: &mut Tx<'_>, id: &DeviceId) -> Result<bool, Error> {
    tx.one("SELECT count(*) FROM key_packages WHERE device_id = ?1 AND last_resort = 1", params![id.as_str()], |row| {
        Ok(row.count(0)? > 0)
    })
}

/// A key package of a device for a chat: the one that was claimed for it before, else a fresh one, else the one of last
/// resort. `true`: a fresh one went.
///
/// # Errors
/// See [`Error`].
pub fn claim(tx: &mut Tx<'_>, id: &DeviceId, chat: &ChatId) -> Result<Option<(String, bool)>, Error> {
    let claimed = tx.row(
        "SELECT content FROM key_packages WHERE device_id = ?1 AND claimed_for = ?2 ORDER BY n LIMIT 1",
        params![id.as_str(), chat.as_str()],
        |row| row.text(0),
    )?;
    if let Some(content) = claimed {
        return Ok(Some((content, false)));
    }
    let fresh = tx.row(
        "UPDATE key_packages SET claimed_for = ?2 WHERE device_id = ?1 AND n =
             (SELECT min(n) FROM key_packages WHERE device_id = ?1 AND last_resort = 0 AND claimed_for IS NULL)
         RETURNING content",
        params![id.as_str(), chat.as_str()],
        |row| row.text(0),
    )?;
    if let Some(content) = fresh {
        return Ok(Some((content, true)));
    }
    let last = tx.row(
        "SELECT content FROM key_packages WHERE device_id = ?1 AND last_resort = 1",
        params![id.as_str()],
        |row| row.text(0),
    )?;
    Ok(last.map(|content| (content, false)))
}

/// The device was added: what was claimed for the chat is used up.
///
/// # Errors
/// See [`Error`].
pub fn used(tx: &mut Tx<'_>, id: &DeviceId, chat: &ChatId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM key_packages WHERE device_id = ?1 AND claimed_for = ?2",
        params![id.as_str(), chat.as_str()],
    )?;
    Ok(())
}

/// Devices of a chat's members that are not in its group.
///
/// # Errors
/// See [`Error`].
pub fn missing(tx: &mut Tx<'_>, chat: &ChatId, limit: usize) -> Result<Vec<GroupDevice>, Error> {
    tx.rows(
        "SELECT d.id, d.user_id FROM members m JOIN devices d ON d.user_id = m.user_id
         WHERE m.chat_id = ?1 AND m.gone = 0 AND d.removed = 0
         AND NOT EXISTS (SELECT 1 FROM mls_roster r WHERE r.chat_id = ?1 AND r.device_id = d.id)
         ORDER BY d.id LIMIT ?2",
        params![chat.as_str(), limit as u64],
        group_device,
    )
}

/// Devices in a chat's group that were removed, or whose people are no members.
///
/// # Errors
/// See [`Error`].
pub fn surplus(tx: &mut Tx<'_>, chat: &ChatId, limit: usize) -> Result<Vec<GroupDevice>, Error> {
    tx.rows(
        "SELECT r.device_id, r.user_id FROM mls_roster r LEFT JOIN devices d ON d.id = r.device_id
         LEFT JOIN members m ON m.chat_id = r.chat_id AND m.user_id = r.user_id
         WHERE r.chat_id = ?1 AND (d.id IS NULL OR d.removed = 1 OR m.user_id IS NULL OR m.gone = 1)
         ORDER BY r.device_id LIMIT ?2",
        params![chat.as_str(), limit as u64],
        group_device,
    )
}

/// Members of a chat who have no device.
///
/// # Errors
/// See [`Error`].
pub fn without(tx: &mut Tx<'_>, chat: &ChatId, limit: usize) -> Result<Vec<UserId>, Error> {
    tx.rows(
        "SELECT m.user_id FROM members m WHERE m.chat_id = ?1 AND m.gone = 0
         AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.user_id = m.user_id AND d.removed = 0)
         ORDER BY m.user_id LIMIT ?2",
        params![chat.as_str(), limit as u64],
        |row| row.int(0).map(UserId),
    )
}

fn group_device(row: &Row<'_>) -> Result<GroupDevice, Error> {
    Ok(GroupDevice { device_id: device_id(row.text(0)?)?, user_id: UserId(row.int(1)?) })
}
