//! What is sent: trimmed, of bounded length, with the people it mentions. Pure.

use view::{PersonRow, UserId};

use crate::features::markdown::{Block, Inline, parse};

/// The longest message, in bytes: the protocol's bound, which a server refuses to exceed.
pub const MESSAGE_BYTES_MAX: usize = 32 * 1024;

/// The people mentioned in a text, each once, in order; not those named in code.
pub fn mentioned_in(text: &str, people: &[PersonRow]) -> Vec<UserId> {
    let find = |name: &str| people.iter().find(|person| person.username.eq_ignore_ascii_case(name));
    let blocks = parse(text, &|name| find(name).is_some());
    let mut names = Vec::new();
    blocks.iter().for_each(|block| names_of_block(block, &mut names));
    let mut ids = Vec::new();
    for person in names.into_iter().filter_map(find) {
        if !ids.contains(&person.id) {
            ids.push(person.id);
        }
    }
    ids
}

/// A text that may be sent: something in it, and not too long.
pub fn is_sendable(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.len() <= MESSAGE_BYTES_MAX
}

/// The question of `/poll Where?`, which may be empty; `None` for any other text.
pub fn asked_poll(text: &str) -> Option<&str> {
    let rest = ["/poll", "/опрос"].into_iter().find_map(|word| text.strip_prefix(word))?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest.trim())
}

fn names_of_block<'a>(block: &'a Block, names: &mut Vec<&'a str>) {
    match block {
        Block::Paragraph(pieces) => names_of(pieces, names),
        Block::Code { .. } => {}
        Block::Quote(blocks) => blocks.iter().for_each(|block| names_of_block(block, names)),
        Block::List { items, .. } => items.iter().for_each(|item| names_of(item, names)),
    }
}

fn names_of<'a>(pieces: &'a [Inline], names: &mut Vec<&'a str>) {
    for piece in pieces {
        match piece {
            Inline::Mention(name) => names.push(name),
            Inline::Bold(inside) | Inline::Italic(inside) | Inline::Strike(inside) | Inline::Spoiler(inside) => {
                names_of(inside, names);
            }
            Inline::Text(_)
            | Inline::Break
            | Inline::Code(_)
            | Inline::Emoji(_)
            | Inline::Chat(_)
            | Inline::Link { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use view::PresenceStatus;

    use super::*;

    #[test]
    fn each_person_is_mentioned_once_and_not_from_code() {
        let person = |id, username: &str| PersonRow {
            id: UserId(id),
            username: username.into(),
            name: username.into(),
            bio: String::new(),
            custom_status: String::new(),
            avatar: None,
            status_emoji: String::new(),
            status_until: None,
            email: String::new(),
            phone: String::new(),
            blocked: false,
            seen_hidden: false,
            presence: PresenceStatus::Offline,
            last_seen: None,
            deactivated: false,
        };
        let people = [person(1, "anna"), person(2, "boris"), person(3, "eve")];
        let ids = mentioned_in("> **@Boris** и @anna, @anna `@eve`\n- @boris", &people);
        assert_eq!(ids, [UserId(2), UserId(1)]);
    }

    #[test]
    fn a_poll_is_asked_by_its_word_in_both_languages() {
        assert_eq!(asked_poll("/poll"), Some(""));
        assert_eq!(asked_poll("/опрос Куда едем?"), Some("Куда едем?"));
        assert_eq!((asked_poll("/polls"), asked_poll("a /poll")), (None, None));
    }

    #[test]
    fn empty_and_endless_texts_are_not_sent() {
        assert!(is_sendable(" a ") && !is_sendable(" \n") && !is_sendable(&"я".repeat(MESSAGE_BYTES_MAX)));
    }
}
