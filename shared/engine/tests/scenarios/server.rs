//! A server in one piece of memory: the protocol's rules for scopes, revisions, history and repeated requests, without
//! sockets. Small pages, so that paging happens all the time.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::delivery::Delivery;
use protocol::encryption::PAST;
use protocol::frame::{
    AuthSuccess, Changes, Event, FilesPage, Found, FoundMessage, Has, History, HistoryPage, JoinRequest, JoinRequested,
    JoinRequests, MessageAccepted, PostMessage, Reply, ScopeHave, ScopeHead, Seen, ThreadMessages, Vote, Voters,
    Welcome,
};
use protocol::model::{Note, Receipt};
use protocol::{
    Attach, Attachment, Audience, Ballot, Chat, ChatId, ChatKind, ErrorCode, FileInfo, Forwarded, Item, LinkPreview,
    LocalId, Member, Membership, Message, MessageId, MessageType, OwnVote, Poll, Privacy, ProtocolError, Quiz, Replies,
    Request, Role, Row, Scope, TeamEmoji, Timestamp, User, UserId,
};

/// Rows of one `changes`.
const CHANGES_ROWS: usize = 7;
/// Messages of a snapshot.
const SNAPSHOT_MESSAGES: usize = 6;

/// A file that was uploaded somewhere else.
fn attachment(attach: &Attach) -> Attachment {
    let file = FileInfo {
        id: attach.file_id.clone(),
        name: format!("{}.txt", attach.file_id.as_str()),
        size: 10,
        mime_type: "text/plain".to_owned(),
        hash: String::new(),
        uploaded_at: Timestamp(1),
        encrypted: false,
        encryption_key_id: None,
    };
    Attachment { file, about: attach.about.clone() }
}

#[derive(Clone)]
pub struct ChatState {
    pub chat: Chat,
    pub members: BTreeMap<UserId, Member>,
    pub messages: Vec<Message>,
    /// Some of the messages go, or end, when their time is up.
    timed: bool,
    pub receipts: BTreeMap<UserId, Receipt>,
    /// Who asked to come in.
    pub waiting: Vec<UserId>,
    pub(crate) rev: u64,
}

/// Who is on a connection.
#[derive(Debug, Clone, Default)]
pub struct Session {
    pub user: Option<UserId>,
    pub token_until: i64,
}

/// An event and who gets it.
pub struct Told {
    pub to: Vec<UserId>,
    pub event: Event,
}

#[derive(Clone)]
pub struct Server {
    pub users: BTreeMap<UserId, User>,
    pub chats: BTreeMap<ChatId, ChatState>,
    pub memberships: BTreeMap<UserId, BTreeMap<ChatId, Membership>>,
    pub items: BTreeMap<UserId, BTreeMap<String, Item>>,
    pub incarnation: String,
    pub token_life_s: u32,
    team_rev: u64,
    pub(crate) user_rev: BTreeMap<UserId, u64>,
    done: HashMap<(UserId, LocalId), Reply>,
    refresh: HashMap<String, (UserId, Option<(LocalId, AuthSuccess)>)>,
    tokens: u64,
    pub killed: HashSet<UserId>,
    quizzes: HashMap<MessageId, Quiz>,
    emoji: BTreeMap<String, TeamEmoji>,
    /// There: this server takes part in encryption.
    pub delivery: Option<Delivery>,
}

type Answer = Result<Reply, ProtocolError>;

pub(crate) fn refuse<T>(code: ErrorCode) -> Result<T, ProtocolError> {
    Err(ProtocolError::new(code, "no"))
}

impl Server {
    pub fn new() -> Self {
        let mut server = Self {
            users: BTreeMap::new(),
            chats: BTreeMap::new(),
            memberships: BTreeMap::new(),
            items: BTreeMap::new(),
            incarnation: "first".to_owned(),
            token_life_s: 900,
            team_rev: 0,
            user_rev: BTreeMap::new(),
            done: HashMap::new(),
            refresh: HashMap::new(),
            tokens: 0,
            killed: HashSet::new(),
            quizzes: HashMap::new(),
            emoji: BTreeMap::new(),
            delivery: None,
        };
        server.make_chat(ChatId::general(), ChatKind::Channel, "general", UserId(0), 0, true);
        server
    }

    /// Registers someone, who joins `general`.
    pub fn register(&mut self, name: &str, now: i64) -> (UserId, String, String) {
        let id = UserId(i64::try_from(self.users.len()).unwrap() + 1);
        self.team_rev += 1;
        let user = User {
            avatar: None,
            id,
            username: name.to_owned(),
            display_name: String::new(),
            bio: String::new(),
            custom_status: String::new(),
            status_emoji: String::new(),
            status_until: None,
            email: None,
            phone: None,
            created_at: Timestamp(now),
            deactivated: false,
            rev: self.team_rev,
        };
        self.users.insert(id, user);
        let mut told = Vec::new();
        self.join(&ChatId::general(), id, Role::Member, &mut told);
        let (access, refresh) = self.new_tokens(id, now);
        (id, access, refresh)
    }

    fn new_tokens(&mut self, user: UserId, now: i64) -> (String, String) {
        self.tokens += 1;
        let until = now + i64::from(self.token_life_s) * 1_000;
        let refresh = format!("r{}", self.tokens);
        self.refresh.insert(refresh.clone(), (user, None));
        (format!("{user}:{until}:{}", self.tokens), refresh)
    }

    fn make_chat(&mut self, id: ChatId, kind: ChatKind, name: &str, creator: UserId, now: i64, public: bool) {
        let chat = Chat {
            avatar: None,
            id: id.clone(),
            chat_type: kind,
            name: name.to_owned(),
            description: String::new(),
            creator_id: creator,
            created_at: Timestamp(now),
            updated_at: Timestamp(now),
            public,
            encrypted: false,
            rights: protocol::Rights::default(),
            disappear_after: None,
            member_count: 0,
            join_requests: 0,
            last_seq: 0,
            rev: 1,
        };
        let state = ChatState {
            chat,
            members: BTreeMap::new(),
            messages: Vec::new(),
            timed: false,
            receipts: BTreeMap::new(),
            waiting: Vec::new(),
            rev: 1,
        };
        self.chats.insert(id, state);
    }

