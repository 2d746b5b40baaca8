//! What a person asks for: each command to who does it, and its answer. What can be done without the network is done
//! and answered at once; what only the server can do waits for it, or fails with `Offline`.

use protocol::frame::{
    AcceptInvitation, AddMember, AnswerJoin, ChatRef, CreateChat, CreateInvitation, Directory, MemberRef, MessageRef,
    SetPresence, SetRole, Status, UpdateChat, UpdateProfile, UserRef,
};
use protocol::{Chat, ChatId, ChatKind, LocalId, Request, Role, Timestamp, UserId};
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, Failure, Update};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::outbox::What;
use crate::requests::{Ask, Waiting, tell};
use crate::sealing::past;
use crate::step::Step;
use crate::timeline::Target;
use crate::{chats, drafts, preferences};

/// How a command is answered.
pub(crate) enum Answer {
    Now(ReplyBody),
    Failed(Failure),
    /// Later, or by someone else.
    Later,
}

pub(crate) const DONE: Answer = Answer::Now(ReplyBody::Done);

impl Engine {
    pub(crate) fn command(&mut self, s: &mut Step<'_, '_>, envelope: CommandEnvelope) -> Result<(), EngineError> {
        let CommandEnvelope { id, command } = envelope;
        let needs_no_account =
            matches!(command, Command::Start | Command::SetPreferences { .. } | Command::Reconnect | Command::Logout);
        let answer = if self.account.is_none() && !needs_no_account {
            Answer::Failed(Failure::NotHere)
        } else {
            self.dispatch(s, id, command)?
        };
        match answer {
            Answer::Now(body) => Self::reply(s, id, CommandReply::Ok { body }),
            Answer::Failed(failure) => Self::reply(s, id, CommandReply::Failed { failure }),
            Answer::Later => {}
        }
        Ok(())
    }

