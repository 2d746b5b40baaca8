//! This device: its identity, its key packages on the server, and how it is confirmed by another device of the person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{KeyPackages, Me, PersonKey, Suite};
use crypto::{Key, LinkCode, RecoveryKey};
use protocol::frame::PublishKeys;
use protocol::limits::KEYS_AT_ONCE_MAX;
use protocol::{Device, DeviceId, ErrorCode, ProtocolError, Request, Scope};
use sql::Tx;
use view::Failure;
use view::update::ReplyBody;

use super::{ARCHIVE, Standing, rows};
use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::requests::Ask;
use crate::step::Step;

/// The suite of new groups, and so of key packages.
pub(super) const SUITE: Suite = Suite::Hybrid;
/// Entries by which a new device is given the person's key: `link:DEVICE_ID` of the device that confirms.
pub(crate) const LINK: &str = "link:";
/// The entry that the recovery key opens.
pub(crate) const RECOVERY: &str = "recovery";
const LINK_PURPOSE: &str = "link";

/// As the server writes it.
pub(crate) fn text_of(id: crypto::mls::DeviceId) -> Option<DeviceId> {
    DeviceId::new(id.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

pub(super) fn own_id(tx: &mut Tx<'_>) -> Result<Option<DeviceId>, EngineError> {
    let id = tx.row("SELECT device_id FROM mls_me WHERE one = 1", &[], |r| r.blob(0))?;
    Ok(id.and_then(|id| id.try_into().ok()).and_then(|id| text_of(crypto::mls::DeviceId(id))))
}

impl Engine {
    /// An own device, as the server has it.
    pub(crate) fn device_came(&mut self, s: &mut Step<'_, '_>, device: &Device) -> Result<(), EngineError> {
        if !rows::put_device(s.tx, device)? {
            return Ok(());
        }
        let wanting = device.removed || KeyPackages::wanted(device.keys_left) > 0;
        if wanting && self.sealing.me.as_ref() == Some(&device.id) {
            // Keys were claimed, or it was removed: looked at in the end of the step.
            self.sealing.greeted = false;
        }
        self.screen.dirty.devices = true;
        Ok(())
    }

    /// Makes this device one, and keeps enough of its keys with the server.
    pub(super) fn tend_device(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some(user) = self.me() else { return Ok(()) };
        let ready = self.is_entered() && self.inbox.is_fresh(&Scope::User(user));
        if !ready || self.sealing.publishing || self.sealing.greeted {
            return Ok(());
        }
        let own = match (Me::load(&mut s.crypto())?, &self.sealing.me) {
            (Some(own), Some(_)) => own,
            _ if rows::devices(s.tx)?.is_empty() && self.sealing.standing == Standing::Unknown => {
                let person = PersonKey::new(s.chance());
                self.become_device(s, &person)?
            }
            _ => {
                self.sealing.greeted = true;
                self.stand(Standing::Unconfirmed);
                return Ok(());
            }
        };
        let known = match &self.sealing.me {
            Some(id) => rows::device(s.tx, id)?,
            None => None,
        };
        match known {
            Some(device) if device.removed => {
                // The session ended, or it was taken out and may come back: as another device of the same person.
                let person = own.person().clone();
                let own = self.become_device(s, &person)?;
                self.publish(s, &own, None, false)
            }
            known => self.publish(s, &own, known.as_ref(), false),
        }
    }

    fn become_device(&mut self, s: &mut Step<'_, '_>, person: &PersonKey) -> Result<Me, EngineError> {
        let Some(user) = self.me() else { return Err(EngineError::Corrupt("no account".to_owned())) };
        rows::forget_groups(s.tx)?;
        let own = Me::create(&mut s.crypto(), user, person)?;
        self.sealing.me = text_of(own.device().id);
        for chat in rows::group_chats(s.tx)? {
            self.group_moved(&chat);
        }
        Ok(own)
    }

    fn publish(
        &mut self,
        s: &mut Step<'_, '_>,
        own: &Me,
        known: Option<&Device>,
        reset: bool,
    ) -> Result<(), EngineError> {
        let left = known.map_or(0, |device| device.keys_left);
        let count = KeyPackages::wanted(left).min(u32::try_from(KEYS_AT_ONCE_MAX).unwrap_or(u32::MAX));
        let keys = KeyPackages::make(&mut s.crypto(), own, SUITE, count)?;
        let last_resort = match known {
            None => Some(KeyPackages::make_last_resort(&mut s.crypto(), own, SUITE)?),
            Some(_) => None,
        };
        KeyPackages::forget_old(&mut s.crypto())?;
        let Some(device_id) = text_of(own.device().id) else { return Ok(()) };
        let publish = PublishKeys {
            device_id,
            person: URL_SAFE_NO_PAD.encode(own.device().person.0),
            keys: keys.iter().map(|key| URL_SAFE_NO_PAD.encode(key)).collect(),
            last_resort: last_resort.map(|key| URL_SAFE_NO_PAD.encode(key)),
            reset,
        };
        self.sealing.publishing = true;
        let id = s.local_id();
        self.requests.ask(s, Ask::Publish, Some(id), Request::PublishKeys(publish));
        Ok(())
    }

    /// `device_state`.
    pub(crate) fn published(&mut self, s: &mut Step<'_, '_>, device: &Device) -> Result<(), EngineError> {
        self.sealing.publishing = false;
        rows::put_device(s.tx, device)?;
        self.sealing.greeted = KeyPackages::wanted(device.keys_left) == 0;
        if self.sealing.standing != Standing::Ready {
            self.sealing.archive_from = Some(ARCHIVE.to_owned());
        }
        self.stand(Standing::Ready);
        self.screen.dirty.devices = true;
        self.archive_on(s);
        for chat in rows::group_chats(s.tx)? {
            self.sealing.to_tend.insert(chat);
        }
        Ok(())
    }

    pub(crate) fn publish_refused(&mut self, s: &mut Step<'_, '_>, error: &ProtocolError) -> Result<(), EngineError> {
        self.sealing.publishing = false;
        match error.code {
            // Another device was faster, and this one has another idea of the person.
            ErrorCode::OtherPersonKey => {
                rows::forget_groups(s.tx)?;
                s.tx.execute("DELETE FROM mls_me", &[])?;
                self.sealing.me = None;
                self.sealing.greeted = true;
                self.stand(Standing::Unconfirmed);
            }
            ErrorCode::IdTaken => {
                if let Some(own) = Me::load(&mut s.crypto())? {
                    let person = own.person().clone();
                    let own = self.become_device(s, &person)?;
                    self.publish(s, &own, None, false)?;
                }
            }
            _ => self.sealing.greeted = true,
        }
        Ok(())
    }

    fn stand(&mut self, standing: Standing) {
        if self.sealing.standing != standing {
            self.sealing.standing = standing;
            self.screen.dirty.devices = true;
            self.sealing.waits.clear();
        }
    }

    /// Shows a code by which a new device of the person is confirmed: what it opens waits in the own data.
    pub(crate) fn make_link_code(&mut self, s: &mut Step<'_, '_>) -> Result<Answer, EngineError> {
        let (Some(own), Some(id)) = (Me::load(&mut s.crypto())?, self.sealing.me.clone()) else {
            return Ok(Answer::Failed(Failure::NotHere));
        };
        // What the new device finds is of now.
        self.archive_timer(s)?;
        let code = LinkCode::new(s.chance());
        let sealed = code.key().seal(s.chance(), LINK_PURPOSE, own.person().secret().bytes());
        self.put_item(s, &format!("{LINK}{id}"), Some(URL_SAFE_NO_PAD.encode(sealed)))?;
        Ok(Answer::Now(ReplyBody::Code { code: code.reveal() }))
    }

    /// Makes a key for paper that confirms a device when there is no other one.
    pub(crate) fn make_recovery_key(&mut self, s: &mut Step<'_, '_>) -> Result<Answer, EngineError> {
        let Some(own) = Me::load(&mut s.crypto())? else { return Ok(Answer::Failed(Failure::NotHere)) };
        let key = RecoveryKey::new(s.chance());
        let wrapped = key.wrap(s.chance(), &own.person().secret());
        self.put_item(s, RECOVERY, Some(URL_SAFE_NO_PAD.encode(wrapped)))?;
        Ok(Answer::Now(ReplyBody::Code { code: key.reveal() }))
    }

    /// The person typed what another device shows, or the recovery key.
    pub(crate) fn enter_code(&mut self, s: &mut Step<'_, '_>, typed: &str) -> Result<Answer, EngineError> {
        if self.sealing.standing == Standing::Ready {
            return Ok(DONE);
        }
        let wrong = Answer::Failed(Failure::WrongPassphrase);
        let Some(person) = self.person_by_code(s, typed)? else { return Ok(wrong) };
        if !self.is_entered() {
            return Ok(Answer::Failed(Failure::Offline));
        }
        let own = self.become_device(s, &person)?;
        self.publish(s, &own, None, false)?;
        Ok(DONE)
    }

    fn person_by_code(&mut self, s: &mut Step<'_, '_>, typed: &str) -> Result<Option<PersonKey>, EngineError> {
        if let Ok(key) = RecoveryKey::parse(typed) {
            let wrapped = crate::items::value(s.tx, RECOVERY)?.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
            let person = wrapped.and_then(|wrapped| key.unwrap(&wrapped).ok());
            return Ok(person.map(|secret| PersonKey::from_secret(&secret)));
        }
        let Some(code) = LinkCode::parse(typed) else { return Ok(None) };
        let waiting = s.tx.rows(
            "SELECT key, value FROM items WHERE key > 'link:' AND key < 'link;' AND value IS NOT NULL",
            &[],
            |r| Ok((r.text(0)?, r.text(1)?)),
        )?;
        for (key, value) in waiting {
            let sealed = URL_SAFE_NO_PAD.decode(value).unwrap_or_default();
            let Some(secret) = code.key().open(LINK_PURPOSE, &sealed) else { continue };
            let Ok(secret) = <[u8; 32]>::try_from(secret) else { continue };
            // It has done its work.
            self.put_item(s, &key, None)?;
            return Ok(Some(PersonKey::from_secret(&Key::from_bytes(secret))));
        }
        Ok(None)
    }

    /// All other devices are lost, and the recovery key too: a new key for the person. Others are told.
    pub(crate) fn begin_anew(&mut self, s: &mut Step<'_, '_>) -> Result<Answer, EngineError> {
        if !self.is_entered() {
            return Ok(Answer::Failed(Failure::Offline));
        }
        let person = PersonKey::new(s.chance());
        let own = self.become_device(s, &person)?;
        self.publish(s, &own, None, true)?;
        Ok(DONE)
    }
}
