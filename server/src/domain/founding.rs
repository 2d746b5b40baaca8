//! What a new server has: an identity, and the channel `general`.

use protocol::{Chat, ChatId, ChatKind, Scope};

use super::{Cx, Failure, SERVER, names};
use crate::state::ServerIdentity;
use crate::store::{chats, settings};

const SERVER_ID: &str = "server_id";
const INCARNATION: &str = "incarnation";
const NAME: &str = "name";
/// What a server is called until someone gives it a name.
const NAME_DEFAULT: &str = "Hybrid";

/// Reads the identity, making what is missing; a name that is not empty replaces the kept one.
///
/// # Errors
/// `invalid_field` when the name is too long.
pub fn found(cx: &mut Cx<'_, '_>, name: &str) -> Result<ServerIdentity, Failure> {
    if !name.is_empty() {
        let name = names::chat_name(name)?;
        settings::set(cx.tx, NAME, &name)?;
    }
    if chats::get(cx.tx, &ChatId::general())?.is_none() {
        let rev = cx.next_rev(&Scope::Chat(ChatId::general()))?;
        let general = Chat {
            avatar: None,
            id: ChatId::general(),
            chat_type: ChatKind::Channel,
            name: "general".to_owned(),
            description: String::new(),
            creator_id: SERVER,
            created_at: cx.now,
            updated_at: cx.now,
            public: true,
            encrypted: false,
            rights: protocol::Rights::default(),
            disappear_after: None,
            member_count: 0,
            join_requests: 0,
            last_seq: 0,
            rev,
        };
        chats::insert(cx.tx, &general, "general", " general")?;
    }
    Ok(ServerIdentity {
        server_id: kept_id(cx, SERVER_ID)?,
        incarnation: kept_id(cx, INCARNATION)?,
        name: settings::get(cx.tx, NAME)?.unwrap_or_else(|| NAME_DEFAULT.to_owned()),
    })
}

/// After a restore from a backup: clients that are ahead offer again what they have.
///
/// # Errors
/// See [`sql::Error`].
pub fn reincarnate(cx: &mut Cx<'_, '_>) -> Result<String, Failure> {
    let id = cx.new_id().to_string();
    settings::set(cx.tx, INCARNATION, &id)?;
    Ok(id)
}

fn kept_id(cx: &mut Cx<'_, '_>, key: &str) -> Result<String, Failure> {
    if let Some(id) = settings::get(cx.tx, key)? {
        return Ok(id);
    }
    let id = cx.new_id().to_string();
    settings::set(cx.tx, key, &id)?;
    Ok(id)
}
