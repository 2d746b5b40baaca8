//! Looking behind links before they are sealed: the driver looks, the engine says when, and waits no longer than a moment. Only what is
//! sent is looked at, never a draft; what was seen is forgotten after some minutes.

use std::collections::BTreeMap;

use protocol::frame::{EditMessage, MessageRef};
use protocol::preview::first_link;
use protocol::{ChatId, MessageId, Request};
use sql::{Tx, params};
use view::NO_SEALED_PREVIEWS;

use super::previews::{self, SealedPreview};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::{Output, SeenLink, Timer};
use crate::items;
use crate::messages::{self, State};
use crate::step::Step;

/// A message waits so long for what stands behind its link, and then goes without; see [`Engine::look_for`].
pub(crate) const LOOK_MS: u32 = 3_000;
/// What was seen is good for this long: a message that must be sealed anew is not looked at anew.
const KEPT_MS: i64 = 10 * 60 * 1000;
/// Most links that are remembered.
const LOOKS_MAX: usize = 32;

/// A link that was to be sealed.
enum Look {
    /// The driver looks. → `Seen`, which is nothing when its time is up.
    Asked { until: i64 },
    /// What it saw.
    Seen { seen: Option<Box<SeenLink>>, until: i64 },
}

impl Look {
    fn until(&self) -> i64 {
        let (Look::Asked { until } | Look::Seen { until, .. }) = self;
        *until
    }
}

/// By link.
#[derive(Default)]
pub(super) struct Looks(BTreeMap<String, Look>);

impl Looks {
    /// What was asked for too long is not waited for any more; what was seen long ago is forgotten.
    fn end(&mut self, now: i64) {
        self.0.retain(|_, look| matches!(look, Look::Asked { .. }) || look.until() > now);
        for look in self.0.values_mut().filter(|look| look.until() <= now) {
            *look = Look::Seen { seen: None, until: now + KEPT_MS };
        }
    }
}

/// What is known of a link.
pub(super) enum Behind {
    /// It is being looked at: the message waits.
    Looking,
    /// This goes into the seal.
    Known(Option<Box<SealedPreview>>),
}

impl Engine {
    /// What stands behind the link of what is to be sealed.
    pub(super) fn behind(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        n: i64,
        id: &MessageId,
        request: &Request,
    ) -> Result<Behind, EngineError> {
        let none = Ok(Behind::Known(None));
        let stored = messages::get(s.tx, chat, id)?;
        let said = match request {
            // What is said again, or asked, cannot be edited, so its preview could not be taken away.
            Request::Message(post) if post.poll.is_some() || post.forward_of.is_some() => return none,
            Request::Message(post) => &post.content,
            Request::EditMessage(edit) => &edit.content,
            _ => return none,
        };
        let Some(link) = first_link(said) else { return none };
        if matches!(request, Request::EditMessage(_))
            && let Some(stored) = stored.filter(|stored| first_link(&stored.content) == Some(link))
        {
            if was_removed(s.tx, chat, n, id)? {
                return none;
            }
            if stored.state == State::Settled {
                return Ok(Behind::Known(previews::inside(s.tx, chat, id, stored.details.preview.as_deref())?));
            }
        }
        if items::value(s.tx, NO_SEALED_PREVIEWS)?.is_some() {
            return none;
        }
        Ok(self.look_behind(s, link))
    }

    fn look_behind(&mut self, s: &mut Step<'_, '_>, link: &str) -> Behind {
        let looks = &mut self.sealing.looks;
        looks.end(s.now);
        let looks = &mut looks.0;
        match looks.get(link) {
            Some(Look::Asked { .. }) => return Behind::Looking,
            Some(Look::Seen { seen, .. }) => {
                return Behind::Known(seen.as_ref().map(|seen| Box::new(SealedPreview::of(link, seen))));
            }
            None => {}
        }
        while looks.len() >= LOOKS_MAX {
            let Some(first) = looks.iter().min_by_key(|(_, look)| look.until()).map(|(link, _)| link.clone()) else {
                break;
            };
            looks.remove(&first);
        }
        looks.insert(link.to_owned(), Look::Asked { until: s.now + i64::from(self.look_ms) });
        s.out.push(Output::Look { url: link.to_owned() });
        self.time_looks(s);
        Behind::Looking
    }

    /// The timer rings for the link that waits longest.
    fn time_looks(&mut self, s: &mut Step<'_, '_>) {
        let asked = |look: &Look| matches!(look, Look::Asked { .. }).then(|| look.until());
        if let Some(until) = self.sealing.looks.0.values().filter_map(asked).min() {
            let after = u32::try_from(until - s.now).unwrap_or(0).min(self.look_ms);
            s.set_timer(Timer::Looks, after);
        }
    }

    /// Links whose time is up: their messages go without a preview.
    pub(crate) fn looks_timer(&mut self, s: &mut Step<'_, '_>) {
        self.sealing.looks.end(s.now);
        self.time_looks(s);
    }

    /// The driver looked. What nobody waits for any more is good for the next message with this link.
    pub(crate) fn looked(&mut self, s: &mut Step<'_, '_>, url: &str, seen: Option<Box<SeenLink>>) {
        if let Some(look) = self.sealing.looks.0.get_mut(url) {
            *look = Look::Seen { seen, until: s.now + KEPT_MS };
        }
    }
}

/// The writer has taken the preview away, and that is on its way.
fn was_removed(tx: &mut Tx<'_>, chat: &ChatId, n: i64, id: &MessageId) -> Result<bool, EngineError> {
    let found = tx.row(
        "SELECT 1 FROM outbox WHERE chat_id = ?1 AND message_id = ?2 AND what = 'remove_preview' AND n < ?3 AND state < 2",
        params![chat.as_str(), id.as_str(), n],
        |r| r.int(0),
    )?;
    Ok(found.is_some())
}

/// To take the preview from a message that came sealed is to say the message again without it; `None` for one that did not.
pub(super) fn without_preview(
    tx: &mut Tx<'_>,
    n: i64,
    MessageRef { chat_id, message_id }: &MessageRef,
) -> Result<Option<EditMessage>, EngineError> {
    let Some((_, inside)) = messages::sealed_as(tx, chat_id, message_id)? else { return Ok(None) };
    // What was changed before it may not have come back yet.
    let edited = tx.row(
        "SELECT request FROM outbox WHERE chat_id = ?1 AND message_id = ?2 AND what = 'edit' AND n < ?3 AND state < 2
         ORDER BY n DESC LIMIT 1",
        params![chat_id.as_str(), message_id.as_str(), n],
        |r| r.text(0),
    )?;
    if let Some(Request::EditMessage(edit)) = edited.map(|json| serde_json::from_str(&json)).transpose()? {
        return Ok(Some(edit));
    }
    Ok(Some(EditMessage {
        chat_id: chat_id.clone(),
        message_id: message_id.clone(),
        content: inside.text,
        mentions: inside.mentions,
        encrypt_for_recipients: false,
    }))
}
