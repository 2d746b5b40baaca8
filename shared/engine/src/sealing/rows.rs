//! The tables of sealing: own devices, keys of people, where groups stand, what is known by its sealed form.

use crypto::mls::PersonId;
use protocol::frame::Commit;
use protocol::{ChatId, Device, DeviceId, GroupDevice, LocalId, MessageId, UserId};
use sql::{Error, Tx, params};

use super::content::Inside;
use crate::error::EngineError;

/// The server has once said that it orders commits.
pub(crate) fn server_orders(tx: &mut Tx<'_>) -> Result<bool, Error> {
    Ok(tx.row("SELECT 1 FROM sealing WHERE one = 1", &[], |r| r.int(0))?.is_some())
}

pub(crate) fn keep_server_orders(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute("INSERT INTO sealing (one) VALUES (1) ON CONFLICT DO NOTHING", &[]).map(|_| ())
}

/// Takes in an own device; `true` when it is news.
pub(crate) fn put_device(tx: &mut Tx<'_>, device: &Device) -> Result<bool, EngineError> {
    if self::device(tx, &device.id)?.is_some_and(|known| known.rev >= device.rev) {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO devices (id, json) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET json = excluded.json",
        params![device.id.as_str(), serde_json::to_string(device)?],
    )?;
    Ok(true)
}

pub(crate) fn device(tx: &mut Tx<'_>, id: &DeviceId) -> Result<Option<Device>, EngineError> {
    let json = tx.row("SELECT json FROM devices WHERE id = ?1", params![id.as_str()], |r| r.text(0))?;
    Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// Own devices that were not removed, oldest first.
pub(crate) fn devices(tx: &mut Tx<'_>) -> Result<Vec<Device>, EngineError> {
    let rows = tx.rows("SELECT json FROM devices", &[], |r| r.text(0))?;
    let mut devices = rows.iter().map(|json| serde_json::from_str(json)).collect::<Result<Vec<Device>, _>>()?;
    devices.retain(|device| !device.removed);
    devices.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(devices)
}

/// By which key a person is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) user: UserId,
    pub(crate) person: PersonId,
    pub(crate) verified: bool,
    pub(crate) changed_at: Option<i64>,
}

pub(crate) fn pins(tx: &mut Tx<'_>) -> Result<Vec<Pin>, Error> {
    tx.rows("SELECT user_id, person, verified, changed_ms FROM person_pins", &[], |r| {
        let person = r.blob(1)?.try_into().map_err(|_| Error::Bug("person_pins.person is no key".to_owned()))?;
        Ok(Pin { user: UserId(r.int(0)?), person: PersonId(person), verified: r.flag(2)?, changed_at: r.opt_int(3)? })
    })
}

/// Remembers a person's key; in place of another one it is a change, and not verified.
pub(crate) fn pin(tx: &mut Tx<'_>, user: UserId, person: PersonId, now: i64) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO person_pins (user_id, person, verified, changed_ms) VALUES (?1, ?2, 0, NULL)
         ON CONFLICT (user_id) DO UPDATE SET person = excluded.person, verified = 0, changed_ms = ?3
         WHERE person_pins.person <> excluded.person",
        params![user.0, person.0, now],
    )?;
    Ok(())
}

pub(crate) fn verify(tx: &mut Tx<'_>, user: UserId, on: bool) -> Result<(), Error> {
    tx.execute("UPDATE person_pins SET verified = ?2, changed_ms = NULL WHERE user_id = ?1", params![user.0, on])?;
    Ok(())
}

/// Where a chat's group stands for this device.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct GroupRow {
    /// Of the group that this device is in; 0 for none.
    pub(crate) generation: u32,
    pub(crate) server_generation: u32,
    pub(crate) server_epoch: u64,
    pub(crate) missing: Vec<GroupDevice>,
    pub(crate) surplus: Vec<GroupDevice>,
    /// The generation and epoch that these are about: the row that says so follows each commit's.
    pub(crate) told: (u32, u64),
    /// An own commit that was not answered, or has not come back.
    pub(crate) commit: Option<(LocalId, Commit)>,
    pub(crate) stuck: bool,
    pub(crate) begun_at: i64,
}

impl GroupRow {
    /// This device follows the chat's present group.
    pub(crate) fn is_current(&self) -> bool {
        self.generation > 0 && self.generation == self.server_generation && !self.stuck
    }

    /// Who is missing and surplus is known for the newest epoch.
    pub(crate) fn is_told(&self) -> bool {
        self.told == (self.server_generation, self.server_epoch)
    }
}

