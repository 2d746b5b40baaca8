//! Bodies about messages: posting, changing, reading back, marks.

use crate::everyone::Everyone;
use crate::file::Attach;
use crate::id::{ChatId, MessageId, UserId};
use crate::model::{Message, MessageType};
use crate::poll::NewPoll;
use crate::time::Timestamp;

bodies! {
    /// Body of `history`: the `limit` messages before, after or around a `seq`; without any, the newest.
    History {
        /// Which chat.
        chat_id: ChatId,
        /// Only messages with a smaller `seq`, the newest of them.
        #[serde(default)] before_seq: Option<u64>,
        /// Only messages with a larger `seq`, the oldest of them.
        #[serde(default)] after_seq: Option<u64>,
        /// Half before, half from this `seq` on.
        #[serde(default)] around_seq: Option<u64>,
        /// Half before, half from the first message at or after this moment on.
        #[serde(default)] around_time: Option<Timestamp>,
        /// 1 to [`crate::limits::PAGE_MESSAGES_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `message` (the given shape; in REST without `chat_id`).
    PostMessage {
        /// Where to.
        chat_id: ChatId,
        /// Text, or a sealed envelope with `encrypt_for_recipients`.
        content: String,
        /// `text` unless said.
        #[serde(default)] message_type: MessageType,
        /// A message of the same chat.
        #[serde(default)] reply_to: Option<MessageId>,
        /// Members called by name.
        #[serde(default)] mentions: Vec<UserId>,
        /// The sender's own first reactions.
        #[serde(default)] reactions: Vec<String>,
        /// `content` is sealed by the sender.
        #[serde(default)] encrypt_for_recipients: bool,
        /// The message that is said again here: one that the sender can read, with the same content.
        #[serde(default, skip_serializing_if = "Option::is_none")] forward_of: Option<MessageRef>,
        /// The message in whose thread this is said: one of the same chat's main line.
        #[serde(default, skip_serializing_if = "Option::is_none")] thread: Option<MessageId>,
        /// Files, at most [`crate::limits::ATTACHMENTS_MAX`]. A forwarded message has those of the original, without being told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] attachments: Vec<Attach>,
        /// The content is a question to vote on. A forwarded poll is asked anew, or told with its results, without being told.
        #[serde(default, skip_serializing_if = "Option::is_none")] poll: Option<Box<NewPoll>>,
        /// Mention everyone, or everyone who is there now; not in private chats.
        #[serde(default, skip_serializing_if = "Option::is_none")] everyone: Option<Everyone>,
    }
    /// Body of `edit_message`.
    EditMessage {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
        /// The new content, whole.
        content: String,
        /// The new mentions, whole.
        #[serde(default)] mentions: Vec<UserId>,
        /// `content` is sealed by the sender.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] encrypt_for_recipients: bool,
    }
    /// Names a message.
    MessageRef {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
    }
    /// Body of `react`.
    React {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
        /// One emoji.
        emoji: String,
        /// `true` adds, `false` takes back.
        on: bool,
    }
    /// Body of `thread`: messages of one thread, the newest before a `seq`; without it, the newest.
    ThreadPage {
        /// The chat.
        chat_id: ChatId,
        /// The thread's first message.
        message_id: MessageId,
        /// Only messages with a smaller `seq`.
        #[serde(default)] before_seq: Option<u64>,
        /// 1 to [`crate::limits::PAGE_MESSAGES_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `pin_message`.
    PinMessage {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
        /// `true` pins, `false` takes the pin away.
        on: bool,
    }
    /// A place in a chat's history.
    SeqMark {
        /// The chat.
        chat_id: ChatId,
        /// Up to and with this message.
        seq: u64,
    }
    /// Body of `history_page`.
    HistoryPage {
        /// Which chat.
        chat_id: ChatId,
        /// By `seq`, rising, without holes.
        messages: Vec<Message>,
        /// There are older ones.
        has_more_before: bool,
        /// There are newer ones.
        has_more_after: bool,
    }
    /// Body of `thread_messages`.
    ThreadMessages {
        /// The chat.
        chat_id: ChatId,
        /// The thread's first message.
        root: Box<Message>,
        /// By `seq`, rising.
        messages: Vec<Message>,
        /// There are older ones.
        has_more_before: bool,
    }
    /// Body of `message_accepted`: on disk, in its place.
    MessageAccepted {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
        /// Its place.
        seq: u64,
        /// The revision of this change.
        rev: u64,
        /// When the server accepted the message.
        timestamp: Timestamp,
    }
}
