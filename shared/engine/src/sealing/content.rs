//! What is inside a sealed message, and what it is sealed to.

use protocol::frame::{EditMessage, PostMessage};
use protocol::limits::MESSAGE_BYTES_MAX;
use protocol::{ChatId, Everyone, Forwarded, Message, MessageId, NewPoll, UserId};
use serde::{Deserialize, Serialize};

use super::files::{SealedFile, attachments};
use super::previews::{self, SealedPreview};
use super::votes::{self, Choice};

/// So many bytes are not longer than a message can be once they are sealed and written as text.
const BYTES_SURE: usize = MESSAGE_BYTES_MAX / 4 * 3 - 2 * 1024;

/// The inside of a sealed message: what the server does not see.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Inside {
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) mentions: Vec<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forwarded: Option<Box<Forwarded>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<SealedFile>,
    /// What is asked; the text is the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) poll: Option<Box<NewPoll>>,
    /// What stands behind the first link of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preview: Option<Box<SealedPreview>>,
    /// It is no message, but a vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vote: Option<Choice>,
}

/// What the server must know and must not exchange: authenticated with the content.
pub(crate) struct About<'a> {
    pub(crate) chat: &'a ChatId,
    pub(crate) id: &'a MessageId,
    pub(crate) reply_to: Option<&'a MessageId>,
    pub(crate) thread: Option<&'a MessageId>,
}

impl Inside {
    pub(crate) fn of_post(post: &PostMessage, forwarded: Option<Box<Forwarded>>, files: Vec<SealedFile>) -> Self {
        Self {
            text: post.content.clone(),
            mentions: post.mentions.clone(),
            forwarded,
            files,
            poll: post.poll.clone(),
            ..Self::default()
        }
    }

    /// Who changes the words says the files again: an edit is all that a message says.
    pub(crate) fn of_edit(edit: &EditMessage, files: Vec<SealedFile>) -> Self {
        Self { text: edit.content.clone(), mentions: edit.mentions.clone(), files, ..Self::default() }
    }

    /// With a preview, as far as there is room for it: a message that is too long for one goes without.
    pub(crate) fn with(mut self, preview: Option<Box<SealedPreview>>) -> Self {
        self.preview = preview;
        if self.bytes().len() > BYTES_SURE
            && let Some(preview) = &mut self.preview
        {
            preview.picture = None;
        }
        if self.bytes().len() > BYTES_SURE {
            self.preview = None;
        }
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers are JSON")
    }

    /// Of a newer version it is what this one understands; `None` when that is nothing.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Its words call everyone like this.
    pub(crate) fn calls(&self, everyone: Everyone) -> bool {
        Everyone::in_text(&self.text) == Some(everyone)
    }

    /// The message as if it had come in the clear.
    pub(crate) fn put_into(self, message: &mut Message) {
        // That everyone is called is said in the clear, because the server knows who is there: it counts when the words say so too.
        message.everyone = message.everyone.filter(|everyone| self.calls(*everyone));
        let here = if message.everyone.is_some() { std::mem::take(&mut message.mentions) } else { Vec::new() };
        message.mentions = self.mentions;
        message.mentions.extend(here);
        message.mentions.sort_unstable();
        message.mentions.dedup();
        // Never the server's word: it does not know the link.
        message.preview = previews::opened(self.preview.as_deref(), &self.text, &message.id, message.timestamp);
        message.content = self.text;
        message.forwarded = self.forwarded;
        message.attachments = attachments(&self.files, message.timestamp);
        message.poll = votes::opened(self.poll.as_deref(), message.poll.as_deref());
        message.sealed = false;
    }
}

impl<'a> About<'a> {
    pub(crate) fn of(chat: &'a ChatId, message: &'a Message) -> Self {
        Self { chat, id: &message.id, reply_to: message.reply_to.as_ref(), thread: message.thread.as_ref() }
    }

    /// As it is authenticated. Ids hold no line ends.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let text = |id: Option<&'a MessageId>| id.map_or("", MessageId::as_str);
        format!("{}\n{}\n{}\n{}", self.chat, self.id, text(self.reply_to), text(self.thread)).into_bytes()
    }
}
