//! What a message can ask its surroundings for.

use leptos::prelude::*;
use view::{MessageId, MessageRow, UserId, When};

use crate::primitives::MenuAnchor;

/// What a person can do with a message. The timeline's owner fills it in: with commands in the app, with nothing in the gallery.
#[derive(Clone, Copy)]
pub struct MessageActions {
    /// Answer it.
    pub reply: Callback<(MessageRow,)>,
    /// Change its text.
    pub edit: Callback<(MessageRow,)>,
    /// Delete it for everyone; the owner asks first.
    pub delete: Callback<(MessageRow,)>,
    /// Add a reaction or take it back.
    pub react: Callback<(MessageId, String, bool)>,
    /// Send a failed one again.
    pub retry: Callback<(MessageId,)>,
    /// Throw a failed one away.
    pub discard: Callback<(MessageId,)>,
    /// Go to the message it answers.
    pub jump: Callback<(MessageId,)>,
    /// Show a person.
    pub person: Callback<(UserId,)>,
    /// Put a text on the clipboard.
    pub copy: Callback<(String,)>,
    /// Say it again elsewhere; the owner asks where.
    pub forward: Callback<(MessageRow,)>,
    /// Keep it at the chat's head, or not.
    pub pin: Callback<(MessageId, bool)>,
    /// Keep it among the saved ones, or not.
    pub save: Callback<(MessageId, bool)>,
    /// Remind of it at a moment.
    pub remind: Callback<(MessageId, When)>,
    /// Show what it said before it was changed.
    pub versions: Callback<(MessageId,)>,
    /// Vote in its poll, in place of an earlier vote.
    pub vote: Callback<(MessageId, Vec<u32>)>,
    /// Let nobody vote in its poll any more.
    pub close_poll: Callback<(MessageId,)>,
    /// Show who voted in its poll.
    pub voters: Callback<(MessageRow,)>,
    /// Take the preview of its link away.
    pub remove_preview: Callback<(MessageId,)>,
    /// Show what stands under it.
    pub thread: Callback<(MessageId,)>,
}

/// What all messages of a timeline share.
#[derive(Clone, Copy)]
pub struct MessageContext {
    /// What can be done.
    pub actions: MessageActions,
    /// The one under the pointer or with the focus: it shows its toolbar.
    pub active: RwSignal<Option<MessageId>>,
    /// The one jumped to, marked for a moment.
    pub highlighted: RwSignal<Option<MessageId>>,
    /// The menu is open here, for this message.
    pub menu: RwSignal<Option<MenuAnchor>>,
    /// The emoji panel is open here, for this message.
    pub panel: RwSignal<Option<MenuAnchor>>,
    /// The choice of a moment is open here, for this message.
    pub later: RwSignal<Option<MenuAnchor>>,
    /// Which message the menu or a panel is about.
    pub subject: RwSignal<Option<ArcRwSignal<MessageRow>>>,
}

impl MessageContext {
    /// Nothing active, nothing open.
    pub fn new(actions: MessageActions) -> Self {
        Self {
            actions,
            active: RwSignal::new(None),
            highlighted: RwSignal::new(None),
            menu: RwSignal::new(None),
            panel: RwSignal::new(None),
            later: RwSignal::new(None),
            subject: RwSignal::new(None),
        }
    }

    /// Opens the menu of a message.
    pub fn open_menu(&self, row: &ArcRwSignal<MessageRow>, at: MenuAnchor) {
        self.subject.set(Some(row.clone()));
        self.menu.set(Some(at));
    }

    /// Opens the emoji panel for a message.
    pub fn open_panel(&self, row: &ArcRwSignal<MessageRow>, at: MenuAnchor) {
        self.subject.set(Some(row.clone()));
        self.panel.set(Some(at));
    }
}
