//! The team's own emoji and stickers, as the cache has them. They show offline, and so do their pictures once they were seen.

use protocol::frame::{EmojiRef, PutEmoji};
use protocol::{FileId, Request, TeamEmoji, UserId};
use sql::{Error, Row, Tx, params};
use view::{Failure, NewEmoji, Update};

use crate::commands::Answer;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::requests::{Ask, Waiting};
use crate::step::Step;

const COLUMNS: &str = "name, file_id, sticker, pack, by_id, rev";

fn read(r: &Row<'_>) -> Result<TeamEmoji, Error> {
    Ok(TeamEmoji {
        name: r.text(0)?,
        file_id: FileId::new(r.text(1)?).ok_or_else(|| Error::Bug("emoji.file_id is no id".to_owned()))?,
        sticker: r.flag(2)?,
        pack: r.text(3)?,
        by: UserId(r.int(4)?),
        removed: false,
        rev: r.count(5)?,
    })
}

/// All of them, by name.
fn all(tx: &mut Tx<'_>) -> Result<Vec<TeamEmoji>, Error> {
    tx.rows(&format!("SELECT {COLUMNS} FROM emoji WHERE removed = 0 ORDER BY name"), &[], read)
}

impl Engine {
    /// After `Start`.
    pub(crate) fn show_team_emoji(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let emoji = all(s.tx)?;
        s.update(Update::TeamEmoji { emoji });
        Ok(())
    }

    /// A row of the team's scope.
    pub(crate) fn emoji_came(&mut self, s: &mut Step<'_, '_>, row: TeamEmoji) -> Result<(), EngineError> {
        let news = s.tx.execute(
            "INSERT INTO emoji (name, file_id, sticker, pack, by_id, removed, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (name) DO UPDATE SET file_id = excluded.file_id, sticker = excluded.sticker,
                 pack = excluded.pack, by_id = excluded.by_id, removed = excluded.removed, rev = excluded.rev
             WHERE excluded.rev > emoji.rev",
            params![row.name, row.file_id.as_str(), row.sticker, row.pack, row.by.0, row.removed, row.rev],
        )?;
        if news > 0 {
            s.update(Update::TeamEmojiChanged { emoji: row });
        }
        Ok(())
    }

    /// Brings picked pictures as emoji: each is given to the server once it is up. Needs the network.
    pub(crate) fn add_emoji(
        &mut self,
        s: &mut Step<'_, '_>,
        id: u32,
        NewEmoji { name, file_id, sticker, pack }: NewEmoji,
    ) -> Result<Answer, EngineError> {
        if !self.is_entered() {
            return Ok(Answer::Failed(Failure::Offline));
        }
        if !self.is_picked(s.tx, &file_id)? {
            return Ok(Answer::Failed(Failure::FileGone));
        }
        // Of no chat and no message: it moves now, and is forgotten at the next start.
        s.tx.execute(
            "UPDATE transfers SET chat_id = '', message_id = '' WHERE file_id = ?1 AND up = 1",
            params![file_id.as_str()],
        )?;
        let put = PutEmoji { name, file_id: file_id.clone(), sticker, pack };
        self.uploads.insert(file_id, (id, put));
        self.transfers_may_start();
        Ok(Answer::Later)
    }

    /// A file is on the server: perhaps an emoji.
    pub(crate) fn emoji_is_up(&mut self, s: &mut Step<'_, '_>, file: &FileId) -> Result<(), EngineError> {
        let Some((id, put)) = self.uploads.remove(file) else { return Ok(()) };
        self.forget_upload(s, file)?;
        let local_id = s.local_id();
        self.requests.ask(s, Ask::Command { id, what: Waiting::Done }, Some(local_id), Request::PutEmoji(put));
        Ok(())
    }

    /// A file cannot go up.
    pub(crate) fn emoji_is_lost(&mut self, s: &mut Step<'_, '_>, file: &FileId, failure: Failure) {
        if let Some((id, _)) = self.uploads.remove(file) {
            Self::reply(s, id, view::CommandReply::Failed { failure });
        }
    }

    /// The connection is gone: who waits is told, and tries again.
    pub(crate) fn emoji_disconnected(&mut self, s: &mut Step<'_, '_>) {
        for (id, _) in std::mem::take(&mut self.uploads).into_values() {
            Self::reply(s, id, view::CommandReply::Failed { failure: Failure::Offline });
        }
    }

    pub(crate) fn remove_emoji(name: String) -> Request {
        Request::RemoveEmoji(EmojiRef { name })
    }
}