    fn dispatch(&mut self, s: &mut Step<'_, '_>, id: u32, command: Command) -> Result<Answer, EngineError> {
        Ok(match command {
            Command::Start => {
                self.show_all(s)?;
                DONE
            }
            Command::Probe { .. }
            | Command::Register { .. }
            | Command::Login { .. }
            | Command::Unlock { .. }
            | Command::Export { .. }
            | Command::Host { .. } => Answer::Failed(Failure::NotHere),
            Command::Logout => {
                self.log_out(s)?;
                DONE
            }
            Command::Reconnect => {
                self.reconnect_now(s);
                DONE
            }
            Command::SetPreferences { preferences } => {
                preferences::save(s.tx, &preferences)?;
                self.preferences = preferences.clone();
                s.update(Update::Preferences { preferences });
                DONE
            }
            Command::OpenChat { .. }
            | Command::CloseChat
            | Command::LoadOlder { .. }
            | Command::LoadNewer { .. }
            | Command::JumpTo { .. }
            | Command::JumpToTime { .. }
            | Command::JumpToLatest { .. } => self.look(s, command)?,
            Command::Send { .. }
            | Command::Edit { .. }
            | Command::Delete { .. }
            | Command::React { .. }
            | Command::Pin { .. }
            | Command::Forward { .. }
            | Command::SaveMessage { .. }
            | Command::RemovePreview { .. }
            | Command::RetrySend { .. }
            | Command::DiscardSend { .. } => self.change(s, command)?,
            Command::SendPoll { .. }
            | Command::Vote { .. }
            | Command::ClosePoll { .. }
            | Command::ListVoters { .. } => self.poll(s, id, command)?,
            Command::Schedule { .. } | Command::DropScheduled { .. } | Command::SendScheduled { .. } => {
                self.schedule(s, command)?
            }
            Command::ListReaders { .. }
            | Command::CompareCode { .. }
            | Command::UnverifyPerson { .. }
            | Command::RemoveDevice { .. }
            | Command::MakeLinkCode
            | Command::MakeRecoveryKey
            | Command::EnterCode { .. }
            | Command::BeginAnew => self.encryption(s, id, command)?,
            Command::Remind { .. } | Command::DropReminder { .. } => self.remind(s, command)?,
            Command::SetPrivacy { .. }
            | Command::SetContact { .. }
            | Command::Block { .. }
            | Command::ListBlocked
            | Command::WhenSeen { .. } => self.guard(s, command)?,
            Command::SendFiles { chat_id, local_id, draft, mentions, thread, files } => {
                self.send_files(s, &chat_id, local_id, &draft, mentions, thread.as_ref(), files)?
            }
            Command::DropPicked { file_id } => {
                self.drop_picked(s, &file_id)?;
                DONE
            }
            Command::PauseTransfer { file_id, way } => {
                self.pause_transfer(s, &file_id, way)?;
                DONE
            }
            Command::ResumeTransfer { file_id, way } => {
                self.resume_transfer(s, &file_id, way)?;
                DONE
            }
            Command::CancelTransfer { file_id, way } => {
                self.cancel_transfer(s, &file_id, way)?;
                DONE
            }
            Command::AddEmoji { emoji } => self.add_emoji(s, id, emoji)?,
            Command::SetAvatar { chat_id, file_id } => self.set_avatar(s, chat_id.as_ref(), file_id)?,
            Command::SaveDraft { chat_id, draft } => {
                self.save_draft(s, &chat_id, &draft)?;
                DONE
            }
            Command::SetChatSettings { chat_id, settings } => {
                self.set_chat_settings(s, &chat_id, &settings)?;
                DONE
            }
            Command::KeepEmoji { emoji } => {
                self.keep_emoji(s, &emoji)?;
                DONE
            }
            Command::Keep { key, value } => self.keep(s, &key, value)?,
            Command::MarkRead { chat_id, seq } => {
                self.mark_read(s, &chat_id, seq)?;
                DONE
            }
            Command::Typing { chat_id } => {
                if self.is_entered() && self.shows_typing() && self.presence.tell_typing(&chat_id, s.now) {
                    tell(s, Request::Typing(ChatRef { chat_id }));
                }
                DONE
            }
            Command::SetPresence { status } => {
                self.presence.own = Some(status);
                if self.is_entered() {
                    tell(s, Request::Presence(SetPresence { status }));
                }
                DONE
            }
            Command::ListMembers { chat_id } => {
                Answer::Now(ReplyBody::Members { members: self.ask_members(s, chat_id)? })
            }
            Command::ListPeople { query } => Answer::Now(ReplyBody::People { people: self.find_people(s, &query)? }),
            Command::Search { query, chat_id } => {
                Answer::Now(ReplyBody::Found { hits: self.find_messages(s, &query, chat_id.as_ref())? })
            }
            Command::SearchServer { query, chat_id, cursor } => {
                self.search_server(s, id, &query, chat_id.as_ref(), cursor)?
            }
            Command::ListShared { chat_id, what, cursor } => {
                Answer::Now(self.shared_here(s, &chat_id, what, cursor.as_deref())?)
            }
            Command::FetchShared { chat_id, what, cursor } => self.fetch_shared(s, id, chat_id, what, cursor),
            Command::OpenThread { chat_id, message_id } => {
                let found = self.open_thread(s, &chat_id, &message_id)?;
                if found { DONE } else { Answer::Failed(Failure::Refused { code: protocol::ErrorCode::NotFound }) }
            }
            Command::CloseThread => {
                self.screen.thread = None;
                DONE
            }
            Command::MarkThreadRead { chat_id, message_id } => {
                self.mark_thread_read(s, &chat_id, &message_id)?;
                DONE
            }
            Command::ListThreads => Answer::Now(ReplyBody::Threads { threads: self.followed_threads(s)? }),
            Command::ListInbox => Answer::Now(ReplyBody::Inbox { rows: self.inbox_rows(s)? }),
            Command::MarkInboxRead => {
                self.mark_inbox_read(s)?;
                DONE
            }
            Command::ListSaved => Answer::Now(ReplyBody::Found { hits: self.saved_messages(s)? }),
            Command::ListMentions => Answer::Now(ReplyBody::Found { hits: self.mentions_of_me(s)? }),
            Command::ListPinned { chat_id } if !self.is_entered() => {
                Answer::Now(ReplyBody::Found { hits: self.pinned_messages(s, &chat_id)? })
            }
            other => self.ask_server(s, id, other)?,
        })
    }

