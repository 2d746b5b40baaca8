//! Chats: making them, changing them, listing one's own.

mod create;
mod list;
mod private;

pub use create::{create, update};
pub use list::{list, state};
pub use private::{ensure, open};

use protocol::{Chat, Row, Scope};

use super::{Cx, Failure, names};
use crate::store::chats;

/// Writes a changed chat under a new revision and tells its members.
pub(super) fn save(cx: &mut Cx<'_, '_>, chat: &mut Chat) -> Result<(), Failure> {
    let scope = Scope::Chat(chat.id.clone());
    chat.rev = cx.next_rev(&scope)?;
    chats::update(cx.tx, chat, &names::fold(&chat.name), &names::search_text(&[&chat.name, &chat.description]))?;
    cx.tell_row(scope, Row::Chat(chat.clone()));
    Ok(())
}
