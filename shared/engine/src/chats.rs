//! The chats of the cache: a chat's own row, the own membership, marks and counts.

use protocol::{Chat, ChatId, ChatKind, FileId, Membership, Rights, Role, Timestamp, UserId};
use sql::{Error, Row, Tx, params};
use view::{ChatSettings, NotifyAbout};

use crate::{messages, ranges};

/// A chat as the cache has it.
#[derive(Debug, Clone)]
pub(crate) struct ChatInfo {
    pub(crate) id: ChatId,
    pub(crate) kind: ChatKind,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) avatar: Option<FileId>,
    pub(crate) created_at: i64,
    pub(crate) creator: UserId,
    pub(crate) public: bool,
    pub(crate) encrypted: bool,
    pub(crate) rights: Rights,
    pub(crate) member_count: u32,
    pub(crate) join_requests: u32,
    pub(crate) known: bool,
    pub(crate) listed: bool,
    /// Own; `None` once left.
    pub(crate) role: Option<Role>,
    pub(crate) read_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) unread: u64,
    pub(crate) unread_mentions: u64,
    pub(crate) all_delivered: u64,
    pub(crate) any_read: u64,
    pub(crate) draft: String,
    pub(crate) settings: ChatSettings,
    /// Seconds after which new messages go.
    pub(crate) disappear_after: Option<u32>,
}

impl ChatInfo {
    /// Oneself is in it, with this role or more.
    pub(crate) fn person_may(&self, from: Role) -> bool {
        self.role.is_some_and(|role| role >= from)
    }

    /// Quiet now.
    pub(crate) fn is_muted(&self, now: i64) -> bool {
        self.settings.muted_until.is_some_and(|until| until.0 > now)
    }

    /// Out of the main list: put away, and nothing new was said since, or it is muted.
    pub(crate) fn is_archived(&self, now: i64) -> bool {
        self.settings.archived_at_seq.is_some_and(|seq| self.last_seq <= seq || self.is_muted(now))
    }
}

const COLUMNS: &str = "id, kind, name, description, created_at_ms, public, encrypted, member_count, known, listed, role, \
                       read_seq, last_seq, unread, unread_mentions, all_delivered, any_read, draft, \
                       archived_at_seq, pinned_at_ms, muted_until_ms, marked_unread, notify, rights, avatar, \
                       disappear_after, join_requests, creator_id";

fn read(r: &Row<'_>) -> Result<ChatInfo, Error> {
    Ok(ChatInfo {
        id: ChatId::new(r.text(0)?).ok_or_else(|| Error::Bug("chats.id is no id".to_owned()))?,
        kind: kind_of(&r.text(1)?),
        name: r.text(2)?,
        description: r.text(3)?,
        created_at: r.int(4)?,
        creator: UserId(r.int(27)?),
        public: r.flag(5)?,
        encrypted: r.flag(6)?,
        member_count: u32::try_from(r.int(7)?).unwrap_or(0),
        known: r.flag(8)?,
        listed: r.flag(9)?,
        role: r.opt_text(10)?.map(|role| role_of(&role)),
        read_seq: r.count(11)?,
        last_seq: r.count(12)?,
        unread: r.count(13)?,
        unread_mentions: r.count(14)?,
        all_delivered: r.count(15)?,
        any_read: r.count(16)?,
        draft: r.text(17)?,
        settings: ChatSettings {
            archived_at_seq: r.opt_int(18)?.and_then(|seq| u64::try_from(seq).ok()),
            pinned_at: r.opt_int(19)?.map(Timestamp),
            muted_until: r.opt_int(20)?.map(Timestamp),
            marked_unread: r.flag(21)?,
            notify: notify_of(r.int(22)?),
        },
        // Of a newer version: the server refuses what may not be.
        rights: serde_json::from_str(&r.text(23)?).unwrap_or_default(),
        avatar: r.opt_text(24)?.and_then(FileId::new),
        disappear_after: r.opt_int(25)?.and_then(|seconds| u32::try_from(seconds).ok()),
        join_requests: u32::try_from(r.int(26)?).unwrap_or(0),
    })
}

