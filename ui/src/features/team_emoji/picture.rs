//! One of the team's own emoji where a text would stand.

use leptos::prelude::*;
use view::emoji::bare_name;

use crate::features::avatars::face_of;
use crate::state::team_emoji::find;

/// The picture for `:name:`; the text itself while there is none, or its picture has not come.
#[component]
pub fn TeamPicture(
    /// Without colons.
    name: String,
    /// As a message of its own.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let words = format!(":{name}:");
    let known = Memo::new(move |_| find(&name));
    let address =
        face_of(Signal::derive(move || known.with(|known| known.as_ref().map(|known| known.file_id.clone()))));
    move || {
        let words = words.clone();
        let sticker = large && known.with(|known| known.as_ref().is_some_and(|known| known.sticker));
        let class = match (sticker, large) {
            (true, _) => "team-emoji team-emoji--sticker",
            (false, true) => "team-emoji team-emoji--large",
            (false, false) => "team-emoji",
        };
        match address.get() {
            Some(address) => {
                view! { <img class=class src=address alt=words.clone() title=words draggable="false" /> }.into_any()
            }
            // Its room is there before it is.
            None if known.with(Option::is_some) => {
                view! { <span class=class role="img" aria-label=words /> }.into_any()
            }
            None => words.into_any(),
        }
    }
}

/// An emoji, Unicode's or the team's.
#[component]
pub fn EmojiText(
    /// Itself, or `:name:`.
    text: String,
) -> impl IntoView {
    match bare_name(&text) {
        Some(name) => view! { <TeamPicture name=name.to_owned() /> }.into_any(),
        None => text.into_any(),
    }
}
