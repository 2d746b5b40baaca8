//! What came sealed, opened in the log's order: a message in its epoch, a commit after all that was said before it. Rows
//! of a catch-up come by their last change, so nothing is opened before all of it is here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{Applied, Group, Kind, Me, MlsError, Sealed, Step as GroupStep, Verified};
use protocol::frame::ListCommits;
use protocol::{Ballot, ChatId, Everyone, Handshake, Message, MessageId, Request, Scope, UserId};
use serde::{Deserialize, Serialize};
use sql::params;

use super::content::{About, Inside};
use super::files;
use super::group_id;
use super::previews;
use super::rows::{self, GroupRow};
use super::rules::Rules;
use super::votes;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::inbox::Source;
use crate::io::Timer;
use crate::messages::Meaning;
use crate::requests::Ask;
use crate::step::Step;
use crate::{chats, messages};

/// Most entries that one step opens.
const OPEN_AT_ONCE: u32 = 100;

/// What waits to be opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Entry {
    Commit(Handshake),
    /// `told`: it came as news, live or after a time offline; worth a notice, unless it is `quiet`.
    Message {
        message: Box<Message>,
        told: Option<bool>,
        #[serde(default)]
        quiet: bool,
    },
    /// A vote in a poll.
    Ballot {
        poll: MessageId,
        ballot: Box<Ballot>,
    },
}

/// How a message came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// As news: `true` as it was said, `false` after a time offline.
    pub(crate) news: Option<bool>,
    /// It is older than what was known of the chat: nobody is notified.
    pub(crate) quiet: bool,
}

/// What became of an entry.
enum Opened {
    Done,
    /// Something before it is missing: it waits.
    Waits,
}

/// What stands in a seal.
enum Found {
    Said {
        from: UserId,
        content: Vec<u8>,
        about: Vec<u8>,
    },
    /// Not for this device, gone, or not authentic.
    Nothing,
    /// Something before it is missing.
    NotYet,
}

/// How far a chat's log was opened.
enum Progress {
    /// As far as can be now.
    All,
    /// There is more.
    Some,
    /// Older messages come first; they are on their way.
    Fills,
}