pub(crate) fn kind_text(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Private => "private",
        ChatKind::Group => "group",
        ChatKind::Channel => "channel",
    }
}

fn kind_of(text: &str) -> ChatKind {
    match text {
        "private" => ChatKind::Private,
        "group" => ChatKind::Group,
        _ => ChatKind::Channel,
    }
}

pub(crate) fn role_text(role: Role) -> &'static str {
    match role {
        Role::ReadOnly => "read_only",
        Role::Member => "member",
        Role::Admin => "admin",
        Role::Owner => "owner",
    }
}

pub(crate) fn role_of(text: &str) -> Role {
    match text {
        "read_only" => Role::ReadOnly,
        "admin" => Role::Admin,
        "owner" => Role::Owner,
        _ => Role::Member,
    }
}

fn notify_of(code: i64) -> NotifyAbout {
    match code {
        1 => NotifyAbout::Mentions,
        2 => NotifyAbout::Nothing,
        _ => NotifyAbout::All,
    }
}

/// Keeps how the person wants the chat; one that is not known yet gets it when it comes.
pub(crate) fn keep_settings(tx: &mut Tx<'_>, chat: &ChatId, settings: &ChatSettings) -> Result<(), Error> {
    let notify = match settings.notify {
        NotifyAbout::All => 0,
        NotifyAbout::Mentions => 1,
        NotifyAbout::Nothing => 2,
    };
    tx.execute(
        "UPDATE chats SET archived_at_seq = ?2, pinned_at_ms = ?3, muted_until_ms = ?4, marked_unread = ?5, notify = ?6
         WHERE id = ?1",
        params![
            chat.as_str(),
            settings.archived_at_seq.and_then(|seq| i64::try_from(seq).ok()),
            settings.pinned_at.map(|at| at.0),
            settings.muted_until.map(|at| at.0),
            settings.marked_unread,
            notify,
        ],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Option<ChatInfo>, Error> {
    tx.row(&format!("SELECT {COLUMNS} FROM chats WHERE id = ?1"), params![chat.as_str()], read)
}

/// All chats of the list, in no order.
pub(crate) fn listed(tx: &mut Tx<'_>) -> Result<Vec<ChatInfo>, Error> {
    tx.rows(&format!("SELECT {COLUMNS} FROM chats WHERE listed = 1 AND known = 1"), &[], read)
}

/// Chats whose scope is to be followed.
pub(crate) fn followed(tx: &mut Tx<'_>) -> Result<Vec<ChatId>, Error> {
    let ids =
        tx.rows("SELECT id FROM chats WHERE role IS NOT NULL AND membership_rev > 0 ORDER BY id", &[], |r| r.text(0))?;
    Ok(ids.into_iter().filter_map(ChatId::new).collect())
}

/// Unread messages and mentions of all chats; of muted ones only the mentions.
pub(crate) fn unread_sums(tx: &mut Tx<'_>, now: i64) -> Result<(u64, u64), Error> {
    tx.one(
        "SELECT coalesce(sum(CASE WHEN muted_until_ms > ?1 THEN unread_mentions WHEN unread = 0 THEN marked_unread
                                  ELSE unread END), 0),
                coalesce(sum(unread_mentions), 0) FROM chats
         WHERE listed = 1 AND known = 1 AND role IS NOT NULL",
        params![now],
        |r| Ok((r.count(0)?, r.count(1)?)),
    )
}

/// Makes sure that there is a row.
fn touch(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    let kind = if chat.private_members().is_some() { ChatKind::Private } else { ChatKind::Group };
    tx.execute(
        "INSERT INTO chats (id, kind, name, description, creator_id, created_at_ms, public, encrypted, member_count, rev,
             known, listed, role, membership_rev, read_server, read_seq, last_seq, unread, unread_mentions, all_delivered,
             any_read, draft, draft_reply, stale)
         VALUES (?1, ?2, '', '', 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, '', NULL, 0)
         ON CONFLICT (id) DO NOTHING",
        params![chat.as_str(), kind_text(kind)],
    )?;
    Ok(())
}