    pub(crate) fn audience(&self, chat: &ChatId) -> Vec<UserId> {
        self.chats[chat].members.values().filter(|m| !m.left).map(|m| m.user_id).collect()
    }

    pub(crate) fn tell_row(&self, chat: &ChatId, row: Row, told: &mut Vec<Told>) {
        told.push(Told { to: self.audience(chat), event: Event::RowChanged { scope: Scope::Chat(chat.clone()), row } });
    }

    pub fn join(&mut self, chat: &ChatId, user: UserId, role: Role, told: &mut Vec<Told>) {
        self.set_membership(chat, user, Some(role), told);
    }

    /// Sets or ends a membership: rows in both scopes.
    pub fn set_membership(&mut self, chat: &ChatId, user: UserId, role: Option<Role>, told: &mut Vec<Told>) {
        let state = self.chats.get_mut(chat).unwrap();
        let known = state.members.get(&user).map(|m| m.role);
        let Some(shown) = role.or(known) else { return };
        state.rev += 1;
        let member =
            Member { user_id: user, role: shown, joined_at: Timestamp(0), left: role.is_none(), rev: state.rev };
        state.members.insert(user, member.clone());
        state.rev += 1;
        state.chat.member_count = u32::try_from(state.members.values().filter(|m| !m.left).count()).unwrap();
        state.chat.rev = state.rev;
        let chat_row = state.chat.clone();
        let last = state.messages.len() as u64;
        let rev = self.user_rev.entry(user).or_default();
        *rev += 1;
        let read_seq = self.memberships.get(&user).and_then(|all| all.get(chat)).map_or(last, |known| known.read_seq);
        let membership = Membership { chat_id: chat.clone(), role: shown, read_seq, left: role.is_none(), rev: *rev };
        self.memberships.entry(user).or_default().insert(chat.clone(), membership.clone());
        told.push(Told {
            to: vec![user],
            event: Event::RowChanged { scope: Scope::User(user), row: Row::Membership(membership) },
        });
        self.tell_row(chat, Row::Member(member), told);
        self.tell_row(chat, Row::Chat(chat_row), told);
        self.refresh_groups(told);
    }

    pub fn note(&mut self, chat: &ChatId, note: &Note, now: i64, told: &mut Vec<Told>) {
        let id = MessageId::new(format!("note-{}-{}", chat, self.chats[chat].messages.len())).unwrap();
        let content = serde_json::to_string(note).unwrap();
        self.append(
            chat,
            id,
            UserId(0),
            content,
            MessageType::System,
            false,
            None,
            Vec::new(),
            None,
            None,
            None,
            now,
            told,
        );
    }

    #[allow(clippy::too_many_arguments)]
    fn append(
        &mut self,
        chat: &ChatId,
        id: MessageId,
        sender: UserId,
        content: String,
        kind: MessageType,
        sealed: bool,
        reply_to: Option<MessageId>,
        mentions: Vec<UserId>,
        forwarded: Option<Forwarded>,
        thread: Option<MessageId>,
        poll: Option<Box<Poll>>,
        now: i64,
        told: &mut Vec<Told>,
    ) -> MessageAccepted {
        let username = self.users.get(&sender).map(|u| u.username.clone()).unwrap_or_default();
        let to = self.audience(chat);
        let state = self.chats.get_mut(chat).unwrap();
        state.rev += 1;
        let expires_at = state.chat.disappear_after.map(|seconds| Timestamp(now + i64::from(seconds) * 1_000));
        let message = Message {
            id,
            sender_id: sender,
            sender_username: username,
            content,
            message_type: kind,
            timestamp: Timestamp(now),
            reply_to,
            mentions,
            reactions: BTreeMap::new(),
            sealed,
            content_rev: sealed.then_some(state.rev),
            edited_at: None,
            deleted_at: None,
            pinned_at: None,
            attachments: Vec::new(),
            poll,
            preview: None,
            forwarded: forwarded.map(Box::new),
            thread,
            replies: None,
            everyone: None,
            expires_at: expires_at.filter(|_| kind == MessageType::Text),
            seq: state.messages.len() as u64 + 1,
            rev: state.rev,
        };
        state.timed |= message.expires_at.is_some() || message.poll.is_some();
        state.messages.push(message.clone());
        let accepted = MessageAccepted {
            chat_id: chat.clone(),
            message_id: message.id.clone(),
            seq: message.seq,
            rev: message.rev,
            timestamp: message.timestamp,
        };
        let link = protocol::preview::first_link(&message.content).map(str::to_owned);
        told.push(Told { to, event: Event::NewMessage { chat_id: chat.clone(), message } });
        if let Some(url) = link {
            self.look_at(chat, url, told);
        }
        accepted
    }

    /// What stands behind the link of the newest message, as a change.
    fn look_at(&mut self, chat: &ChatId, url: String, told: &mut Vec<Told>) {
        let state = self.chats.get_mut(chat).unwrap();
        state.rev += 1;
        let message = state.messages.last_mut().unwrap();
        let (description, site_name) = (String::new(), "site".to_owned());
        message.preview =
            Some(Box::new(LinkPreview { title: format!("Behind {url}"), url, description, site_name, image: None }));
        message.rev = state.rev;
        let message = message.clone();
        self.tell_row(chat, Row::Message(message), told);
    }

    /// Does one request. Replies come first, then events.
    pub fn handle(
        &mut self,
        session: &mut Session,
        local_id: Option<LocalId>,
        request: Request,
        now: i64,
    ) -> (Vec<Reply>, Vec<Told>) {
        let mut told = Vec::new();
        if let Request::Sync(sync) = &request {
            let Some(user) = session.user else { return (vec![error(ErrorCode::Unauthenticated)], told) };
            // One refused scope refuses all: the strictest reading of the protocol.
            let answers: Result<Vec<Reply>, ProtocolError> =
                sync.scopes.iter().map(|have| self.changes(user, have).map(Reply::Changes)).collect();
            return (answers.unwrap_or_else(|e| vec![Reply::Error(e.into())]), told);
        }
        let remembered = session.user.zip(local_id);
        if let Some(first) = remembered.and_then(|key| self.done.get(&key)) {
            return (vec![first.clone()], told);
        }
        let answer = self.answer(session, local_id, request, now, &mut told);
        let reply = answer.unwrap_or_else(|e| Reply::Error(e.into()));
        if let (Some(key), false) = (remembered, matches!(reply, Reply::Error(_))) {
            self.done.insert(key, reply.clone());
        }
        (vec![reply], told)
    }