    /// Commands about what is on screen.
    fn look(&mut self, s: &mut Step<'_, '_>, command: Command) -> Result<Answer, EngineError> {
        match command {
            Command::OpenChat { chat_id } => {
                if chats::get(s.tx, &chat_id)?.is_none() {
                    return Ok(Answer::Failed(Failure::Refused { code: protocol::ErrorCode::NotFound }));
                }
                self.open_chat(s, &chat_id, Target::Unread)?;
                self.ask_about_other(s, &chat_id);
                self.sealing_opened(&chat_id);
                let draft = drafts::load(s.tx, &chat_id)?;
                s.update(Update::Draft { chat_id, draft });
            }
            Command::CloseChat => self.close_chat(),
            Command::LoadOlder { chat_id } => self.load_older(s, &chat_id)?,
            Command::LoadNewer { chat_id } => self.load_newer(s, &chat_id)?,
            Command::JumpTo { chat_id, message_id } => {
                if chats::get(s.tx, &chat_id)?.is_none() {
                    return Ok(Answer::Failed(Failure::Refused { code: protocol::ErrorCode::NotFound }));
                }
                let fresh = !self.is_open(&chat_id);
                if !self.open_chat(s, &chat_id, Target::Message(message_id))? {
                    return Ok(Answer::Failed(Failure::Offline));
                }
                if fresh {
                    let draft = drafts::load(s.tx, &chat_id)?;
                    s.update(Update::Draft { chat_id, draft });
                }
            }
            Command::JumpToTime { chat_id, at } => self.jump_to_time(s, &chat_id, at.0)?,
            Command::JumpToLatest { chat_id } => {
                self.open_chat(s, &chat_id, Target::Latest)?;
            }
            _ => {}
        }
        Ok(DONE)
    }

    /// Chats made here exist at once; all else asks the server and waits.
    fn ask_server(&mut self, s: &mut Step<'_, '_>, id: u32, command: Command) -> Result<Answer, EngineError> {
        let (what, request) = match command {
            Command::CreateChat { local_id, kind, name, description, members, public, encrypted } => {
                let create = CreateChat { chat_type: kind, name, description, members, public, encrypted };
                return self.create_chat(s, local_id, create);
            }
            Command::OpenPrivate { user_id } => return self.open_private(s, user_id),
            Command::UpdateChat { chat_id, name, description, public, rights } => (
                Waiting::Done,
                Request::UpdateChat(UpdateChat {
                    chat_id,
                    name,
                    description,
                    public,
                    rights,
                    disappear_after: None,
                    encrypted: None,
                }),
            ),
            Command::EncryptChat { chat_id } => {
                let (name, description, public, rights, disappear_after) = (None, None, None, None, None);
                let encrypted = Some(true);
                let change = UpdateChat { chat_id, name, description, public, rights, disappear_after, encrypted };
                (Waiting::Done, Request::UpdateChat(change))
            }
            Command::SetDisappearing { chat_id, after } => {
                let (name, description, public, rights) = (None, None, None, None);
                let disappear_after = Some(after.unwrap_or(0));
                let change =
                    UpdateChat { chat_id, name, description, public, rights, disappear_after, encrypted: None };
                (Waiting::Done, Request::UpdateChat(change))
            }
            Command::JoinChat { chat_id } => (Waiting::Chat, Request::JoinChat(ChatRef { chat_id })),
            Command::LeaveChat { chat_id } => (Waiting::Done, Request::LeaveChat(ChatRef { chat_id })),
            Command::AddMember { chat_id, user_id } => (
                Waiting::Entry(chat_id.clone(), user_id),
                Request::AddMember(AddMember { chat_id, user_id, role: None }),
            ),
            Command::RemoveMember { chat_id, user_id } => {
                (Waiting::Done, Request::RemoveMember(MemberRef { chat_id, user_id }))
            }
            Command::SetRole { chat_id, user_id, role } => {
                (Waiting::Done, Request::SetRole(SetRole { chat_id, user_id, role }))
            }
            Command::UpdateProfile { display_name, bio, custom_status } => {
                let change = UpdateProfile { display_name, bio, custom_status, status: None };
                (Waiting::Done, Request::UpdateProfile(change))
            }
            Command::SetStatus { emoji, text, until } => {
                let status = Some(Status { emoji, text, until });
                let change = UpdateProfile { display_name: None, bio: None, custom_status: None, status };
                (Waiting::Done, Request::UpdateProfile(change))
            }
            Command::RemoveEmoji { name } => (Waiting::Done, Self::remove_emoji(name)),
            Command::ListChannels { query } => {
                (Waiting::Channels, Request::ListChannels(Directory { query, cursor: None, limit: None }))
            }
            Command::ListPinned { chat_id } => {
                (Waiting::Pinned(chat_id.clone()), Request::ListPinned(ChatRef { chat_id }))
            }
            Command::AcceptInvitation { link } => match secret_of(&link) {
                Some(secret) => (Waiting::Accept, Request::AcceptInvitation(AcceptInvitation { secret })),
                None => return Ok(Answer::Failed(Failure::BadLink)),
            },
            Command::ListJoinRequests { chat_id } => {
                (Waiting::JoinRequests, Request::ListJoinRequests(ChatRef { chat_id }))
            }
            Command::AnswerJoin { chat_id, user_id, accept } => {
                let what = if accept { Waiting::Entry(chat_id.clone(), user_id) } else { Waiting::Done };
                (what, Request::AnswerJoin(AnswerJoin { chat_id, user_id, accept }))
            }
            Command::ListVersions { chat_id, message_id } => {
                (Waiting::Versions, Request::ListVersions(MessageRef { chat_id, message_id }))
            }
            Command::CreateInvitation { chat_id, expires_in, uses_max, approval } => {
                let wish = CreateInvitation { chat_id, expires_in, uses_max, approval };
                (Waiting::Invitation, Request::CreateInvitation(wish))
            }
            _ => return Ok(Answer::Failed(Failure::NotHere)),
        };
        if !self.is_entered() {
            return Ok(Answer::Failed(Failure::Offline));
        }
        // Before it is asked: the newcomer may enter before the answer is here, or this process end.
        if let Waiting::Entry(chat, user) = &what {
            past::is_wanted(s.tx, chat, *user)?;
        }
        let local_id = s.local_id();
        self.requests.ask(s, Ask::Command { id, what }, Some(local_id), request);
        Ok(Answer::Later)
    }

