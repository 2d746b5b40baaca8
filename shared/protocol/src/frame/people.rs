//! Bodies about people: the directory, profiles, presence.

use crate::id::{ChatId, FileId, UserId};
use crate::model::PresenceStatus;

bodies! {
    /// Names a person.
    UserRef {
        /// The person.
        user_id: UserId,
    }
    /// Body of `presence`.
    SetPresence {
        /// `offline` hides.
        status: PresenceStatus,
    }
    /// Body of `list_users` and `list_channels`.
    Directory {
        /// Prefix of any word of a name, without regard to case and ё/е; empty for all.
        #[serde(default)] query: String,
        /// `next_cursor` of the page before.
        #[serde(default)] cursor: Option<String>,
        /// 1 to [`crate::limits::DIRECTORY_PAGE_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `update_profile`; what is absent stays.
    UpdateProfile {
        /// What to show.
        #[serde(default)] display_name: Option<String>,
        /// A few words about oneself.
        #[serde(default)] bio: Option<String>,
        /// What one is doing now.
        #[serde(default)] custom_status: Option<String>,
    }
    /// Body of `put_emoji`.
    PutEmoji {
        /// See [`crate::emoji::is_emoji_name`]; one that is known is changed.
        name: String,
        /// An own upload: PNG, JPEG, WebP or GIF of at most [`crate::limits::EMOJI_BYTES_MAX`], a sticker of
        /// [`crate::limits::STICKER_BYTES_MAX`].
        file_id: FileId,
        /// Large, in a message of its own.
        #[serde(default)] sticker: bool,
        /// The set it belongs to; at most 80 characters.
        #[serde(default)] pack: String,
    }
    /// Names one of the team's emoji.
    EmojiRef {
        /// Its name.
        name: String,
    }
    /// Body of `set_avatar`.
    SetAvatar {
        /// The group or channel; without it, one's own.
        #[serde(default)] chat_id: Option<ChatId>,
        /// An own upload: PNG, JPEG or WebP of at most [`crate::limits::AVATAR_BYTES_MAX`]; without it, none from now on.
        #[serde(default)] file_id: Option<FileId>,
    }
}