    fn answer(
        &mut self,
        session: &mut Session,
        local_id: Option<LocalId>,
        request: Request,
        now: i64,
        told: &mut Vec<Told>,
    ) -> Answer {
        match &request {
            Request::Hello(_) => return Ok(Reply::Welcome(self.welcome(now))),
            Request::Auth(auth) => return self.auth(session, &auth.token, now),
            Request::Refresh(refresh) => return self.renew(local_id, &refresh.refresh_token, now),
            Request::Ping => return Ok(Reply::Pong { server_time: Timestamp(now) }),
            _ => {}
        }
        let Some(user) = session.user else { return refuse(ErrorCode::Unauthenticated) };
        match request {
            Request::History(history) => self.history(user, &history),
            Request::Message(post) => self.post(user, local_id, post, now, told),
            Request::EditMessage(edit) => {
                self.may_read(user, &edit.chat_id)?;
                self.check_sealed(&edit.chat_id, &edit.content, edit.encrypt_for_recipients)?;
                let next = self.chats[&edit.chat_id].rev + 1;
                self.change(user, &edit.chat_id, &edit.message_id, now, told, |message, own, _| {
                    if !own || message.deleted_at.is_some() {
                        return refuse(ErrorCode::Forbidden);
                    }
                    message.content.clone_from(&edit.content);
                    message.sealed = edit.encrypt_for_recipients;
                    message.content_rev = message.sealed.then_some(next);
                    message.edited_at = Some(Timestamp(now));
                    Ok(())
                })
            }
            Request::DeleteMessage(delete) => {
                self.change(user, &delete.chat_id, &delete.message_id, now, told, |message, own, admin| {
                    if !own && !admin {
                        return refuse(ErrorCode::Forbidden);
                    }
                    message.content.clear();
                    message.reactions.clear();
                    message.poll = None;
                    message.expires_at = message.expires_at.filter(|_| message.deleted_at.is_some());
                    message.deleted_at = Some(Timestamp(now));
                    Ok(())
                })
            }
            Request::React(react) => {
                self.change(user, &react.chat_id, &react.message_id, now, told, |message, _, _| {
                    if message.deleted_at.is_some() {
                        return refuse(ErrorCode::NotFound);
                    }
                    let who = message.reactions.entry(react.emoji.clone()).or_default();
                    who.retain(|known| *known != user);
                    if react.on {
                        who.push(user);
                    }
                    message.reactions.retain(|_, who| !who.is_empty());
                    Ok(())
                })
            }
            Request::PinMessage(pin) => self.change(user, &pin.chat_id, &pin.message_id, now, told, |message, _, _| {
                message.pinned_at = pin.on.then_some(Timestamp(now));
                Ok(())
            }),
            Request::Search(asked) => {
                let wanted = words::wanted(&asked.query);
                let mut hits: Vec<FoundMessage> = Vec::new();
                for (chat_id, state) in &self.chats {
                    let there = state.members.get(&user).is_some_and(|member| !member.left);
                    if !there || asked.chat_id.as_ref().is_some_and(|only| only != chat_id) {
                        continue;
                    }
                    let fits = |m: &&Message| {
                        m.message_type == MessageType::Text
                            && m.deleted_at.is_none()
                            && words::matches(&m.content, &wanted)
                            && asked.sender_id.is_none_or(|sender| sender == m.sender_id)
                            && (asked.has != Some(Has::Link) || m.content.contains("https://"))
                    };
                    let found = state.messages.iter().filter(fits).cloned();
                    hits.extend(found.map(|message| FoundMessage {
                        chat_id: chat_id.clone(),
                        message,
                        highlights: Vec::new(),
                    }));
                }
                hits.sort_by_key(|hit| std::cmp::Reverse((hit.message.timestamp, hit.message.seq)));
                // Small pages; the cursor counts what was given.
                let given: usize = asked.cursor.map_or(0, |cursor| cursor.parse().unwrap());
                let next_cursor = (hits.len() > given + 3).then(|| (given + 3).to_string());
                let hits = hits.into_iter().skip(given).take(3).collect();
                Ok(Reply::Found(Found { hits, next_cursor }))
            }
            Request::PublishKeys(body) if self.delivery.is_some() => self.publish(user, body, now, told),
            Request::RemoveDevice(body) if self.delivery.is_some() => {
                self.remove_device(user, &body.device_id, told);
                Ok(Reply::Done)
            }
            Request::ClaimKeys(body) if self.delivery.is_some() => self.claim(user, &body.chat_id),
            Request::Commit(body) if self.delivery.is_some() => self.commit(user, body, told),
            Request::ListCommits(body) if self.delivery.is_some() => self.commits(user, &body),
            Request::Vote(vote) => self.vote(user, vote, now, told),
            Request::ClosePoll(poll) => {
                let solution = self.quizzes.get(&poll.message_id).cloned();
                self.change(user, &poll.chat_id, &poll.message_id, now, told, |message, own, admin| {
                    let Some(poll) = message.poll.as_mut().filter(|_| own || admin) else {
                        return refuse(ErrorCode::Forbidden);
                    };
                    poll.closed_at = Some(Timestamp(now));
                    poll.solution = solution;
                    Ok(())
                })
            }
            Request::RemovePreview(removed) => {
                self.change(user, &removed.chat_id, &removed.message_id, now, told, |message, own, _| {
                    if !own {
                        return refuse(ErrorCode::Forbidden);
                    }
                    message.preview = None;
                    Ok(())
                })
            }
            Request::ListVoters(asked) => {
                self.may_read(user, &asked.chat_id)?;
                let key = protocol::poll::vote_key(&asked.message_id);
                let chose = |items: &BTreeMap<String, Item>| {
                    let vote: OwnVote = serde_json::from_str(items.get(&key)?.value.as_ref()?).ok()?;
                    Some(vote.options.contains(&asked.option))
                };
                let all = self.items.iter().filter(|(_, items)| chose(items) == Some(true));
                let user_ids = all.map(|(user, _)| *user).collect();
                Ok(Reply::Voters(Voters { user_ids, next_cursor: None }))
            }
            Request::Thread(asked) => {
                let state = self.may_read(user, &asked.chat_id)?;
                let Some(root) = state.messages.iter().find(|message| message.id == asked.message_id).cloned() else {
                    return refuse(ErrorCode::NotFound);
                };
                let before = asked.before_seq.unwrap_or(u64::MAX);
                let in_thread = |m: &&Message| m.thread.as_ref() == Some(&root.id) && m.seq < before;
                let all: Vec<Message> = state.messages.iter().filter(in_thread).cloned().collect();
                // Small pages, so that paging happens.
                let skipped = all.len().saturating_sub(5);
                let (chat_id, has_more_before) = (asked.chat_id.clone(), skipped > 0);
                let messages = all.into_iter().skip(skipped).collect();
                let root = Box::new(root);
                Ok(Reply::ThreadMessages(ThreadMessages { chat_id, root, messages, has_more_before }))
            }
            Request::ListFiles(asked) => {
                let state = self.may_read(user, &asked.chat_id)?;
                let below = asked.before_seq.unwrap_or(u64::MAX);
                let fits = |m: &&Message| !m.attachments.is_empty() && m.seq < below;
                let mut messages: Vec<Message> = state.messages.iter().rev().filter(fits).cloned().collect();
                // Small pages.
                let has_more_before = messages.len() > 3;
                messages.truncate(3);
                Ok(Reply::Files(FilesPage { chat_id: asked.chat_id, messages, has_more_before }))
            }
            Request::ListPinned(chat) => {
                let state = self.may_read(user, &chat.chat_id)?;
                let mut messages: Vec<Message> =
                    state.messages.iter().filter(|message| message.pinned_at.is_some()).cloned().collect();
                messages.sort_by_key(|message| std::cmp::Reverse(message.pinned_at));
                Ok(Reply::Pinned { messages })
            }
            Request::Read(mark) => {
                self.may_read(user, &mark.chat_id)?;
                let rev = self.user_rev.entry(user).or_default();
                let membership = self.memberships.get_mut(&user).unwrap().get_mut(&mark.chat_id).unwrap();
                if mark.seq > membership.read_seq {
                    *rev += 1;
                    membership.read_seq = mark.seq;
                    membership.rev = *rev;
                    let row = Row::Membership(membership.clone());
                    told.push(Told { to: vec![user], event: Event::RowChanged { scope: Scope::User(user), row } });
                }
                self.receipt(user, &mark.chat_id, mark.seq, mark.seq, told);
                Ok(Reply::Done)
            }
            Request::HandPast(part) => {
                self.may_read(user, &part.chat_id)?;
                self.may_read(part.user_id, &part.chat_id)?;
                let chat = &self.chats[&part.chat_id].chat;
                if !chat.encrypted || !chat.rights.past || part.user_id == user {
                    return refuse(ErrorCode::Forbidden);
                }
                let key = format!("{PAST}{}:{}", part.chat_id, part.key);
                self.put_item(part.user_id, key, Some(part.value), told);
                Ok(Reply::Done)
            }
            Request::PutItem(put) => {
                let items = self.items.entry(user).or_default();
                let before = items.get(&put.key).cloned();
                if let Some(known) = before.filter(|known| known.value == put.value) {
                    return Ok(Reply::ItemState { item: known });
                }
                Ok(Reply::ItemState { item: self.put_item(user, put.key, put.value, told) })
            }
            Request::Delivered(mark) => {
                self.may_read(user, &mark.chat_id)?;
                self.receipt(user, &mark.chat_id, mark.seq, 0, told);
                Ok(Reply::Done)
            }
            Request::Typing(chat) => {
                self.may_read(user, &chat.chat_id)?;
                let to = self.audience(&chat.chat_id);
                told.push(Told { to, event: Event::Typing { chat_id: chat.chat_id, user_id: user } });
                Ok(Reply::Done)
            }
            Request::PutEmoji(put) => {
                self.team_rev += 1;
                let row = TeamEmoji {
                    name: put.name.clone(),
                    file_id: put.file_id,
                    sticker: put.sticker,
                    pack: put.pack,
                    by: user,
                    removed: false,
                    rev: self.team_rev,
                };
                self.emoji_changed(row, told)
            }
            Request::RemoveEmoji(gone) => {
                let Some(known) = self.emoji.get(&gone.name).cloned() else { return Ok(Reply::Done) };
                self.team_rev += 1;
                self.emoji_changed(TeamEmoji { removed: true, rev: self.team_rev, ..known }, told)
            }
            Request::SetAvatar(wish) => Ok(match wish.chat_id {
                None => {
                    self.team_rev += 1;
                    let rev = self.team_rev;
                    let known = self.users.get_mut(&user).unwrap();
                    (known.avatar, known.rev) = (wish.file_id, rev);
                    let (row, to) = (known.clone(), self.users.keys().copied().collect());
                    let event = Event::RowChanged { scope: Scope::Team, row: Row::User(row.clone()) };
                    told.push(Told { to, event });
                    Reply::Profile { user: row }
                }
                Some(id) => {
                    self.may_read(user, &id)?;
                    let state = self.chats.get_mut(&id).unwrap();
                    state.rev += 1;
                    (state.chat.avatar, state.chat.rev) = (wish.file_id, state.rev);
                    let chat = self.chat_now(&id);
                    self.tell_row(&id, Row::Chat(chat.clone()), told);
                    Reply::ChatState { chat }
                }
            }),
            Request::CreateChat(create) => {
                let Some(local_id) = local_id else { return refuse(ErrorCode::InvalidField) };
                if create.name.is_empty() {
                    return refuse(ErrorCode::InvalidField);
                }
                let id = ChatId::from(local_id);
                self.make_chat(id.clone(), create.chat_type, &create.name, user, now, create.public);
                self.chats.get_mut(&id).unwrap().chat.encrypted = create.encrypted;
                self.join(&id, user, Role::Owner, told);
                for member in create.members {
                    if member != user {
                        self.join(&id, member, Role::Member, told);
                    }
                }
                self.note(&id, &Note::ChatCreated { by: user }, now, told);
                Ok(Reply::ChatState { chat: self.chat_now(&id) })
            }
            Request::OpenPrivate(other) => {
                let id = ChatId::private(user, other.user_id);
                if !self.chats.contains_key(&id) {
                    self.make_chat(id.clone(), ChatKind::Private, "", user, now, false);
                    self.join(&id, user, Role::Member, told);
                    if other.user_id != user {
                        self.join(&id, other.user_id, Role::Member, told);
                    }
                }
                Ok(Reply::ChatState { chat: self.chat_now(&id) })
            }
            Request::UpdateChat(change) => {
                self.may_read(user, &change.chat_id)?;
                let state = self.chats.get_mut(&change.chat_id).unwrap();
                state.rev += 1;
                state.chat.rev = state.rev;
                if let Some(name) = change.name {
                    state.chat.name = name;
                }
                state.chat.rights = change.rights.unwrap_or(state.chat.rights);
                let after = change.disappear_after.map(|seconds| Some(seconds).filter(|seconds| *seconds > 0));
                state.chat.disappear_after = after.unwrap_or(state.chat.disappear_after);
                let encrypts = change.encrypted == Some(true) && !state.chat.encrypted;
                state.chat.encrypted |= encrypts;
                let row = self.chat_now(&change.chat_id);
                self.tell_row(&change.chat_id, Row::Chat(row.clone()), told);
                if encrypts {
                    self.note(&change.chat_id, &Note::Encrypted { by: user }, now, told);
                }
                if let Some(after) = after {
                    self.note(&change.chat_id, &Note::Disappearing { by: user, after }, now, told);
                }
                Ok(Reply::ChatState { chat: row })
            }
            Request::UpdateProfile(change) => {
                self.team_rev += 1;
                let known = self.users.get_mut(&user).unwrap();
                if let Some(status) = change.status {
                    (known.status_emoji, known.custom_status, known.status_until) =
                        (status.emoji, status.text, status.until);
                }
                known.rev = self.team_rev;
                let row = known.clone();
                let to = self.users.keys().copied().collect();
                let event = Event::RowChanged { scope: Scope::Team, row: Row::User(row.clone()) };
                told.push(Told { to, event });
                Ok(Reply::Profile { user: row })
            }
            Request::LastSeen(asked) => {
                let hides = |user: &UserId| {
                    let item = self.items.get(user).and_then(|items| items.get(protocol::privacy::PRIVACY));
                    Privacy::read(item.and_then(|item| item.value.as_deref())).last_seen == Audience::Nobody
                };
                let seen = |user_id: &UserId| {
                    let hidden = hides(&user) || hides(user_id);
                    Seen { user_id: *user_id, at: (!hidden).then_some(Timestamp(7)), hidden }
                };
                Ok(Reply::LastSeen { people: asked.user_ids.iter().map(seen).collect() })
            }
            Request::JoinChat(chat) => {
                if !self.chats.get(&chat.chat_id).is_some_and(|state| state.chat.public) {
                    return refuse(ErrorCode::NotFound);
                }
                self.join(&chat.chat_id, user, Role::Member, told);
                Ok(Reply::ChatState { chat: self.chat_now(&chat.chat_id) })
            }
            Request::LeaveChat(chat) => {
                self.may_read(user, &chat.chat_id)?;
                self.set_membership(&chat.chat_id, user, None, told);
                Ok(Reply::Done)
            }
            Request::AddMember(add) => {
                self.may_read(user, &add.chat_id)?;
                self.join(&add.chat_id, add.user_id, Role::Member, told);
                self.note(&add.chat_id, &Note::MemberAdded { user_id: add.user_id, by: user }, now, told);
                Ok(Reply::Done)
            }
            // The secret of this server's invitations is the chat's id, and all of them ask first.
            Request::AcceptInvitation(accept) => {
                let id = ChatId::new(accept.secret).filter(|id| self.chats.contains_key(id));
                let Some(chat_id) = id else { return refuse(ErrorCode::InvitationInvalid) };
                let name = self.chats[&chat_id].chat.name.clone();
                self.wait(&chat_id, told, |waiting| waiting.push(user));
                Ok(Reply::JoinRequested(JoinRequested { chat_id, name }))
            }
            Request::ListJoinRequests(chat) => {
                let state = self.may_read(user, &chat.chat_id)?;
                let asked = |user_id: &UserId| JoinRequest { user_id: *user_id, asked_at: Timestamp(now) };
                let requests = state.waiting.iter().map(asked).collect();
                Ok(Reply::JoinRequests(JoinRequests { chat_id: chat.chat_id, requests }))
            }
            Request::AnswerJoin(answer) => {
                self.may_read(user, &answer.chat_id)?;
                self.wait(&answer.chat_id, told, |waiting| waiting.retain(|other| *other != answer.user_id));
                if answer.accept {
                    self.join(&answer.chat_id, answer.user_id, Role::Member, told);
                }
                Ok(Reply::Done)
            }
            Request::RemoveMember(remove) => {
                self.may_read(user, &remove.chat_id)?;
                self.set_membership(&remove.chat_id, remove.user_id, None, told);
                Ok(Reply::Done)
            }
            _ => Ok(Reply::Done),
        }
    }

