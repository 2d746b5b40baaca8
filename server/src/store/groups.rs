//! Tables `mls_groups`, `mls_roster`, `mls_commits`, `mls_admissions`: the order of an encrypted chat's commits.

use protocol::{Admission, ChatId, DeviceId, Group, GroupDevice, Handshake, UserId};
use sql::{Error, Row, Tx, params};

use super::chat_id;
use super::devices::device_id;

/// The group of a chat; `None` while it has none.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Option<Group>, Error> {
    tx.row("SELECT generation, epoch, todo, rev FROM mls_groups WHERE chat_id = ?1", params![chat.as_str()], |row| {
        let broken = |_| Error::Bug("mls_groups.todo is not what was written".to_owned());
        let (missing, surplus): (Vec<GroupDevice>, Vec<GroupDevice>) =
            serde_json::from_str(&row.text(2)?).map_err(broken)?;
        Ok(Group { generation: generation(row, 0)?, epoch: row.count(1)?, missing, surplus, rev: row.count(3)? })
    })
}

fn generation(row: &Row<'_>, column: usize) -> Result<u32, Error> {
    u32::try_from(row.int(column)?).map_err(|_| Error::Bug("a generation is no number".to_owned()))
}

/// Begins the first group of a chat, or a next one in place of `generation - 1`, in epoch 1. `false`: somebody was faster.
///
/// # Errors
/// See [`Error`].
pub fn begin(tx: &mut Tx<'_>, chat: &ChatId, generation: u32) -> Result<bool, Error> {
    let done = if generation == 1 {
        tx.execute(
            "INSERT INTO mls_groups (chat_id, generation, epoch, todo, rev) VALUES (?1, 1, 1, '[[],[]]', 0)
             ON CONFLICT (chat_id) DO NOTHING",
            params![chat.as_str()],
        )?
    } else {
        tx.execute(
            "UPDATE mls_groups SET generation = ?2, epoch = 1 WHERE chat_id = ?1 AND generation = ?3",
            params![chat.as_str(), generation, generation - 1],
        )?
    };
    tx.execute("DELETE FROM mls_roster WHERE chat_id = ?1", params![chat.as_str()])?;
    Ok(done == 1)
}

/// Ends an epoch. `false`: another commit ended it before.
///
/// # Errors
/// See [`Error`].
pub fn advance(tx: &mut Tx<'_>, chat: &ChatId, generation: u32, epoch: u64) -> Result<bool, Error> {
    let done = tx.execute(
        "UPDATE mls_groups SET epoch = epoch + 1 WHERE chat_id = ?1 AND generation = ?2 AND epoch = ?3",
        params![chat.as_str(), generation, epoch],
    )?;
    Ok(done == 1)
}

/// Writes what is to be done about a group, under a new revision.
///
/// # Errors
/// See [`Error`].
pub fn put_todo(tx: &mut Tx<'_>, chat: &ChatId, group: &Group) -> Result<(), Error> {
    let todo = serde_json::to_string(&(&group.missing, &group.surplus)).map_err(|e| Error::Bug(e.to_string()))?;
    tx.execute(
        "UPDATE mls_groups SET todo = ?2, rev = ?3 WHERE chat_id = ?1",
        params![chat.as_str(), todo, group.rev],
    )?;
    Ok(())
}

/// The device is in the chat's group, by its members' word.
///
/// # Errors
/// See [`Error`].
pub fn is_in(tx: &mut Tx<'_>, chat: &ChatId, device: &DeviceId) -> Result<bool, Error> {
    tx.one(
        "SELECT count(*) FROM mls_roster WHERE chat_id = ?1 AND device_id = ?2",
        params![chat.as_str(), device.as_str()],
        |row| Ok(row.count(0)? > 0),
    )
}

/// Notes that a device is in the group.
///
/// # Errors
/// See [`Error`].
pub fn enter(tx: &mut Tx<'_>, chat: &ChatId, device: &DeviceId, user: UserId) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO mls_roster (chat_id, device_id, user_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        params![chat.as_str(), device.as_str(), user.0],
    )?;
    Ok(())
}

/// Notes that it is not any more.
///
/// # Errors
/// See [`Error`].
pub fn leave(tx: &mut Tx<'_>, chat: &ChatId, device: &DeviceId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM mls_roster WHERE chat_id = ?1 AND device_id = ?2",
        params![chat.as_str(), device.as_str()],
    )?;
    Ok(())
}

