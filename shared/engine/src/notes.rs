//! System notes: from the server's JSON to what the screen says. Names are put in by the caller.

use protocol::{Note, UserId};
use view::SystemNote;

/// Reads a note; what is not understood is [`SystemNote::Other`].
pub(crate) fn read(content: &str, mut name: impl FnMut(UserId) -> String) -> SystemNote {
    match serde_json::from_str::<Note>(content).ok() {
        Some(Note::ChatCreated { by }) => SystemNote::ChatCreated { by: name(by) },
        Some(Note::MemberJoined { user_id }) => SystemNote::MemberJoined { who: name(user_id) },
        Some(Note::MemberAdded { user_id, by }) => SystemNote::MemberAdded { who: name(user_id), by: name(by) },
        Some(Note::MemberLeft { user_id }) => SystemNote::MemberLeft { who: name(user_id) },
        Some(Note::MemberRemoved { user_id, by }) => SystemNote::MemberRemoved { who: name(user_id), by: name(by) },
        Some(Note::Pinned { by, message_id }) => SystemNote::Pinned { by: name(by), message_id },
        Some(Note::Renamed { by, name: new }) => SystemNote::Renamed { by: name(by), name: new },
        Some(Note::Encrypted { by }) => SystemNote::Encrypted { by: name(by) },
        Some(Note::Disappearing { by, after }) => SystemNote::Disappearing { by: name(by), after },
        None => SystemNote::Other,
    }
}
