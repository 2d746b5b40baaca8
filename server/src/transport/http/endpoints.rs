//! The table of REST endpoints: the router and the OpenAPI document are both made from it, so they cannot disagree.

use axum::http::Method;
use protocol::frame::Request;
use protocol::limits::{COMMIT_FRAME_BYTES_MAX, FRAME_BYTES_MAX};
use protocol::{ProtocolError, frame};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

use super::input::Input;

/// What an endpoint needs to know of the asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Anyone,
    /// A Bearer token.
    Person,
}

/// How an endpoint is answered.
pub(crate) enum Answer {
    /// By this request of the protocol.
    Request(fn(&Input) -> Result<Request, ProtocolError>),
    /// Own profile.
    Me,
    /// A page of history, also by number and time.
    History,
}

/// One endpoint.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    /// Below `/api/v1`.
    pub(crate) path: &'static str,
    /// Unique; names the operation for generated clients.
    pub(crate) id: &'static str,
    /// Groups the endpoints on the page.
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) access: Access,
    /// Of a success.
    pub(crate) status: u16,
    /// Schema of the body, before the fields of the path are taken out.
    pub(crate) body: Option<fn() -> RefOr<Schema>>,
    /// Optional fields of the query.
    pub(crate) query: &'static [&'static str],
    /// Name of the answer's schema; none for an empty answer.
    pub(crate) reply: Option<&'static str>,
    pub(crate) answer: Answer,
}