impl Engine {
    /// A commit came.
    pub(crate) fn commit_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        commit: Handshake,
    ) -> Result<(), EngineError> {
        let pos = commit.rev;
        self.log_entry(s, chat, pos, "", &Entry::Commit(commit))
    }

    /// A sealed message came. If this device knows what is inside, it is as if it had come in the clear; else it waits
    /// to be opened, and stands in the history as sealed meanwhile. Returns what it was sealed as.
    pub(crate) fn unseal(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &mut Message,
        told: Told,
    ) -> Result<[u8; 32], EngineError> {
        let cipher = crypto::sha256(message.content.as_bytes());
        if let Some(inside) = messages::inside(s.tx, chat, &message.id, &cipher)? {
            inside.put_into(message);
            return Ok(cipher);
        }
        if let Some(inside) = rows::known(s.tx, &cipher, chat, &message.id)? {
            rows::forget_known(s.tx, &cipher)?;
            files::keep(s.tx, chat, &message.id, &inside.files)?;
            previews::keep(s.tx, chat, &message.id, inside.preview.as_deref())?;
            inside.put_into(message);
            return Ok(cipher);
        }
        let pos = message.content_rev.unwrap_or(message.rev);
        let entry = Entry::Message { message: Box::new(message.clone()), told: told.news, quiet: told.quiet };
        s.tx.execute(
            "DELETE FROM sealed_log WHERE chat_id = ?1 AND message_id = ?2",
            params![chat.as_str(), message.id.as_str()],
        )?;
        self.log_entry(s, chat, pos, message.id.as_str(), &entry)?;
        message.content = String::new();
        message.mentions.clear();
        // What they are is inside.
        message.attachments.clear();
        message.preview = None;
        Ok(cipher)
    }

    pub(super) fn log_entry(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        pos: u64,
        id: &str,
        entry: &Entry,
    ) -> Result<(), EngineError> {
        s.tx.execute(
            "INSERT INTO sealed_log (chat_id, pos, message_id, entry) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (chat_id, pos, message_id) DO UPDATE SET entry = excluded.entry",
            params![chat.as_str(), pos, id, serde_json::to_string(entry)?],
        )?;
        self.sealing.to_open.insert(chat.clone());
        Ok(())
    }

    /// Opens what can be opened, at the end of the step.
    pub(crate) fn open_logs(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if self.sealing.to_open.is_empty() || self.sealing.me.is_none() {
            return Ok(());
        }
        let mut more = false;
        for chat in self.sealing.to_open.clone() {
            if !self.inbox.is_fresh(&Scope::Chat(chat.clone())) {
                continue;
            }
            match self.open_log(s, &chat)? {
                Progress::All => _ = self.sealing.to_open.remove(&chat),
                Progress::Some => more = true,
                Progress::Fills => {}
            }
        }
        if more {
            s.set_timer(Timer::Sealed, 1);
        }
        Ok(())
    }

    fn open_log(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<Progress, EngineError> {
        let row = rows::group(s.tx, chat)?;
        let (Some(id), Some(me)) = (group_id(chat, row.generation), self.me()) else { return Ok(Progress::All) };
        let Some(own) = Me::load(&mut s.crypto())? else { return Ok(Progress::All) };
        let Some(mut group) = Group::load(&mut s.crypto(), &id)? else { return Ok(Progress::All) };
        let entries = s.tx.rows(
            "SELECT pos, message_id, entry FROM sealed_log WHERE chat_id = ?1 ORDER BY pos, message_id LIMIT ?2",
            params![chat.as_str(), OPEN_AT_ONCE],
            |r| Ok((r.count(0)?, r.text(1)?, r.text(2)?)),
        )?;
        let first = entries.iter().find_map(|(.., entry)| match serde_json::from_str(entry) {
            Ok(Entry::Message { message, .. }) => Some(message.seq),
            _ => None,
        });
        if let Some(seq) = first
            && self.fills(s, chat, &group, seq)?
        {
            return Ok(Progress::Fills);
        }
        let all = entries.len() < OPEN_AT_ONCE as usize;
        let rules = Rules::load(s.tx, chat, me, own.device().person)?;
        let mut waits = false;
        for (pos, message_id, entry) in entries {
            let opened = match serde_json::from_str(&entry)? {
                Entry::Commit(commit) => self.open_commit(s, chat, &row, &mut group, &rules, &commit)?,
                Entry::Message { message, told, quiet } => {
                    let told = Told { news: told, quiet };
                    self.open_message(s, chat, &mut group, &rules, *message, told)?
                }
                Entry::Ballot { poll, ballot } => self.open_ballot(s, chat, &mut group, &rules, &poll, &ballot)?,
            };
            if matches!(opened, Opened::Waits) {
                waits = true;
                break;
            }
            s.tx.execute(
                "DELETE FROM sealed_log WHERE chat_id = ?1 AND pos = ?2 AND message_id = ?3",
                params![chat.as_str(), pos, message_id],
            )?;
        }
        self.keys_met(s, rules)?;
        if waits {
            self.ask_commits(s, chat, &row, group.epoch());
        }
        Ok(if all || waits { Progress::All } else { Progress::Some })
    }

    fn open_commit(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        before: &GroupRow,
        group: &mut Group,
        rules: &Rules,
        commit: &Handshake,
    ) -> Result<Opened, EngineError> {
        if commit.generation > before.generation {
            return Ok(Opened::Waits);
        }
        if commit.generation < before.generation {
            return self.open_former_commit(s, chat, rules, commit);
        }
        if commit.epoch < group.epoch() || before.stuck {
            return Ok(Opened::Done);
        }
        if commit.epoch > group.epoch() {
            return Ok(Opened::Waits);
        }
        rules.judge_strictly(commit.epoch + 1 >= before.server_epoch);
        let applied = apply(s, group, rules, commit);
        let mut row = rows::group(s.tx, chat)?;
        match applied {
            Ok(applied) => {
                if applied.own || applied.lost_own {
                    row.commit = None;
                }
                // The group's row follows the commit's.
                row.server_epoch = row.server_epoch.max(applied.epoch);
                if applied.evicted {
                    row.stuck = true;
                }
                for (_, step) in &applied.steps {
                    if let GroupStep::Add(device) = step {
                        self.newcomer_entered(s, chat, commit.generation, group, device.user)?;
                    }
                }
                if applied.steps.iter().any(|(_, step)| matches!(step, GroupStep::Remove(_))) {
                    self.seal_all_again(s, chat)?;
                }
            }
            Err(MlsError::Store(error)) => return Err(error.into()),
            // The others went on: this device cannot follow, and begins anew.
            Err(_) => row.stuck = true,
        }
        rows::put_group(s.tx, chat, &row)?;
        self.group_moved(chat);
        Ok(Opened::Done)
    }

    /// Of a group that this chat had before: what was said in it after this commit is still to be read.
    fn open_former_commit(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        rules: &Rules,
        commit: &Handshake,
    ) -> Result<Opened, EngineError> {
        let Some(id) = group_id(chat, commit.generation) else { return Ok(Opened::Done) };
        rules.judge_strictly(false);
        if let Some(mut former) = Group::load(&mut s.crypto(), &id)?
            && former.epoch() == commit.epoch
            && let Err(MlsError::Store(error)) = apply(s, &mut former, rules, commit)
        {
            return Err(error.into());
        }
        Ok(Opened::Done)
    }

    fn open_message(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        group: &mut Group,
        rules: &Rules,
        message: Message,
        told: Told,
    ) -> Result<Opened, EngineError> {
        if let Some(inside) = rows::known(s.tx, &crypto::sha256(message.content.as_bytes()), chat, &message.id)? {
            self.opened(s, chat, &message, inside, told)?;
            return Ok(Opened::Done);
        }
        match open_sealed(s, chat, group, rules, &message.content)? {
            Found::NotYet => return Ok(Opened::Waits),
            Found::Said { from, content, about } => {
                let right = from == message.sender_id && about == About::of(chat, &message).bytes();
                if let Some(inside) = Inside::read(&content).filter(|_| right) {
                    self.opened(s, chat, &message, inside, told)?;
                }
            }
            // It stays sealed. Own words that this device does not know, too.
            Found::Nothing => {}
        }
        Ok(Opened::Done)
    }

    fn open_ballot(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        group: &mut Group,
        rules: &Rules,
        poll: &MessageId,
        ballot: &Ballot,
    ) -> Result<Opened, EngineError> {
        let content = match open_sealed(s, chat, group, rules, &ballot.content)? {
            Found::NotYet => return Ok(Opened::Waits),
            Found::Said { from, content, about } => {
                Some(content).filter(|_| from == ballot.user_id && about == votes::about(chat, poll))
            }
            Found::Nothing => None,
        };
        self.ballot_opened(s, chat, poll, ballot, content)?;
        Ok(Opened::Done)
    }

    /// A message was opened: it stands in the history as if it had come in the clear.
    fn opened(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        sealed: &Message,
        inside: Inside,
        told: Told,
    ) -> Result<(), EngineError> {
        let cipher = crypto::sha256(sealed.content.as_bytes());
        let calls = self.called_by(&inside, sealed.everyone, &sealed.mentions);
        let mut said = sealed.clone();
        inside.clone().put_into(&mut said);
        let inside = Inside { mentions: said.mentions.clone(), ..inside };
        let Some(called) = messages::put_opened(s.tx, chat, &sealed.id, &cipher, inside, calls)? else {
            return Ok(());
        };
        if Some(said.sender_id) != self.me() && (calls.is_some() || said.thread.is_some()) {
            self.was_called(s, chat, &said, calls.is_some(), told.news.is_some())?;
        }
        self.screen.dirty_message(chat, &sealed.id);
        self.dirty_answers(s, chat, &sealed.id)?;
        // Sealed, it was among the unread already. Counting them all again with each costs more the longer nobody reads.
        if called {
            chats::recount(s.tx, chat)?;
        }
        self.archive_soon(s, chat, sealed.seq)?;
        self.screen.dirty.chats.insert(chat.clone());
        if let Some(live) = told.news.filter(|_| !told.quiet) {
            self.screen.notices.offer(chat, &sealed.id, live);
        }
        Ok(())
    }

    /// Oneself, when these words call oneself.
    pub(super) fn called_by(&self, inside: &Inside, everyone: Option<Everyone>, here: &[UserId]) -> Option<UserId> {
        let all = |me: &UserId| match everyone.filter(|everyone| inside.calls(*everyone)) {
            Some(Everyone::All) => true,
            Some(Everyone::Here) => here.contains(me),
            None => false,
        };
        self.me().filter(|me| inside.mentions.contains(me) || all(me) || self.keywords.are_in(&inside.text))
    }

    /// What it says was not known when it came: who follows its thread, and what concerns oneself.
    fn was_called(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        said: &Message,
        calls: bool,
        fresh: bool,
    ) -> Result<(), EngineError> {
        if said.thread.is_some() {
            self.thread_grew(s, chat, said)?;
        }
        if calls {
            self.forget_news(s, chat, &said.id)?;
            let source = if fresh { Source::Live } else { Source::Snapshot };
            self.note_news(s, chat, said, Meaning { counts: said.thread.is_none(), mentions_me: true }, source)?;
        }
        Ok(())
    }

    /// The commits between are not here: asks for them, once on each connection.
    pub(super) fn ask_commits(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, row: &GroupRow, from_epoch: u64) {
        let behind = row.is_current() && row.server_epoch > from_epoch;
        if behind && self.is_entered() && self.sealing.asked_commits.insert((chat.clone(), from_epoch)) {
            let list = ListCommits { chat_id: chat.clone(), generation: row.generation, from_epoch };
            self.requests.ask(s, Ask::Commits { chat: chat.clone() }, None, Request::ListCommits(list));
        }
    }
}

