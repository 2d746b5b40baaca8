//! What the screen shows and what a person can ask for: the only language between the UI and its host.
//!
//! The UI sends [`Command`]s and applies [`Update`]s. The host is the desktop shell (Tauri IPC) or the browser worker
//! (`postMessage`); both carry the same JSON. No keys, tokens or passwords ever come back in an [`Update`].

pub mod command;
pub mod encryption;
pub mod export;
pub mod files;
pub mod folders;
pub mod host;
pub mod inbox;
pub mod kept;
pub mod notify;
pub mod preferences;
pub mod rows;
pub mod shared;
pub mod themes;
pub mod update;

pub use command::{Command, CommandEnvelope, Draft, ServerTarget};
pub use encryption::{CodeCheck, DeviceRow, DeviceStanding, ReaderRow};
pub use export::ExportFormat;
pub use files::{NewEmoji, PickedRow, SendFile, TransferRow, TransferState, Way};
pub use folders::{Folder, FolderRule, Wanted};
pub use host::{DiscoveredTeam, HostCommand, HostState, HostUpdate, LockState, TeamRow};
pub use inbox::{InboxRow, InboxWhat};
pub use kept::{Kept, NO_SEALED_PREVIEWS};
pub use preferences::{Density, MessageLayout, Preferences};
pub use protocol::emoji::{self, TeamEmoji};
pub use protocol::poll::{NewPoll, Quiz};
pub use protocol::preview::{LinkPreview, NO_PREVIEWS};
pub use protocol::timed::When;
pub use protocol::{
    About, Attachment, Audience, ChatId, ChatKind, Contact, DeviceId, ErrorCode, Everyone, FileId, FileInfo, LocalId,
    MessageId, PresenceStatus, Privacy, Rights, Role, Timestamp, UserId,
};
pub use rows::{
    ChatRow, ChatSettings, Delivery, ForwardRow, MemberRow, MessageContent, MessageRow, NotifyAbout, OwnEmoji,
    PersonRow, PollOptionRow, PollRow, QuoteRow, ReactionRow, ReminderRow, RepliesRow, ScheduledRow, SystemNote,
    ThreadRow, WaitingRow,
};
pub use shared::{SharedKind, SharedRow};
pub use update::{
    CommandReply, Connection, Failure, Me, Notice, SearchHit, Stage, TimelineDiff, TimelinePosition, Update,
};
