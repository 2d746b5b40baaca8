//! Commits of this device: what it adds and removes when it is its turn, and what becomes of it. A race costs one refused commit.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{Change, Group, KeyPackage, Me, MlsError, Plan, Policy as _, Proposed, Retention};
use protocol::frame::{Commit, Keys};
use protocol::limits::COMMIT_FRAME_BYTES_MAX;
use protocol::{ChatId, DeviceId, ProtocolError, UserId};

use super::devices::{SUITE, text_of};
use super::group_id;
use super::groups::{AGAIN_MS, NOBODY_MS, TURN_MS};
use super::rows::{self, GroupRow};
use super::rules::Rules;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::step::Step;

/// Most devices that one commit adds: about as many key packages as the server gives at once.
const ADD_AT_ONCE: usize = 12;
/// What a commit's frame holds besides the commit and its welcome, at most.
const FRAME_REST_BYTES: usize = 8 * 1024;

/// What can be added, with whose device it is.
type Packages = Vec<(DeviceId, UserId, KeyPackage)>;

impl Engine {
    /// Key packages of those who are missing: commits what is to be done.
    pub(crate) fn keys_came(&mut self, s: &mut Step<'_, '_>, keys: &Keys) -> Result<(), EngineError> {
        let chat = &keys.chat_id;
        self.sealing.claiming.remove(chat);
        let mut row = rows::group(s.tx, chat)?;
        let (Some(user), Some(own)) = (self.me(), Me::load(&mut s.crypto())?) else { return Ok(()) };
        if row.commit.is_some() || keys.generation != row.server_generation {
            self.group_later(s, chat, AGAIN_MS);
            return Ok(());
        }
        let rules = Rules::load(s.tx, chat, user, own.device().person)?;
        let unfit = self.sealing.unfit.get(chat).cloned().unwrap_or_default();
        let (packages, refused) = known_packages(s, &own, keys, &rules, &unfit)?;
        let given = |id: &DeviceId| keys.more || keys.keys.iter().any(|key| key.device_id == *id);
        let without = row.missing.iter().map(|device| &device.device_id).filter(|id| !given(id)).cloned();
        self.cannot_be_added(chat, without.chain(refused));
        let added: Vec<(DeviceId, UserId)> = packages.iter().map(|(id, user, _)| (id.clone(), *user)).collect();
        let packages: Vec<KeyPackage> = packages.into_iter().map(|(.., package)| package).collect();
        let begins = !row.is_current();
        let made = if begins {
            // Nobody but oneself could read: it waits until another has a device.
            if rules.has_others() && keys.generation == 0 && added.iter().all(|(_, other)| *other == user) {
                self.group_later(s, chat, NOBODY_MS);
                self.sealing.nobody.insert(chat.clone());
                self.screen.dirty.chats.insert(chat.clone());
                None
            } else {
                begin(s, &own, chat, keys.generation + 1, self.retention, packages)?.map(|made| (made, Vec::new()))
            }
        } else {
            change(s, &own, chat, &row, packages)?
        };
        let (made, large) = match made {
            Some((made, _)) if is_too_large(&made) => (None, Some(made)),
            made => (made, None),
        };
        if let Some(made) = large {
            // Of more people and devices than a frame can carry the last ones stay outside.
            self.withdraw(s, chat, if begins { keys.generation + 1 } else { row.generation }, &made.commit)?;
            if !begins && added.is_empty() {
                // A removal seals to each device: a group that begins anew grows by small commits.
                row.stuck = true;
                rows::put_group(s.tx, chat, &row)?;
                self.group_moved(chat);
            }
            self.cannot_be_added(chat, added.iter().map(|(id, _)| id.clone()));
        }
        if let Some((made, removed)) = made {
            let commit = Commit {
                chat_id: chat.clone(),
                device_id: text_of(own.device().id)
                    .unwrap_or_else(|| DeviceId::from(protocol::LocalId(uuid::Uuid::nil()))),
                generation: if begins { keys.generation + 1 } else { row.generation },
                epoch: made.epoch,
                content: URL_SAFE_NO_PAD.encode(&made.commit),
                welcome: made.welcome.map(|welcome| URL_SAFE_NO_PAD.encode(welcome)),
                added: added.into_iter().map(|(id, _)| id).collect(),
                removed,
            };
            if begins {
                row.begun_at = s.now;
            }
            row.commit = Some((s.local_id(), commit));
            rows::put_group(s.tx, chat, &row)?;
            self.sealing.to_tend.insert(chat.clone());
        }
        self.keys_met(s, rules)
    }

    /// Takes an own commit back that will not be.
    fn withdraw(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        generation: u32,
        commit: &[u8],
    ) -> Result<(), EngineError> {
        let Some(id) = group_id(chat, generation) else { return Ok(()) };
        let Some(mut group) = Group::load(&mut s.crypto(), &id)? else { return Ok(()) };
        match group.withdraw(&mut s.crypto(), commit) {
            Err(MlsError::Store(error)) => Err(error.into()),
            // Any other error: the winner was applied before the answer came.
            _ => Ok(()),
        }
    }

    /// Devices that are missing and can not be added: without a key package, not their person's, or one too many for a frame.
    /// Nobody waits for them.
    fn cannot_be_added(&mut self, chat: &ChatId, devices: impl Iterator<Item = DeviceId>) {
        let unfit = self.sealing.unfit.entry(chat.clone()).or_default();
        let before = unfit.len();
        unfit.extend(devices);
        if unfit.len() > before {
            self.group_moved(chat);
        }
    }

