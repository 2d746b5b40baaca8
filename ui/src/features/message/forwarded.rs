//! The line above a forwarded message: who said it first, and the way there.

use leptos::prelude::*;
use view::ForwardRow;

use crate::i18n::{t_with, when};
use crate::primitives::{Icon, IconName, IconSize};
use crate::state::AppState;

/// "Forwarded from Анна"; pressing goes to the original where one can read it.
#[component]
pub(super) fn Forwarded(row: ForwardRow) -> impl IntoView {
    let name = row.author.name.clone();
    let words = move || t_with("message-forwarded-from", &[("name", name.as_str().into())]);
    let (at, id) = (row.at, row.message_id);
    let label = view! {
        <Icon name=IconName::Forward size=IconSize::Small />
        <span>{words}</span>
    };
    match row.chat_id {
        Some(chat) => {
            let nav = AppState::get().nav;
            let go = move |_| nav.open_at(chat.clone(), Some(id.clone()));
            view! {
                <button class="message__forwarded" type="button" title=move || when::full(at) on:click=go>{label}</button>
            }
            .into_any()
        }
        None => view! { <p class="message__forwarded" title=move || when::full(at)>{label}</p> }.into_any(),
    }
}