/// Opens what was said in a chat's group, or in one that the chat had before.
fn open_sealed(
    s: &mut Step<'_, '_>,
    chat: &ChatId,
    group: &mut Group,
    rules: &Rules,
    content: &str,
) -> Result<Found, EngineError> {
    let bytes = content_bytes(content);
    let sealed = match Sealed::parse(&bytes) {
        Ok(sealed) if sealed.kind() == Kind::Message => sealed,
        _ => return Ok(Found::Nothing),
    };
    let present = group.id().ok();
    let of = sealed.group_id().ok();
    let mut former = None;
    if of != present {
        // Said in a group that this chat had before, or will have once this device is let in.
        let Some(of) = of else { return Ok(Found::Nothing) };
        if generation_of(chat, of.bytes()) > present.and_then(|id| generation_of(chat, id.bytes())) {
            return Ok(Found::NotYet);
        }
        former = Group::load(&mut s.crypto(), &of)?;
        if former.is_none() {
            return Ok(Found::Nothing);
        }
    }
    let is_former = former.is_some();
    let group = former.as_mut().unwrap_or(group);
    match sealed.open(&mut s.crypto(), group).and_then(|opened| opened.verify(group, rules)) {
        Ok(Verified::Message { from, content, about, .. }) => Ok(Found::Said { from: from.user, content, about }),
        Err(MlsError::Store(error)) => Err(error.into()),
        Err(MlsError::NotYet) if !is_former => Ok(Found::NotYet),
        Ok(_) | Err(_) => Ok(Found::Nothing),
    }
}

fn apply(s: &mut Step<'_, '_>, group: &mut Group, rules: &Rules, commit: &Handshake) -> Result<Applied, MlsError> {
    let mut cx = s.crypto();
    let opened = Sealed::parse(&content_bytes(&commit.content)).and_then(|sealed| sealed.open(&mut cx, group));
    match opened.and_then(|opened| opened.verify(group, rules))? {
        Verified::Commit(commit) => commit.apply(&mut cx, group),
        _ => Err(MlsError::NotAuthentic("no commit".to_owned())),
    }
}

/// What is sealed, of its text; nothing of what is none.
pub(super) fn content_bytes(content: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(content).unwrap_or_default()
}

/// The generation that a group's id names.
fn generation_of(chat: &ChatId, id: &[u8]) -> Option<u32> {
    std::str::from_utf8(id).ok()?.strip_prefix(chat.as_str())?.strip_prefix('/')?.parse().ok()
}
