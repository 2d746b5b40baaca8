//! The message that another one answers, in one line; pressing goes there.

use leptos::prelude::*;
use view::{MessageId, QuoteRow};

use crate::i18n::t;
use crate::primitives::colour_of;

/// A quote above an answer.
#[component]
pub fn Quote(
    /// What it quotes.
    quote: QuoteRow,
    /// Pressed: go there.
    #[prop(into)]
    on_jump: Callback<(MessageId,)>,
) -> impl IntoView {
    let id = quote.id.clone();
    let class = format!("quote quote--{}", colour_of(quote.author_id.0));
    let gone = quote.deleted || quote.text.is_empty();
    let (text, deleted) = (quote.text, quote.deleted);
    let words = move || match (deleted, text.is_empty()) {
        (true, _) => t("message-deleted"),
        (_, true) => t("message-quote-unknown"),
        _ => text.clone(),
    };
    view! {
        <button class=class type="button" disabled=deleted on:click=move |_| on_jump.run((id.clone(),))>
            <span class="quote__author">{quote.author}</span>
            <span class="quote__text" class:quote__text--gone=gone>{words}</span>
        </button>
    }
}
