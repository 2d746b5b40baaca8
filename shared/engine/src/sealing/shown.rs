//! What the person sees of sealing and asks of it: own devices, who can read, safety numbers.

use std::collections::BTreeMap;

use crypto::mls::{Group, Me};
use crypto::{SafetyNumber, Scanned};
use protocol::frame::DeviceRef;
use protocol::{ChatId, Request, Timestamp, UserId};
use view::update::ReplyBody;
use view::{CodeCheck, Command, DeviceRow, DeviceStanding, Failure, ReaderRow, Update};

use super::{Standing, group_id, rows};
use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::requests::{Ask, Waiting};
use crate::step::Step;

impl Engine {
    /// Commands about devices and who can read.
    pub(crate) fn encryption(
        &mut self,
        s: &mut Step<'_, '_>,
        id: u32,
        command: Command,
    ) -> Result<Answer, EngineError> {
        match command {
            Command::ListReaders { chat_id } => {
                Ok(Answer::Now(ReplyBody::Readers { readers: self.readers(s, &chat_id)? }))
            }
            Command::CompareCode { user_id, code } => self.compare_code(s, user_id, &code),
            Command::UnverifyPerson { user_id } => {
                self.verify(s, user_id, false)?;
                Ok(DONE)
            }
            Command::MakeLinkCode => self.make_link_code(s),
            Command::MakeRecoveryKey => self.make_recovery_key(s),
            Command::EnterCode { code } => self.enter_code(s, &code),
            Command::BeginAnew => self.begin_anew(s),
            Command::RemoveDevice { device_id } if self.is_entered() => {
                let local_id = s.local_id();
                let request = Request::RemoveDevice(DeviceRef { device_id });
                self.requests.ask(s, Ask::Command { id, what: Waiting::Done }, Some(local_id), request);
                Ok(Answer::Later)
            }
            Command::RemoveDevice { .. } => Ok(Answer::Failed(Failure::Offline)),
            _ => Ok(Answer::Failed(Failure::NotHere)),
        }
    }

    /// Everybody who can read what is said in a chat now, by the group's own tree: oneself first.
    fn readers(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<Vec<ReaderRow>, EngineError> {
        let row = rows::group(s.tx, chat)?;
        let (Some(user), Some(own), Some(id)) = (self.me(), Me::load(&mut s.crypto())?, group_id(chat, row.generation))
        else {
            return Ok(Vec::new());
        };
        let Some(group) = Group::load(&mut s.crypto(), &id)? else { return Ok(Vec::new()) };
        let mut people = BTreeMap::<UserId, (u32, crypto::mls::PersonId)>::new();
        for reader in group.readers()? {
            people.entry(reader.device.user).or_insert((0, reader.device.person)).0 += 1;
        }
        let pins = rows::pins(s.tx)?;
        let mine = (user, own.device().person);
        let mut shown = Vec::new();
        for (who, (devices, person)) in people {
            let pin = pins.iter().find(|pin| pin.user == who && pin.person == person);
            let number = (who != user).then(|| SafetyNumber::of(mine, (who, person)));
            shown.push(ReaderRow {
                person: self.person_row(s, who)?,
                devices,
                safety_number: number.as_ref().map(SafetyNumber::digits),
                safety_code: number.as_ref().map(SafetyNumber::code),
                verified: pin.is_some_and(|pin| pin.verified),
                changed_at: pin.and_then(|pin| pin.changed_at).map(Timestamp),
            });
        }
        shown.sort_by_key(|reader| reader.person.id != user);
        Ok(shown)
    }

    /// Compares with the key that this device trusts, whatever the screen showed when the code was made.
    fn compare_code(&mut self, s: &mut Step<'_, '_>, other: UserId, code: &str) -> Result<Answer, EngineError> {
        let pin = rows::pins(s.tx)?.into_iter().find(|pin| pin.user == other);
        let (Some(user), Some(own), Some(pin)) = (self.me(), Me::load(&mut s.crypto())?, pin) else {
            return Ok(Answer::Failed(Failure::NotHere));
        };
        let number = SafetyNumber::of((user, own.device().person), (other, pin.person));
        let check = match number.compare(code) {
            Scanned::Same => CodeCheck::Same,
            Scanned::OtherKey(of) if of == user => CodeCheck::OwnKey,
            Scanned::OtherKey(_) => CodeCheck::TheirKey,
            Scanned::Different => CodeCheck::Different,
            Scanned::OtherPeople => CodeCheck::OtherPeople,
            Scanned::NewerVersion => CodeCheck::Newer,
            Scanned::NotASafetyNumber => CodeCheck::NoCode,
        };
        if check == CodeCheck::Same {
            self.verify(s, other, true)?;
        }
        Ok(Answer::Now(ReplyBody::Compared { check }))
    }

    fn verify(&mut self, s: &mut Step<'_, '_>, user: UserId, on: bool) -> Result<(), EngineError> {
        rows::verify(s.tx, user, on)?;
        self.screen.dirty.people.insert(user);
        Ok(())
    }

    /// What is said in the chat waits until its group is ready, which most often is a moment.
    pub(crate) fn sealing_waits(&self, chat: &ChatId) -> bool {
        self.sealing.waits.contains(chat)
    }

    /// It waits for longer, and the person is told: nobody else could read it yet, or this device cannot write.
    pub(crate) fn sealing_waits_long(&self, chat: &ChatId) -> bool {
        self.sealing.nobody.contains(chat)
            || (self.sealing.standing == Standing::Unconfirmed && self.sealing.waits.contains(chat))
    }

    /// Someone came: whose device was missing may be there now.
    pub(crate) fn sealing_person_came(&mut self, user: UserId) {
        let Some(me) = self.me() else { return };
        let chat = ChatId::private(me, user);
        if self.sealing.waits.contains(&chat) {
            self.sealing.to_tend.insert(chat);
        }
    }

    /// Tells the screen own devices and what this one may do.
    pub(crate) fn show_devices(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let devices = rows::devices(s.tx)?;
        let row = |device: protocol::Device| DeviceRow {
            this: self.sealing.me.as_ref() == Some(&device.id),
            id: device.id,
            name: device.name,
            created_at: device.created_at,
            last_seen_at: device.last_seen_at,
        };
        let devices = devices.into_iter().map(row).collect();
        let standing = match self.sealing.standing {
            Standing::Unknown => DeviceStanding::Unknown,
            Standing::Unconfirmed => DeviceStanding::Unconfirmed,
            Standing::Ready => DeviceStanding::Ready,
        };
        s.update(Update::Devices { standing, devices });
        Ok(())
    }
}
