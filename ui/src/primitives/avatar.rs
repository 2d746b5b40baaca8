//! A person's or chat's plate: a picture, or initials on one of six colours, with presence.

use leptos::prelude::*;
use view::PresenceStatus;

/// How large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AvatarSize {
    /// 20 px: in a line of text.
    Inline,
    /// 36 px.
    Timeline,
    /// 40 px.
    #[default]
    List,
    /// 72 px.
    Profile,
}

/// Which of the six pairs belongs to `id` (a user's number, or any stable number of a chat): 1 to 6.
pub fn colour_of(id: i64) -> u8 {
    // Neighbours in the list of people get colours far apart.
    (id.wrapping_mul(5).rem_euclid(6) + 1) as u8
}

/// The first letters of the first and the last word, at most two, in capitals; `#` and the like when there are none.
pub fn initials(name: &str) -> String {
    let first_letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut letters = name.split_whitespace().filter_map(first_letter);
    let first = letters.next();
    let last = letters.next_back();
    let text: String = first.into_iter().chain(last).flat_map(char::to_uppercase).collect();
    if text.is_empty() { name.trim().chars().take(1).collect() } else { text }
}

/// A plate with a picture or initials. Decoration: the name stands beside it.
#[component]
pub fn Avatar(
    /// Whose; the initials come from it.
    #[prop(into)]
    name: Signal<String>,
    /// The colour comes from it: see [`colour_of`].
    #[prop(into)]
    id: Signal<i64>,
    /// How large.
    #[prop(optional)]
    size: AvatarSize,
    /// Shows a dot; leave out for none.
    #[prop(optional, into)]
    presence: Option<Signal<PresenceStatus>>,
    /// A sign instead of initials: `#` of a channel.
    #[prop(optional, into)]
    sign: Option<&'static str>,
    /// The address of its picture, which stands over the rest; none for none, or until it is there.
    #[prop(optional, into)]
    face: Signal<Option<String>>,
) -> impl IntoView {
    let size = match size {
        AvatarSize::Inline => "avatar--inline",
        AvatarSize::Timeline => "avatar--timeline",
        AvatarSize::List => "avatar--list",
        AvatarSize::Profile => "avatar--profile",
    };
    view! {
        <span class=move || format!("avatar {size} avatar--{}", colour_of(id.get())) aria-hidden="true">
            {move || sign.map_or_else(|| initials(&name.get()), str::to_owned)}
            {move || face.get().map(|address| view! { <img class="avatar__face" src=address alt="" draggable="false" /> })}
            {presence.map(|status| view! { <Presence status=status /> })}
        </span>
    }
}

/// A dot that says whether someone is there. Decoration: say it in words too.
#[component]
pub fn Presence(
    /// What it says.
    #[prop(into)]
    status: Signal<PresenceStatus>,
) -> impl IntoView {
    let class = move || match status.get() {
        PresenceStatus::Online => "presence presence--online",
        PresenceStatus::Away => "presence presence--away",
        PresenceStatus::Dnd => "presence presence--dnd",
        PresenceStatus::Offline => "presence presence--offline",
    };
    view! { <span class=class aria-hidden="true" /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        assert_eq!(initials("Анна Мария Петрова"), "АП");
        assert_eq!(initials("bob"), "B");
        assert_eq!(initials("  (ops) team "), "OT");
        assert_eq!(initials("🎉"), "🎉");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn every_id_has_one_of_six_colours() {
        for id in [-7, 0, 1, 6, i64::MAX, i64::MIN] {
            assert!((1..=6).contains(&colour_of(id)));
        }
        assert_ne!(colour_of(1), colour_of(2));
    }
}
