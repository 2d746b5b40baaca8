//! Sealing at the moment of sending: what waits in the outbox is plain, so that an epoch that ends meanwhile costs nothing.
//! What was sealed is kept and asked again as it is: the server may have it already.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{Group, Me, MlsError};
use protocol::frame::{EditMessage, PostMessage, Vote};
use protocol::{ChatId, ErrorCode, MessageId, Request, Scope};
use sql::params;

use super::content::{About, Inside};
use super::files::{self, SealedFile};
use super::looks::{self, Behind};
use super::previews::SealedPreview;
use super::rows::{self, GroupRow};
use super::rules::Rules;
use super::votes::{self, Choice};
use super::{Standing, group_id};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::State;
use crate::step::Step;
use crate::{chats, messages};

/// What becomes of a request whose turn has come.
pub(crate) enum Sending {
    /// It goes like this.
    Now(Box<Request>),
    /// The chat's group is not ready.
    Later,
    /// Nobody lets it in: this person is not in the chat, so that nothing can be sealed for it.
    Never(ErrorCode),
}

impl Engine {
    /// A row of the outbox as it is to be sent.
    pub(crate) fn as_sent(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        n: i64,
        message: Option<&MessageId>,
        request: Request,
    ) -> Result<Sending, EngineError> {
        // Taking a preview away is no words of one's own.
        let removes = matches!(request, Request::RemovePreview(_));
        let request = match request {
            Request::RemovePreview(remove) => match looks::without_preview(s.tx, n, &remove)? {
                Some(edit) => Request::EditMessage(edit),
                None => Request::RemovePreview(remove),
            },
            other => other,
        };
        let vote = matches!(&request, Request::Vote(vote) if vote.ballot.is_some());
        // What was sealed, or asked to be, goes in no other way.
        let bound = vote || (removes && matches!(request, Request::EditMessage(_)));
        let content = vote || matches!(request, Request::Message(_) | Request::EditMessage(_));
        let sealed = if content { chats::get(s.tx, chat)?.filter(|info| self.seals(info)) } else { None };
        let Some(info) = sealed else {
            return Ok(if bound { Sending::Never(ErrorCode::NotFound) } else { Sending::Now(Box::new(request)) });
        };
        if info.role.is_none() {
            // The server did not let this person open it: one of them has blocked the other, say.
            return Ok(Sending::Never(ErrorCode::Forbidden));
        }
        if !self.inbox.is_fresh(&Scope::Chat(chat.clone())) {
            // A device may have been taken out meanwhile: what is sealed now, or was, would be for it too.
            return Ok(Sending::Later);
        }
        if self.sealing.waits.contains(chat) {
            return Ok(Sending::Later);
        }
        if self.has_clear_files(s, chat, message)? {
            // Picked before the chat was encrypted: these bytes are with the server already, as they are.
            return Ok(Sending::Never(ErrorCode::PlaintextRefused));
        }
        let kept = s.tx.row("SELECT sealed FROM outbox WHERE n = ?1", params![n], |r| r.opt_text(0))?.flatten();
        let row = rows::group(s.tx, chat)?;
        let sealed = match (self.group_to_seal(s, chat, &row)?, kept) {
            (Some(_), Some(kept)) => return Ok(Sending::Now(Box::new(serde_json::from_str(&kept)?))),
            (Some((group, me)), None) => {
                let preview = match message.filter(|_| !removes) {
                    Some(id) => match self.behind(s, chat, n, id, &request)? {
                        Behind::Known(preview) => preview,
                        Behind::Looking => return Ok(Sending::Later),
                    },
                    None => None,
                };
                sealed_request(s, chat, (group, &me), message, request, preview)?
            }
            (None, _) => None,
        };
        let Some(request) = sealed else {
            self.sealing.waits.insert(chat.clone());
            self.sealing.to_tend.insert(chat.clone());
            return Ok(Sending::Later);
        };
        s.tx.execute("UPDATE outbox SET sealed = ?2 WHERE n = ?1", params![n, serde_json::to_string(&request)?])?;
        Ok(Sending::Now(Box::new(request)))
    }

    fn has_clear_files(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: Option<&MessageId>,
    ) -> Result<bool, EngineError> {
        let Some(id) = message else { return Ok(false) };
        let Some(stored) = messages::get(s.tx, chat, id)? else { return Ok(false) };
        let waits = stored.state != State::Settled;
        Ok(waits && stored.details.attachments.iter().any(|attachment| !attachment.file.encrypted))
    }

    /// The group, if what is sealed now reaches everybody who should read it and nobody else.
    fn group_to_seal(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        row: &GroupRow,
    ) -> Result<Option<(Group, Me)>, EngineError> {
        let Some(id) = group_id(chat, row.generation) else { return Ok(None) };
        if self.sealing.standing != Standing::Ready || !row.is_current() || !row.surplus.is_empty() {
            return Ok(None);
        }
        let (Some(me), Some(group)) = (Me::load(&mut s.crypto())?, Group::load(&mut s.crypto(), &id)?) else {
            return Ok(None);
        };
        let readers = group.readers()?;
        let reaches = match chat.private_members() {
            Some((low, high)) => {
                [low, high].iter().all(|user| readers.iter().any(|reader| reader.device.user == *user))
            }
            // Whoever can be let in is in: this device lets them in itself, when nobody before it does.
            None => {
                let unfit = self.sealing.unfit.get(chat);
                row.is_told()
                    && row.missing.iter().all(|missing| unfit.is_some_and(|unfit| unfit.contains(&missing.device_id)))
            }
        };
        // Nor anybody else: who reads is a member by what this device knows, whoever let them in.
        let rules = Rules::load(s.tx, chat, me.device().user, me.device().person)?;
        let reaches = reaches && readers.iter().all(|reader| rules.is_member(reader.device.user));
        // Until the commits are here that the server has, who was taken out may still be in it.
        let caught_up = group.epoch() >= row.server_epoch;
        Ok((reaches && caught_up && group.is_member()).then_some((group, me)))
    }

