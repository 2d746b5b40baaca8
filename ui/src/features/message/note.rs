//! System notes in words.

use view::SystemNote;

use crate::features::disappearing::length_words;
use crate::i18n::{t, t_with};

/// What happened, as a sentence; tracks the language.
pub fn note_words(note: &SystemNote) -> String {
    match note {
        SystemNote::ChatCreated { by } => t_with("note-chat-created", &[("by", by.as_str().into())]),
        SystemNote::MemberJoined { who } => t_with("note-joined", &[("who", who.as_str().into())]),
        SystemNote::MemberAdded { who, by } => {
            t_with("note-added", &[("who", who.as_str().into()), ("by", by.as_str().into())])
        }
        SystemNote::MemberLeft { who } => t_with("note-left", &[("who", who.as_str().into())]),
        SystemNote::MemberRemoved { who, by } => {
            t_with("note-removed", &[("who", who.as_str().into()), ("by", by.as_str().into())])
        }
        SystemNote::Renamed { by, name } => {
            t_with("note-renamed", &[("by", by.as_str().into()), ("name", name.as_str().into())])
        }
        SystemNote::Pinned { by, .. } => t_with("note-pinned", &[("by", by.as_str().into())]),
        SystemNote::Encrypted { by } => t_with("note-encrypted", &[("by", by.as_str().into())]),
        SystemNote::Disappearing { by, after: None } => t_with("note-disappearing-off", &[("by", by.as_str().into())]),
        SystemNote::Disappearing { by, after: Some(seconds) } => {
            t_with("note-disappearing", &[("by", by.as_str().into()), ("length", length_words(*seconds).into())])
        }
        SystemNote::Other => t("note-other"),
    }
}
