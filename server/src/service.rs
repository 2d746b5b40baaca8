//! From a frame to its answers: the same for WebSocket, TCP and REST.

use protocol::frame::{AuthSuccess, Event, MessageAccepted, Reply, Request, ScopeHave, Welcome};
use protocol::limits::{HEARTBEAT_MS, SYNC_SCOPES_MAX};
use protocol::{ClientFrame, ErrorCode, Everyone, LocalId, ProtocolError, RequestId, ServerFrame, VERSIONS};

use crate::auth::{self, Granted};
use crate::domain::{
    Cx, Failure, access, avatars, chats, devices, directory, emoji, files, groups, invitations, items, join_requests,
    marks, members, messages, once, past, previews, privacy, search, sync, timed, users,
};
use crate::hub::Connection;
use crate::session::{Session, Who};
use crate::state::App;
use crate::store;

/// Scopes that one look at the database answers: few looks, but no reader is held up for long.
const SCOPES_AT_ONCE: usize = 16;

/// The request changes the [`Session`]: finish what is under way on this connection, then call [`handle`].
/// Anything else may go through [`dispatch`], several at once.
pub fn changes_session(request: &Request) -> bool {
    use Request::*;
    matches!(request, Hello(_) | Register(_) | Login(_) | Auth(_) | Refresh(_) | Logout)
}

/// The request changes rows. Several may be under way at once on a connection: they take their places in the order in
/// which the futures of [`dispatch`] are first polled, and share a commit. Wait for them before anything that reads.
pub fn is_mutation(request: &Request) -> bool {
    use Request::*;
    !changes_session(request)
        && !matches!(
            request,
            Ping | Sync(_)
                | History(_)
                | Thread(_)
                | ListPinned(_)
                | ListVersions(_)
                | ListVoters(_)
                | Search(_)
                | GetFile(_)
                | ListFiles(_)
                | ListJoinRequests(_)
                | ListChats
                | ListMembers(_)
                | ListUsers(_)
                | ListChannels(_)
                | ListCommits(_)
                | LastSeen(_)
        )
}

/// Answers any frame. `sync` gets one answer per scope, in the order asked; `delivered`, `typing` and `presence` get none
/// unless they are refused; everything else gets one.
pub async fn handle(app: &App, session: &mut Session, frame: ClientFrame) -> Vec<ServerFrame> {
    if !changes_session(&frame.request) {
        return dispatch(app.clone(), session.who, frame).await;
    }
    let reply = enter(app, session, frame.local_id, frame.request).await;
    vec![answer(frame.request_id, reply)]
}

/// Like [`handle`], for frames that do not change the session. Its place in the order is taken at the first poll.
pub async fn dispatch(app: App, who: Option<Who>, frame: ClientFrame) -> Vec<ServerFrame> {
    let ClientFrame { request_id, local_id, request } = frame;
    match request {
        Request::Ping => vec![answer(request_id, Ok(Reply::Pong { server_time: app.now() }))],
        request => match admitted(&app, who) {
            Err(error) => vec![ServerFrame::error(request_id, error)],
            Ok(who) => match request {
                Request::Sync(body) => catch_up(&app, who, request_id, body.scopes).await,
                Request::Delivered(_) | Request::Typing(_) | Request::Presence(_) => {
                    let done = ephemeral(&app, who, request).await;
                    done.err().map(|error| ServerFrame::error(request_id, error)).into_iter().collect()
                }
                request => vec![answer(request_id, call(&app, who, local_id, request).await)],
            },
        },
    }
}

/// Makes an authenticated stream live: from here on it gets its person's events. One per stream; call it when `auth`
/// succeeded and before that is answered, so that no event falls between the first `sync` and the live ones.
///
/// # Errors
/// `unavailable`.
pub async fn attach(app: &App, who: Who) -> Result<Connection, ProtocolError> {
    let (connection, loading) = app.hub.arrive(who);
    if loading {
        let read =
            app.read(who.user_id, |cx| Ok((store::members::chats_of(cx.tx, cx.actor)?, privacy::of(cx, cx.actor)?)));
        let (chats, privacy) = read.await.map_err(Failure::into_protocol)?;
        app.hub.settle(who.user_id, chats, &privacy);
    }
    app.hub.greet(&connection);
    Ok(connection)
}