    /// Messages whose time is up go.
    pub fn let_go(&mut self, now: i64) -> Vec<Told> {
        let mut told = Vec::new();
        let timed = self.chats.iter().filter(|(_, state)| state.timed);
        let chats: Vec<ChatId> = timed.map(|(chat, _)| chat.clone()).collect();
        for chat in chats {
            let to = self.audience(&chat);
            let state = self.chats.get_mut(&chat).unwrap();
            let due = |m: &&mut Message| m.deleted_at.is_none() && m.expires_at.is_some_and(|at| at.0 <= now);
            for message in state.messages.iter_mut().filter(due) {
                state.rev += 1;
                message.content.clear();
                message.reactions.clear();
                message.mentions.clear();
                message.pinned_at = None;
                message.deleted_at = Some(Timestamp(now));
                message.rev = state.rev;
                let row = Row::Message(message.clone());
                let event = Event::RowChanged { scope: Scope::Chat(chat.clone()), row };
                told.push(Told { to: to.clone(), event });
            }
            for message in &mut state.messages {
                let Some(poll) = message.poll.as_mut().filter(|poll| poll.sealed && poll.closed_at.is_none()) else {
                    continue;
                };
                let Some(at) = poll.closes_at.filter(|at| at.0 <= now) else { continue };
                poll.closed_at = Some(at);
                state.rev += 1;
                message.rev = state.rev;
                let row = Row::Message(as_told(message.clone()));
                let event = Event::RowChanged { scope: Scope::Chat(chat.clone()), row };
                told.push(Told { to: to.clone(), event });
            }
        }
        told
    }

