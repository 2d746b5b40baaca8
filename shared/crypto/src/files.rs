//! Sealed files: what lies on the server is chunks that only the holder of the [`FileSeal`] can open. The seal travels
//! elsewhere, in the encrypted message that the file belongs to. Holds one chunk at a time, never a file.

use std::io::{self, Read, Write};
use std::ops::Range;

use rand::CryptoRng;

use crate::chunks::{ChunkSize, Chunks, NotAuthentic, TAG_BYTES};
use crate::{Key, chunks};

const VERSION: u8 = 1;
/// No file is longer, in bytes: a seal that says so is none.
const LENGTH_MAX: u64 = 1 << 50;
const SEAL_BYTES: usize = 1 + 16 + 32 + 1 + 8;

/// What opens a file: its key, id, length and how it is cut. One for each file and content: a file that was changed is
/// another file.
#[derive(Clone)]
pub struct FileSeal {
    id: [u8; 16],
    key: Key,
    chunk: ChunkSize,
    length: u64,
}

/// A file cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A chunk was changed, moved, cut off, or belongs to another file.
    #[error(transparent)]
    NotAuthentic(#[from] NotAuthentic),
    /// The file has no such chunk.
    #[error("the file has no such chunk")]
    NoSuchChunk,
    /// The content is shorter or longer than the seal says: it was changed while it was read.
    #[error("the file has another length than when it was sealed")]
    OtherLength,
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl FileSeal {
    /// For a file of this length in bytes.
    pub fn new(rng: &mut dyn CryptoRng, length: u64, chunk: ChunkSize) -> Self {
        let (mut id, mut key) = ([0; 16], [0; 32]);
        rng.fill_bytes(&mut id);
        rng.fill_bytes(&mut key);
        Self { id, key: Key::from_bytes(key), chunk, length }
    }

    /// The file's id; not secret.
    pub fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// Length of the content, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// How it is cut.
    pub fn chunk(&self) -> ChunkSize {
        self.chunk
    }

    /// For the message that the file belongs to. Not for logs.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SEAL_BYTES);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(self.key.bytes());
        bytes.push(self.chunk.log2());
        bytes.extend_from_slice(&self.length.to_be_bytes());
        bytes
    }

    /// Reads [`FileSeal::to_bytes`]; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != SEAL_BYTES || bytes[0] != VERSION {
            return None;
        }
        let length = u64::from_be_bytes(bytes[50..].try_into().ok()?);
        if length > LENGTH_MAX {
            return None;
        }
        Some(Self {
            id: bytes[1..17].try_into().ok()?,
            key: Key::from_bytes(bytes[17..49].try_into().ok()?),
            chunk: ChunkSize::of_log2(bytes[49])?,
            length,
        })
    }

    /// How many chunks; an empty file has one, which proves that it is empty.
    pub fn chunks(&self) -> u64 {
        self.length.div_ceil(self.chunk.bytes() as u64).max(1)
    }

    /// Length of what lies on the server, in bytes.
    pub fn sealed_length(&self) -> u64 {
        self.length + self.chunks() * TAG_BYTES as u64
    }

    /// The chunk that holds a byte of the content: to play from the middle.
    pub fn chunk_at(&self, offset: u64) -> u64 {
        offset / self.chunk.bytes() as u64
    }

    /// Where the content of a chunk is in the file.
    ///
    /// # Errors
    /// [`FileError::NoSuchChunk`].
    pub fn plain_range(&self, index: u64) -> Result<Range<u64>, FileError> {
        if index >= self.chunks() {
            return Err(FileError::NoSuchChunk);
        }
        let start = index * self.chunk.bytes() as u64;
        Ok(start..self.length.min(start + self.chunk.bytes() as u64))
    }

    /// Where a sealed chunk is in what lies on the server: to ask for it alone, or to resume there.
    ///
    /// # Errors
    /// [`FileError::NoSuchChunk`].
    pub fn sealed_range(&self, index: u64) -> Result<Range<u64>, FileError> {
        let plain = self.plain_range(index)?;
        let start = index * (self.chunk.bytes() + TAG_BYTES) as u64;
        Ok(start..start + (plain.end - plain.start) + TAG_BYTES as u64)
    }

    /// Seals one chunk in place.
    ///
    /// # Errors
    /// [`FileError::NoSuchChunk`], [`FileError::OtherLength`].
    pub fn seal_chunk(&self, index: u64, chunk: &mut Vec<u8>) -> Result<(), FileError> {
        let range = self.plain_range(index)?;
        if chunk.len() as u64 != range.end - range.start {
            return Err(FileError::OtherLength);
        }
        self.cipher().seal(index, self.is_last(index), chunk);
        Ok(())
    }

    /// Opens one chunk in place, whichever.
    ///
    /// # Errors
    /// [`FileError::NoSuchChunk`], [`FileError::NotAuthentic`]: `chunk` is empty then.
    pub fn open_chunk(&self, index: u64, chunk: &mut Vec<u8>) -> Result<(), FileError> {
        let range = self.plain_range(index)?;
        if chunk.len() as u64 != range.end - range.start + TAG_BYTES as u64 {
            chunk.clear();
            return Err(NotAuthentic.into());
        }
        Ok(self.cipher().open(index, self.is_last(index), chunk)?)
    }

    /// Seals from a chunk on to the end; `from` stands at the chunk's content. Returns how many chunks were written.
    ///
    /// # Errors
    /// [`FileError::Io`]; [`FileError::OtherLength`] when the file is shorter or longer than it was.
    pub fn seal(&self, first: u64, mut from: impl Read, mut to: impl Write) -> Result<u64, FileError> {
        let mut chunk = Vec::with_capacity(self.chunk.bytes() + TAG_BYTES);
        for index in first..self.chunks() {
            let range = self.plain_range(index)?;
            fill(&mut from, &mut chunk, range.end - range.start)?;
            self.seal_chunk(index, &mut chunk)?;
            to.write_all(&chunk)?;
        }
        if from.read(&mut [0])? != 0 {
            return Err(FileError::OtherLength);
        }
        Ok(self.chunks().saturating_sub(first))
    }

    /// Opens from a chunk on to the end; `from` stands at the sealed chunk. What was written before an error is authentic.
    ///
    /// # Errors
    /// [`FileError::Io`]; [`FileError::NotAuthentic`]; [`FileError::OtherLength`] when something is missing at the end.
    pub fn open(&self, first: u64, mut from: impl Read, mut to: impl Write) -> Result<u64, FileError> {
        let mut chunk = Vec::with_capacity(self.chunk.bytes() + TAG_BYTES);
        for index in first..self.chunks() {
            let range = self.sealed_range(index)?;
            fill(&mut from, &mut chunk, range.end - range.start)?;
            self.open_chunk(index, &mut chunk)?;
            to.write_all(&chunk)?;
        }
        Ok(self.chunks().saturating_sub(first))
    }

    fn is_last(&self, index: u64) -> bool {
        index + 1 == self.chunks()
    }

    fn cipher(&self) -> Chunks {
        let whole = [b"hybrid-messenger file 1".as_slice(), &self.id, &[self.chunk.log2()], &self.length.to_be_bytes()];
        chunks::Chunks::new(&self.key, whole.concat())
    }
}

/// Reads exactly so much.
fn fill(from: &mut impl Read, chunk: &mut Vec<u8>, bytes: u64) -> Result<(), FileError> {
    chunk.clear();
    from.by_ref().take(bytes).read_to_end(chunk)?;
    if chunk.len() as u64 == bytes { Ok(()) } else { Err(FileError::OtherLength) }
}

/// An id is never given twice, so two with the same id are the same seal.
impl PartialEq for FileSeal {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for FileSeal {}

impl std::fmt::Debug for FileSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileSeal({} bytes, …)", self.length)
    }
}
