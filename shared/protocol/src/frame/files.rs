//! Bodies about files; their bytes travel over HTTP alone.

use crate::id::{ChatId, FileId};
use crate::model::Message;

bodies! {
    /// Names a file.
    FileRef {
        /// The file.
        file_id: FileId,
    }
    /// Body of `list_files`: the messages of a chat that have files, the newest before a `seq`; without it, the newest.
    ListFiles {
        /// The chat.
        chat_id: ChatId,
        /// Only messages with a smaller `seq`.
        #[serde(default)] before_seq: Option<u64>,
        /// 1 to [`crate::limits::PAGE_MESSAGES_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `files`.
    FilesPage {
        /// The chat.
        chat_id: ChatId,
        /// Messages with `attachments`, the newest first.
        messages: Vec<Message>,
        /// There are older ones.
        has_more_before: bool,
    }
}