/// Takes in a chat's own row; `true` when it changed.
pub(crate) fn put(tx: &mut Tx<'_>, chat: &Chat) -> Result<bool, Error> {
    touch(tx, &chat.id)?;
    let rights = serde_json::to_string(&chat.rights).map_err(|e| Error::Bug(e.to_string()))?;
    let changed = tx.execute(
        "UPDATE chats SET kind = ?2, name = ?3, description = ?4, creator_id = ?5, created_at_ms = ?6, public = ?7,
             encrypted = max(encrypted, ?8), member_count = ?9, rev = ?10, known = 1, last_seq = max(last_seq, ?11), rights = ?12,
             avatar = ?13, disappear_after = ?14, join_requests = ?15
         WHERE id = ?1 AND (known = 0 OR rev <= ?10)",
        params![
            chat.id.as_str(),
            kind_text(chat.chat_type),
            chat.name,
            chat.description,
            chat.creator_id.0,
            chat.created_at.0,
            chat.public,
            chat.encrypted,
            chat.member_count,
            chat.rev,
            chat.last_seq,
            rights,
            chat.avatar.as_ref().map(FileId::as_str),
            chat.disappear_after,
            chat.join_requests,
        ],
    )?;
    Ok(changed > 0)
}

/// What is said in it is sealed, whatever its row says.
pub(crate) fn keep_encrypted(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute("UPDATE chats SET encrypted = 1 WHERE id = ?1", params![chat.as_str()]).map(|_| ())
}

/// Makes a chat before the server knows it.
pub(crate) fn put_own(tx: &mut Tx<'_>, chat: &Chat, role: Role) -> Result<(), Error> {
    put(tx, chat)?;
    tx.execute(
        "UPDATE chats SET listed = 1, role = coalesce(role, ?2) WHERE id = ?1",
        params![chat.id.as_str(), role_text(role)],
    )?;
    Ok(())
}

/// The server refused to make the chat: it stays readable, like one that was left.
pub(crate) fn refuse(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute("UPDATE chats SET role = NULL WHERE id = ?1 AND membership_rev = 0", params![chat.as_str()])?;
    Ok(())
}

/// What a membership row changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MembershipChange {
    /// One is a member now and was not: follow the chat's scope.
    pub(crate) came: bool,
    /// One was a member and is not.
    pub(crate) went: bool,
    /// The read mark moved: count again.
    pub(crate) read_moved: bool,
}

/// Takes in the own membership of a chat.
pub(crate) fn put_membership(tx: &mut Tx<'_>, m: &Membership) -> Result<MembershipChange, Error> {
    touch(tx, &m.chat_id)?;
    let (role, rev, read) =
        tx.one("SELECT role, membership_rev, read_seq FROM chats WHERE id = ?1", params![m.chat_id.as_str()], |r| {
            Ok((r.opt_text(0)?, r.count(1)?, r.count(2)?))
        })?;
    if rev >= m.rev {
        return Ok(MembershipChange { came: false, went: false, read_moved: false });
    }
    let was_member = role.is_some() && rev > 0;
    tx.execute(
        "UPDATE chats SET listed = 1, role = ?2, membership_rev = ?3, stale = 0, read_server = max(read_server, ?4),
             read_seq = max(read_seq, ?4) WHERE id = ?1",
        params![m.chat_id.as_str(), (!m.left).then_some(role_text(m.role)), m.rev, m.read_seq],
    )?;
    Ok(MembershipChange { came: !m.left && !was_member, went: m.left && was_member, read_moved: m.read_seq > read })
}

/// A snapshot of the person's scope begins: memberships that it does not confirm are gone ([`end_memberships`]).
pub(crate) fn begin_memberships(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute("UPDATE chats SET membership_rev = 0, stale = 1 WHERE membership_rev > 0", &[])?;
    Ok(())
}

/// Ends what [`begin_memberships`] began; returns the chats that one is no longer in.
pub(crate) fn end_memberships(tx: &mut Tx<'_>) -> Result<Vec<ChatId>, Error> {
    let gone = tx.rows("SELECT id FROM chats WHERE stale = 1", &[], |r| r.text(0))?;
    if !gone.is_empty() {
        tx.execute("UPDATE chats SET role = NULL, stale = 0 WHERE stale = 1", &[])?;
    }
    Ok(gone.into_iter().filter_map(ChatId::new).collect())
}

