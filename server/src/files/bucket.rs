//! Contents in S3-compatible storage: AWS, MinIO, Ceph and others, one object for each content, named as on a disk.
//!
//! The name of a content is its SHA-256, which is also what the storage checks what it was sent against. A large content goes up in
//! parts, each checked and tried again by itself; it is there when all are, and whatever breaks off is not. Every request has its own
//! connection; bodies stream and are never in memory as a whole.

mod answers;
mod parts;
mod sign;
mod wire;

use std::fmt;
use std::io;
use std::path::Path;

use futures_util::StreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::{Method, StatusCode, header};
use tokio::fs;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;
use url::Url;

use super::disk::remove_if_there;
use answers::{elements, plain};
use parts::PART_BYTES;
use wire::{Ask, Body, streamed, whole};

/// So much of an upload is sent at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// Where the bucket is, and with which key it opens.
#[derive(Clone, PartialEq, Eq)]
pub struct BucketConfig {
    /// `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000`.
    pub endpoint: Url,
    /// Its name.
    pub bucket: String,
    /// Before the names of contents, for other things may lie in the bucket: empty, or ending with `/`.
    pub prefix: String,
    /// `us-east-1` where the storage has no regions.
    pub region: String,
    /// The key's name.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

impl fmt::Debug for BucketConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, bucket, prefix, region, access_key: _, secret_key: _ } = self;
        write!(f, "BucketConfig({bucket}/{prefix} at {endpoint} in {region})")
    }
}

/// The bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    config: BucketConfig,
}

impl Bucket {
    /// Asks nothing yet.
    pub fn new(config: BucketConfig) -> Self {
        Self { config }
    }

    /// Whether the bucket is there and opens.
    ///
    /// # Errors
    /// With words for the operator: which bucket, where, and what it said.
    pub async fn check(&self) -> io::Result<()> {
        let query = vec![("list-type", "2".to_owned()), ("max-keys", "1".to_owned())];
        let opened = self.good(Ask { query, ..Ask::of(Method::GET, "") }).await;
        let BucketConfig { endpoint, bucket, .. } = &self.config;
        opened.map(drop).map_err(|e| io::Error::new(e.kind(), format!("the bucket {bucket} at {endpoint}: {e}")))
    }

    /// Sends a finished upload to its place, unless it is there, and takes it from this disk.
    ///
    /// # Errors
    /// Those of the disk and of the storage; asked again it begins again.
    pub async fn place(&self, upload: &Path, name: &str) -> io::Result<()> {
        // A content that is there is whole. Where the upload has gone, it was sent before a crash.
        let length = match fs::metadata(upload).await {
            Ok(there) => there.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.size(name).await.map(drop),
            Err(error) => return Err(error),
        };
        match self.size(name).await {
            Ok(_) => return remove_if_there(upload).await,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let key = self.key_of(name);
        if length > PART_BYTES {
            self.place_in_parts(upload, &key, length).await?;
        } else {
            let body = piece(upload, 0, length).await?;
            self.good(Ask { content: name, length, body, ..Ask::of(Method::PUT, &key) }).await?;
        }
        remove_if_there(upload).await
    }

    /// A part of a content, from `start`, `length` bytes long.
    ///
    /// # Errors
    /// Those of the storage; `NotFound` when the content is not there.
    pub async fn read(&self, name: &str, start: u64, length: u64) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        if length == 0 {
            return Ok(Box::new(tokio::io::empty()));
        }
        let range = Some(format!("bytes={start}-{}", start + length - 1));
        let response = self.good(Ask { range, ..Ask::of(Method::GET, &self.key_of(name)) }).await?;
        if response.status() != StatusCode::PARTIAL_CONTENT && start > 0 {
            return Err(io::Error::other("the storage gives no parts of contents"));
        }
        Ok(Box::new(streamed(response).take(length)))
    }

    /// Takes a content away, if it is there.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        match self.good(Ask::of(Method::DELETE, &self.key_of(name))).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The names of all contents.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn names(&self) -> io::Result<Vec<String>> {
        let (mut names, mut next) = (Vec::new(), None);
        loop {
            let mut query = vec![("list-type", "2".to_owned()), ("prefix", self.config.prefix.clone())];
            if let Some(token) = next.take() {
                query.insert(0, ("continuation-token", token));
            }
            let response = self.good(Ask { query, ..Ask::of(Method::GET, "") }).await?;
            let page = whole(response).await?;
            names.extend(elements(&page, "Key").filter_map(|key| self.name_in(key)));
            next = elements(&page, "NextContinuationToken").next().map(plain);
            if next.is_none() {
                return Ok(names);
            }
        }
    }

    /// How long a content is; `NotFound` when it is not there.
    async fn size(&self, name: &str) -> io::Result<u64> {
        let response = self.good(Ask::of(Method::HEAD, &self.key_of(name))).await?;
        let length = response.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
        length.ok_or_else(|| io::Error::other("the storage does not tell how long a content is"))
    }

    fn key_of(&self, name: &str) -> String {
        format!("{}{}/{name}", self.config.prefix, name.get(..2).unwrap_or("_"))
    }

    /// The content that lies under a key; `None` for a key that is not of a content: it is somebody else's.
    fn name_in(&self, key: &str) -> Option<String> {
        let name = key.rsplit('/').next()?;
        (self.key_of(name) == plain(key)).then(|| name.to_owned())
    }
}

/// So many bytes of a file, as a body.
async fn piece(path: &Path, start: u64, length: u64) -> io::Result<Body> {
    let mut file = fs::File::open(path).await?;
    file.seek(io::SeekFrom::Start(start)).await?;
    let chunks = ReaderStream::with_capacity(file.take(length), CHUNK_BYTES);
    Ok(StreamBody::new(chunks.map(|chunk| chunk.map(Frame::data))).boxed_unsync())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> BucketConfig {
        BucketConfig {
            endpoint: Url::parse("https://s3.example").expect("an address"),
            bucket: "team".to_owned(),
            prefix: "files/".to_owned(),
            region: "r".to_owned(),
            access_key: "NAME".to_owned(),
            secret_key: "SECRET".to_owned(),
        }
    }

    #[test]
    fn a_key_never_stands_in_debug_output() {
        let shown = format!("{:?}", config());
        assert!(!shown.contains("SECRET") && !shown.contains("NAME"), "{shown}");
    }

    #[test]
    fn only_keys_of_contents_are_taken_for_contents() {
        let bucket = Bucket::new(config());
        assert_eq!(bucket.key_of("abcdef"), "files/ab/abcdef");
        assert_eq!(bucket.name_in("files/ab/abcdef").as_deref(), Some("abcdef"));
        for other in ["files/abcdef", "files/cd/abcdef", "backup/ab/abcdef", "files/", ""] {
            assert_eq!(bucket.name_in(other), None, "{other}");
        }
    }
}