pub(crate) fn group(tx: &mut Tx<'_>, chat: &ChatId) -> Result<GroupRow, EngineError> {
    let found = tx.row(
        "SELECT generation, server_generation, server_epoch, missing, surplus, commit_id, commit_body, stuck, begun_ms,
             told_generation, told_epoch
         FROM sealed_groups WHERE chat_id = ?1",
        params![chat.as_str()],
        |r| {
            let number = |n: i64| u32::try_from(n).unwrap_or(0);
            Ok((
                (number(r.int(0)?), number(r.int(1)?), r.count(2)?, r.text(3)?, r.text(4)?),
                (r.opt_text(5)?, r.opt_text(6)?, r.flag(7)?, r.int(8)?, (number(r.int(9)?), r.count(10)?)),
            ))
        },
    )?;
    let Some(((generation, server_generation, server_epoch, missing, surplus), rest)) = found else {
        return Ok(GroupRow::default());
    };
    let (commit_id, commit_body, stuck, begun_at, told) = rest;
    let commit = match (commit_id.and_then(|id| uuid::Uuid::parse_str(&id).ok()), commit_body) {
        (Some(id), Some(body)) => Some((LocalId(id), serde_json::from_str(&body)?)),
        _ => None,
    };
    Ok(GroupRow {
        generation,
        server_generation,
        server_epoch,
        missing: serde_json::from_str(&missing)?,
        surplus: serde_json::from_str(&surplus)?,
        told,
        commit,
        stuck,
        begun_at,
    })
}

pub(crate) fn put_group(tx: &mut Tx<'_>, chat: &ChatId, row: &GroupRow) -> Result<(), EngineError> {
    let commit_id = row.commit.as_ref().map(|(id, _)| id.to_string());
    let commit_body = row.commit.as_ref().map(|(_, body)| serde_json::to_string(body)).transpose()?;
    tx.execute(
        "INSERT INTO sealed_groups (chat_id, generation, server_generation, server_epoch, missing, surplus, commit_id,
             commit_body, stuck, begun_ms, told_generation, told_epoch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (chat_id) DO UPDATE SET generation = excluded.generation, server_generation = excluded.server_generation,
             server_epoch = excluded.server_epoch, missing = excluded.missing, surplus = excluded.surplus,
             commit_id = excluded.commit_id, commit_body = excluded.commit_body, stuck = excluded.stuck,
             begun_ms = excluded.begun_ms, told_generation = excluded.told_generation, told_epoch = excluded.told_epoch",
        params![
            chat.as_str(),
            row.generation,
            row.server_generation,
            row.server_epoch,
            serde_json::to_string(&row.missing)?,
            serde_json::to_string(&row.surplus)?,
            commit_id,
            commit_body,
            row.stuck,
            row.begun_at,
            row.told.0,
            row.told.1
        ],
    )?;
    Ok(())
}

/// Chats with a group, or with one to come.
pub(crate) fn group_chats(tx: &mut Tx<'_>) -> Result<Vec<ChatId>, Error> {
    let ids = tx.rows(
        "SELECT chat_id FROM sealed_groups UNION SELECT id FROM chats WHERE encrypted = 1 ORDER BY 1",
        &[],
        |r| r.text(0),
    )?;
    Ok(ids.into_iter().filter_map(ChatId::new).collect())
}

/// A snapshot comes: where the group stands is what it says, also when that is less than before.
pub(crate) fn forget_server_group(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute(
        "UPDATE sealed_groups SET server_generation = 0, server_epoch = 0, missing = '[]', surplus = '[]',
             told_generation = 0, told_epoch = 0 WHERE chat_id = ?1",
        params![chat.as_str()],
    )?;
    Ok(())
}

/// This device is another one now: its groups were the old one's.
pub(crate) fn forget_groups(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.batch(
        "UPDATE sealed_groups SET generation = 0, commit_id = NULL, commit_body = NULL, stuck = 0;
         DELETE FROM mls_rows; DELETE FROM mls_groups; DELETE FROM mls_key_packages",
    )
}

/// What a message that was sealed as this says, if this device knows. The same seal under another id says nothing.
pub(crate) fn known(
    tx: &mut Tx<'_>,
    cipher: &[u8; 32],
    chat: &ChatId,
    id: &MessageId,
) -> Result<Option<Inside>, Error> {
    let json = tx.row(
        "SELECT inside FROM sealed_known WHERE cipher = ?1 AND chat_id = ?2 AND message_id = ?3",
        params![*cipher, chat.as_str(), id.as_str()],
        |r| r.text(0),
    )?;
    Ok(json.and_then(|json| Inside::read(json.as_bytes())))
}

/// Remembers what was sealed as this.
pub(crate) fn know(
    tx: &mut Tx<'_>,
    cipher: &[u8; 32],
    chat: &ChatId,
    id: &MessageId,
    inside: &Inside,
) -> Result<(), EngineError> {
    tx.execute(
        "INSERT INTO sealed_known (cipher, chat_id, message_id, inside) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (cipher) DO NOTHING",
        params![*cipher, chat.as_str(), id.as_str(), serde_json::to_string(inside)?],
    )?;
    Ok(())
}

/// It stands in the history now.
pub(crate) fn forget_known(tx: &mut Tx<'_>, cipher: &[u8; 32]) -> Result<(), Error> {
    tx.execute("DELETE FROM sealed_known WHERE cipher = ?1", params![*cipher]).map(|_| ())
}
