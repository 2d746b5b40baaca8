//! Files over HTTP: uploads by tus, downloads by ranges, and nothing of it runs in a browser.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::Digest as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::harness::{Answer, Host, Person};
use crate::stores::{S3, Store};

const TUS: (&str, &str) = ("Tus-Resumable", "1.0.0");

/// Repeats itself only after a long while, so that no part passes for another.
fn content(bytes: usize) -> Vec<u8> {
    (0..bytes as u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

impl Host {
    async fn begin(&self, person: &Person, name: &str, size: usize) -> String {
        let (size, name) = (size.to_string(), format!("filename {}", STANDARD.encode(name)));
        let headers = [TUS, ("Upload-Length", size.as_str()), ("Upload-Metadata", name.as_str())];
        let made = self.raw("POST", "/api/v1/files", Some(&person.access), &headers, &[]).await;
        assert_eq!(made.status, 201, "{}", made.json);
        made.header("location").unwrap().to_owned()
    }

    async fn bring(&self, person: &Person, at: &str, from: usize, bytes: &[u8], more: &[(&str, &str)]) -> Answer {
        let from = from.to_string();
        let mut headers = vec![TUS, ("Upload-Offset", &from), ("Content-Type", "application/offset+octet-stream")];
        headers.extend_from_slice(more);
        self.raw("PATCH", at, Some(&person.access), &headers, bytes).await
    }

    async fn upload(&self, person: &Person, name: &str, bytes: &[u8]) -> String {
        let at = self.begin(person, name, bytes.len()).await;
        if !bytes.is_empty() {
            let brought = self.bring(person, &at, 0, bytes, &[]).await;
            assert_eq!(brought.status, 204, "{}", brought.json);
        }
        at
    }

    async fn offset(&self, person: &Person, at: &str) -> Option<usize> {
        let head = self.raw("HEAD", at, Some(&person.access), &[TUS], &[]).await;
        head.header("upload-offset").map(|offset| offset.parse().unwrap())
    }

    async fn download(&self, person: &Person, at: &str, headers: &[(&str, &str)]) -> Answer {
        self.raw("GET", &format!("{at}/content"), Some(&person.access), headers, &[]).await
    }

    /// How many contents lie in the server's storage.
    async fn contents(&self) -> usize {
        self.running.app().files.storage().names().await.unwrap().len()
    }
}

fn hash(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn file_id(at: &str) -> &str {
    at.rsplit('/').next().unwrap()
}

/// Every test for files in a folder; and all of them for files in a bucket, each under a prefix of its own.
macro_rules! on_both_stores {
    ($($name:ident)*) => {
        mod disk {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                super::$name(&Store::Disk).await;
            })*
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn everything_about_files_holds_in_a_bucket() {
            let Some(s3) = S3::start().await else { return };
            $(
                eprintln!(stringify!($name));
                $name(&s3.store(stringify!($name))).await;
            )*
        }
    };
}

on_both_stores! {
    a_file_goes_up_in_pieces_and_comes_down_whole_and_in_ranges
    the_server_speaks_tus_as_it_says
    what_came_before_the_connection_broke_is_kept_and_the_next_one_goes_on
    an_acknowledged_offset_and_a_whole_file_outlive_the_server
    bob_reads_alices_file_only_in_a_chat_that_both_are_in
    nothing_that_is_uploaded_is_served_as_something_that_runs
    bytes_that_a_crash_left_without_a_file_are_swept_and_all_others_stay
}

async fn a_file_goes_up_in_pieces_and_comes_down_whole_and_in_ranges(store: &Store) {
    let host = store.host(|_| {}).await;
    let alice = host.register("alice").await;
    let bytes = content(300_000);
    let at = host.begin(&alice, "данные.bin", bytes.len()).await;
    assert_eq!(host.offset(&alice, &at).await, Some(0));
    assert_eq!(host.download(&alice, &at, &[]).await.code(), "file_incomplete");
    let brought = host.bring(&alice, &at, 0, &bytes[..100_000], &[]).await;
    assert_eq!((brought.status, brought.header("upload-offset")), (204, Some("100000")));
    assert!(brought.header("upload-expires").unwrap().ends_with(" GMT"));
    let twice = host.bring(&alice, &at, 0, &bytes[..100_000], &[]).await;
    assert_eq!((twice.status, twice.code()), (409, "offset_mismatch"));
    assert_eq!(host.bring(&alice, &at, 100_000, &bytes[100_000..], &[]).await.status, 204);
    assert_eq!(host.offset(&alice, &at).await, Some(bytes.len()));

    let whole = host.download(&alice, &at, &[]).await;
    assert_eq!((whole.status, whole.body == bytes), (200, true));
    let hash = hash(&bytes);
    let etag = format!("\"{hash}\"");
    assert_eq!(whole.header("etag"), Some(etag.as_str()));
    let info = host.rest("GET", &at, Some(&alice.access), None).await;
    assert_eq!((&info.json["file"]["hash"], &info.json["file"]["name"]), (&json!(hash), &json!("данные.bin")));

    let part = host.download(&alice, &at, &[("Range", "bytes=299990-"), ("If-Range", &etag)]).await;
    assert_eq!((part.status, part.header("content-range")), (206, Some("bytes 299990-299999/300000")));
    assert_eq!(part.body, bytes[299_990..]);
    let changed = host.download(&alice, &at, &[("Range", "bytes=5-9"), ("If-Range", "\"other\"")]).await;
    assert_eq!((changed.status, changed.body.len()), (200, bytes.len()));
    assert_eq!(host.download(&alice, &at, &[("Range", "bytes=300000-")]).await.status, 416);
    assert_eq!(host.download(&alice, &at, &[("If-None-Match", &etag)]).await.status, 304);
}

async fn the_server_speaks_tus_as_it_says(store: &Store) {
    let host = store.host(|config| config.files_room.file = 1_000).await;
    let alice = host.register("alice").await;
    let options = host.raw("OPTIONS", "/api/v1/files", None, &[], &[]).await;
    assert_eq!((options.status, options.header("tus-version")), (204, Some("1.0.0")));
    assert_eq!(options.header("tus-extension"), Some("creation,expiration,termination,checksum"));
    assert_eq!(options.header("tus-max-size"), Some("1000"));
    let post =
        async |headers: &[(&str, &str)]| host.raw("POST", "/api/v1/files", Some(&alice.access), headers, &[]).await;
    assert_eq!(post(&[("Upload-Length", "1")]).await.status, 412);
    assert_eq!(post(&[TUS]).await.code(), "invalid_field");
    let large = post(&[TUS, ("Upload-Length", "1001")]).await;
    assert_eq!((large.status, large.code()), (413, "file_too_large"));
    assert_eq!(host.raw("POST", "/api/v1/files", None, &[TUS, ("Upload-Length", "1")], &[]).await.status, 401);

    // The same key begins the same upload.
    let key = ("Idempotency-Key", "01900000-0000-7000-8000-000000000077");
    let made = post(&[TUS, key, ("Upload-Length", "4")]).await;
    assert_eq!(made.header("location"), post(&[TUS, key, ("Upload-Length", "4")]).await.header("location"));
    assert_eq!(post(&[TUS, key, ("Upload-Length", "5")]).await.code(), "id_taken");
    let at = made.header("location").unwrap();
    let typed = host.bring(&alice, at, 0, b"abcd", &[]).await;
    assert_eq!(typed.status, 204);
    let untyped = host.raw("PATCH", at, Some(&alice.access), &[TUS, ("Upload-Offset", "4")], b"x").await;
    assert_eq!(untyped.status, 415);

    // Checksums: sha1 as tus wants it, sha256 as we do.
    let at = host.begin(&alice, "sums", 8).await;
    let wrong = format!("sha1 {}", STANDARD.encode([0; 20]));
    let refused = host.bring(&alice, &at, 0, b"abcd", &[("Upload-Checksum", &wrong)]).await;
    assert_eq!((refused.status, refused.code()), (460, "checksum_mismatch"));
    assert_eq!(host.offset(&alice, &at).await, Some(0));
    // printf abcd | openssl sha1 -binary | base64
    let sha1 = "sha1 gf6L/odXbD7LIkJvjleEc4KRes8=".to_owned();
    let sha1 = host.bring(&alice, &at, 0, b"abcd", &[("Upload-Checksum", &sha1)]).await;
    assert_eq!(sha1.status, 204, "{}", sha1.json);
    let sha256 = format!("sha256 {}", STANDARD.encode(sha2::Sha256::digest(b"efgh")));
    let more = host.bring(&alice, &at, 4, b"efghi", &[]).await;
    assert_eq!(more.code(), "file_too_large", "more than announced");
    assert_eq!(host.bring(&alice, &at, 4, b"efgh", &[("Upload-Checksum", &sha256)]).await.status, 204);
    assert_eq!(host.download(&alice, &at, &[]).await.body, b"abcdefgh");

    // Termination, also for those whose proxies know no DELETE.
    let at = host.upload(&alice, "gone", b"1234").await;
    let over = [TUS, ("X-HTTP-Method-Override", "DELETE")];
    assert_eq!(host.raw("POST", &at, Some(&alice.access), &over, &[]).await.status, 204);
    assert_eq!(host.raw("HEAD", &at, Some(&alice.access), &[TUS], &[]).await.status, 404);
    assert_eq!(host.download(&alice, &at, &[]).await.status, 404);
}

async fn what_came_before_the_connection_broke_is_kept_and_the_next_one_goes_on(store: &Store) {
    let host = store.host(|_| {}).await;
    let alice = host.register("alice").await;
    let bytes = content(200_000);
    let at = host.begin(&alice, "broken", bytes.len()).await;
    let mut stream = TcpStream::connect(host.http).await.unwrap();
    let head = format!(
        "PATCH {at} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: 200000\r\n\r\n",
        alice.access
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&bytes[..150_000]).await.unwrap();
    let upload = host.folder.path().join("files/uploads").join(file_id(&at));
    let written = || std::fs::metadata(&upload).map_or(0, |file| file.len());
    let deadline = std::time::Instant::now() + crate::harness::PATIENCE;
    // polls: the server writes what is on the line while this runs
    while written() == 0 && std::time::Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
    // The line is dead, but nobody has told the server: asking where the upload stands ends the old request.
    let came = host.offset(&alice, &at).await.unwrap();
    assert!((1..=150_000).contains(&came), "{came}");
    drop(stream);
    assert_eq!(host.bring(&alice, &at, came, &bytes[came..], &[]).await.status, 204);
    assert!(host.download(&alice, &at, &[]).await.body == bytes);
}

async fn an_acknowledged_offset_and_a_whole_file_outlive_the_server(store: &Store) {
    let host = store.host(|_| {}).await;
    let alice = host.register("alice").await;
    let bytes = content(50_000);
    let half = host.begin(&alice, "half", bytes.len()).await;
    host.bring(&alice, &half, 0, &bytes[..20_000], &[]).await;
    let whole = host.upload(&alice, "whole", &bytes).await;
    // Bytes that nobody was told of may lie behind the counted ones.
    let upload = host.folder.path().join("files/uploads").join(file_id(&half));
    let mut file = std::fs::File::options().append(true).open(upload).unwrap();
    std::io::Write::write_all(&mut file, b"never acknowledged").unwrap();
    let folder = host.folder.clone();
    host.running.stop().await;

    let host = store.host_in(folder, |_| {}).await;
    assert_eq!(host.offset(&alice, &half).await, Some(20_000));
    assert_eq!(host.bring(&alice, &half, 20_000, &bytes[20_000..], &[]).await.status, 204);
    for at in [&half, &whole] {
        assert!(host.download(&alice, at, &[]).await.body == bytes, "{at}");
    }
    assert_eq!(host.contents().await, 1, "the same content lies there once");
    let delete = host.raw("DELETE", &whole, Some(&alice.access), &[TUS], &[]).await;
    assert_eq!((delete.status, host.contents().await), (204, 1));
    assert!(host.download(&alice, &half, &[]).await.body == bytes, "the other file has it still");
    host.raw("DELETE", &half, Some(&alice.access), &[TUS], &[]).await;
    assert_eq!(host.contents().await, 0);
}

async fn bob_reads_alices_file_only_in_a_chat_that_both_are_in(store: &Store) {
    let host = store.host(|_| {}).await;
    let (alice, bob) = (host.register("alice").await, host.register("bob").await);
    let at = host.upload(&alice, "план.txt", "план".as_bytes()).await;
    assert_eq!(host.download(&bob, &at, &[]).await.status, 404);
    assert_eq!(host.raw("HEAD", &at, Some(&bob.access), &[TUS], &[]).await.status, 404);
    let post = json!({"content": "", "attachments": [{"file_id": file_id(&at)}]});
    let posted = host.rest("POST", "/api/v1/chats/general/messages", Some(&alice.access), Some(&post)).await;
    assert_eq!(posted.status, 201, "{}", posted.json);
    let history = host.history(&bob).await;
    let attachment = &history.last().unwrap()["attachments"][0];
    assert_eq!((&attachment["name"], &attachment["mime_type"]), (&json!("план.txt"), &json!("text/plain")));
    assert_eq!(host.download(&bob, &at, &[]).await.body, "план".as_bytes());
    let listed = host.rest("GET", "/api/v1/chats/general/files", Some(&bob.access), None).await;
    assert_eq!(listed.json["messages"][0]["attachments"][0]["id"], Value::String(file_id(&at).to_owned()));
    assert_eq!(host.download(&Person { access: "x".to_owned(), ..bob }, &at, &[]).await.status, 401);
}

async fn nothing_that_is_uploaded_is_served_as_something_that_runs(store: &Store) {
    let host = store.host(|_| {}).await;
    let alice = host.register("alice").await;
    let gif_script = b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)//<script>alert(1)</script>";
    let active: &[(&str, &[u8])] = &[
        ("page.html", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("picture.png", b"<html><script>alert(1)</script></html>"),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("xml.jpg", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("run.js", b"alert(1)"),
        ("doc.pdf", b"%PDF-1.4 1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>>>>"),
        ("both.gif", gif_script),
        ("\u{feff}bom.html", b"\xef\xbb\xbf<html><script>alert(1)</script>"),
        ("utf16.html", b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0"),
        ("page.mht", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>"),
        ("quote\"; filename=\"a.html", b"<script>"),
        ("empty.html", b""),
    ];
    for (name, bytes) in active {
        let at = host.upload(&alice, name, bytes).await;
        for headers in [&[][..], &[("Range", "bytes=0-9")]] {
            let answer = host.download(&alice, &at, headers).await;
            if answer.status == 416 {
                continue;
            }
            let kind = answer.header("content-type").unwrap();
            let harmless = kind == "application/octet-stream" || (*name == "both.gif" && kind == "image/gif");
            assert!(harmless, "{name} is served as {kind}");
            let way = answer.header("content-disposition").unwrap();
            assert!(kind == "image/gif" || way.starts_with("attachment;"), "{name}: {way}");
            assert!(!way.contains('"'), "{way}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert!(answer.header("content-security-policy").unwrap().starts_with("sandbox; default-src 'none'"));
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        }
    }
    // A sealed file is bytes, whatever its bytes look like.
    let size = gif_script.len().to_string();
    let headers = [TUS, ("Upload-Length", size.as_str()), ("Upload-Metadata", "encrypted,encryption_key_id azE=")];
    let made = host.raw("POST", "/api/v1/files", Some(&alice.access), &headers, &[]).await;
    let at = made.header("location").unwrap();
    host.bring(&alice, at, 0, gif_script, &[]).await;
    let answer = host.download(&alice, at, &[]).await;
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
}

async fn bytes_that_a_crash_left_without_a_file_are_swept_and_all_others_stay(store: &Store) {
    let host = store.host(|_| {}).await;
    let alice = host.register("alice").await;
    let (bytes, half) = (content(50_000), content(70_000));
    let whole = host.upload(&alice, "whole.bin", &bytes).await;
    let begun = host.begin(&alice, "begun.bin", half.len()).await;
    assert_eq!(host.bring(&alice, &begun, 0, &half[..30_000], &[]).await.status, 204);
    let folder = host.folder.path().join("files");
    let storage = host.running.app().files.storage();
    for left in [&b"left"[..], b"behind"] {
        std::fs::write(folder.join("left"), left).unwrap();
        storage.place(&folder.join("left"), &hash(left)).await.unwrap();
    }
    let upload = folder.join("uploads/01900000-0000-7000-8000-0000000000aa");
    std::fs::write(&upload, b"left behind").unwrap();
    // The server looks by itself when it starts, which may be at this very moment.
    assert!(server::files::sweep(host.running.app()).await.unwrap() <= 3);
    assert!(!upload.exists());
    assert_eq!(host.contents().await, 1, "the whole file's alone");
    assert_eq!(server::files::sweep(host.running.app()).await.unwrap(), 0);
    assert_eq!(host.bring(&alice, &begun, 30_000, &half[30_000..], &[]).await.status, 204);
    for (at, bytes) in [(&whole, &bytes), (&begun, &half)] {
        assert!(host.download(&alice, at, &[]).await.body == *bytes);
    }
}
