//! Pictures of oneself and of chats that were chosen here: they show at once, go up like any file, and are then given to the
//! server. A change lasts until the server has it or refuses it; the last one of an owner is the one that counts.

use std::collections::BTreeMap;

use protocol::frame::SetAvatar;
use protocol::{ChatId, FileId, Request};
use sql::{Error, Tx, params};
use view::{Failure, Way};

use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::requests::Ask;
use crate::step::Step;

/// Whose: nobody's name for oneself, else a chat's id.
const OWN: &str = "";

/// Changes that the server does not have yet: a cache of the rows.
#[derive(Default)]
pub(crate) struct Avatars {
    waiting: BTreeMap<String, Change>,
}

struct Change {
    /// `None` takes the picture away.
    file: Option<FileId>,
    /// Its bytes are on the server.
    up: bool,
    asked: bool,
}

impl Avatars {
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self, Error> {
        let rows = tx.rows(
            "SELECT a.owner, a.file_id, coalesce(t.state, 3) FROM avatars a
             LEFT JOIN transfers t ON t.file_id = a.file_id AND t.up = 1",
            &[],
            |r| Ok((r.text(0)?, r.opt_text(1)?, r.int(2)?)),
        )?;
        let change = |(owner, file, state): (String, Option<String>, i64)| {
            (owner, Change { file: file.and_then(FileId::new), up: state == 3, asked: false })
        };
        Ok(Self { waiting: rows.into_iter().map(change).collect() })
    }

    /// The connection is gone: what was asked waits again.
    pub(crate) fn disconnect(&mut self) {
        self.waiting.values_mut().for_each(|change| change.asked = false);
    }

    /// What the picture of an owner will be, while the server does not know.
    fn shown(&self, owner: &str, known: Option<&FileId>) -> Option<FileId> {
        self.waiting.get(owner).map_or_else(|| known.cloned(), |change| change.file.clone())
    }

    /// Of a person: oneself may have changed it just now.
    pub(crate) fn of_person(&self, own: bool, known: Option<&FileId>) -> Option<FileId> {
        if own { self.shown(OWN, known) } else { known.cloned() }
    }

    /// Of a chat.
    pub(crate) fn of_chat(&self, chat: &ChatId, known: Option<&FileId>) -> Option<FileId> {
        self.shown(chat.as_str(), known)
    }
}

impl Engine {
    /// The person chose a picked file as picture of oneself or of a chat; none takes the picture away.
    pub(crate) fn set_avatar(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: Option<&ChatId>,
        file: Option<FileId>,
    ) -> Result<Answer, EngineError> {
        let owner = chat.map_or(OWN, ChatId::as_str).to_owned();
        self.drop_avatar(s, &owner)?;
        if let Some(id) = &file
            && !self.is_picked(s.tx, id)?
        {
            return Ok(Answer::Failed(Failure::FileGone));
        }
        s.tx.execute(
            "INSERT INTO avatars (owner, file_id) VALUES (?1, ?2)",
            params![owner, file.as_ref().map(FileId::as_str)],
        )?;
        let up = file.is_none();
        self.avatars.waiting.insert(owner.clone(), Change { file, up, asked: false });
        self.avatar_changed(s, &owner);
        self.transfers_may_start();
        Ok(DONE)
    }

    /// Asks the server for what is ready.
    pub(crate) fn send_avatars(&mut self, s: &mut Step<'_, '_>) {
        if !self.is_entered() {
            return;
        }
        for (owner, change) in &mut self.avatars.waiting {
            if !change.up || change.asked {
                continue;
            }
            change.asked = true;
            let request = SetAvatar { chat_id: ChatId::new(owner.clone()), file_id: change.file.clone() };
            let ask = Ask::Avatar { owner: owner.clone(), file: change.file.clone() };
            let local_id = s.local_id();
            self.requests.ask(s, ask, Some(local_id), Request::SetAvatar(request));
        }
    }

    /// A file is on the server: perhaps a picture.
    pub(crate) fn avatar_is_up(&mut self, id: &FileId) {
        let of_file = |change: &&mut Change| change.file.as_ref() == Some(id);
        self.avatars.waiting.values_mut().filter(of_file).for_each(|change| change.up = true);
    }

    /// A file cannot go up: a picture stays as it was.
    pub(crate) fn avatar_is_lost(&mut self, s: &mut Step<'_, '_>, id: &FileId) -> Result<(), EngineError> {
        let of_file = |(_, change): &(&String, &Change)| change.file.as_ref() == Some(id);
        let owner = self.avatars.waiting.iter().find(of_file).map(|(owner, _)| owner.clone());
        owner.map_or(Ok(()), |owner| self.drop_avatar(s, &owner))
    }

    /// The server has it, or will not have it: either way what it tells is what shows.
    pub(crate) fn avatar_answered(
        &mut self,
        s: &mut Step<'_, '_>,
        owner: &str,
        file: Option<&FileId>,
    ) -> Result<(), EngineError> {
        let same = self.avatars.waiting.get(owner).is_some_and(|change| change.asked && change.file.as_ref() == file);
        if same { self.drop_avatar(s, owner) } else { Ok(()) }
    }

    fn drop_avatar(&mut self, s: &mut Step<'_, '_>, owner: &str) -> Result<(), EngineError> {
        let Some(old) = self.avatars.waiting.remove(owner) else { return Ok(()) };
        s.tx.execute("DELETE FROM avatars WHERE owner = ?1", params![owner])?;
        self.avatar_changed(s, owner);
        match old.file {
            // One that is up may be in use by now.
            Some(id) if old.up => self.forget_upload(s, &id),
            Some(id) => self.cancel_transfer(s, &id, Way::Up),
            None => Ok(()),
        }
    }

    fn avatar_changed(&mut self, _s: &mut Step<'_, '_>, owner: &str) {
        if let Some(chat) = ChatId::new(owner.to_owned()) {
            self.screen.dirty.chats.insert(chat);
        } else if let Some(me) = self.me() {
            self.screen.dirty.people.insert(me);
            self.screen.dirty.names.insert(me);
        }
    }
}
