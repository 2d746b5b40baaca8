//! Shows what is typed as it will look: a layer over the text field, with the same letters in the same places, which are clear below it.
//! It never touches the field's text, caret or history, and steps aside where it could be in the way: for texts without marks, for
//! long ones, and while an input method is at work.

use leptos::prelude::*;
use view::PersonRow;

use super::composition::Composition;
use super::suggest::chat_names;
use crate::features::markdown::{Ink, ink};
use crate::state::AppState;

/// The text field's paper: whether the layer shows.
#[derive(Clone, Copy)]
pub(super) struct Paper {
    composition: Composition,
    /// An input method is at work.
    pub(super) composing: RwSignal<bool>,
    pieces: Memo<Vec<(Ink, String)>>,
    layer: NodeRef<leptos::html::Div>,
}

impl Paper {
    /// For a composition, in which these people can be mentioned.
    pub(super) fn new(composition: Composition, people: Signal<Vec<PersonRow>>) -> Self {
        let state = AppState::try_get();
        let pieces = Memo::new(move |_| {
            composition.text.with(|text| {
                people.with(|people| {
                    let known = |name: &str| match name.strip_prefix('#') {
                        Some(title) => chat_names(state).iter().any(|chat| chat.title.eq_ignore_ascii_case(title)),
                        None => people.iter().any(|person| person.username.eq_ignore_ascii_case(name)),
                    };
                    ink(text, &known).into_iter().map(|(ink, piece)| (ink, piece.to_owned())).collect()
                })
            })
        });
        let paper = Self { composition, composing: RwSignal::new(false), pieces, layer: NodeRef::new() };
        Effect::new(move |_: Option<()>| {
            pieces.track();
            // The field gets its text and height in effects of their own.
            request_animation_frame(move || request_animation_frame(move || paper.fit()));
        });
        paper
    }

    /// The letters are the layer's.
    pub(super) fn shows(self) -> bool {
        !self.composing.get() && self.pieces.with(|pieces| pieces.iter().any(|(ink, _)| *ink != Ink::default()))
    }

    /// As wide as the field's text, and scrolled as far.
    pub(super) fn fit(self) {
        let (Some(Some(field)), Some(Some(layer))) =
            (self.composition.field.try_get_untracked(), self.layer.try_get_untracked())
        else {
            return;
        };
        let style = web_sys::HtmlElement::style(&layer);
        _ = style.set_property("width", &format!("{}px", field.client_width()));
        layer.set_scroll_top(field.scroll_top());
    }
}

/// The layer.
#[component]
pub(super) fn InkLayer(paper: Paper) -> impl IntoView {
    let pieces = move || {
        let pieces = paper.pieces.get().into_iter().map(|(ink, text)| match ink.classes() {
            plain if plain.is_empty() => text.into_any(),
            classes => view! { <span class=classes>{text}</span> }.into_any(),
        });
        pieces.collect_view()
    };
    view! {
        <Show when=move || paper.shows()>
            // What follows the last line feed has a line of its own in the field.
            <div class="composer__ink" aria-hidden="true" node_ref=paper.layer>{pieces}"\u{200b}"</div>
        </Show>
    }
}