    /// Somebody was taken out of the group: what was sealed for them, and may not be with the server yet, is sealed anew. If it was
    /// there already, the server answers by its id.
    pub(super) fn seal_all_again(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        s.tx.execute(
            "UPDATE outbox SET sealed = NULL WHERE chat_id = ?1 AND sealed IS NOT NULL",
            params![chat.as_str()],
        )?;
        Ok(())
    }

    /// A refusal that says only that it must be sealed anew; `true` when it will be.
    pub(crate) fn seal_again(&mut self, s: &mut Step<'_, '_>, n: i64, code: ErrorCode) -> Result<bool, EngineError> {
        if !self.sealing.server || !matches!(code, ErrorCode::StaleEpoch | ErrorCode::PlaintextRefused) {
            return Ok(false);
        }
        let of = s.tx.row("SELECT chat_id, message_id FROM outbox WHERE n = ?1", params![n], |r| {
            Ok((r.text(0)?, r.opt_text(1)?))
        })?;
        if let Some((chat, id)) = of
            && let Some(chat) = ChatId::new(chat)
            && self.has_clear_files(s, &chat, id.and_then(MessageId::new).as_ref())?
        {
            return Ok(false);
        }
        s.tx.execute("UPDATE outbox SET sealed = NULL WHERE n = ?1", params![n])?;
        Ok(true)
    }
}

/// A request as it goes into its chat, with all of it that the server must not see inside of a seal.
fn sealed_request(
    s: &mut Step<'_, '_>,
    chat: &ChatId,
    (group, me): (Group, &Me),
    message: Option<&MessageId>,
    request: Request,
    preview: Option<Box<SealedPreview>>,
) -> Result<Option<Request>, EngineError> {
    let Some(id) = message.cloned() else { return Ok(None) };
    let request = match request {
        Request::Vote(Vote { chat_id, message_id, options, ballot }) => {
            let choice = Choice { of: ballot.unwrap_or_default(), options };
            let inside = Inside { vote: Some(choice), ..Inside::default() };
            let ballot = seal(s, chat, group, me, &id, &inside, &votes::about(chat, &id))?;
            let cast = |sealed| Request::Vote(Vote { chat_id, message_id, options: Vec::new(), ballot: Some(sealed) });
            return Ok(ballot.map(cast));
        }
        other => other,
    };
    let stored = messages::get(s.tx, chat, &id)?;
    let files = match &stored {
        Some(stored) => files::of_message(s.tx, chat, &id, &stored.details.attachments)?,
        None => Vec::new(),
    };
    let attachments = files.iter().map(SealedFile::attach).collect();
    let (inside, reply_to, thread) = match &request {
        Request::Message(post) => {
            let forwarded = stored.as_ref().and_then(|stored| stored.details.forwarded.clone());
            (Inside::of_post(post, forwarded, files).with(preview), post.reply_to.clone(), post.thread.clone())
        }
        Request::EditMessage(edit) => {
            let (reply_to, thread) = stored.map(|stored| (stored.reply_to, stored.thread)).unwrap_or_default();
            (Inside::of_edit(edit, files).with(preview), reply_to, thread)
        }
        _ => return Ok(Some(request)),
    };
    let about = About { chat, id: &id, reply_to: reply_to.as_ref(), thread: thread.as_ref() };
    let about = about.bytes();
    let Some(sealed) = seal(s, chat, group, me, &id, &inside, &about)? else { return Ok(None) };
    Ok(Some(match request {
        Request::Message(post) => Request::Message(PostMessage {
            content: sealed,
            mentions: Vec::new(),
            encrypt_for_recipients: true,
            forward_of: None,
            attachments,
            // What is asked is inside.
            poll: post.poll.as_deref().map(|poll| Box::new(poll.outside())),
            ..post
        }),
        Request::EditMessage(edit) => Request::EditMessage(EditMessage {
            content: sealed,
            mentions: Vec::new(),
            encrypt_for_recipients: true,
            ..edit
        }),
        other => other,
    }))
}

/// Seals, and remembers what: this device cannot open it.
fn seal(
    s: &mut Step<'_, '_>,
    chat: &ChatId,
    mut group: Group,
    me: &Me,
    id: &MessageId,
    inside: &Inside,
    about: &[u8],
) -> Result<Option<String>, EngineError> {
    let sealed = match group.seal(&mut s.crypto(), me, &inside.bytes(), about) {
        Ok(sealed) => URL_SAFE_NO_PAD.encode(sealed),
        Err(MlsError::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    rows::know(s.tx, &crypto::sha256(sealed.as_bytes()), chat, id, inside)?;
    Ok(Some(sealed))
}
