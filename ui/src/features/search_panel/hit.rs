//! One found message with its words marked.

use leptos::prelude::*;
use view::SearchHit;

use crate::features::avatars::face;
use crate::i18n::when;
use crate::primitives::{Avatar, AvatarSize};
use crate::state::AppState;

/// A found message; pressing jumps to it.
#[component]
pub fn Hit(
    /// What was found.
    hit: SearchHit,
    /// Say in which chat.
    everywhere: Signal<bool>,
) -> impl IntoView {
    let nav = AppState::get().nav;
    let (chat_id, message_id) = (hit.chat_id.clone(), hit.message_id.clone());
    let press = move |_| nav.open_at(chat_id.clone(), Some(message_id.clone()));
    let at = hit.at;
    let pieces = pieces(&hit.text, &hit.highlights).into_iter().map(|(text, marked)| {
        if marked { view! { <mark class="search-hit__mark">{text}</mark> }.into_any() } else { text.into_any() }
    });
    let text = pieces.collect_view();
    let (name, id, title) = (hit.author.name.clone(), hit.author.id.0, hit.chat_title);
    view! {
        <button class="search-hit" type="button" on:click=press>
            <Avatar name=hit.author.name id=id size=AvatarSize::Timeline face=face(hit.author.avatar) />
            <span class="search-hit__lines">
                <span class="search-hit__head">
                    <strong class="search-hit__author">{name}</strong>
                    <time class="search-hit__time">{move || when::short(at)}</time>
                </span>
                <Show when=move || everywhere.get()>
                    <span class="search-hit__chat">{title.clone()}</span>
                </Show>
                <span class="search-hit__text">{text}</span>
            </span>
        </button>
    }
}

/// The text cut at the byte ranges to mark; ranges that do not fit the text are left out.
fn pieces(text: &str, ranges: &[(u32, u32)]) -> Vec<(String, bool)> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for (from, to) in ranges.iter().map(|(from, to)| (*from as usize, *to as usize)) {
        let (Some(before), Some(marked)) = (text.get(done..from), text.get(from..to)) else { continue };
        pieces.push((before.to_owned(), false));
        pieces.push((marked.to_owned(), true));
        done = to;
    }
    pieces.push((text.get(done..).unwrap_or_default().to_owned(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn the_words_found_are_cut_out_and_a_range_inside_a_letter_is_ignored() {
        let marked = |text: &str, ranges: &[(u32, u32)]| -> Vec<String> {
            pieces(text, ranges).into_iter().filter(|(_, marked)| *marked).map(|(piece, _)| piece).collect()
        };
        assert_eq!(marked("см. чай и кофе", &[(6, 12), (16, 24)]), ["чай", "кофе"]);
        assert!(marked("чай", &[(1, 3)]).is_empty());
        assert_eq!(pieces("чай", &[(0, 6)]), [("чай".to_owned(), true)]);
    }
}
