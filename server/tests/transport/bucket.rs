//! What only a bucket does: large contents in parts, leftovers, and a bucket that does not open.

use std::sync::{Arc, Mutex};

use protocol::Timestamp;
use server::files::{Bucket, BucketConfig};
use server::{Server, ServerConfig};
use sha2::Digest as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::stores::S3;

const MIB: usize = 1024 * 1024;

fn name_of(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Bytes that no two places of have in common.
fn content(length: usize) -> Vec<u8> {
    (0..length as u64)
        .step_by(8)
        .flat_map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_le_bytes())
        .take(length)
        .collect()
}

async fn read(bucket: &Bucket, name: &str, start: u64, length: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    bucket.read(name, start, length).await.unwrap().read_to_end(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_content_goes_up_in_parts_and_is_the_same_at_every_place() {
    let Some(s3) = S3::start().await else { return };
    let bucket = Bucket::new(s3.config("large"));
    let folder = tempfile::tempdir().unwrap();
    let upload = folder.path().join("upload");
    let bytes = content(70 * MIB + 5);
    let name = name_of(&bytes);
    std::fs::write(&upload, &bytes).unwrap();
    bucket.place(&upload, &name).await.unwrap();
    assert!(!upload.exists(), "it is in the bucket, and nowhere else");
    assert_eq!(bucket.names().await.unwrap(), std::slice::from_ref(&name));
    assert!(read(&bucket, &name, 0, bytes.len() as u64).await == bytes);
    let (seam, end) = (32 * MIB - 3, bytes.len() - 4);
    assert_eq!(read(&bucket, &name, seam as u64, 6).await, bytes[seam..seam + 6]);
    assert_eq!(read(&bucket, &name, end as u64, 4).await, bytes[end..]);
    // The same once more, as after a crash before the row knew: with the upload, and without.
    std::fs::write(&upload, &bytes).unwrap();
    bucket.place(&upload, &name).await.unwrap();
    bucket.place(&upload, &name).await.unwrap();
    bucket.remove(&name).await.unwrap();
    bucket.remove(&name).await.unwrap();
    assert_eq!(bucket.read(&name, 0, 1).await.err().unwrap().kind(), std::io::ErrorKind::NotFound);
}

/// Stands before the storage, and breaks the connection of each request whose first line it is told to break.
async fn breaking(s3: &S3, mut breaks: impl FnMut(&str) -> bool + Send + 'static) -> BucketConfig {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let config = BucketConfig { endpoint, ..s3.config("broken") };
    let storage = s3.config("broken").endpoint.socket_addrs(|| None).unwrap()[0];
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let mut client = BufReader::new(client);
            let mut line = String::new();
            if client.read_line(&mut line).await.is_err() || breaks(&line) {
                continue;
            }
            tokio::spawn(async move {
                let mut storage = TcpStream::connect(storage).await.unwrap();
                storage.write_all(line.as_bytes()).await.unwrap();
                _ = tokio::io::copy_bidirectional(&mut client, &mut storage).await;
            });
        }
    });
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_costs_one_part_and_not_the_whole() {
    let Some(s3) = S3::start().await else { return };
    let parts = Arc::new(Mutex::new(Vec::new()));
    let seen = parts.clone();
    let config = breaking(&s3, move |line| {
        let Some((_, number)) = line.split_once("partNumber=") else { return false };
        let mut seen = seen.lock().unwrap();
        seen.push(number[..1].to_owned());
        seen.len() == 2
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let upload = folder.path().join("upload");
    let bytes = content(70 * MIB);
    std::fs::write(&upload, &bytes).unwrap();
    let bucket = Bucket::new(config);
    bucket.place(&upload, &name_of(&bytes)).await.unwrap();
    assert!(read(&bucket, &name_of(&bytes), 0, bytes.len() as u64).await == bytes);
    assert_eq!(*parts.lock().unwrap(), ["1", "2", "2", "3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_never_became_a_content_are_swept_after_a_day() {
    let Some(s3) = S3::start().await else { return };
    // From the second part on the storage is out of reach, as it is for a server that ends there.
    let mut gone = false;
    let config = breaking(&s3, move |line| {
        gone |= line.contains("partNumber=2");
        gone
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let upload = folder.path().join("upload");
    std::fs::write(&upload, content(40 * MIB)).unwrap();
    Bucket::new(config).place(&upload, &name_of(b"40 MiB")).await.unwrap_err();
    assert!(upload.exists(), "the upload is still here");
    let bucket = Bucket::new(s3.config("broken"));
    assert_eq!(bucket.names().await.unwrap(), Vec::<String>::new(), "half of it is not there");
    // moto says so of whatever is begun.
    let begun = "2010-11-10T20:48:33Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let now = begun + 23 * 60 * 60 * 1_000;
    assert_eq!(bucket.sweep_parts(Timestamp(now)).await.unwrap(), 0, "it may be under way");
    let tomorrow = Timestamp(begun + 25 * 60 * 60 * 1_000);
    assert_eq!(Bucket::new(s3.config("other")).sweep_parts(tomorrow).await.unwrap(), 0, "it is somebody else's");
    assert_eq!(bucket.sweep_parts(tomorrow).await.unwrap(), 1);
    assert_eq!(bucket.sweep_parts(tomorrow).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_bucket_does_not_open_says_which_and_why_and_does_not_start() {
    let Some(s3) = S3::start().await else { return };
    let right = s3.config("start");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cases: [(BucketConfig, &str); 3] = [
        (BucketConfig { secret_key: "wrong".to_owned(), ..right.clone() }, "SignatureDoesNotMatch"),
        (BucketConfig { bucket: "nobodys".to_owned(), ..right.clone() }, "NoSuchBucket"),
        (BucketConfig { endpoint: format!("http://{nobody}").parse().unwrap(), ..right.clone() }, "refused"),
    ];
    for (bucket, why) in cases {
        let folder = tempfile::tempdir().unwrap();
        let mut config = ServerConfig::for_tests(folder.path());
        config.bucket = Some(bucket);
        let said = Server::start(config).await.err().expect("it does not start");
        assert_eq!(said.code(), "storage");
        let said = said.to_string();
        assert!(said.contains(why) && said.contains("the bucket"), "{said}");
        assert!(!said.contains("wrong") && !said.contains(&right.access_key), "no key is told: {said}");
    }
}
