//! Files in the domain: who may read them, what holds them, how much room they take.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{FileRef, FilesPage, ListFiles, MessageRef, PostMessage, Reply, Request};
use protocol::limits::ATTACHMENTS_MAX;
use protocol::{About, Attach, ChatId, ErrorCode, FileId, FileInfo, UserId};
use server::domain::Failure;
use server::domain::files::{self, NewFile, Room, UNUSED_KEPT_MS, UPLOAD_KEPT_MS};

use crate::support::{Person, Team, local_id, text};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn new_file(name: &str, size: u64) -> NewFile {
    NewFile { id: None, name: name.to_owned(), size, encrypted: false, encryption_key_id: None }
}

impl Team {
    async fn begin(&self, who: UserId, new: NewFile, room: Room) -> Result<FileId, ErrorCode> {
        let made = self.app.write(who, move |cx| files::create(cx, new, room)).await;
        made.map(|row| row.id).map_err(|e| e.into_protocol().code)
    }

    /// A whole file, as if its bytes had come.
    pub(crate) async fn file(&self, who: &Person, name: &str) -> FileId {
        self.whole(who, new_file(name, 5), "image/png").await
    }

    /// A whole file that says nothing.
    pub(crate) async fn sealed_file(&self, who: &Person) -> FileId {
        let new = NewFile { encrypted: true, ..new_file("sealed", 21) };
        self.whole(who, new, "application/octet-stream").await
    }

    async fn whole(&self, who: &Person, new: NewFile, kind: &'static str) -> FileId {
        let size = new.size;
        let id = self.begin(who.id, new, Room::default()).await.unwrap();
        let done = id.clone();
        let whole = self.app.write(who.id, move |cx| {
            files::received(cx, &done, size, None)?;
            files::known(cx, &done, &format!("{:064}", 7), kind)?;
            files::whole(cx, &done)
        });
        whole.await.unwrap();
        id
    }

    /// Which files are forgotten now.
    async fn collected(&self) -> Vec<String> {
        let gone = self.app.write(UserId(0), files::forget_expired).await.unwrap();
        gone.into_iter().map(|row| row.filename).collect()
    }
}

pub(crate) async fn info(person: &Person, id: &FileId) -> Result<FileInfo, ErrorCode> {
    match person.ask(Request::GetFile(FileRef { file_id: id.clone() })).await {
        Ok(Reply::FileState { file }) => Ok(file),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code),
    }
}

fn with_files(chat: &ChatId, content: &str, ids: &[&FileId]) -> PostMessage {
    let attach = |id: &&FileId| Attach { file_id: FileId::clone(id), about: About::default() };
    PostMessage { attachments: ids.iter().map(attach).collect(), ..text(chat, content) }
}

async fn listed(person: &Person, chat: &ChatId, before_seq: Option<u64>, limit: u32) -> FilesPage {
    let body = ListFiles { chat_id: chat.clone(), before_seq, limit: Some(limit) };
    match person.ask(Request::ListFiles(body)).await.unwrap() {
        Reply::Files(page) => page,
        other => panic!("{other:?}"),
    }
}

