//! Documents in a real browser on a real server: sent, seen by others, read.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use client::KeySource;
use protocol::ChatId;
use serde_json::{Value, json};
use system_tests::desk::Window;
use testkit::{Headless, Person, Screen, TestServer, Wire};
use view::{Attachment, Command};

use crate::guest;

pub(crate) const SAMPLE: &[u8] = include_bytes!("../../../ui/src/bridge/demo/sample.pdf");

/// Files from the clipboard, as from a file manager.
pub(crate) async fn paste(page: &Window, name: &str, kind: &str, bytes: &[u8]) {
    let script = "const [name, kind, bytes] = arguments; const field = document.querySelector('.composer__field'); if (!field) return false; \
         const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name, { type: kind })); \
         field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data })); return true;";
    page.until(script, vec![json!(name), json!(kind), json!(BASE64_STANDARD.encode(bytes))], "the composer").await;
    page.read(".tray__file", name).await;
}

fn document(screen: &Screen) -> Option<Attachment> {
    screen.timeline.iter().find_map(|row| row.attachments.first().cloned()).filter(|file| file.about.width.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_sees_the_first_page_of_carols_pdf_and_both_read_what_the_other_sent() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bob = Headless::start(folder.path(), KeySource::None).await;
    bob.register(&server.addresses().http.to_string(), "bob").await;
    bob.command(Command::OpenChat { chat_id: ChatId::general() });
    Person::register(server.addresses(), Wire::WebSocket, "carol").await;
    let page = guest::sign_in(&server, "carol").await;
    page.click(".chat-row .list-row").await;

    paste(&page, "Handbook.pdf", "application/pdf", SAMPLE).await;
    // Her browser has drawn its first page when its picture is there.
    page.see(".tray__picture").await;
    page.press(".composer__field", "\u{e007}").await;
    bob.until("the document", |screen| document(screen).is_some()).await;
    let file = bob.look(document).unwrap();
    assert_eq!((file.file.mime_type.as_str(), file.file.name.as_str()), ("application/pdf", "Handbook.pdf"));
    let (width, height) = (file.about.width.unwrap(), file.about.height.unwrap());
    assert!(width < height && file.about.thumbhash.is_some(), "a page of paper: {width} × {height}");
    let first_page = bob.load_id(&file.about.thumbnail_id.unwrap()).await.unwrap();
    assert_eq!((&first_page[..4], &first_page[8..12]), (&b"RIFF"[..], &b"WEBP"[..]), "a picture");
    assert_eq!(bob.load_id(&file.file.id).await.unwrap(), SAMPLE);

    page.click(".paper__page").await;
    page.see(".reader__page[data-page='1']").await;
    let colour = "const e = document.querySelector('.reader__page'); \
         return [...e.getContext('2d').getImageData(e.width / 2, e.height / 50, 1, 1).data];";
    assert_eq!(page.ask(colour, vec![]).await, json!([11, 110, 117, 255]), "the band at the head of the page");
    page.press("dialog.reader", "\u{e014}").await;
    page.see(".reader__page[data-page='2']").await;
    page.press("dialog.reader", "\u{e00c}").await;
    page.until("return !document.querySelector('dialog.reader').open;", vec![], "the reader to close").await;

    let notes = folder.path().join("заметки.txt");
    std::fs::write(&notes, "Свет горит.\n<b>not bold</b>").unwrap();
    bob.send_files(&ChatId::general(), "", &[notes]).await;
    page.until(
        "const all = [...document.querySelectorAll('.file-row')].filter(e => e.textContent.includes('заметки')); \
         const button = all[0]?.querySelector('.icon-button:has([data-icon=Eye])'); button?.click(); return !!button;",
        vec![],
        "bob's notes",
    )
    .await;
    page.read(".reader__text", "<b>not bold</b>").await;
    let bold: Value = page.ask("return document.querySelectorAll('.reader__text *').length;", vec![]).await;
    assert_eq!(bold, json!(0), "text is text");
    page.close().await;
}