    fn wait(&mut self, id: &ChatId, told: &mut Vec<Told>, change: impl FnOnce(&mut Vec<UserId>)) {
        let state = self.chats.get_mut(id).unwrap();
        change(&mut state.waiting);
        state.rev += 1;
        state.chat.rev = state.rev;
        state.chat.join_requests = state.waiting.len() as u32;
        let row = Row::Chat(self.chat_now(id));
        self.tell_row(id, row, told);
    }

    pub(crate) fn chat_now(&self, id: &ChatId) -> Chat {
        let state = &self.chats[id];
        Chat { last_seq: state.messages.len() as u64, ..state.chat.clone() }
    }

    fn welcome(&self, now: i64) -> Welcome {
        Welcome {
            version: 1,
            versions: vec![1],
            server_id: "server".to_owned(),
            incarnation: self.incarnation.clone(),
            name: "Team".to_owned(),
            invitation_required: false,
            heartbeat_ms: 25_000,
            encryption: self.delivery.is_some(),
            server_time: Some(Timestamp(now)),
            pin: None,
        }
    }

    fn auth(&mut self, session: &mut Session, token: &str, now: i64) -> Answer {
        let mut parts = token.split(':').map(|part| part.parse::<i64>().ok());
        let (Some(Some(user)), Some(Some(until))) = (parts.next(), parts.next()) else {
            return refuse(ErrorCode::TokenInvalid);
        };
        let user = UserId(user);
        if self.killed.contains(&user) {
            return refuse(ErrorCode::TokenInvalid);
        }
        if until <= now {
            return refuse(ErrorCode::TokenExpired);
        }
        session.user = Some(user);
        session.token_until = until;
        Ok(Reply::AuthSuccess(AuthSuccess {
            user_id: user,
            username: self.users[&user].username.clone(),
            expires_in: u32::try_from((until - now) / 1_000).unwrap(),
            access_token: None,
            refresh_token: None,
        }))
    }

