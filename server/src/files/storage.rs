//! Where contents are: in a folder, or in a bucket. Each knows them by the same names, and a content that is there is whole.

use std::io;
use std::path::Path;

use protocol::Timestamp;
use tokio::io::AsyncRead;

use super::bucket::Bucket;
use super::disk::Disk;

/// The storage of a server.
#[derive(Debug, Clone)]
pub enum Storage {
    /// A folder of this machine.
    Disk(Disk),
    /// S3-compatible storage.
    Bucket(Bucket),
}

impl Storage {
    /// Whether contents can be kept here.
    ///
    /// # Errors
    /// With words for the operator.
    pub async fn check(&self) -> io::Result<()> {
        match self {
            // The folder is made when it is first needed.
            Self::Disk(_) => Ok(()),
            Self::Bucket(bucket) => bucket.check().await,
        }
    }

    /// Brings a finished upload to its place; a content that is there already stays. The upload is gone then.
    ///
    /// # Errors
    /// Those of disk and storage; asked again it goes on.
    pub async fn place(&self, upload: &Path, name: &str) -> io::Result<()> {
        match self {
            Self::Disk(disk) => disk.place(upload, name).await,
            Self::Bucket(bucket) => bucket.place(upload, name).await,
        }
    }

    /// A part of a content, from `start`, `length` bytes long.
    ///
    /// # Errors
    /// Those of the storage; `NotFound` when the content is not there.
    pub async fn read(&self, name: &str, start: u64, length: u64) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        match self {
            Self::Disk(disk) => Ok(Box::new(disk.read(name, start, length).await?)),
            Self::Bucket(bucket) => bucket.read(name, start, length).await,
        }
    }

    /// Takes a content away, if it is there.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        match self {
            Self::Disk(disk) => disk.remove(name).await,
            Self::Bucket(bucket) => bucket.remove(name).await,
        }
    }

    /// The names of all contents.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn names(&self) -> io::Result<Vec<String>> {
        match self {
            Self::Disk(disk) => disk.names().await,
            Self::Bucket(bucket) => bucket.names().await,
        }
    }

    /// Takes away what is left of contents that never became whole here; returns how much.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn sweep_parts(&self, now: Timestamp) -> io::Result<u64> {
        match self {
            // Uploads become contents in one step.
            Self::Disk(_) => Ok(0),
            Self::Bucket(bucket) => bucket.sweep_parts(now).await,
        }
    }
}
