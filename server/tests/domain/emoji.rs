//! Emoji and stickers of the team's own: who brings them, who sees them, what is taken.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{EmojiRef, FileRef, PutEmoji, React, Reply, Request};
use protocol::limits::{EMOJI_BYTES_MAX, STICKER_BYTES_MAX};
use protocol::{ChatId, ErrorCode, FileId, Row, Scope, TeamEmoji};

use crate::support::{Person, Team};

fn put(name: &str, file: &FileId, sticker: bool, pack: &str) -> Request {
    let (name, file_id, pack) = (name.to_owned(), file.clone(), pack.to_owned());
    Request::PutEmoji(PutEmoji { name, file_id, sticker, pack })
}

fn remove(name: &str) -> Request {
    Request::RemoveEmoji(EmojiRef { name: name.to_owned() })
}

/// What a new device of this person learns of the team.
async fn emoji_of(person: &Person) -> Vec<TeamEmoji> {
    let rows = person.sync(Scope::Team, 0).await.unwrap().rows;
    let emoji = rows.into_iter().filter_map(|row| if let Row::Emoji(emoji) = row { Some(emoji) } else { None });
    emoji.filter(|emoji| !emoji.removed).collect()
}

async fn reads(person: &Person, file: &FileId) -> bool {
    matches!(person.ask(Request::GetFile(FileRef { file_id: file.clone() })).await, Ok(Reply::FileState { .. }))
}

sql::each_db! {
    async fn alice_brings_a_cat_and_everyone_sees_it_and_reacts_with_it(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let cat = team.picture(alice.id, 900, "image/webp").await;
        assert_eq!(alice.ask(put("party_cat", &cat, false, "")).await.unwrap(), Reply::Done);
        let heard = bob.hear(|event| match event {
            protocol::frame::Event::RowChanged { row: Row::Emoji(emoji), .. } => Some(emoji.clone()),
            _ => None,
        });
        assert_eq!((heard.await.name.as_str(), reads(&bob, &cat).await), ("party_cat", true));
        let known = emoji_of(&bob).await;
        assert_eq!((known.len(), &known[0].file_id, known[0].by), (1, &cat, alice.id));

        let message_id = alice.post(&ChatId::general(), "ура :party_cat:").await.message_id;
        let react = React { chat_id: ChatId::general(), message_id, emoji: ":party_cat:".to_owned(), on: true };
        bob.ask(Request::React(react)).await.unwrap();

        alice.ask(remove("party_cat")).await.unwrap();
        assert!(emoji_of(&bob).await.is_empty() && !reads(&bob, &cat).await);
        assert_eq!(alice.ask(remove("party_cat")).await.unwrap(), Reply::Done, "gone is gone");
    }

    async fn another_picture_under_the_same_name_takes_its_place(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let (first, second) =
            (team.picture(alice.id, 900, "image/png").await, team.picture(alice.id, 900, "image/gif").await);
        alice.ask(put("котик", &first, false, "")).await.unwrap();
        alice.ask(put("котик", &second, true, "Коты")).await.unwrap();
        let known = emoji_of(&alice).await;
        assert_eq!(known.len(), 1);
        assert_eq!((&known[0].file_id, known[0].sticker, known[0].pack.as_str()), (&second, true, "Коты"));
    }

    async fn only_admins_bring_emoji_and_only_small_pictures_with_good_names(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let bobs = team.picture(bob.id, 900, "image/png").await;
        assert_eq!(bob.refused(put("mine", &bobs, false, "")).await, ErrorCode::Forbidden);
        assert_eq!(bob.refused(remove("mine")).await, ErrorCode::Forbidden);
        assert_eq!(alice.refused(put("his", &bobs, false, "")).await, ErrorCode::InvalidField);
        let good = team.picture(alice.id, 900, "image/png").await;
        for name in ["X", "Big", "a b", "12", ""] {
            assert_eq!(alice.refused(put(name, &good, false, "")).await, ErrorCode::InvalidField, "{name}");
        }
        let sticker = team.picture(alice.id, EMOJI_BYTES_MAX + 1, "image/png").await;
        assert_eq!(alice.refused(put("large", &sticker, false, "")).await, ErrorCode::InvalidField);
        alice.ask(put("large", &sticker, true, "")).await.unwrap();
        let huge = team.picture(alice.id, STICKER_BYTES_MAX + 1, "image/png").await;
        assert_eq!(alice.refused(put("huge", &huge, true, "")).await, ErrorCode::InvalidField);
    }
}
