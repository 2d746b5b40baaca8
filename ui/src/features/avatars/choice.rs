//! A picture with what can be done about it: choose another one, take it away.

use std::cell::RefCell;

use leptos::prelude::*;
use view::{ChatId, Command, FileId};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::{File, HtmlInputElement};

use super::face_of;
use crate::bridge;
use crate::i18n::{key, t};
use crate::primitives::{Avatar, AvatarSize, Button, ButtonKind, ControlSize, IconName};
use crate::state::{AppState, Dialog};

thread_local! {
    static CHOSEN: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// The picture of oneself or of a chat, with its buttons.
#[component]
pub fn AvatarChoice(
    /// The chat; oneself without one.
    chat: Option<ChatId>,
    /// The initials, while there is no picture.
    #[prop(into)]
    name: Signal<String>,
    /// The colour, while there is no picture.
    id: i64,
    /// The picture there is.
    #[prop(into)]
    avatar: Signal<Option<FileId>>,
) -> impl IntoView {
    let state = AppState::get();
    let chat = StoredValue::new(chat);
    let there = move || avatar.with(Option::is_some);
    let words = move || t(if there() { key("avatar-change") } else { key("avatar-choose") });
    let remove = move || bridge::tell(state, Command::SetAvatar { chat_id: chat.get_value(), file_id: None });
    view! {
        <div class="avatar-choice">
            <Avatar name=name id=id size=AvatarSize::Profile face=face_of(avatar) />
            <div class="avatar-choice__actions">
                <Button size=ControlSize::Small icon=IconName::Image on_press=move || choose(state, chat.get_value())>{words}</Button>
                <Show when=there>
                    <Button size=ControlSize::Small kind=ButtonKind::Ghost on_press=remove>{move || t("avatar-remove")}</Button>
                </Show>
            </div>
        </div>
    }
}

/// The picture that was chosen for the dialog; it stays until the next one.
pub(super) fn chosen() -> Option<File> {
    CHOSEN.with_borrow(Clone::clone)
}

/// Lets the person choose a picture; then it is cropped.
fn choose(state: AppState, chat: Option<ChatId>) {
    #[cfg(feature = "demo")]
    if let Some(file) = demo_picture() {
        CHOSEN.set(Some(file));
        return state.nav.dialog.set(Some(Dialog::Avatar(chat)));
    }
    let input = document().create_element("input").ok().and_then(|e| e.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return };
    input.set_type("file");
    input.set_accept("image/png,image/jpeg,image/webp,image/gif,image/avif,image/bmp");
    let field = input.clone();
    let on_change = Closure::once_into_js(move || {
        if let Some(file) = field.files().and_then(|files| files.get(0)) {
            CHOSEN.set(Some(file));
            state.nav.dialog.set(Some(Dialog::Avatar(chat)));
        }
    });
    input.set_onchange(Some(on_change.unchecked_ref()));
    input.click();
}

/// The demo has no files to choose from but its own.
#[cfg(feature = "demo")]
fn demo_picture() -> Option<File> {
    bridge::demo::Scene::of_page()?;
    let blob = bridge::demo::picture(&bridge::demo::face_id(5))?;
    let options = web_sys::FilePropertyBag::new();
    options.set_type(&blob.type_());
    File::new_with_blob_sequence_and_options(&js_sys::Array::of1(&blob), "portrait.svg", &options).ok()
}
