//! Files of a private chat in a real browser on a real server: sealed and opened by the worker.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use client::KeySource;
use protocol::{About, ChatId};
use serde_json::json;
use testkit::{Headless, Person, Screen, TestServer, Wire, new_local_id};
use view::{Attachment, Command, DeviceStanding, Draft, SendFile};

use crate::browser_documents::{SAMPLE, paste};
use crate::encrypted::done;
use crate::guest;

/// One blue dot.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn first(screen: &Screen) -> Option<Attachment> {
    screen.timeline.iter().find_map(|row| row.attachments.first().cloned())
}

#[tokio::test(flavor = "multi_thread")]
async fn carols_document_reaches_bob_sealed_and_his_picture_is_seen_in_her_browser() {
    let mut server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bob = Headless::start(folder.path(), KeySource::None).await;
    bob.register(&server.addresses().http.to_string(), "bob").await;
    bob.until("a device", |screen| screen.is_online() && screen.standing == DeviceStanding::Ready).await;
    let me = bob.look(|screen| match &screen.stage {
        Some(view::Stage::Ready { me }) => me.person.id,
        other => panic!("{other:?}"),
    });
    let carol = Person::register(server.addresses(), Wire::WebSocket, "carol").await;
    let chat_id = ChatId::private(me, carol.id);
    let page = guest::sign_in(&server, "carol").await;
    done(&bob, Command::OpenPrivate { user_id: carol.id }).await;
    done(&bob, Command::OpenChat { chat_id: chat_id.clone() }).await;
    bob.send(&chat_id, "только тебе").await;
    let row = "const row = [...document.querySelectorAll('.chat-row')].find(e => e.textContent.includes('только тебе')); \
         row?.querySelector('.list-row').click(); return !!row;";
    page.until(row, vec![], "bob's words in her list").await;

    paste(&page, "Тайный план.pdf", "application/pdf", SAMPLE).await;
    page.see(".tray__picture").await;
    page.press(".composer__field", "\u{e007}").await;
    bob.until("the document", |screen| first(screen).is_some()).await;
    let file = bob.look(first).unwrap();
    assert_eq!((file.file.mime_type.as_str(), file.file.name.as_str()), ("application/pdf", "Тайный план.pdf"));
    assert!(file.file.encrypted && file.about.width.is_some());
    assert_eq!(bob.load_id(&file.file.id).await.unwrap(), SAMPLE);
    let first_page = bob.load_id(&file.about.thumbnail_id.unwrap()).await.unwrap();
    assert_eq!((&first_page[..4], &first_page[8..12]), (&b"RIFF"[..], &b"WEBP"[..]), "a picture");

    let dot = folder.path().join("точка.png");
    std::fs::write(&dot, BASE64_STANDARD.decode(DOT).unwrap()).unwrap();
    let picked = bob.pick(&[dot]).await.remove(0);
    let about = About { width: Some(1), height: Some(1), ..About::default() };
    let files = vec![SendFile { file_id: picked.file_id, mime_type: "image/png".to_owned(), about }];
    let draft = Draft { text: String::new(), reply_to: None };
    let local_id = new_local_id();
    done(&bob, Command::SendFiles { chat_id, local_id, draft, mentions: vec![], thread: None, files }).await;
    let drawn = "const picture = document.querySelector('.picture img'); \
         return !!picture && picture.complete && picture.naturalWidth === 1;";
    page.until(drawn, vec![], "bob's picture").await;
    let own = page.ask("return document.querySelectorAll('.paper').length;", vec![]).await;
    assert_eq!(own, json!(1), "her own document stands there");
    page.close().await;

    let kept = server.everything_kept().await;
    let holds = |part: &[u8]| memchr::memmem::find(&kept, part).is_some();
    assert!(holds(file.file.id.as_str().as_bytes()), "the search itself works");
    for secret in [&SAMPLE[..64], "Тайный план".as_bytes(), "точка.png".as_bytes()] {
        assert!(!holds(secret));
    }
}
