//! The groups of encrypted chats: begun when first needed, entered by a welcome, kept as their members' devices are. One
//! device's commit ends each epoch; who is first in the group tries first.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{Group, Invitation, Me, MlsError};
use protocol::frame::{ChatRef, Commits};
use protocol::{Admission, ChatId, DeviceId, Handshake, ProtocolError, Request, Scope};

use super::devices::text_of;
use super::rows::{self, GroupRow};
use super::rules::Rules;
use super::{Standing, group_id};
use crate::chats::{self, ChatInfo};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::requests::Ask;
use crate::step::Step;

/// Who stands further back in the group waits this much longer for each before it.
pub(super) const TURN_MS: u32 = 2_000;
const SPREAD_MS: u32 = 500;
/// A device that is not let in, or cannot follow, begins the group anew after this time, and not more often.
const ANEW_MS: u32 = 15_000;
const ANEW_AGAIN_MS: i64 = 60_000;
/// Whether the other has a device now is asked again after this time, or when they come.
pub(super) const NOBODY_MS: u32 = 30_000;
/// After a lost race, or an error that may pass.
pub(super) const AGAIN_MS: u32 = 1_000;

impl Engine {
    /// Where a group stands, by the server's word.
    pub(crate) fn group_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        group: protocol::Group,
    ) -> Result<(), EngineError> {
        let mut row = rows::group(s.tx, chat)?;
        // A welcome comes in the person's own scope, and may be ahead of the chat's rows. What a snapshot says replaces all, see
        // `forget_server_group`.
        if group.generation < row.server_generation {
            return Ok(());
        }
        if (group.generation, group.epoch) > (row.server_generation, row.server_epoch) {
            // The others are at work: who is not in it yet may be with the next commit.
            self.sealing.anew.remove(chat);
        }
        let epoch = if group.generation == row.server_generation { row.server_epoch } else { 0 };
        row.server_generation = group.generation;
        row.server_epoch = group.epoch.max(epoch);
        row.missing = group.missing;
        row.surplus = group.surplus;
        row.told = (group.generation, group.epoch);
        rows::put_group(s.tx, chat, &row)?;
        self.group_moved(chat);
        Ok(())
    }

    /// A welcome for a device of this person.
    pub(crate) fn admitted(&mut self, s: &mut Step<'_, '_>, admission: &Admission) -> Result<(), EngineError> {
        let (Some(user), true) = (self.me(), self.sealing.me.as_ref() == Some(&admission.device_id)) else {
            return Ok(());
        };
        let chat = &admission.chat_id;
        let mut row = rows::group(s.tx, chat)?;
        let there = row.generation == admission.generation && !row.stuck;
        let (Some(id), Some(own)) = (group_id(chat, admission.generation), Me::load(&mut s.crypto())?) else {
            return Ok(());
        };
        if admission.generation < row.generation || there {
            return Ok(());
        }
        // An own beginning that came too late, or a group that could not be followed.
        if let Some(former) = Group::load(&mut s.crypto(), &id)? {
            if former.is_member() && admission.epoch <= former.epoch() {
                return Ok(());
            }
            former.forget(&mut s.crypto())?;
        }
        let rules = Rules::load(s.tx, chat, user, own.device().person)?;
        let bytes = URL_SAFE_NO_PAD.decode(&admission.content).unwrap_or_default();
        let retention = self.retention;
        let joined = {
            let mut cx = s.crypto();
            let opening = Invitation::parse(&bytes).and_then(|invitation| invitation.open(&mut cx, retention));
            match opening {
                Ok(opening) if *opening.group_id() == id => {
                    opening.verify(&mut cx, &rules).and_then(|admitted| admitted.join(&mut cx))
                }
                Ok(_) => Err(MlsError::OtherGroup),
                Err(error) => Err(error),
            }
        };
        match joined {
            Ok(group) => {
                self.entered_as_newcomer(s, chat, admission.generation, &group)?;
                // Whoever let this device in seals what is said there, whatever the chat's row says.
                chats::keep_encrypted(s.tx, chat)?;
                row.generation = admission.generation;
                row.stuck = false;
                row.commit = row.commit.filter(|(_, commit)| commit.generation > admission.generation);
                let known = (row.server_generation, row.server_epoch);
                (row.server_generation, row.server_epoch) = known.max((admission.generation, admission.epoch));
            }
            Err(MlsError::Store(error)) => return Err(error.into()),
            Err(_) => row.stuck = true,
        }
        rows::put_group(s.tx, chat, &row)?;
        self.keys_met(s, rules)?;
        self.group_moved(chat);
        Ok(())
    }

    /// The present group's beginning came back, and it is this device's own: it is in.
    pub(crate) fn own_beginning(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        commit: &Handshake,
    ) -> Result<(), EngineError> {
        if commit.epoch != 0 || self.sealing.me.as_ref() != Some(&commit.device_id) {
            return Ok(());
        }
        let mut row = rows::group(s.tx, chat)?;
        let own = row.commit.as_ref().is_some_and(|(_, own)| {
            own.generation == commit.generation && own.epoch == 0 && own.content == commit.content
        });
        if own && row.generation != commit.generation {
            (row.generation, row.stuck) = (commit.generation, false);
            row.server_generation = row.server_generation.max(commit.generation);
            rows::put_group(s.tx, chat, &row)?;
        }
        Ok(())
    }

    /// Keys of people that were met: remembered, and who has a new one is shown.
    pub(super) fn keys_met(&mut self, s: &mut Step<'_, '_>, rules: Rules) -> Result<(), EngineError> {
        for user in rules.keep(s.tx, s.now)? {
            self.screen.dirty.people.insert(user);
        }
        Ok(())
    }

    /// Looks at the groups in which something moved.
    pub(super) fn tend_groups(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.is_entered() || self.sealing.standing != Standing::Ready || self.sealing.publishing {
            return Ok(());
        }
        for chat in std::mem::take(&mut self.sealing.to_tend) {
            self.tend_group(s, &chat)?;
        }
        Ok(())
    }

    fn tend_group(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        let Some(info) = chats::get(s.tx, chat)? else { return Ok(()) };
        if !self.seals(&info) || info.role.is_none() {
            return Ok(());
        }
        if !self.inbox.is_fresh(&Scope::Chat(chat.clone())) {
            self.sealing.to_tend.insert(chat.clone());
            return Ok(());
        }
        let mut row = rows::group(s.tx, chat)?;
        let epoch = self.epoch(s, chat, &row)?;
        if let Some(epoch) = epoch {
            self.ask_commits(s, chat, &row, epoch);
        }
        if row.is_current() && row.commit.is_none() && epoch.is_none_or(|epoch| epoch > row.server_epoch) {
            // The server was restored from a backup: what it forgot has happened, and its next epoch would be another one.
            row.stuck = true;
            rows::put_group(s.tx, chat, &row)?;
        }
        if let Some((id, commit)) = &row.commit {
            if self.sealing.committing.insert(chat.clone()) {
                let ask = Ask::Commit { chat: chat.clone() };
                self.requests.ask(s, ask, Some(*id), Request::Commit(commit.clone()));
            }
            return Ok(());
        }
        if row.is_current() {
            self.sealing.anew.remove(chat);
            if !row.missing.is_empty() || !row.surplus.is_empty() {
                let delay = self.turn(s, chat, &row)?;
                self.group_later(s, chat, delay);
            }
        } else if row.server_generation > 0 {
            let due = s.now + i64::from(ANEW_MS + s.chance_ms(ANEW_MS));
            let due = *self.sealing.anew.entry(chat.clone()).or_insert(due);
            let wait = (due - s.now).max(again_in(&row, s.now)).clamp(1, ANEW_AGAIN_MS);
            self.group_later(s, chat, u32::try_from(wait).unwrap_or(ANEW_MS));
        } else if self.begins(&info, chat) {
            self.claim(s, chat);
        }
        Ok(())
    }

    /// A chat without a group: who made it, writes in it or looks at it begins one.
    fn begins(&self, info: &ChatInfo, chat: &ChatId) -> bool {
        self.me() == Some(info.creator) || self.outbox.has(chat) || self.screen.open.as_ref() == Some(chat)
    }

    /// Which epoch this device is in; `None` when it is in no group, or its state is lost.
    fn epoch(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, row: &GroupRow) -> Result<Option<u64>, EngineError> {
        let Some(id) = group_id(chat, row.generation) else { return Ok(None) };
        Ok(Group::load(&mut s.crypto(), &id)?.map(|group| group.epoch()))
    }

    /// How long others in the group are let go first.
    fn turn(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, row: &GroupRow) -> Result<u32, EngineError> {
        let Some(id) = group_id(chat, row.generation) else { return Ok(SPREAD_MS) };
        let Some(group) = Group::load(&mut s.crypto(), &id)? else { return Ok(SPREAD_MS) };
        let own = group.own_leaf();
        let gone = |id: Option<DeviceId>| row.surplus.iter().any(|device| Some(&device.device_id) == id.as_ref());
        let readers = group.readers()?;
        let before = readers.iter().filter(|reader| reader.leaf < own && !gone(text_of(reader.device.id))).count();
        let turns = u32::try_from(before).unwrap_or(u32::MAX).saturating_mul(TURN_MS);
        Ok(turns.min(ANEW_MS).saturating_add(s.chance_ms(SPREAD_MS)))
    }

    pub(super) fn group_later(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, delay_ms: u32) {
        let due = s.now + i64::from(delay_ms);
        if self.sealing.timers.get(chat).is_none_or(|set| *set > due) {
            self.sealing.timers.insert(chat.clone(), due);
            s.set_timer(Timer::Group(chat.clone()), delay_ms);
        }
    }

    /// It is this device's turn to do what the others have not done meanwhile.
    pub(crate) fn group_timer(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        if self.sealing.timers.remove(chat).is_none() || !self.is_entered() {
            return Ok(());
        }
        let row = rows::group(s.tx, chat)?;
        let idle = row.commit.is_none();
        if idle && row.is_current() {
            if !row.missing.is_empty() || !row.surplus.is_empty() {
                self.claim(s, chat);
            }
        } else if idle && self.sealing.anew.get(chat).is_some_and(|due| *due <= s.now) && again_in(&row, s.now) == 0 {
            self.sealing.anew.remove(chat);
            self.claim(s, chat);
        } else {
            self.sealing.to_tend.insert(chat.clone());
        }
        Ok(())
    }

    fn claim(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) {
        if self.sealing.claiming.insert(chat.clone()) {
            let ask = Ask::Claim { chat: chat.clone() };
            let id = s.local_id();
            self.requests.ask(s, ask, Some(id), Request::ClaimKeys(ChatRef { chat_id: chat.clone() }));
        }
    }

    pub(crate) fn claim_refused(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, error: &ProtocolError) {
        self.sealing.claiming.remove(chat);
        if error.code.is_retryable() {
            self.group_later(s, chat, error.retry_after_ms.unwrap_or(AGAIN_MS));
        }
    }

    /// `commits`: those that were missing.
    pub(crate) fn commits_came(&mut self, s: &mut Step<'_, '_>, list: Commits) -> Result<(), EngineError> {
        for commit in list.commits {
            self.commit_came(s, &list.chat_id, commit)?;
        }
        Ok(())
    }
}

/// How long this device may not begin again, in milliseconds. A clock that was set back does not hold it for years.
fn again_in(row: &GroupRow, now: i64) -> i64 {
    (ANEW_AGAIN_MS - now.saturating_sub(row.begun_at).saturating_abs()).max(0)
}
