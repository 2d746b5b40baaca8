//! Large contents: sent in parts, so that a connection that breaks costs one part and not the whole.

use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, header};
use protocol::Timestamp;
use sha2::{Digest as _, Sha256};

use super::answers::{elements, escaped, plain};
use super::wire::{Ask, whole};
use super::{Bucket, piece};
use crate::files::hash::{name_of, name_of_all};

/// How large a part is, and up to where a content goes in one. S3 wants 5 MiB at least.
pub(super) const PART_BYTES: u64 = 32 * 1024 * 1024;
/// More S3 does not take.
const PARTS_MAX: u64 = 10_000;
/// So often each is tried.
const TRIES: u32 = 4;
/// Before the second try; twice as long before each further one.
const PAUSE: Duration = Duration::from_millis(500);
/// What was begun so long ago is not under way any more.
const LEFT_MS: i64 = 24 * 60 * 60 * 1000;

impl Bucket {
    /// Sends a file in parts.
    ///
    /// # Errors
    /// Those of the disk and of the storage, which then keeps nothing.
    pub(super) async fn place_in_parts(&self, upload: &Path, key: &str, length: u64) -> io::Result<()> {
        let id = self.begin(key).await?;
        let sent = async {
            let list = self.send_parts(upload, key, &id, length).await?;
            self.complete(key, &id, list).await
        };
        let sent = sent.await;
        if sent.is_err()
            && let Err(error) = self.abandon(key, id).await
        {
            tracing::warn!(%error, "parts of a content stay in the storage until the sweep finds them");
        }
        sent
    }

    async fn begin(&self, key: &str) -> io::Result<String> {
        let query = vec![("uploads", String::new())];
        let begun = whole(self.good(Ask { query, ..Ask::of(Method::POST, key) }).await?).await?;
        let id = elements(&begun, "UploadId").next().map(plain);
        id.ok_or_else(|| io::Error::other("the storage does not name the upload"))
    }

    /// Takes away what was begun a day ago or earlier and never became whole; returns how many.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn sweep_parts(&self, now: Timestamp) -> io::Result<u64> {
        let query = vec![("prefix", self.config.prefix.clone()), ("uploads", String::new())];
        let page = whole(self.good(Ask { query, ..Ask::of(Method::GET, "") }).await?).await?;
        let mut swept = 0;
        for begun in elements(&page, "Upload") {
            let text = |name| elements(begun, name).next().map(plain);
            let (Some(key), Some(id), Some(at)) = (text("Key"), text("UploadId"), text("Initiated")) else { continue };
            let Ok(at) = at.parse::<jiff::Timestamp>() else { continue };
            if self.name_in(&key).is_some() && now.0.saturating_sub(at.as_millisecond()) >= LEFT_MS {
                self.abandon(&key, id).await?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// The list of parts, as the storage wants it at the end.
    async fn send_parts(&self, upload: &Path, key: &str, id: &str, length: u64) -> io::Result<String> {
        let size = part_bytes(length);
        let mut list = String::new();
        for number in 1..=length.div_ceil(size) {
            let start = (number - 1) * size;
            let tag = self.send_part(upload, key, id, number, start, size.min(length - start)).await?;
            list += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>", escaped(&tag));
        }
        Ok(list)
    }

    async fn send_part(
        &self,
        upload: &Path,
        key: &str,
        id: &str,
        number: u64,
        start: u64,
        length: u64,
    ) -> io::Result<String> {
        let path = upload.to_owned();
        let hash = tokio::task::spawn_blocking(move || hash_of(path, start, length));
        let content = hash.await.map_err(io::Error::other)??;
        let mut tries = 1;
        loop {
            let query = vec![("partNumber", number.to_string()), ("uploadId", id.to_owned())];
            let body = piece(upload, start, length).await?;
            let sent = self.good(Ask { query, content: &content, length, body, ..Ask::of(Method::PUT, key) }).await;
            match sent {
                Ok(response) => {
                    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
                    return tag.map(str::to_owned).ok_or_else(|| io::Error::other("the storage gives a part no tag"));
                }
                // Asked again it would say the same.
                Err(error) if tries == TRIES || error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
                Err(error) => tracing::info!(%error, number, "a part of a content is sent again"),
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(tries - 1)).await;
            tries += 1;
        }
    }

    async fn complete(&self, key: &str, id: &str, list: String) -> io::Result<()> {
        let list = Bytes::from(format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>"));
        let content = name_of(&Sha256::digest(&list));
        let length = list.len() as u64;
        let body = Full::new(list).map_err(|never| match never {}).boxed_unsync();
        let query = vec![("uploadId", id.to_owned())];
        let response = self.good(Ask { query, content: &content, length, body, ..Ask::of(Method::POST, key) }).await?;
        // It begins to answer before it knows how it will end.
        let said = whole(response).await?;
        match elements(&said, "Code").next() {
            Some(code) => Err(io::Error::other(format!("the storage does not join the parts: {code}"))),
            None => Ok(()),
        }
    }

    async fn abandon(&self, key: &str, id: String) -> io::Result<()> {
        let query = vec![("uploadId", id)];
        self.good(Ask { query, ..Ask::of(Method::DELETE, key) }).await.map(drop)
    }
}

/// How large the parts of a content are: as many bytes as let it have no more parts than may be.
fn part_bytes(length: u64) -> u64 {
    PART_BYTES.max(length.div_ceil(PARTS_MAX))
}

fn hash_of(path: PathBuf, start: u64, length: u64) -> io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    file.seek(io::SeekFrom::Start(start))?;
    name_of_all(file.take(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_content_has_more_parts_than_s3_takes() {
        assert_eq!(part_bytes(PART_BYTES + 1), PART_BYTES);
        for length in [1_u64 << 30, 1 << 40, (1 << 40) + 1, 5 << 40] {
            assert!(length.div_ceil(part_bytes(length)) <= PARTS_MAX, "{length}");
        }
    }
}
