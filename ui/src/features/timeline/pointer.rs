//! Which message the pointer is on, and long presses on touch screens. One listener for all rows.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use view::MessageId;
use wasm_bindgen::JsCast;

use crate::features::message::MessageContext;
use crate::primitives::{MenuAnchor, VirtualHandle};
use crate::state::Timeline;

/// A finger that rests so long opens the menu.
const LONG_PRESS_MS: u64 = 450;

/// Follows the pointer over the list.
#[derive(Clone, Copy)]
pub(super) struct Pointer {
    pub timeline: Timeline,
    pub list: VirtualHandle,
    pub context: MessageContext,
    pub pressing: StoredValue<Option<TimeoutHandle>>,
}

impl Pointer {
    /// Moved: another message may be under it. Not while scrolling: rows that pass need no toolbar.
    pub(super) fn moved(self, event: &web_sys::PointerEvent) {
        if event.pointer_type() == "touch" {
            return self.lifted();
        }
        if !self.list.is_scrolling() {
            self.activate(message_of(event));
        }
    }

    /// Left the list, or the focus did.
    pub(super) fn left(self) {
        self.lifted();
        self.activate(None);
    }

    /// The focus came to something in the list.
    pub(super) fn focused(self, event: &web_sys::FocusEvent) {
        self.activate(message_of(event));
    }

    /// A finger came down.
    pub(super) fn pressed(self, event: &web_sys::PointerEvent) {
        self.lifted();
        let row = message_of(event).and_then(|id| self.timeline.find(&id));
        let Some(row) = row.filter(|_| event.pointer_type() == "touch") else { return };
        let at = MenuAnchor::at_pointer(event);
        let open = move || self.context.open_menu(&row, at);
        self.pressing.set_value(set_timeout_with_handle(open, Duration::from_millis(LONG_PRESS_MS)).ok());
    }

    /// The finger moved or was lifted.
    pub(super) fn lifted(self) {
        if let Some(timer) = self.pressing.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    fn activate(self, id: Option<MessageId>) {
        if self.context.active.with_untracked(|active| *active != id) {
            self.context.active.set(id);
        }
    }
}

fn message_of(event: &web_sys::Event) -> Option<MessageId> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    MessageId::new(target.closest("[data-message]").ok()??.get_attribute("data-message")?)
}