    fn renew(&mut self, local_id: Option<LocalId>, token: &str, now: i64) -> Answer {
        let Some((user, used)) = self.refresh.get(token).cloned() else { return refuse(ErrorCode::TokenInvalid) };
        if self.killed.contains(&user) {
            return refuse(ErrorCode::TokenInvalid);
        }
        match (used, local_id) {
            (Some((by, success)), Some(id)) if by == id => Ok(Reply::AuthSuccess(success)),
            (Some(_), _) => {
                self.killed.insert(user);
                refuse(ErrorCode::TokenReused)
            }
            (None, id) => {
                let (access, refresh) = self.new_tokens(user, now);
                let success = AuthSuccess {
                    user_id: user,
                    username: self.users[&user].username.clone(),
                    expires_in: self.token_life_s,
                    access_token: Some(access),
                    refresh_token: Some(refresh),
                };
                let by = id.unwrap_or(LocalId(uuid::Uuid::nil()));
                self.refresh.insert(token.to_owned(), (user, Some((by, success.clone()))));
                Ok(Reply::AuthSuccess(success))
            }
        }
    }

    /// An entry of a person's own data changes.
    fn put_item(&mut self, user: UserId, key: String, value: Option<String>, told: &mut Vec<Told>) -> Item {
        let rev = self.user_rev.entry(user).or_default();
        *rev += 1;
        let item = Item { key, value, rev: *rev };
        self.items.entry(user).or_default().insert(item.key.clone(), item.clone());
        let event = Event::RowChanged { scope: Scope::User(user), row: Row::Item(item.clone()) };
        told.push(Told { to: vec![user], event });
        item
    }

    pub(crate) fn may_read(&self, user: UserId, chat: &ChatId) -> Result<&ChatState, ProtocolError> {
        let Some(state) = self.chats.get(chat) else { return refuse(ErrorCode::NotFound) };
        match state.members.get(&user) {
            Some(member) if !member.left => Ok(state),
            _ => refuse(ErrorCode::NotAMember),
        }
    }