/// Moves the own read mark; `true` when it moved.
pub(crate) fn mark_read(tx: &mut Tx<'_>, chat: &ChatId, seq: u64) -> Result<bool, Error> {
    let changed = tx.execute(
        "UPDATE chats SET read_seq = min(?2, last_seq) WHERE id = ?1 AND read_seq < min(?2, last_seq)",
        params![chat.as_str(), seq],
    )?;
    Ok(changed > 0)
}

/// The server has the read mark.
pub(crate) fn read_accepted(tx: &mut Tx<'_>, chat: &ChatId, seq: u64) -> Result<(), Error> {
    tx.execute("UPDATE chats SET read_server = max(read_server, ?2) WHERE id = ?1", params![chat.as_str(), seq])?;
    Ok(())
}

/// Read marks that the server does not have yet.
pub(crate) fn reads_to_send(tx: &mut Tx<'_>) -> Result<Vec<(ChatId, u64)>, Error> {
    let marks = tx.rows(
        "SELECT id, read_seq FROM chats WHERE read_seq > read_server AND role IS NOT NULL AND membership_rev > 0",
        &[],
        |r| Ok((r.text(0)?, r.count(1)?)),
    )?;
    Ok(marks.into_iter().filter_map(|(id, seq)| Some((ChatId::new(id)?, seq))).collect())
}

/// There is a message with this place.
pub(crate) fn saw_seq(tx: &mut Tx<'_>, chat: &ChatId, seq: u64) -> Result<(), Error> {
    tx.execute("UPDATE chats SET last_seq = ?2 WHERE id = ?1 AND last_seq < ?2", params![chat.as_str(), seq])?;
    Ok(())
}

/// A snapshot replaces the chat: what is counted is counted anew.
pub(crate) fn reset(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute(
        "UPDATE chats SET last_seq = 0, rev = 0, unread = 0, unread_mentions = 0 WHERE id = ?1",
        params![chat.as_str()],
    )?;
    Ok(())
}

/// The server was restored from a backup: no revision that was seen means anything.
pub(crate) fn distrust_all(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.batch(
        "DELETE FROM scopes; UPDATE chats SET rev = 0, read_server = 0; UPDATE people SET rev = 0; UPDATE emoji SET rev = 0;
         UPDATE members SET rev = 0; DELETE FROM receipts; DELETE FROM devices",
    )
}

/// Adds to the unread counts.
pub(crate) fn add_unread(tx: &mut Tx<'_>, chat: &ChatId, unread: u64, mentions: u64) -> Result<(), Error> {
    tx.execute(
        "UPDATE chats SET unread = unread + ?2, unread_mentions = unread_mentions + ?3 WHERE id = ?1",
        params![chat.as_str(), unread, mentions],
    )?;
    Ok(())
}

/// Counts unread messages from the history: those after the mark in the cache, and the places that are not in it.
pub(crate) fn recount(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    let Some(info) = get(tx, chat)? else { return Ok(()) };
    let high = ranges::tail(tx, chat)?.map_or(0, |(_, high)| high);
    let (mut unread, mut mentions) = (0, 0);
    if high > info.read_seq {
        (unread, mentions) = tx.one(
            "SELECT count(*), coalesce(sum(mentions_me), 0) FROM messages
             WHERE chat_id = ?1 AND ord > ?2 AND ord <= ?3 AND counts = 1",
            params![chat.as_str(), messages::ord_of(info.read_seq), messages::ord_of(high)],
            |r| Ok((r.count(0)?, r.count(1)?)),
        )?;
        let places = high - info.read_seq;
        unread += places - ranges::covered(tx, chat, info.read_seq + 1, high)?;
    }
    tx.execute(
        "UPDATE chats SET unread = ?2, unread_mentions = ?3 WHERE id = ?1",
        params![chat.as_str(), unread, mentions],
    )?;
    Ok(())
}
