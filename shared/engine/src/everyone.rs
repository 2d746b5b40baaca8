//! `@all` and `@here` in what a person writes.

use protocol::{ChatKind, Everyone};

use crate::chats::ChatInfo;

impl ChatInfo {
    /// Oneself may mention everyone here.
    pub(crate) fn may_mention_everyone(&self) -> bool {
        self.kind != ChatKind::Private && self.person_may(self.rights.everyone_from(self.kind))
    }

    /// Whom of everyone a text mentions: nobody, where its writer may not.
    pub(crate) fn everyone_in(&self, text: &str) -> Option<Everyone> {
        if self.may_mention_everyone() { Everyone::in_text(text) } else { None }
    }
}
