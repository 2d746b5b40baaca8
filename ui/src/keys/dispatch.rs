//! Listens on the window: chords become actions, plain typing goes to the composer.

use leptos::prelude::*;
use view::Command;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::live::action_of;
use super::press::KeyPress;
use super::{Action, escape, regions};
use crate::bridge;
use crate::state::{AppState, Dialog, Panel};

/// Listens while the calling component is on screen.
pub fn listen(state: AppState) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| on_key(state, &event));
    on_cleanup(move || handle.remove());
}

fn on_key(state: AppState, event: &KeyboardEvent) {
    if event.default_prevented() {
        return;
    }
    let press = KeyPress::of(event);
    match action_of(&press) {
        Some(action) if act(state, action) => event.prevent_default(),
        Some(_) => {}
        None if types_a_character(&press) && !is_text_field(event) && !something_floats() => {
            // The focus moves before the character is typed, so it lands in the composer.
            regions::focus_composer();
        }
        None => {}
    }
}

/// Does it; `false` leaves the key to the browser.
fn act(state: AppState, action: Action) -> bool {
    let ready = state.stage.with_untracked(|stage| matches!(stage, view::Stage::Ready { .. }));
    if action == Action::Escape {
        // Native dialogs and popovers close themselves.
        return !something_floats() && escape::escape();
    }
    if !ready {
        return false;
    }
    if something_floats() && !matches!(action, Action::QuickSwitcher | Action::CommandPalette | Action::Shortcuts) {
        return false;
    }
    run(state, action)
}

/// Does it, whatever floats; `false` when there is nothing to do it to.
pub fn run(state: AppState, action: Action) -> bool {
    let nav = state.nav;
    match action {
        Action::QuickSwitcher => nav.toggle_dialog(Dialog::QuickSwitcher),
        Action::CommandPalette => nav.toggle_dialog(Dialog::CommandPalette),
        Action::Shortcuts => nav.toggle_dialog(Dialog::Shortcuts),
        Action::SearchChat if nav.chat.with_untracked(Option::is_some) => nav.panel.set(Some(Panel::SearchChat)),
        Action::SearchChat | Action::SearchEverywhere => nav.panel.set(Some(Panel::SearchEverywhere)),
        Action::Settings => nav.settings.update(|shown| *shown = !*shown),
        Action::LockNow => return state.lock_now(),
        Action::RightPanel => nav.toggle_last_panel(),
        Action::PreviousChat => state.step_chat(false, false),
        Action::NextChat => state.step_chat(true, false),
        Action::PreviousUnread => state.step_chat(false, true),
        Action::NextUnread => state.step_chat(true, true),
        Action::Back => nav.go_back(),
        Action::Forward => nav.go_forward(),
        Action::Chat(number) => state.open_nth_chat(usize::from(number)),
        Action::Folder(number) => return state.folders.show_nth(usize::from(number).saturating_sub(1)),
        Action::NextRegion => regions::step(true),
        Action::PreviousRegion => regions::step(false),
        Action::AllRead => all_read(state),
        // The rest is done by the composer and the timeline, when they are there.
        action => {
            if nav.chat.with_untracked(Option::is_none) {
                return false;
            }
            state.action.update(|(count, last)| {
                *count += 1;
                *last = Some(action);
            });
        }
    }
    true
}

/// Beyond every place in a history; the host cuts it to the newest it knows.
const SEQ_LAST: u64 = i64::MAX as u64;

/// Marks every chat read, up to what the host knows of.
fn all_read(state: AppState) {
    for entry in state.chats.order.get_untracked() {
        if entry.row.with_untracked(|row| row.unread > 0) {
            bridge::tell_quietly(Command::MarkRead { chat_id: entry.id, seq: SEQ_LAST });
        }
    }
}

fn types_a_character(press: &KeyPress) -> bool {
    let held = press.ctrl || press.alt || press.composing;
    !held && press.character().is_some_and(|character| !character.is_whitespace() && !character.is_control())
}

fn is_text_field(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| {
        element
            .closest("input, textarea, select, [contenteditable], [role='menu'], [role='listbox']")
            .ok()
            .flatten()
            .is_some()
    })
}

/// A dialog or a popover is open: keys are its own.
fn something_floats() -> bool {
    document().query_selector("dialog[open], :popover-open").ok().flatten().is_some()
}
