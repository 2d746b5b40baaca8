//! Pictures of people and chats: who may give them, who may read them, what is taken.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{FileRef, Reply, Request, SetAvatar, UpdateChat};
use protocol::limits::AVATAR_BYTES_MAX;
use protocol::{ChatId, ChatKind, ErrorCode, FileId, UserId};
use server::domain::files::{self, NewFile, Room, UNUSED_KEPT_MS};

use crate::support::{Person, Team};

impl Team {
    /// A whole file of someone, as if its bytes had come.
    pub async fn picture(&self, who: UserId, size: u64, kind: &'static str) -> FileId {
        let whole = self.app.write(who, move |cx| {
            let new = NewFile { id: None, name: "a.webp".into(), size, encrypted: false, encryption_key_id: None };
            let id = files::create(cx, new, Room::default())?.id;
            files::received(cx, &id, size, None)?;
            files::known(cx, &id, &format!("{:064}", 9), kind)?;
            files::whole(cx, &id).map(|row| row.id)
        });
        whole.await.unwrap()
    }
}

fn own(file: Option<&FileId>) -> Request {
    Request::SetAvatar(SetAvatar { chat_id: None, file_id: file.cloned() })
}

fn of_chat(chat: &ChatId, file: Option<&FileId>) -> Request {
    Request::SetAvatar(SetAvatar { chat_id: Some(chat.clone()), file_id: file.cloned() })
}

async fn reads(person: &Person, file: &FileId) -> bool {
    match person.ask(Request::GetFile(FileRef { file_id: file.clone() })).await {
        Ok(Reply::FileState { .. }) => true,
        Ok(other) => panic!("{other:?}"),
        Err(error) => {
            assert_eq!(error.code, ErrorCode::NotFound);
            false
        }
    }
}

sql::each_db! {
    async fn everyone_reads_the_picture_of_a_person_until_there_is_another_one(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let first = team.picture(alice.id, 900, "image/webp").await;
        assert!(!reads(&bob, &first).await, "it is nobody's picture yet");
        let Reply::Profile { user } = alice.ask(own(Some(&first))).await.unwrap() else { panic!() };
        assert_eq!(user.avatar.as_ref(), Some(&first));
        assert!(reads(&bob, &first).await);

        let second = team.picture(alice.id, 900, "image/png").await;
        alice.ask(own(Some(&second))).await.unwrap();
        assert!(reads(&bob, &second).await && !reads(&bob, &first).await);
        let Reply::Profile { user } = alice.ask(own(None)).await.unwrap() else { panic!() };
        assert_eq!(user.avatar, None);
        assert!(!reads(&bob, &second).await);
        team.advance(UNUSED_KEPT_MS + 1);
        let gone = team.app.write(UserId(0), files::forget_expired).await.unwrap();
        assert_eq!(gone.len(), 2, "nobody uses them");
    }

    async fn only_small_own_pictures_are_taken(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let bobs = team.picture(bob.id, 900, "image/png").await;
        let large = team.picture(alice.id, AVATAR_BYTES_MAX + 1, "image/png").await;
        let drawing = team.picture(alice.id, 900, "image/svg+xml").await;
        for wrong in [&bobs, &large, &drawing] {
            assert_eq!(alice.refused(own(Some(wrong))).await, ErrorCode::InvalidField);
        }
    }

    async fn admins_give_a_group_its_picture_and_only_its_members_read_it(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = alice.group(&[bob.id]).await;
        let picture = team.picture(alice.id, 900, "image/jpeg").await;
        let bobs = team.picture(bob.id, 900, "image/jpeg").await;
        assert_eq!(bob.refused(of_chat(&chat, Some(&bobs))).await, ErrorCode::Forbidden);
        assert_eq!(carol.refused(of_chat(&chat, None)).await, ErrorCode::NotAMember);
        let Reply::ChatState { chat: state } = alice.ask(of_chat(&chat, Some(&picture))).await.unwrap() else { panic!() };
        assert_eq!(state.avatar.as_ref(), Some(&picture));
        assert!(reads(&bob, &picture).await && !reads(&carol, &picture).await);
    }

    async fn whoever_finds_a_public_channel_reads_its_picture(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, carol) = (team.person("alice").await, team.person("carol").await);
        let chat = alice.chat(ChatKind::Channel, "новости", &[], true).await.id;
        let picture = team.picture(alice.id, 900, "image/png").await;
        alice.ask(of_chat(&chat, Some(&picture))).await.unwrap();
        assert!(reads(&carol, &picture).await);
        let (chat_id, name, description) = (chat, None, None);
        let hidden = UpdateChat { chat_id, name, description, public: Some(false), rights: None, disappear_after: None, encrypted: None };
        alice.ask(Request::UpdateChat(hidden)).await.unwrap();
        assert!(!reads(&carol, &picture).await);
    }
}
