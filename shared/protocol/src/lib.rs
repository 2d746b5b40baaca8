//! What clients and servers say to each other: frames, ids, limits, error codes. Performs no I/O; reads no clock.
//!
//! Start at [`frame`]: every operation is a [`frame::Request`], every answer a [`frame::ServerFrame`]. WebSocket text
//! frames, TCP lines and REST bodies carry the same types; `docs/protocol.md` tells the rest.

pub mod codec;
pub mod emoji;
pub mod encryption;
pub mod error;
pub mod everyone;
pub mod file;
pub mod frame;
pub mod id;
pub mod invitation;
pub mod limits;
pub mod model;
pub mod poll;
pub mod preview;
pub mod privacy;
pub mod scope;
pub mod time;
pub mod timed;

pub use emoji::TeamEmoji;
pub use encryption::{Admission, Device, Group, GroupDevice, Handshake};
pub use error::{ErrorCode, ProtocolError};
pub use everyone::Everyone;
pub use file::{About, Attach, Attachment, FileInfo};
pub use frame::{ClientFrame, Request, ServerFrame};
pub use id::{ChatId, DeviceId, FileId, LocalId, MessageId, RequestId, UserId};
pub use invitation::InvitationLink;
pub use model::{
    Chat, ChatKind, Forwarded, Item, Member, Membership, Message, MessageType, Note, PresenceStatus, Replies, Rights,
    Role, User, Version,
};
pub use poll::{Ballot, NewPoll, OwnVote, Poll, PollOption, Quiz};
pub use preview::LinkPreview;
pub use privacy::{Audience, Contact, Privacy};
pub use scope::{Row, Scope};
pub use time::Timestamp;

/// Protocol versions this build speaks, oldest first. Two adjacent versions interoperate.
pub const VERSIONS: &[u16] = &[1];