impl Endpoint {
    /// The names in the path, in order.
    pub(crate) fn path_fields(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Longest body, in bytes.
    pub(crate) fn body_max(&self) -> usize {
        if self.id == "commit" { COMMIT_FRAME_BYTES_MAX } else { FRAME_BYTES_MAX }
    }

    /// Requests that change rows take an `Idempotency-Key`.
    pub(crate) fn is_mutation(&self) -> bool {
        self.method != Method::GET
    }
}

macro_rules! body_schema {
    ($body:ty) => {
        Some((|| <$body as utoipa::PartialSchema>::schema()) as fn() -> RefOr<Schema>)
    };
}

macro_rules! endpoints {
    ($($method:ident $path:literal $id:ident $tag:literal $access:ident $status:literal
       ($($body:ty)?) [$($query:literal)*] -> ($($reply:literal)?) $summary:literal = $answer:expr;)*) => {
        vec![$(Endpoint {
            method: Method::$method,
            path: $path,
            id: stringify!($id),
            tag: $tag,
            summary: $summary,
            access: Access::$access,
            status: $status,
            body: endpoints!(@body $($body)?),
            query: &[$($query),*],
            reply: endpoints!(@reply $($reply)?),
            answer: $answer,
        }),*]
    };
    (@body) => { None };
    (@body $body:ty) => { body_schema!($body) };
    (@reply) => { None };
    (@reply $reply:literal) => { Some($reply) };
}

macro_rules! as_request {
    ($variant:ident) => {
        Answer::Request(|input| Ok(Request::$variant(input.parse()?)))
    };
}

/// All endpoints.
#[rustfmt::skip]
pub(crate) fn all() -> Vec<Endpoint> {
    endpoints! {
        GET "/server" get_server "server" Anyone 200 () [] -> ("Welcome")
            "What server this is, and whether registering needs an invitation"
            = Answer::Request(|_| Ok(Request::Hello(frame::Hello { versions: protocol::VERSIONS.to_vec(), client: String::new() })));

        POST "/auth/register" register "accounts" Anyone 201 (frame::Register) [] -> ("AuthSuccess")
            "Makes an account and logs in" = as_request!(Register);
        POST "/auth/login" login "accounts" Anyone 200 (frame::Login) [] -> ("AuthSuccess")
            "Logs in" = as_request!(Login);
        POST "/auth/refresh" refresh "accounts" Anyone 200 (frame::Refresh) [] -> ("AuthSuccess")
            "Trades a refresh token for new tokens; each works once" = as_request!(Refresh);
        POST "/auth/logout" logout "accounts" Person 200 () [] -> ("Done")
            "Ends this session: its tokens die at once, its streams close" = Answer::Request(|_| Ok(Request::Logout));

        GET "/me" get_me "people" Person 200 () [] -> ("Profile")
            "Own profile" = Answer::Me;
        PATCH "/me" update_me "people" Person 200 (frame::UpdateProfile) [] -> ("Profile")
            "Changes one's own profile; what is absent stays" = as_request!(UpdateProfile);
        PUT "/emoji/{name}" put_emoji "people" Person 200 (frame::PutEmoji) [] -> ("Done")
            "Brings an emoji or sticker of the team's own: an own upload" = as_request!(PutEmoji);
        DELETE "/emoji/{name}" remove_emoji "people" Person 200 () [] -> ("Done")
            "Takes one of the team's emoji away" = as_request!(RemoveEmoji);
        PUT "/me/avatar" set_avatar "people" Person 200 (frame::SetAvatar) [] -> ("Profile")
            "Gives oneself a picture: an own upload; no `file_id` takes it away" = Answer::Request(|input| avatar(input, false));
        GET "/users" list_users "people" Person 200 () ["query" "cursor" "limit"] -> ("Users")
            "The directory of people" = as_request!(ListUsers);
        POST "/users/last-seen" last_seen "people" Person 200 (frame::AskLastSeen) [] -> ("LastSeen")
            "When people were last there, where they show it" = as_request!(LastSeen);
        POST "/users/{user_id}/chat" open_private "chats" Person 200 () [] -> ("ChatState")
            "Opens the private chat with a person" = as_request!(OpenPrivate);

        GET "/chats" list_chats "chats" Person 200 () [] -> ("Chats")
            "Own chats with last message and unread count" = Answer::Request(|_| Ok(Request::ListChats));
        POST "/chats" create_chat "chats" Person 201 (frame::CreateChat) [] -> ("ChatState")
            "Makes a group or a channel" = as_request!(CreateChat);
        PATCH "/chats/{chat_id}" update_chat "chats" Person 200 (frame::UpdateChat) [] -> ("ChatState")
            "Changes name, description or whether it is public" = as_request!(UpdateChat);
        PUT "/chats/{chat_id}/avatar" set_chat_avatar "chats" Person 200 (frame::SetAvatar) [] -> ("ChatState")
            "Gives a chat a picture: an own upload; no `file_id` takes it away" = Answer::Request(|input| avatar(input, true));
        GET "/channels" list_channels "chats" Person 200 () ["query" "cursor" "limit"] -> ("Channels")
            "The directory of public channels" = as_request!(ListChannels);
        POST "/chats/{chat_id}/join" join_chat "chats" Person 200 () [] -> ("ChatState")
            "Joins a public channel" = as_request!(JoinChat);
        POST "/chats/{chat_id}/leave" leave_chat "chats" Person 200 () [] -> ("Done")
            "Leaves a chat" = as_request!(LeaveChat);
        GET "/chats/{chat_id}/members" list_members "members" Person 200 () ["cursor" "limit"] -> ("Members")
            "Who is in a chat" = as_request!(ListMembers);
        POST "/chats/{chat_id}/members" add_member "members" Person 200 (frame::AddMember) [] -> ("Done")
            "Adds a person" = as_request!(AddMember);
        PATCH "/chats/{chat_id}/members/{user_id}" set_role "members" Person 200 (frame::SetRole) [] -> ("Done")
            "Changes a member's role" = as_request!(SetRole);
        DELETE "/chats/{chat_id}/members/{user_id}" remove_member "members" Person 200 () [] -> ("Done")
            "Removes a member" = as_request!(RemoveMember);

        POST "/chats/{chat_id}/messages" post_message "messages" Person 201 (frame::PostMessage) [] -> ("MessageAccepted")
            "Posts a message" = as_request!(Message);
        GET "/chats/{chat_id}/messages" history "messages" Person 200 ()
            ["page" "limit" "before_timestamp" "before_seq" "after_seq" "around_seq" "around_time"] -> ("HistoryPage")
            "A page of messages: by number and time, or before, after or around a place" = Answer::History;
        PATCH "/chats/{chat_id}/messages/{message_id}" edit_message "messages" Person 200 (frame::EditMessage) [] -> ("MessageAccepted")
            "Changes an own message" = as_request!(EditMessage);
        DELETE "/chats/{chat_id}/messages/{message_id}" delete_message "messages" Person 200 () [] -> ("MessageAccepted")
            "Deletes a message" = as_request!(DeleteMessage);
        PUT "/chats/{chat_id}/messages/{message_id}/reactions/{emoji}" react "messages" Person 200 () [] -> ("MessageAccepted")
            "Adds an own reaction" = Answer::Request(|input| reaction(input, true));
        DELETE "/chats/{chat_id}/messages/{message_id}/reactions/{emoji}" unreact "messages" Person 200 () [] -> ("MessageAccepted")
            "Takes an own reaction back" = Answer::Request(|input| reaction(input, false));

        PUT "/chats/{chat_id}/messages/{message_id}/pin" pin_message "messages" Person 200 () [] -> ("MessageAccepted")
            "Keeps a message at the chat's head" = Answer::Request(|input| pin(input, true));
        DELETE "/chats/{chat_id}/messages/{message_id}/pin" unpin_message "messages" Person 200 () [] -> ("MessageAccepted")
            "Takes a message from the chat's head" = Answer::Request(|input| pin(input, false));
        GET "/chats/{chat_id}/messages/{message_id}/thread" thread "messages" Person 200 () ["before_seq" "limit"] -> ("ThreadMessages")
            "A page of the thread under a message" = as_request!(Thread);
        GET "/chats/{chat_id}/pinned" list_pinned "messages" Person 200 () [] -> ("Pinned")
            "What is kept at the chat's head, pinned last first" = as_request!(ListPinned);
        GET "/chats/{chat_id}/messages/{message_id}/versions" list_versions "messages" Person 200 () [] -> ("Versions")
            "What a message said before it was changed, oldest first" = as_request!(ListVersions);

        PUT "/chats/{chat_id}/messages/{message_id}/vote" vote "messages" Person 200 (frame::Vote) [] -> ("MessageAccepted")
            "Votes in a poll, in place of an earlier vote; no options take it back" = as_request!(Vote);
        POST "/chats/{chat_id}/messages/{message_id}/close" close_poll "messages" Person 200 () [] -> ("MessageAccepted")
            "Closes a poll" = as_request!(ClosePoll);
        GET "/chats/{chat_id}/messages/{message_id}/voters" list_voters "messages" Person 200 () ["option" "cursor" "limit"] -> ("Voters")
            "Who chose an answer of a poll, unless it is anonymous" = as_request!(ListVoters);

        GET "/search" search "messages" Person 200 () ["query" "chat_id" "sender_id" "has" "before" "after" "cursor" "limit"] -> ("Found")
            "Messages of one's own chats by their words, newest first" = as_request!(Search);

        DELETE "/chats/{chat_id}/messages/{message_id}/preview" remove_preview "messages" Person 200 () [] -> ("MessageAccepted")
            "Its writer takes the preview of a link from a message" = as_request!(RemovePreview);

        GET "/files/{file_id}" get_file "files" Person 200 () [] -> ("FileState")
            "What is known of a file; its content is at `/files/{file_id}/content`, uploads go by tus to `/files`" = as_request!(GetFile);
        GET "/chats/{chat_id}/files" list_files "files" Person 200 () ["before_seq" "limit"] -> ("Files")
            "The messages of a chat that have files, newest first" = as_request!(ListFiles);

        POST "/chats/{chat_id}/read" mark_read "marks" Person 200 (frame::SeqMark) [] -> ("Done")
            "Marks as read up to a place" = as_request!(Read);
        POST "/chats/{chat_id}/delivered" mark_delivered "marks" Person 204 (frame::SeqMark) [] -> ()
            "Marks as received up to a place" = as_request!(Delivered);
        POST "/chats/{chat_id}/typing" typing "marks" Person 204 () [] -> ()
            "Is typing" = as_request!(Typing);

        PUT "/me/items/{key}" put_item "people" Person 200 (frame::PutItem) [] -> ("ItemState")
            "Keeps an entry of one's own data, or takes it away" = as_request!(PutItem);

        POST "/me/devices" publish_keys "encryption" Person 200 (frame::PublishKeys) [] -> ("DeviceState")
            "Makes this log-in a device for encrypted chats, and gives it key packages" = as_request!(PublishKeys);
        DELETE "/me/devices/{device_id}" remove_device "encryption" Person 200 () [] -> ("Done")
            "Takes an own device out of everything, and ends its session" = as_request!(RemoveDevice);
        POST "/chats/{chat_id}/keys" claim_keys "encryption" Person 200 () [] -> ("Keys")
            "Key packages of the devices that are missing in a chat's group" = as_request!(ClaimKeys);
        POST "/chats/{chat_id}/commits" commit "encryption" Person 201 (frame::Commit) [] -> ("CommitAccepted")
            "Ends an epoch of a chat's group, or begins a group" = as_request!(Commit);
        PUT "/chats/{chat_id}/members/{user_id}/past/{key}" hand_past "encryption" Person 200 (frame::HandPast) [] -> ("Done")
            "Hands a newcomer of an encrypted group a part of what was said before them" = as_request!(HandPast);
        GET "/chats/{chat_id}/commits" list_commits "encryption" Person 200 () ["generation" "from_epoch"] -> ("Commits")
            "The commits of a chat's group" = as_request!(ListCommits);

        POST "/invitations" create_invitation "invitations" Person 201 (frame::CreateInvitation) [] -> ("Invitation")
            "Makes an invitation" = as_request!(CreateInvitation);
        DELETE "/invitations/{invitation_id}" revoke_invitation "invitations" Person 200 () [] -> ("Done")
            "Ends an invitation" = as_request!(RevokeInvitation);
        POST "/invitations/accept" accept_invitation "invitations" Person 200 (frame::AcceptInvitation) [] -> ("ChatState")
            "Uses an invitation into a chat; where someone has to decide, the answer is a `join_requested`" = as_request!(AcceptInvitation);
        GET "/chats/{chat_id}/requests" list_join_requests "invitations" Person 200 () [] -> ("JoinRequests")
            "Who asked to come in" = as_request!(ListJoinRequests);
        PUT "/chats/{chat_id}/requests/{user_id}" answer_join "invitations" Person 200 (frame::AnswerJoin) [] -> ("Done")
            "Lets someone in who asked, or not" = as_request!(AnswerJoin);

        POST "/sync" sync "sync" Person 200 (frame::Sync) [] -> ("ChangesList")
            "Rows of scopes above what the asker has" = as_request!(Sync);
    }
}

fn reaction(input: &Input, on: bool) -> Result<Request, ProtocolError> {
    let reference: frame::MessageRef = input.parse()?;
    let emoji = input.parse::<Emoji>()?.emoji;
    Ok(Request::React(frame::React { chat_id: reference.chat_id, message_id: reference.message_id, emoji, on }))
}

fn avatar(input: &Input, of_chat: bool) -> Result<Request, ProtocolError> {
    let wish: frame::SetAvatar = input.parse()?;
    let chat_id = wish.chat_id.filter(|_| of_chat);
    Ok(Request::SetAvatar(frame::SetAvatar { chat_id, file_id: wish.file_id }))
}

fn pin(input: &Input, on: bool) -> Result<Request, ProtocolError> {
    let frame::MessageRef { chat_id, message_id } = input.parse()?;
    Ok(Request::PinMessage(frame::PinMessage { chat_id, message_id, on }))
}

#[derive(serde::Deserialize)]
struct Emoji {
    emoji: String,
}

/// A schema without the properties that the path gives.
pub(crate) fn without(schema: RefOr<Schema>, names: &[&str]) -> RefOr<Schema> {
    let Ok(mut value) = serde_json::to_value(&schema) else { return schema };
    if let Some(properties) = value.get_mut("properties").and_then(Value::as_object_mut) {
        for name in names {
            properties.remove(*name);
        }
    }
    if let Some(required) = value.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|field| field.as_str().is_none_or(|field| !names.contains(&field)));
    }
    serde_json::from_value(value).unwrap_or(schema)
}
