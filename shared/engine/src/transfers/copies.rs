//! What becomes of files that are said where the server may not read them, or may where it could not before: sealed on the way
//! up, and brought over from one chat to another by this device.

use protocol::{About, Attachment, ChatId, FileId, FileInfo, MessageId, Timestamp};
use sql::params;
use view::Way;

use super::{Stand, get, insert};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::Details;
use crate::sealing::files::{BYTES, new_seal};
use crate::step::Step;

impl Engine {
    /// A picked file goes up sealed.
    pub(super) fn seal_upload(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &MessageId,
        file: &mut FileInfo,
    ) -> Result<(), EngineError> {
        file.encrypted = true;
        if file.mime_type.is_empty() {
            // Nobody else can look.
            BYTES.clone_into(&mut file.mime_type);
        }
        s.tx.execute(
            "UPDATE transfers SET file = ?2 WHERE file_id = ?1 AND up = 1",
            params![file.id.as_str(), serde_json::to_string(file)?],
        )?;
        new_seal(s, chat, message, file)
    }

    /// So does the small picture of one.
    pub(super) fn seal_thumbnail(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &MessageId,
        about: &About,
    ) -> Result<(), EngineError> {
        let Some(id) = &about.thumbnail_id else { return Ok(()) };
        match get(s.tx, id, Way::Up)? {
            Some(kept) => self.seal_upload(s, chat, message, &mut { kept.file }),
            None => Ok(()),
        }
    }

    /// The files of what is forwarded go up once more, as other files: out of a chat that is sealed, or into one. The small
    /// pictures of files that come out of the clear are left behind: how large they are is not known.
    pub(crate) fn bring_files(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &MessageId,
        seals: bool,
        details: &mut Details,
    ) -> Result<(), EngineError> {
        for attachment in &mut details.attachments {
            self.bring_file(s, chat, message, seals, attachment)?;
        }
        details.brought = true;
        self.transfers.look = true;
        Ok(())
    }

    fn bring_file(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &MessageId,
        seals: bool,
        attachment: &mut Attachment,
    ) -> Result<(), EngineError> {
        let Attachment { file, about } = attachment;
        let source = file.id.clone();
        file.id = FileId::from(s.local_id());
        (file.encrypted, file.encryption_key_id) = (seals, None);
        (file.hash, file.uploaded_at) = (String::new(), Timestamp(0));
        self.copy_up(s, chat, message, seals, file, &source)?;
        let thumbnail = match about.thumbnail_id.take() {
            Some(id) => crate::sealing::files::seal_of(s.tx, &id)?.map(|seal| (id, seal.length())),
            None => None,
        };
        if let Some((source, size)) = thumbnail {
            let id = FileId::from(s.local_id());
            let picture = FileInfo { id: id.clone(), name: "picture".to_owned(), size, ..file.clone() };
            self.copy_up(s, chat, message, seals, &picture, &source)?;
            about.thumbnail_id = Some(id);
        }
        Ok(())
    }

    fn copy_up(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &MessageId,
        seals: bool,
        file: &FileInfo,
        source: &FileId,
    ) -> Result<(), EngineError> {
        insert(s.tx, Way::Up, file, "", 0, Stand::Waits)?;
        s.tx.execute(
            "UPDATE transfers SET chat_id = ?2, message_id = ?3, source = ?4 WHERE file_id = ?1 AND up = 1",
            params![file.id.as_str(), chat.as_str(), message.as_str(), source.as_str()],
        )?;
        if seals {
            new_seal(s, chat, message, file)?;
        }
        self.tell_transfer(s, &file.id, Way::Up)
    }
}
