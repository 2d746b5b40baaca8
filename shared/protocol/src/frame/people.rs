//! Bodies about people: the directory, profiles, presence.

use crate::id::{ChatId, FileId, UserId};
use crate::model::PresenceStatus;
use crate::time::Timestamp;

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
        /// What one is doing now. Alone it stays until it is changed.
        #[serde(default)] custom_status: Option<String>,
        /// What one is doing now, in an emoji, and until when; in place of `custom_status`.
        #[serde(default, skip_serializing_if = "Option::is_none")] status: Option<Status>,
    }
    /// What one is doing now; all empty: nothing is said.
    Status {
        /// One emoji, or empty.
        #[serde(default)] emoji: String,
        /// 0–80 characters.
        #[serde(default)] text: String,
        /// Ends by itself then.
        #[serde(default, skip_serializing_if = "Option::is_none")] until: Option<Timestamp>,
    }
    /// Body of `last_seen`.
    AskLastSeen {
        /// 1 to [`crate::limits::LAST_SEEN_MAX`] people.
        user_ids: Vec<UserId>,
    }
    /// When someone was last there.
    Seen {
        /// Who.
        user_id: UserId,
        /// Absent when it is not known, or hidden.
        #[serde(default, skip_serializing_if = "Option::is_none")] at: Option<Timestamp>,
        /// The person does not show it, or the one who asks hides their own.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] hidden: bool,
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