    /// `commit_accepted`: the commit itself comes in the log, in its place.
    pub(crate) fn commit_accepted(&mut self, chat: &ChatId) {
        self.sealing.committing.remove(chat);
    }

    pub(crate) fn commit_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        error: &ProtocolError,
    ) -> Result<(), EngineError> {
        self.sealing.committing.remove(chat);
        let mut row = rows::group(s.tx, chat)?;
        let Some((_, commit)) = row.commit.clone().filter(|_| !error.code.is_retryable()) else {
            let delay = error.retry_after_ms.unwrap_or(AGAIN_MS);
            self.group_later(s, chat, delay);
            return Ok(());
        };
        if commit.epoch == 0 && row.generation != commit.generation {
            if let Some(id) = group_id(chat, commit.generation)
                && let Some(group) = Group::load(&mut s.crypto(), &id)?
            {
                group.forget(&mut s.crypto())?;
            }
        } else {
            let bytes = URL_SAFE_NO_PAD.decode(&commit.content).unwrap_or_default();
            self.withdraw(s, chat, commit.generation, &bytes)?;
        }
        row.commit = None;
        rows::put_group(s.tx, chat, &row)?;
        let delay = AGAIN_MS + s.chance_ms(TURN_MS);
        self.group_later(s, chat, delay);
        Ok(())
    }
}

fn is_too_large(made: &Proposed) -> bool {
    let bytes = made.commit.len() + made.welcome.as_ref().map_or(0, Vec::len);
    bytes.div_ceil(3) * 4 + FRAME_REST_BYTES > COMMIT_FRAME_BYTES_MAX
}

/// The packages that are what they are said to be, of people who may be there; and the devices of the others.
fn known_packages(
    s: &mut Step<'_, '_>,
    own: &Me,
    keys: &Keys,
    rules: &Rules,
    unfit: &BTreeSet<DeviceId>,
) -> Result<(Packages, Vec<DeviceId>), EngineError> {
    let (mut packages, mut refused) = (Vec::new(), Vec::new());
    for key in keys.keys.iter().filter(|key| !unfit.contains(&key.device_id)) {
        let bytes = URL_SAFE_NO_PAD.decode(&key.content).unwrap_or_default();
        let package = match KeyPackage::parse(&mut s.crypto(), &bytes) {
            Ok(package) => package,
            Err(MlsError::Store(error)) => return Err(error.into()),
            Err(_) => {
                refused.push(key.device_id.clone());
                continue;
            }
        };
        let device = package.device()?;
        let right = device.user == key.user_id && text_of(device.id).as_ref() == Some(&key.device_id);
        if device.id == own.device().id {
            continue;
        }
        if right && package.suite()? == SUITE && rules.is_member(device.user) && rules.knows(&device) {
            packages.push((key.device_id.clone(), key.user_id, package));
        } else {
            refused.push(key.device_id.clone());
        }
        if packages.len() == ADD_AT_ONCE {
            break;
        }
    }
    Ok((packages, refused))
}

/// A new group with a first commit.
fn begin(
    s: &mut Step<'_, '_>,
    own: &Me,
    chat: &ChatId,
    generation: u32,
    retention: Retention,
    packages: Vec<KeyPackage>,
) -> Result<Option<Proposed>, EngineError> {
    let Some(id) = group_id(chat, generation) else { return Ok(None) };
    let mut cx = s.crypto();
    // Of a server that was restored from a backup, or a beginning that was never answered.
    if let Some(former) = Group::load(&mut cx, &id)? {
        former.forget(&mut cx)?;
    }
    let plan = Plan { id, suite: SUITE, retention, server: None };
    let mut group = Group::create(&mut cx, own, &plan)?;
    let change = if packages.is_empty() { Change::refresh() } else { Change::add(packages) };
    Ok(Some(group.commit(&mut cx, own, change)?))
}

/// A commit that adds those who are missing and removes those who are surplus; with it, who was removed.
fn change(
    s: &mut Step<'_, '_>,
    own: &Me,
    chat: &ChatId,
    row: &GroupRow,
    packages: Vec<KeyPackage>,
) -> Result<Option<(Proposed, Vec<DeviceId>)>, EngineError> {
    let Some(id) = group_id(chat, row.generation) else { return Ok(None) };
    let mut cx = s.crypto();
    let Some(mut group) = Group::load(&mut cx, &id)? else { return Ok(None) };
    if group.is_pending() || !group.is_member() {
        return Ok(None);
    }
    let readers = group.readers()?;
    let packages: Vec<KeyPackage> = packages
        .into_iter()
        .filter(|package| package.device().is_ok_and(|new| readers.iter().all(|r| r.device.id != new.id)))
        .collect();
    let (mut leaves, mut removed) = (Vec::new(), Vec::new());
    for gone in &row.surplus {
        let found = readers.iter().find(|reader| text_of(reader.device.id).as_ref() == Some(&gone.device_id));
        if let Some(reader) = found.filter(|reader| reader.device.id != own.device().id) {
            leaves.push(reader.leaf);
        }
        // One that is not in it is only the server's to forget.
        removed.push(gone.device_id.clone());
    }
    if packages.is_empty() && removed.is_empty() {
        return Ok(None);
    }
    let change = Change { refresh: packages.is_empty() && leaves.is_empty(), add: packages, remove: leaves };
    Ok(Some((group.commit(&mut cx, own, change)?, removed)))
}
