//! Messages that pass: failures, "done", undo, and notices of messages in other chats.

use leptos::prelude::*;
use view::Notice;

/// Most toasts on screen; the oldest goes when another comes.
pub const TOASTS_MAX: usize = 4;

/// What a toast tells.
#[derive(Clone)]
pub enum ToastKind {
    /// Something failed.
    Failure,
    /// Something was done.
    Done,
    /// Something was done and can be taken back.
    Undo(Callback<()>),
    /// A message came in another chat; pressing opens it.
    Notice(Notice),
}

/// One message that passes.
#[derive(Clone)]
pub struct Toast {
    /// Counted up; the key of the row.
    pub id: u64,
    /// What it says, in the language of the moment.
    pub text: String,
    /// What it is.
    pub kind: ToastKind,
}

/// The toasts on screen.
#[derive(Clone, Copy)]
pub struct Toasts {
    /// Oldest first, at most [`TOASTS_MAX`].
    pub shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toasts {
    /// None yet.
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(1) }
    }

    /// None any more.
    pub fn clear(&self) {
        self.shown.set(Vec::new());
    }

    /// Says that something failed.
    pub fn failure(&self, failure: view::Failure) {
        self.push(untrack(|| crate::i18n::failure_words(failure)), ToastKind::Failure);
    }

    /// Says what cannot be done, and why.
    pub fn refused(&self, text: String) {
        self.push(text, ToastKind::Failure);
    }

    /// Says that something was done.
    pub fn done(&self, text: String) {
        self.push(text, ToastKind::Done);
    }

    /// Says that something was done and offers to take it back.
    pub fn undo(&self, text: String, undo: impl Fn() + Send + Sync + 'static) {
        self.push(text, ToastKind::Undo(Callback::new(move |()| undo())));
    }

    /// Tells of a message in another chat.
    pub fn notice(&self, notice: Notice) {
        self.push(notice.text.clone(), ToastKind::Notice(notice));
    }

    /// Takes a toast away.
    pub fn dismiss(&self, id: u64) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    /// Shows one.
    pub fn push(&self, text: String, kind: ToastKind) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|shown| {
            // The same words twice in a row tell nothing new.
            shown.retain(|toast| toast.text != text);
            shown.push(Toast { id, text, kind });
            let extra = shown.len().saturating_sub(TOASTS_MAX);
            shown.drain(..extra);
        });
    }
}

impl Default for Toasts {
    fn default() -> Self {
        Self::new()
    }
}