    fn post(
        &mut self,
        user: UserId,
        local_id: Option<LocalId>,
        post: PostMessage,
        now: i64,
        told: &mut Vec<Told>,
    ) -> Answer {
        self.may_read(user, &post.chat_id)?;
        let Some(local_id) = local_id else { return refuse(ErrorCode::InvalidField) };
        if let Some((low, high)) = post.chat_id.private_members() {
            let blocks = |one: UserId, other: UserId| {
                let item = self.items.get(&one).and_then(|items| items.get(&protocol::privacy::blocked_key(other)));
                item.is_some_and(|item| item.value.is_some())
            };
            if blocks(low, high) || blocks(high, low) {
                return refuse(ErrorCode::Forbidden);
            }
        }
        if post.content == "forbidden words" {
            return refuse(ErrorCode::InvalidField);
        }
        self.check_sealed(&post.chat_id, &post.content, post.encrypt_for_recipients)?;
        let forwarded = match &post.forward_of {
            Some(of) => {
                let state = self.may_read(user, &of.chat_id)?;
                let Some(said) = state.messages.iter().find(|message| message.id == of.message_id) else {
                    return refuse(ErrorCode::InvalidField);
                };
                Some(Forwarded {
                    chat_id: of.chat_id.clone(),
                    message_id: of.message_id.clone(),
                    sender_id: said.sender_id,
                    timestamp: said.timestamp,
                })
            }
            None => None,
        };
        let original = post.forward_of.as_ref().and_then(|of| {
            self.chats[&of.chat_id].messages.iter().find(|message| message.id == of.message_id)?.poll.clone()
        });
        let poll = match original {
            Some(mut told) => {
                if told.closed_at.is_none() {
                    told.voters = 0;
                    told.options.iter_mut().for_each(|option| option.votes = 0);
                }
                Some(told)
            }
            None => {
                let sealed = post.encrypt_for_recipients;
                if sealed && post.poll.as_ref().is_some_and(|poll| **poll != poll.outside()) {
                    return refuse(ErrorCode::InvalidField);
                }
                post.poll.as_ref().map(|poll| Box::new(Poll { sealed, ..poll.opened() }))
            }
        };
        if let Some(quiz) = post.poll.and_then(|poll| poll.quiz) {
            self.quizzes.insert(MessageId::from(local_id), quiz);
        }
        let attachments: Vec<Attachment> = post.attachments.iter().map(attachment).collect();
        let accepted = self.append(
            &post.chat_id,
            local_id.into(),
            user,
            post.content,
            MessageType::Text,
            post.encrypt_for_recipients,
            post.reply_to,
            post.mentions,
            forwarded,
            post.thread.clone(),
            poll,
            now,
            told,
        );
        if let (Some(everyone), Some(told)) = (post.everyone, told.last_mut())
            && let Event::NewMessage { message, .. } = &mut told.event
        {
            message.everyone = Some(everyone);
            let kept = self.chats.get_mut(&post.chat_id).unwrap().messages.last_mut().unwrap();
            kept.everyone = Some(everyone);
        }
        if let Some(Told { event: Event::NewMessage { message, .. }, .. }) = told.last_mut() {
            message.attachments = attachments.clone();
            self.chats.get_mut(&post.chat_id).unwrap().messages.last_mut().unwrap().attachments = attachments;
        }
        if let Some(root) = post.thread {
            self.thread_grew(&post.chat_id, &root, user, now, told);
        }
        Ok(Reply::MessageAccepted(accepted))
    }

    fn emoji_changed(&mut self, row: TeamEmoji, told: &mut Vec<Told>) -> Answer {
        self.emoji.insert(row.name.clone(), row.clone());
        let to = self.users.keys().copied().collect();
        told.push(Told { to, event: Event::RowChanged { scope: Scope::Team, row: Row::Emoji(row) } });
        Ok(Reply::Done)
    }

    fn thread_grew(&mut self, chat: &ChatId, root: &MessageId, user: UserId, now: i64, told: &mut Vec<Told>) {
        let to = self.audience(chat);
        let state = self.chats.get_mut(chat).unwrap();
        state.rev += 1;
        let Some(message) = state.messages.iter_mut().find(|message| message.id == *root) else { return };
        let before = message.replies.take();
        let count = before.map_or(0, |replies| replies.count) + 1;
        message.replies = Some(Box::new(Replies { count, last_at: Timestamp(now), people: vec![user] }));
        message.rev = state.rev;
        let row = Row::Message(as_told(message.clone()));
        told.push(Told { to, event: Event::RowChanged { scope: Scope::Chat(chat.clone()), row } });
    }

    fn change(
        &mut self,
        user: UserId,
        chat: &ChatId,
        id: &MessageId,
        _now: i64,
        told: &mut Vec<Told>,
        with: impl FnOnce(&mut Message, bool, bool) -> Result<(), ProtocolError>,
    ) -> Answer {
        let admin = self.may_read(user, chat)?.members[&user].role >= Role::Admin;
        let state = self.chats.get_mut(chat).unwrap();
        let next = state.rev + 1;
        let Some(message) = state.messages.iter_mut().find(|m| m.id == *id) else { return refuse(ErrorCode::NotFound) };
        let own = message.sender_id == user;
        with(message, own, admin)?;
        message.rev = next;
        state.rev = next;
        let message = message.clone();
        let accepted = MessageAccepted {
            chat_id: chat.clone(),
            message_id: id.clone(),
            seq: message.seq,
            rev: next,
            timestamp: message.timestamp,
        };
        self.tell_row(chat, Row::Message(as_told(message)), told);
        Ok(Reply::MessageAccepted(accepted))
    }

    /// A vote that nobody but members' devices can read.
    fn cast(&mut self, user: UserId, vote: Vote, now: i64, told: &mut Vec<Told>) -> Answer {
        let rev = self.may_read(user, &vote.chat_id)?.rev + 1;
        let Some(content) = vote.ballot.filter(|_| vote.options.is_empty()) else {
            return refuse(ErrorCode::PlaintextRefused);
        };
        self.check_sealed(&vote.chat_id, &content, true)?;
        self.change(user, &vote.chat_id, &vote.message_id, now, told, |message, _, _| {
            let asks = message.poll.as_mut().filter(|_| message.deleted_at.is_none());
            let open =
                |poll: &&mut Box<Poll>| poll.closed_at.is_none() && poll.closes_at.is_none_or(|at| at > Timestamp(now));
            let Some(poll) = asks.filter(open) else { return refuse(ErrorCode::Forbidden) };
            poll.ballots.retain(|ballot| ballot.user_id != user);
            poll.ballots.push(Ballot { user_id: user, content, rev });
            Ok(())
        })
    }

    fn vote(&mut self, user: UserId, vote: Vote, now: i64, told: &mut Vec<Told>) -> Answer {
        let poll = self.may_read(user, &vote.chat_id)?.messages.iter().find(|m| m.id == vote.message_id);
        if poll.and_then(|message| message.poll.as_ref()).is_some_and(|poll| poll.sealed) {
            return self.cast(user, vote, now, told);
        }
        let key = protocol::poll::vote_key(&vote.message_id);
        let known = self.items.get(&user).and_then(|items| items.get(&key)).and_then(|item| item.value.as_ref());
        let before: Vec<u32> = known.map_or(Vec::new(), |json| serde_json::from_str::<OwnVote>(json).unwrap().options);
        let mut rows = Vec::new();
        let answer = self.change(user, &vote.chat_id, &vote.message_id, now, &mut rows, |message, _, _| {
            let Some(poll) = message.poll.as_mut().filter(|poll| poll.closed_at.is_none()) else {
                return refuse(ErrorCode::Forbidden);
            };
            poll.count(&before, &vote.options);
            Ok(())
        })?;
        let Reply::MessageAccepted(accepted) = &answer else { return Ok(answer) };
        let solution = self.quizzes.get(&vote.message_id).cloned();
        let own = OwnVote { options: vote.options, rev: accepted.rev, solution };
        let value = (!own.options.is_empty()).then(|| serde_json::to_string(&own).unwrap());
        let rev = self.user_rev.entry(user).or_default();
        *rev += 1;
        let item = Item { key: key.clone(), value, rev: *rev };
        self.items.entry(user).or_default().insert(key, item.clone());
        let event = Event::RowChanged { scope: Scope::User(user), row: Row::Item(item) };
        told.push(Told { to: vec![user], event });
        told.append(&mut rows);
        Ok(answer)
    }