    fn create_chat(
        &mut self,
        s: &mut Step<'_, '_>,
        local_id: LocalId,
        create: CreateChat,
    ) -> Result<Answer, EngineError> {
        let chat_id = ChatId::from(local_id);
        let answer = Answer::Now(ReplyBody::Chat { chat_id: chat_id.clone() });
        if chats::get(s.tx, &chat_id)?.is_some() {
            return Ok(answer);
        }
        let members = u32::try_from(create.members.len()).unwrap_or(0) + 1;
        let chat = own_chat(chat_id.clone(), create.chat_type, &create, self.me(), s.now, members);
        chats::put_own(s.tx, &chat, Role::Owner)?;
        self.enqueue(s, &chat_id, What::Create, None, local_id, &Request::CreateChat(create))?;
        Ok(answer)
    }

    fn open_private(&mut self, s: &mut Step<'_, '_>, user_id: UserId) -> Result<Answer, EngineError> {
        let Some(me) = self.me() else { return Ok(Answer::Failed(Failure::NotHere)) };
        let chat_id = ChatId::private(me, user_id);
        let known = chats::get(s.tx, &chat_id)?.is_some_and(|info| info.known && info.role.is_some());
        if !known {
            let none = CreateChat {
                chat_type: ChatKind::Private,
                name: String::new(),
                description: String::new(),
                members: Vec::new(),
                public: false,
                encrypted: false,
            };
            let members = if me == user_id { 1 } else { 2 };
            let chat = own_chat(chat_id.clone(), ChatKind::Private, &none, Some(me), s.now, members);
            chats::put_own(s.tx, &chat, Role::Member)?;
            let local_id = s.local_id();
            let request = Request::OpenPrivate(UserRef { user_id });
            self.enqueue(s, &chat_id, What::Create, None, local_id, &request)?;
        }
        Ok(Answer::Now(ReplyBody::Chat { chat_id }))
    }

    /// The server let one into a chat; its membership and rows follow as revisions.
    pub(crate) fn joined(&mut self, s: &mut Step<'_, '_>, chat: &Chat) -> Result<(), EngineError> {
        chats::put_own(s.tx, chat, Role::Member)?;
        self.screen.dirty.chats.insert(chat.id.clone());
        Ok(())
    }
}

/// The secret of a link for the app or for a browser.
fn secret_of(link: &str) -> Option<String> {
    let link = link.trim();
    if let Some((_, rest)) = link.split_once("#join=") {
        let secret = rest.split('&').next().unwrap_or(rest);
        return (!secret.is_empty()).then(|| secret.to_owned());
    }
    protocol::InvitationLink::parse(link).ok()?.secret_text()
}

fn own_chat(id: ChatId, kind: ChatKind, wish: &CreateChat, me: Option<UserId>, now: i64, members: u32) -> Chat {
    Chat {
        avatar: None,
        id,
        chat_type: kind,
        name: wish.name.clone(),
        description: wish.description.clone(),
        creator_id: me.unwrap_or(UserId(0)),
        created_at: Timestamp(now),
        updated_at: Timestamp(now),
        public: wish.public,
        encrypted: wish.encrypted,
        rights: protocol::Rights::default(),
        disappear_after: None,
        member_count: members,
        join_requests: 0,
        last_seq: 0,
        rev: 0,
    }
}