fn answer(request_id: Option<RequestId>, reply: Result<Reply, ProtocolError>) -> ServerFrame {
    match reply {
        Ok(reply) => ServerFrame::reply(request_id, reply),
        Err(error) => ServerFrame::error(request_id, error),
    }
}

fn admitted(app: &App, who: Option<Who>) -> Result<Who, ProtocolError> {
    let refused = |code, message| Err(ProtocolError::new(code, message));
    match who {
        None => refused(ErrorCode::Unauthenticated, "log in first"),
        Some(who) if who.expires_at <= app.now() => {
            refused(ErrorCode::TokenExpired, "the access token is past its time")
        }
        Some(who) => Ok(who),
    }
}

async fn enter(
    app: &App,
    session: &mut Session,
    local_id: Option<LocalId>,
    request: Request,
) -> Result<Reply, ProtocolError> {
    let granted = match request {
        Request::Hello(hello) => {
            let welcome = welcome(app, &hello.versions)?;
            if !hello.client.is_empty() {
                session.peer.client = hello.client;
            }
            return Ok(Reply::Welcome(welcome));
        }
        Request::Register(body) => auth::register(app, &session.peer, local_id, body).await?,
        Request::Login(body) => auth::login(app, &session.peer, local_id, body).await?,
        Request::Auth(body) => auth::authenticate(app, &session.peer, body).await?,
        Request::Refresh(body) => auth::refresh(app, &session.peer, local_id, body).await?,
        Request::Logout => {
            let who = admitted(app, session.who)?;
            auth::logout(app, who).await?;
            session.who = None;
            return Ok(Reply::Done);
        }
        _ => return Err(ProtocolError::new(ErrorCode::Internal, "the server made a mistake")),
    };
    Ok(Reply::AuthSuccess(let_in(session, granted)?))
}

/// A connection stays one person's: its live events are that person's.
fn let_in(session: &mut Session, granted: Granted) -> Result<AuthSuccess, ProtocolError> {
    if session.who.is_some_and(|who| who.user_id != granted.who.user_id) {
        return Err(ProtocolError::new(ErrorCode::Forbidden, "this connection is another person's: open a new one"));
    }
    session.who = Some(granted.who);
    Ok(granted.success)
}

/// What the server says of itself, in the newest version that both speak.
///
/// # Errors
/// `version_unsupported`.
pub fn welcome(app: &App, versions: &[u16]) -> Result<Welcome, ProtocolError> {
    let common = VERSIONS.iter().rev().find(|version| versions.contains(version)).copied();
    let none = || ProtocolError::new(ErrorCode::VersionUnsupported, format!("this server speaks {VERSIONS:?}"));
    Ok(Welcome {
        version: common.ok_or_else(none)?,
        versions: VERSIONS.to_vec(),
        server_id: app.identity.server_id.clone(),
        incarnation: app.identity.incarnation.clone(),
        name: app.identity.name.clone(),
        invitation_required: app.settings.invitation_required,
        heartbeat_ms: HEARTBEAT_MS,
        server_time: Some(app.now()),
        pin: app.settings.pin.clone(),
        encryption: true,
    })
}

/// One answer per scope, in the order asked.
async fn catch_up(app: &App, who: Who, request_id: Option<RequestId>, scopes: Vec<ScopeHave>) -> Vec<ServerFrame> {
    if scopes.is_empty() || scopes.len() > SYNC_SCOPES_MAX {
        return vec![ServerFrame::error(request_id, ProtocolError::field("scopes", "1 to 500"))];
    }
    let mut answers = Vec::with_capacity(scopes.len());
    for part in scopes.chunks(SCOPES_AT_ONCE) {
        let part = part.to_vec();
        let all = move |cx: &mut Cx<'_, '_>| {
            let each = |asked: &ScopeHave| match sync::changes(cx, asked) {
                Err(Failure::Sql(error)) => Err(error),
                Err(Failure::Refused(error)) => Ok(Err(error)),
                Ok(changes) => Ok(Ok(Reply::Changes(changes))),
            };
            Ok(part.iter().map(each).collect::<Result<Vec<_>, sql::Error>>()?)
        };
        match app.read(who.user_id, all).await.map_err(Failure::into_protocol) {
            Ok(replies) => answers.extend(replies.into_iter().map(|reply| answer(request_id.clone(), reply))),
            Err(error) => answers.push(ServerFrame::error(request_id.clone(), error)),
        }
    }
    answers
}