sql::each_db! {
    async fn a_file_is_its_uploaders_until_it_stands_in_a_chat_and_then_the_members(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = alice.group(&[bob.id]).await;
        let (picture, thumbnail) = (team.file(&alice, "море.png").await, team.file(&alice, "small.png").await);
        assert_eq!(info(&alice, &picture).await.unwrap().name, "море.png");
        assert_eq!(info(&bob, &picture).await, Err(ErrorCode::NotFound));
        // Whoever cannot read a file cannot hand it on either.
        let stolen = with_files(&ChatId::private(bob.id, carol.id), "", &[&picture]);
        assert_eq!(bob.refused(Request::Message(stolen)).await, ErrorCode::InvalidField);

        let about = About { width: Some(640), height: Some(480), thumbnail_id: Some(thumbnail.clone()), ..About::default() };
        let mut post = with_files(&chat, "", &[&picture]);
        post.attachments[0].about = about.clone();
        alice.post_as(local_id(), post).await;
        let heard = bob.hear_text("").await;
        assert_eq!(heard.attachments.len(), 1);
        assert_eq!((&heard.attachments[0].file.id, &heard.attachments[0].about), (&picture, &about));
        for id in [&picture, &thumbnail] {
            assert_eq!(info(&bob, id).await.unwrap().id, *id);
            assert_eq!(info(&carol, id).await, Err(ErrorCode::NotFound));
        }
        assert_eq!(bob.message(&chat, heard.seq).await.attachments, heard.attachments, "history says the same");

        bob.ask(Request::LeaveChat(protocol::frame::ChatRef { chat_id: chat })).await.unwrap();
        assert_eq!(info(&bob, &picture).await, Err(ErrorCode::NotFound));
    }

    async fn a_forwarded_message_takes_its_files_along(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = alice.group(&[bob.id]).await;
        let picture = team.file(&alice, "море.png").await;
        let said = alice.post_as(local_id(), with_files(&chat, "смотри", &[&picture])).await;
        let there = bob.private(carol.id).await;
        let of = MessageRef { chat_id: chat.clone(), message_id: said.message_id.clone() };
        let again = bob.post_as(local_id(), PostMessage { forward_of: Some(of), ..text(&there, "смотри") }).await;
        assert_eq!(carol.message(&there, again.seq).await.attachments[0].file.id, picture);
        assert!(info(&carol, &picture).await.is_ok());

        // The original goes; the file stays for the other chat, and no longer for this one's members.
        alice.ask(Request::DeleteMessage(MessageRef { chat_id: chat.clone(), message_id: said.message_id })).await.unwrap();
        team.advance(UNUSED_KEPT_MS + DAY_MS);
        assert_eq!(team.collected().await, Vec::<String>::new());
        assert!(info(&carol, &picture).await.is_ok());
    }

    async fn what_no_message_uses_is_forgotten_and_gives_its_room_back(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let (used, _unused) = (team.file(&alice, "used").await, team.file(&alice, "unused").await);
        let room = Room { person: 100, ..Room::default() };
        team.begin(alice.id, new_file("half", 80), room).await.unwrap();
        assert_eq!(team.begin(alice.id, new_file("more", 11), room).await, Err(ErrorCode::QuotaExceeded));
        let said = alice.post_as(local_id(), with_files(&chat, "", &[&used])).await;
        team.advance(UPLOAD_KEPT_MS.max(UNUSED_KEPT_MS) + DAY_MS);
        let mut gone = team.collected().await;
        gone.sort();
        assert_eq!(gone, ["half", "unused"]);
        team.begin(alice.id, new_file("more", 11), room).await.unwrap();

        let of = MessageRef { chat_id: chat.clone(), message_id: said.message_id };
        alice.ask(Request::DeleteMessage(of)).await.unwrap();
        assert_eq!(info(&bob, &used).await, Err(ErrorCode::NotFound), "at once for the others");
        assert!(alice.message(&chat, said.seq).await.attachments.is_empty());
        team.advance(UNUSED_KEPT_MS + DAY_MS);
        assert!(team.collected().await.contains(&"used".to_owned()));
        assert_eq!(info(&alice, &used).await, Err(ErrorCode::NotFound));
    }

    async fn the_files_of_a_chat_are_listed_in_pages_without_the_rest(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let mut places = Vec::new();
        for name in ["one", "two", "three"] {
            alice.post(&chat, "просто слова").await;
            let (a, b) = (team.file(&alice, name).await, team.file(&alice, name).await);
            places.insert(0, alice.post_as(local_id(), with_files(&chat, name, &[&a, &b])).await.seq);
        }
        let page = listed(&bob, &chat, None, 2).await;
        assert_eq!(page.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), places[..2]);
        assert!(page.has_more_before && page.messages[0].attachments.len() == 2);
        let page = listed(&bob, &chat, Some(places[1]), 2).await;
        assert_eq!(page.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), places[2..]);
        assert!(!page.has_more_before);
        let carol = team.person("carol").await;
        assert_eq!(carol.refused(Request::ListFiles(ListFiles { chat_id: chat, before_seq: None, limit: None })).await, ErrorCode::NotAMember);
    }

    async fn uploads_and_attachments_out_of_bounds_are_refused(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = alice.group(&[]).await;
        let room = Room { file: 10, person: 1_000, server: 25 };
        assert_eq!(team.begin(alice.id, new_file("large", 11), room).await, Err(ErrorCode::FileTooLarge));
        assert_eq!(team.begin(alice.id, new_file("a/b", 1), room).await, Err(ErrorCode::InvalidField));
        team.begin(alice.id, new_file("a", 10), room).await.unwrap();
        team.begin(alice.id, new_file("b", 10), room).await.unwrap();
        assert_eq!(team.begin(alice.id, new_file("c", 6), room).await, Err(ErrorCode::QuotaExceeded));

        let half = team.begin(alice.id, new_file("half", 5), Room::default()).await.unwrap();
        assert_eq!(info(&alice, &half).await, Err(ErrorCode::FileIncomplete));
        assert_eq!(alice.refused(Request::Message(with_files(&chat, "", &[&half]))).await, ErrorCode::FileIncomplete);
        let file = team.file(&alice, "f").await;
        let many = vec![&file; ATTACHMENTS_MAX + 1];
        assert_eq!(alice.refused(Request::Message(with_files(&chat, "", &many))).await, ErrorCode::InvalidField);
        let mut odd = with_files(&chat, "", &[&file]);
        odd.attachments[0].about.thumbhash = Some("<b>".to_owned());
        assert_eq!(alice.refused(Request::Message(odd)).await, ErrorCode::InvalidField);
        assert_eq!(alice.refused(Request::Message(text(&chat, " "))).await, ErrorCode::InvalidField);

        alice.post_as(local_id(), with_files(&chat, "", &[&file])).await;
        let kept = team.app.write(alice.id, move |cx| files::remove(cx, &file)).await.map_err(Failure::into_protocol);
        assert_eq!(kept.unwrap_err().code, ErrorCode::Forbidden);
    }
}
