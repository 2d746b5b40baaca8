//! End-to-end encryption as this device does it: its keys, the groups it is in, what is sealed and opened. What the
//! server says of groups is a hint what to do; who is in them is judged here. Group state, plaintext and outbox commit together.

use std::collections::{BTreeMap, BTreeSet};

use crypto::mls::GroupId;
use protocol::{ChatId, ChatKind, DeviceId};
use sql::{Tx, params};

use crate::chats::ChatInfo;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::step::Step;

mod archive;
mod commits;
pub(crate) mod content;
mod devices;
pub(crate) mod files;
mod fill;
mod groups;
mod log;
mod looks;
mod own;
pub(crate) mod past;
pub(crate) mod previews;
pub(crate) mod rows;
mod rules;
mod send;
mod shown;
pub(crate) mod votes;

pub(crate) use archive::ARCHIVE;
pub(crate) use log::Told;
pub(crate) use looks::LOOK_MS;
pub(crate) use send::Sending;

/// What this device may do in encrypted chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Standing {
    /// Not known yet. → `Ready`, `Unconfirmed`.
    #[default]
    Unknown,
    /// The person has other devices, and none of them has confirmed this one. → `Ready`.
    Unconfirmed,
    /// It reads and writes.
    Ready,
}

/// What of sealing is held in memory.
#[derive(Default)]
pub(crate) struct Sealing {
    /// The server orders commits: then private chats are sealed, whatever it says later.
    server: bool,
    me: Option<DeviceId>,
    standing: Standing,
    /// Chats whose log has something to open.
    to_open: BTreeSet<ChatId>,
    /// Chats whose group is to be looked at, at the end of the step.
    to_tend: BTreeSet<ChatId>,
    /// Chats whose outbox waits until something moves in the group.
    waits: BTreeSet<ChatId>,
    /// Those of them where nobody but oneself has a device.
    nobody: BTreeSet<ChatId>,
    /// Devices that were missing on this connection and could not be added: nobody waits for them.
    unfit: BTreeMap<ChatId, BTreeSet<DeviceId>>,
    /// When the timers that are set will ring.
    timers: BTreeMap<ChatId, i64>,
    /// When this device may begin a group anew that it cannot follow, or was not let into.
    anew: BTreeMap<ChatId, i64>,
    /// Chats for whose group key packages were asked on this connection.
    claiming: BTreeSet<ChatId>,
    /// Commits that are on their way on this connection.
    committing: BTreeSet<ChatId>,
    asked_commits: BTreeSet<(ChatId, u64)>,
    /// Before which place older messages were asked for last, so that what is opened is opened in order.
    filled: BTreeMap<ChatId, u64>,
    /// Parts of chats whose archive is to be written.
    to_archive: BTreeSet<(ChatId, u64)>,
    /// The archive is being taken in: the entries after this one.
    archive_from: Option<String>,
    /// What was said before somebody came, for them.
    past: past::Past,
    /// Links that are looked at before they are sealed.
    looks: looks::Looks,
    publishing: bool,
    /// The server knows on this connection which device this is.
    greeted: bool,
}

impl Sealing {
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self, EngineError> {
        let logs = tx.rows("SELECT DISTINCT chat_id FROM sealed_log", &[], |r| r.text(0))?;
        let me = devices::own_id(tx)?;
        let standing = if me.is_some() { Standing::Ready } else { Standing::Unknown };
        Ok(Self {
            server: rows::server_orders(tx)?,
            me,
            standing,
            to_archive: archive::due(tx)?,
            past: past::Past::load(tx)?,
            to_open: logs.into_iter().filter_map(ChatId::new).collect(),
            ..Self::default()
        })
    }

    /// The connection is gone, and with it what was asked.
    pub(crate) fn disconnect(&mut self) {
        self.claiming.clear();
        self.committing.clear();
        self.asked_commits.clear();
        self.filled.clear();
        self.timers.clear();
        self.anew.clear();
        self.unfit.clear();
        self.waits.clear();
        self.past.disconnect();
        (self.publishing, self.greeted) = (false, false);
    }
}

/// The id of a chat's group: `CHAT/GENERATION`.
pub(crate) fn group_id(chat: &ChatId, generation: u32) -> Option<GroupId> {
    if generation == 0 {
        return None;
    }
    GroupId::new(format!("{chat}/{generation}"))
}

impl Engine {
    /// What is said in this chat is sealed. Private chats are on every server that can order commits, all others when their
    /// members have made it so, which cannot be taken back.
    pub(crate) fn seals(&self, info: &ChatInfo) -> bool {
        info.encrypted || (self.sealing.server && info.kind == ChatKind::Private)
    }

    /// `welcome`: the server orders commits, or has once said so.
    pub(crate) fn server_orders(&mut self, s: &mut Step<'_, '_>, orders: bool) -> Result<(), EngineError> {
        if orders && !self.sealing.server {
            rows::keep_server_orders(s.tx)?;
            self.sealing.server = true;
        }
        Ok(())
    }

    /// A chat was opened, or is one that is encrypted: its group begins, if it has none yet.
    pub(crate) fn sealing_opened(&mut self, chat: &ChatId) {
        if self.sealing.server {
            self.sealing.to_tend.insert(chat.clone());
        }
    }

    /// Something moved in a chat's group: what waited may go.
    pub(crate) fn group_moved(&mut self, chat: &ChatId) {
        self.sealing.waits.remove(chat);
        self.sealing.nobody.remove(chat);
        self.sealing.to_tend.insert(chat.clone());
        self.sealing.to_open.insert(chat.clone());
        self.screen.dirty.chats.insert(chat.clone());
    }

    /// All of what a chat's group does, at the end of the step.
    pub(crate) fn tend_sealing(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.sealing.server {
            return Ok(());
        }
        self.tend_device(s)?;
        self.take_in_archive(s)?;
        self.take_in_past(s)?;
        self.open_logs(s)?;
        self.tend_groups(s)?;
        self.hand_past(s)
    }

    /// The contents of a chat are about to be forgotten: what was opened cannot be opened again, and is remembered.
    pub(crate) fn remember_opened(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        rows::forget_server_group(s.tx, chat)?;
        votes::forget_places(s.tx, chat)?;
        let opened = s.tx.rows(
            "SELECT id FROM messages WHERE chat_id = ?1 AND state = 0 AND cipher IS NOT NULL AND sealed = 0
             AND expires_ms IS NULL",
            params![chat.as_str()],
            |r| r.text(0),
        )?;
        for id in opened.into_iter().filter_map(protocol::MessageId::new) {
            if let Some((cipher, inside)) = crate::messages::sealed_as(s.tx, chat, &id)? {
                rows::know(s.tx, &cipher, chat, &id, &inside)?;
            }
        }
        Ok(())
    }
}