async fn ephemeral(app: &App, who: Who, request: Request) -> Result<(), ProtocolError> {
    match request {
        Request::Presence(body) => app.hub.set_status(who, body.status),
        Request::Typing(body) => {
            member(app, who, &body.chat_id).await?;
            if app.hub.hides_typing(who.user_id) {
                return Ok(());
            }
            app.hub.publish_ephemeral(Event::Typing { chat_id: body.chat_id, user_id: who.user_id });
        }
        Request::Delivered(body) => {
            member(app, who, &body.chat_id).await?;
            app.hub.later().delivered(body.chat_id, who.user_id, body.seq);
        }
        _ => {}
    }
    Ok(())
}

/// The hub knows the chats of those who are connected; others are looked up.
async fn member(app: &App, who: Who, chat: &protocol::ChatId) -> Result<(), ProtocolError> {
    if app.hub.hears(who.user_id, chat) {
        return Ok(());
    }
    let chat = chat.clone();
    let own = app.read(who.user_id, move |cx| access::own_row(cx, &chat).map(drop)).await;
    own.map_err(Failure::into_protocol)
}

async fn call(app: &App, who: Who, id: Option<LocalId>, request: Request) -> Result<Reply, ProtocolError> {
    let actor = who.user_id;
    let reply = match request {
        // The hot path: the message's own row is what makes it happen once.
        Request::Message(body) => {
            let timed = body.poll.is_some() || body.forward_of.is_some();
            let linked = has_link(&body.content);
            let here = match body.everyone {
                Some(Everyone::Here) => app.hub.here(&body.chat_id),
                _ => Vec::new(),
            };
            let post = move |cx: &mut Cx<'_, '_>| messages::append_among(cx, id, &body, &here);
            let posted = app.write_often(actor, move |cx| post(cx).map(Reply::MessageAccepted)).await;
            if timed {
                app.due.notify_one();
            }
            if linked {
                app.links.notify_one();
            }
            posted
        }
        // Marks only grow, and an invitation's secret is not kept: these are safe to repeat by themselves.
        Request::Read(body) => app.write_often(actor, move |cx| marks::read(cx, &body).map(done)).await,
        // The later change of an entry wins, and the same one again changes nothing.
        Request::PutItem(body) => {
            let timed = timed::is_timed(&body.key);
            let private = body.key == protocol::privacy::PRIVACY;
            let kept = app.write(actor, move |cx| items::put(cx, body).map(|item| Reply::ItemState { item })).await;
            if private && kept.is_ok() {
                app.hub.privacy_changed(actor);
            }
            if timed {
                app.due.notify_one();
            }
            kept
        }
        // Device and key packages by their own content: the same again adds nothing but keys.
        Request::PublishKeys(body) => {
            let publish = move |cx: &mut Cx<'_, '_>| {
                let publish = |cx: &mut Cx<'_, '_>| devices::publish(cx, who.session_id, &body);
                once::once(cx, id, |cx| publish(cx).map(|device| Reply::DeviceState { device }))
            };
            app.write(actor, publish).await
        }
        Request::RemoveDevice(body) => {
            let session = app.write(actor, move |cx| devices::remove(cx, &body.device_id)).await;
            match session {
                Ok(Some(session)) => auth::end(app, actor, session).await.map(done).map_err(Failure::Refused),
                Ok(None) => Ok(Reply::Done),
                Err(failure) => Err(failure),
            }
        }
        Request::CreateInvitation(body) => {
            app.write(actor, move |cx| invitations::create(cx, id, &body).map(Reply::Invitation)).await
        }
        request if is_mutation(&request) => {
            let linked = matches!(&request, Request::EditMessage(edit) if has_link(&edit.content));
            let done = app.write(actor, move |cx| once::once(cx, id, |cx| mutate(cx, id, request))).await;
            if linked {
                app.links.notify_one();
            }
            done
        }
        Request::Search(body) => {
            if let Err(error) = app.index_waiting().await {
                tracing::warn!(%error, "what was said last is not found yet");
            }
            app.read(actor, move |cx| search::find(cx, &body).map(Reply::Found)).await
        }
        request => app.read(actor, move |cx| look(cx, request)).await,
    };
    reply.map_err(Failure::into_protocol)
}