    fn receipt(&mut self, user: UserId, chat: &ChatId, delivered: u64, read: u64, told: &mut Vec<Told>) {
        let to = self.audience(chat);
        let state = self.chats.get_mut(chat).unwrap();
        let mark = state.receipts.entry(user).or_insert(Receipt { user_id: user, delivered_seq: 0, read_seq: 0 });
        let before = *mark;
        mark.delivered_seq = mark.delivered_seq.max(delivered);
        mark.read_seq = mark.read_seq.max(read);
        if *mark != before {
            let receipt = *mark;
            told.push(Told { to, event: Event::Receipt { chat_id: chat.clone(), receipt } });
        }
    }

    fn history(&self, user: UserId, asked: &History) -> Answer {
        let state = self.may_read(user, &asked.chat_id)?;
        let limit = u64::from(asked.limit.unwrap_or(50));
        let last = state.messages.len() as u64;
        let first_at = |moment: Timestamp| {
            state.messages.iter().find(|m| m.timestamp >= moment).map_or(last + 1, |message| message.seq)
        };
        let around = asked.around_seq.or_else(|| asked.around_time.map(first_at));
        let (low, high) = match (asked.before_seq, asked.after_seq, around) {
            (Some(before), _, _) => (before.saturating_sub(limit).max(1), before.saturating_sub(1).min(last)),
            (_, Some(after), _) => (after + 1, (after + limit).min(last)),
            (_, _, Some(around)) => (around.saturating_sub(limit / 2).max(1), (around + limit / 2).min(last)),
            _ => ((last + 1).saturating_sub(limit).max(1), last),
        };
        // Their places are 1, 2, 3 and so on.
        let (first, end) = (low.saturating_sub(1).min(last) as usize, high.min(last) as usize);
        let messages: Vec<Message> = state.messages.get(first..end).unwrap_or_default().to_vec();
        Ok(Reply::HistoryPage(HistoryPage {
            chat_id: asked.chat_id.clone(),
            has_more_before: messages.first().is_some_and(|m| m.seq > 1),
            has_more_after: messages.last().is_some_and(|m| m.seq < last),
            messages,
        }))
    }

    fn changes(&self, user: UserId, asked: &ScopeHave) -> Result<Changes, ProtocolError> {
        let (head, mut rows, receipts) = match &asked.scope {
            Scope::Team => {
                let emoji = self.emoji.values().cloned().map(Row::Emoji);
                let rows = self.users.values().cloned().map(Row::User).chain(emoji).collect();
                (self.team_rev, rows, Vec::new())
            }
            Scope::User(id) if *id == user => {
                let all = self.memberships.get(id).into_iter().flat_map(|all| all.values().cloned());
                let items = self.items.get(id).into_iter().flat_map(|items| items.values().cloned());
                let rows = all.map(Row::Membership).chain(items.map(Row::Item)).chain(self.own_rows(*id)).collect();
                (self.user_rev.get(id).copied().unwrap_or(0), rows, Vec::new())
            }
            Scope::User(_) => return refuse(ErrorCode::Forbidden),
            Scope::Chat(chat) => {
                let state = self.may_read(user, chat)?;
                let mut rows = vec![Row::Chat(self.chat_now(chat))];
                rows.extend(state.members.values().cloned().map(Row::Member));
                // A long history is not copied for the few rows that are asked for.
                let whole = asked.have == 0 || asked.have > state.rev;
                let first = self.first_of_snapshot(chat);
                let wanted = |m: &&Message| if whole { m.seq >= first } else { m.rev > asked.have };
                rows.extend(state.messages.iter().filter(wanted).cloned().map(Row::Message));
                rows.extend(self.group_rows(chat, if whole { None } else { Some(asked.have) }));
                (state.rev, rows, state.receipts.values().copied().collect())
            }
        };
        let snapshot = asked.have == 0 || asked.have > head;
        let whole = snapshot && matches!(asked.scope, Scope::Chat(_));
        rows.sort_by_key(Row::rev);
        if whole {
            rows.retain(|row| !matches!(row, Row::Member(member) if member.left));
        } else {
            let after = if snapshot { 0 } else { asked.have };
            rows.retain(|row| row.rev() > after);
        }
        let cut = !whole && rows.len() > CHANGES_ROWS;
        if cut {
            rows.truncate(CHANGES_ROWS);
        }
        let to = if cut { rows.last().map_or(head, Row::rev) } else { head };
        Ok(Changes { scope: asked.scope.clone(), from: asked.have, to, head, snapshot, rows, receipts })
    }

    fn first_of_snapshot(&self, chat: &ChatId) -> u64 {
        (self.chats[chat].messages.len().saturating_sub(SNAPSHOT_MESSAGES) + 1) as u64
    }

    /// The heartbeat for one person: all their scopes.
    pub fn heads(&self, user: UserId) -> Event {
        let mut heads = vec![
            ScopeHead { scope: Scope::Team, rev: self.team_rev },
            ScopeHead { scope: Scope::User(user), rev: self.user_rev.get(&user).copied().unwrap_or(0) },
        ];
        for (id, state) in &self.chats {
            if state.members.get(&user).is_some_and(|m| !m.left) {
                heads.push(ScopeHead { scope: Scope::Chat(id.clone()), rev: state.rev });
            }
        }
        Event::Heads { heads }
    }
}

/// Live, a row says only which vote is new.
fn as_told(mut message: Message) -> Message {
    if let Some(poll) = &mut message.poll {
        poll.ballots.retain(|ballot| ballot.rev == message.rev);
    }
    message
}

fn error(code: ErrorCode) -> Reply {
    Reply::Error(ProtocolError::new(code, "no").into())
}
