//! What is being written: the text, and whether it is new, an answer, or a change of an own message.

use leptos::html::Textarea;
use leptos::prelude::*;
use view::{MessageContent, MessageId, MessageRow, QuoteRow};
use wasm_bindgen::JsCast as _;

use super::editing::{Change, Selected, difference};
use super::tray::Tray;
use crate::features::markdown::plain_text;

/// What sending does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Posts.
    New,
    /// Posts an answer.
    Reply(QuoteRow),
    /// Changes an own message.
    Edit {
        /// Which.
        id: MessageId,
        /// Its text before.
        original: String,
    },
}

/// The composer's content. `Copy`: the timeline starts replies and edits through it.
#[derive(Clone, Copy)]
pub struct Composition {
    /// What sending does.
    pub mode: RwSignal<Mode>,
    /// The text as typed.
    pub text: RwSignal<String>,
    /// The person has changed it since the chat was opened: an incoming draft may no longer replace it.
    pub touched: RwSignal<bool>,
    /// Files that go with it.
    pub tray: Tray,
    /// The text field.
    pub field: NodeRef<Textarea>,
    /// What was being written when an edit began.
    kept: StoredValue<String>,
}

impl Default for Composition {
    fn default() -> Self {
        Self::new()
    }
}

impl Composition {
    /// Empty.
    pub fn new() -> Self {
        Self {
            mode: RwSignal::new(Mode::New),
            text: RwSignal::new(String::new()),
            touched: RwSignal::new(false),
            tray: Tray::new(),
            field: NodeRef::new(),
            kept: StoredValue::new(String::new()),
        }
    }

    /// Empties it for another chat.
    pub fn clear(&self) {
        self.mode.set(Mode::New);
        self.tray.drop_all();
        self.text.set(String::new());
        self.touched.set(false);
        self.kept.set_value(String::new());
    }

    /// Answers a message; what is written stays.
    pub fn reply_to(&self, row: &MessageRow) {
        self.leave_edit();
        self.mode.set(Mode::Reply(quote_of(row)));
        self.touched.set(true);
        self.focus();
    }

    /// Changes a message's text; what is written comes back afterwards.
    pub fn edit(&self, row: &MessageRow) {
        let MessageContent::Text { text } = &row.content else { return };
        self.leave_edit();
        self.kept.set_value(self.text.get_untracked());
        self.mode.set(Mode::Edit { id: row.id.clone(), original: text.clone() });
        self.text.set(text.clone());
        self.focus();
    }

    /// Leaves a reply or an edit; false when there was none.
    pub fn cancel(&self) -> bool {
        match self.mode.get_untracked() {
            Mode::New => false,
            Mode::Reply(_) => {
                self.mode.set(Mode::New);
                true
            }
            Mode::Edit { .. } => {
                self.leave_edit();
                true
            }
        }
    }

    /// Puts the focus into the text, at its end when it was not there.
    pub fn focus(&self) {
        let field = self.field;
        // After the menu or toolbar that asked has given the focus back.
        request_animation_frame(move || {
            if let Some(Some(field)) = field.try_get_untracked() {
                _ = field.focus();
                let end = field.text_length();
                _ = field.set_selection_range(end, end);
            }
        });
    }

    /// Writes words at the caret.
    pub fn insert(&self, words: &str) {
        let changed = self.selected().insert(words);
        self.apply(changed);
    }

    /// The text with what is selected in the field.
    pub(super) fn selected(&self) -> Selected {
        let text = self.text.get_untracked();
        let length = text.encode_utf16().count();
        let field = self.field.get_untracked();
        let side = |side: Option<u32>| side.map_or(length, |side| side as usize);
        let start = side(field.as_ref().and_then(|field| field.selection_start().ok().flatten()));
        let end = side(field.as_ref().and_then(|field| field.selection_end().ok().flatten()));
        Selected { text, start, end: end.max(start) }
    }

    /// Shows a changed text with its selection.
    pub(super) fn apply(&self, changed: Selected) {
        self.touched.set(true);
        if let Some(field) = self.field.get_untracked() {
            write_over(&field, &changed.text);
            // Texts are bounded far below 2³² units.
            _ = field.set_selection_range(changed.start as u32, changed.end as u32);
        }
        self.text.set(changed.text);
    }

    /// Makes what is selected the words of a link.
    pub fn make_link(&self) {
        self.apply(self.selected().changed(Change::Link));
    }

    pub(super) fn leave_edit(&self) {
        if matches!(self.mode.get_untracked(), Mode::Edit { .. }) {
            self.mode.set(Mode::New);
            self.text.set(self.kept.get_value());
            self.kept.set_value(String::new());
        }
    }
}

/// Changes the field's text as if it were typed, so that the field can undo it.
fn write_over(field: &web_sys::HtmlTextAreaElement, text: &str) {
    let (start, end, words) = difference(&field.value(), text);
    _ = field.focus();
    if field.value() == text {
        return;
    }
    // Texts are bounded far below 2³² units.
    _ = field.set_selection_range(start as u32, end as u32);
    let page = document().unchecked_into::<web_sys::HtmlDocument>();
    let verb = if words.is_empty() { "delete" } else { "insertText" };
    let written = page.exec_command_with_show_ui_and_value(verb, false, &words).unwrap_or(false);
    if !written || field.value() != text {
        field.set_value(text);
    }
}

/// The quote that answers to this message will show.
pub fn quote_of(row: &MessageRow) -> QuoteRow {
    let text = if let MessageContent::Text { text } = &row.content { plain_text(text) } else { String::new() };
    let deleted = matches!(row.content, MessageContent::Deleted);
    QuoteRow { id: row.id.clone(), author: row.author.name.clone(), author_id: row.author.id, text, deleted }
}