/// There may be a link to look at.
fn has_link(content: &str) -> bool {
    content.contains("://")
}

fn done((): ()) -> Reply {
    Reply::Done
}

fn mutate(cx: &mut Cx<'_, '_>, id: Option<LocalId>, request: Request) -> Result<Reply, Failure> {
    let accepted = |accepted: MessageAccepted| Reply::MessageAccepted(accepted);
    let state = |chat| Reply::ChatState { chat };
    match request {
        Request::EditMessage(body) => messages::edit(cx, body).map(accepted),
        Request::DeleteMessage(body) => messages::delete(cx, body).map(accepted),
        Request::React(body) => messages::react(cx, body).map(accepted),
        Request::Vote(body) => messages::vote(cx, body).map(accepted),
        Request::ClosePoll(body) => messages::close_poll(cx, body).map(accepted),
        Request::RemovePreview(body) => previews::remove(cx, body).map(accepted),
        Request::PinMessage(body) => messages::pin(cx, body).map(accepted),
        Request::ClaimKeys(body) => groups::claim(cx, &body).map(Reply::Keys),
        Request::Commit(body) => groups::commit(cx, &body).map(Reply::CommitAccepted),
        Request::HandPast(body) => past::hand(cx, body).map(done),
        Request::CreateChat(body) => chats::create(cx, id, &body).map(state),
        Request::OpenPrivate(body) => chats::open(cx, body.user_id).map(state),
        Request::UpdateChat(body) => chats::update(cx, &body).map(state),
        Request::JoinChat(body) => members::join(cx, &body.chat_id).map(state),
        Request::LeaveChat(body) => members::leave(cx, &body.chat_id).map(done),
        Request::AddMember(body) => members::add(cx, &body).map(done),
        Request::RemoveMember(body) => members::remove(cx, &body).map(done),
        Request::SetRole(body) => members::set_role(cx, &body).map(done),
        Request::UpdateProfile(body) => users::update_profile(cx, &body).map(|user| Reply::Profile { user }),
        Request::PutEmoji(body) => emoji::put(cx, &body).map(done),
        Request::RemoveEmoji(body) => emoji::remove(cx, &body).map(done),
        Request::SetAvatar(body) => avatars::set(cx, &body),
        Request::RevokeInvitation(body) => invitations::revoke(cx, &body).map(done),
        Request::AcceptInvitation(body) => invitations::accept(cx, &body.secret),
        Request::AnswerJoin(body) => join_requests::answer(cx, &body).map(done),
        _ => Err(sql::Error::Bug("a request that changes nothing came to the writer".to_owned()).into()),
    }
}

fn look(cx: &mut Cx<'_, '_>, request: Request) -> Result<Reply, Failure> {
    match request {
        Request::Thread(body) => messages::thread_page(cx, &body).map(Reply::ThreadMessages),
        Request::ListPinned(body) => messages::pinned(cx, &body).map(|messages| Reply::Pinned { messages }),
        Request::ListVoters(body) => messages::voters(cx, &body).map(Reply::Voters),
        Request::ListVersions(body) => messages::versions(cx, &body).map(|versions| Reply::Versions { versions }),
        Request::GetFile(body) => files::info(cx, &body.file_id).map(|file| Reply::FileState { file }),
        Request::ListFiles(body) => files::list(cx, &body).map(Reply::Files),
        Request::History(body) => messages::page(cx, &body).map(Reply::HistoryPage),
        Request::ListJoinRequests(body) => join_requests::list(cx, &body.chat_id).map(Reply::JoinRequests),
        Request::ListChats => chats::list(cx).map(|chats| Reply::Chats { chats }),
        Request::ListMembers(body) => members::list(cx, &body),
        Request::ListCommits(body) => groups::list(cx, &body).map(Reply::Commits),
        Request::ListUsers(body) => directory::people(cx, &body),
        Request::ListChannels(body) => directory::channels(cx, &body),
        Request::LastSeen(body) => privacy::last_seen(cx, &body).map(|people| Reply::LastSeen { people }),
        _ => Err(sql::Error::Bug("a request that changes something came to a reader".to_owned()).into()),
    }
}