/// The encrypted chats that a person or a person's devices are in.
///
/// # Errors
/// See [`Error`].
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<ChatId>, Error> {
    tx.rows(
        "SELECT g.chat_id FROM mls_groups g WHERE EXISTS
             (SELECT 1 FROM members m WHERE m.chat_id = g.chat_id AND m.user_id = ?1 AND m.gone = 0)
         OR EXISTS (SELECT 1 FROM mls_roster r WHERE r.chat_id = g.chat_id AND r.user_id = ?1)
         ORDER BY g.chat_id",
        params![user.0],
        |row| chat_id(row, 0),
    )
}

/// Keeps a commit.
///
/// # Errors
/// [`Error::Unique`] when its epoch has one.
pub fn insert_commit(tx: &mut Tx<'_>, chat: &ChatId, commit: &Handshake) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO mls_commits (chat_id, generation, epoch, sender_id, device_id, content, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            chat.as_str(),
            commit.generation,
            commit.epoch,
            commit.sender_id.0,
            commit.device_id.as_str(),
            commit.content,
            commit.rev
        ],
    )?;
    Ok(())
}

const COMMIT: &str = "generation, epoch, sender_id, device_id, content, rev";

fn commit(row: &Row<'_>) -> Result<Handshake, Error> {
    Ok(Handshake {
        generation: generation(row, 0)?,
        epoch: row.count(1)?,
        sender_id: UserId(row.int(2)?),
        device_id: device_id(row.text(3)?)?,
        content: row.text(4)?,
        rev: row.count(5)?,
    })
}

/// Commits accepted after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn commits_after(tx: &mut Tx<'_>, chat: &ChatId, after: u64, limit: u32) -> Result<Vec<Handshake>, Error> {
    tx.rows(
        &format!("SELECT {COMMIT} FROM mls_commits WHERE chat_id = ?1 AND rev > ?2 ORDER BY rev LIMIT ?3"),
        params![chat.as_str(), after, limit],
        commit,
    )
}

/// The commits of a group from an epoch on.
///
/// # Errors
/// See [`Error`].
pub fn commits_from(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    generation: u32,
    epoch: u64,
    limit: u32,
) -> Result<Vec<Handshake>, Error> {
    tx.rows(
        &format!(
            "SELECT {COMMIT} FROM mls_commits WHERE chat_id = ?1 AND generation = ?2 AND epoch >= ?3
             ORDER BY epoch LIMIT ?4"
        ),
        params![chat.as_str(), generation, epoch, limit],
        commit,
    )
}

/// Keeps a device's newest welcome into a chat.
///
/// # Errors
/// See [`Error`].
pub fn put_admission(tx: &mut Tx<'_>, user: UserId, admission: &Admission) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO mls_admissions (chat_id, device_id, user_id, generation, epoch, content, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (chat_id, device_id) DO UPDATE SET generation = excluded.generation, epoch = excluded.epoch,
         content = excluded.content, rev = excluded.rev",
        params![
            admission.chat_id.as_str(),
            admission.device_id.as_str(),
            user.0,
            admission.generation,
            admission.epoch,
            admission.content,
            admission.rev
        ],
    )?;
    Ok(())
}

/// A device that is gone needs no welcomes.
///
/// # Errors
/// See [`Error`].
pub fn forget_admissions(tx: &mut Tx<'_>, device: &DeviceId) -> Result<(), Error> {
    tx.execute("DELETE FROM mls_admissions WHERE device_id = ?1", params![device.as_str()])?;
    Ok(())
}

/// Welcomes for a person's devices after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn admissions_after(tx: &mut Tx<'_>, user: UserId, after: u64, limit: u32) -> Result<Vec<Admission>, Error> {
    tx.rows(
        "SELECT chat_id, device_id, generation, epoch, content, rev FROM mls_admissions
         WHERE user_id = ?1 AND rev > ?2 ORDER BY rev LIMIT ?3",
        params![user.0, after, limit],
        |row| {
            Ok(Admission {
                chat_id: chat_id(row, 0)?,
                device_id: device_id(row.text(1)?)?,
                generation: generation(row, 2)?,
                epoch: row.count(3)?,
                content: row.text(4)?,
                rev: row.count(5)?,
            })
        },
    )
}
