//! Files in pieces: what of a content goes up next and as which bytes, and which bytes on the server hold a part of it. Sealed
//! and opened here, a few chunks at a time. Performs no I/O.

use std::ops::Range;

use crypto::{FileError, FileSeal, TAG_BYTES};
use engine::Job;
use protocol::ErrorCode;
use view::Failure;

/// Most of a content in one piece, in bytes: whole chunks of any size.
pub(crate) const PIECE_BYTES: u64 = 4 * 1024 * 1024;

/// The next piece of an upload.
pub(crate) struct Piece {
    /// What of the content it holds.
    pub(crate) plain: Range<u64>,
    first: u64,
    /// So many of its first bytes are on the server.
    there: usize,
}

/// How long an upload is on the server, in bytes.
pub(crate) fn length(job: &Job) -> u64 {
    job.seal.as_ref().map_or(job.file.size, FileSeal::sealed_length)
}

/// What sealing adds to a content, in bytes.
pub(crate) fn more(seal: Option<&FileSeal>) -> usize {
    seal.map_or(0, |seal| (seal.sealed_length() - seal.length()) as usize)
}

/// The piece that comes when so many bytes, fewer than all, are on the server. It is the same however often it is asked for.
pub(crate) fn next(job: &Job, there: u64) -> Result<Piece, Failure> {
    let Some(seal) = &job.seal else {
        return Ok(Piece { plain: there..(there + PIECE_BYTES).min(job.file.size), first: 0, there: 0 });
    };
    let chunk = seal.chunk().bytes() as u64;
    let first = there / (chunk + TAG_BYTES as u64);
    let last = (first + PIECE_BYTES / chunk).min(seal.chunks()) - 1;
    let start = seal.plain_range(first).map_err(|_| Failure::Internal)?.start;
    let end = seal.plain_range(last).map_err(|_| Failure::Internal)?.end;
    Ok(Piece { plain: start..end, first, there: (there % (chunk + TAG_BYTES as u64)) as usize })
}

impl Piece {
    /// The bytes to send, of the content that it holds.
    pub(crate) fn sealed(&self, job: &Job, plain: Vec<u8>) -> Result<Vec<u8>, Failure> {
        if plain.len() as u64 != self.plain.end - self.plain.start {
            return Err(Failure::FileChanged);
        }
        let Some(seal) = &job.seal else { return Ok(plain) };
        let size = seal.chunk().bytes();
        let mut sealed = Vec::with_capacity(plain.len() + (plain.len() / size + 1) * TAG_BYTES);
        let mut index = self.first;
        let mut rest = plain.as_slice();
        loop {
            let (now, after) = rest.split_at(size.min(rest.len()));
            let mut chunk = now.to_vec();
            seal.seal_chunk(index, &mut chunk).map_err(|_| Failure::FileChanged)?;
            sealed.extend_from_slice(&chunk);
            (index, rest) = (index + 1, after);
            if rest.is_empty() {
                break;
            }
        }
        Ok(sealed.split_off(self.there.min(sealed.len())))
    }
}

/// Where a part of a content lies on the server.
pub(crate) fn lies_at(seal: Option<&FileSeal>, plain: &Range<u64>) -> Result<Range<u64>, Failure> {
    let Some(seal) = seal else { return Ok(plain.clone()) };
    let (first, last) = (seal.chunk_at(plain.start), seal.chunk_at(plain.end.saturating_sub(1).max(plain.start)));
    let start = seal.sealed_range(first).map_err(|_| Failure::Internal)?.start;
    let end = seal.sealed_range(last).map_err(|_| Failure::Internal)?.end;
    Ok(start..end)
}

/// A part of a content, of what lies at [`lies_at`]. What is not as it was sealed is refused.
pub(crate) fn opened(seal: Option<&FileSeal>, plain: &Range<u64>, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let Some(seal) = seal else { return Ok(bytes) };
    let first = seal.chunk_at(plain.start);
    let mut content = Vec::with_capacity(bytes.len());
    let pieces = bytes.chunks(seal.chunk().bytes() + TAG_BYTES);
    for (index, piece) in (first..).zip(pieces) {
        let mut chunk = piece.to_vec();
        seal.open_chunk(index, &mut chunk).map_err(refused)?;
        content.extend_from_slice(&chunk);
    }
    let before = (plain.start - first * seal.chunk().bytes() as u64) as usize;
    let length = (plain.end - plain.start) as usize;
    if content.len() < before + length {
        return Err(Failure::Refused { code: ErrorCode::ChecksumMismatch });
    }
    content.drain(..before);
    content.truncate(length);
    Ok(content)
}

/// A whole content.
pub(crate) fn opened_whole(seal: Option<&FileSeal>, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let Some(seal) = seal else { return Ok(bytes) };
    if bytes.len() as u64 != seal.sealed_length() {
        return Err(Failure::Refused { code: ErrorCode::ChecksumMismatch });
    }
    opened(Some(seal), &(0..seal.length()), bytes)
}

fn refused(error: FileError) -> Failure {
    match error {
        FileError::NotAuthentic(_) | FileError::NoSuchChunk | FileError::OtherLength => {
            Failure::Refused { code: ErrorCode::ChecksumMismatch }
        }
        FileError::Io(_) => Failure::Internal,
    }
}

#[cfg(test)]
mod tests {
    use crypto::ChunkSize;
    use protocol::{FileId, FileInfo, LocalId, Timestamp};
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;
    use view::Way;

    use super::*;

    const CHUNK: u64 = 64 * 1024;
    const TAMPERED: Failure = Failure::Refused { code: ErrorCode::ChecksumMismatch };

    fn content(length: u64) -> Vec<u8> {
        (0..length).map(|n| (n * 31 + n / 251) as u8).collect()
    }

    fn job(length: u64) -> Job {
        let chunk = ChunkSize::new(CHUNK as usize).unwrap();
        let file = FileInfo {
            id: FileId::from(LocalId::from_parts(1, [1; 10])),
            name: "film".to_owned(),
            size: length,
            mime_type: String::new(),
            hash: String::new(),
            uploaded_at: Timestamp(0),
            encrypted: true,
            encryption_key_id: None,
        };
        let seal = FileSeal::new(&mut StdRng::seed_from_u64(length), length, chunk);
        Job { way: Way::Up, file, place: String::new(), modified_ms: 0, seal: Some(seal), source: None }
    }

    fn upload(job: &Job, content: &[u8], mut there: u64) -> Vec<u8> {
        let mut sent = Vec::new();
        while there < length(job) {
            let piece = next(job, there).unwrap();
            let plain = content[piece.plain.start as usize..piece.plain.end as usize].to_vec();
            let bytes = piece.sealed(job, plain).unwrap();
            assert!(!bytes.is_empty(), "an upload that stands still");
            there += bytes.len() as u64;
            sent.extend_from_slice(&bytes);
        }
        sent
    }

    #[test]
    fn an_upload_that_goes_on_anywhere_sends_the_same_bytes() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, PIECE_BYTES, PIECE_BYTES + CHUNK / 2, 2 * PIECE_BYTES + 1] {
            let (job, content) = (job(length), content(length));
            let all = upload(&job, &content, 0);
            assert_eq!(all.len() as u64, super::length(&job));
            let places = [1, 15, 16, 17, CHUNK, CHUNK + 15, CHUNK + 16, CHUNK + 17, PIECE_BYTES, PIECE_BYTES + 999];
            for there in places.into_iter().filter(|there| *there < all.len() as u64) {
                assert_eq!(upload(&job, &content, there), all[there as usize..], "{length} from {there}");
            }
            assert_eq!(opened_whole(job.seal.as_ref(), all).unwrap(), content, "{length}");
        }
    }

    #[test]
    fn any_part_is_read_from_what_lies_at_its_place() {
        let length = 3 * CHUNK + 7;
        let (job, content) = (job(length), content(length));
        let (seal, all) = (job.seal.as_ref(), upload(&job, &content, 0));
        for part in [0..1, 0..length, CHUNK - 1..CHUNK + 1, CHUNK..2 * CHUNK, length - 1..length, 5..5] {
            let at = lies_at(seal, &part).unwrap();
            let bytes = all[at.start as usize..at.end as usize].to_vec();
            let expected = &content[part.start as usize..part.end as usize];
            assert_eq!(opened(seal, &part, bytes).unwrap(), expected, "{part:?}");
        }
    }

    #[test]
    fn what_was_changed_moved_or_cut_off_is_refused() {
        let length = 3 * CHUNK;
        let (job, content) = (job(length), content(length));
        let (seal, all) = (job.seal.as_ref(), upload(&job, &content, 0));
        let sealed_chunk = CHUNK as usize + TAG_BYTES;
        let mut changed = all.clone();
        changed[sealed_chunk + 9] ^= 1;
        assert_eq!(opened_whole(seal, changed.clone()), Err(TAMPERED));
        let first = lies_at(seal, &(0..CHUNK)).unwrap();
        assert!(opened(seal, &(0..CHUNK), changed[..first.end as usize].to_vec()).is_ok(), "the first chunk is whole");
        let mut moved = all[sealed_chunk..2 * sealed_chunk].to_vec();
        moved.extend_from_slice(&all[..sealed_chunk]);
        moved.extend_from_slice(&all[2 * sealed_chunk..]);
        assert_eq!(opened_whole(seal, moved), Err(TAMPERED));
        assert_eq!(opened_whole(seal, all[..2 * sealed_chunk].to_vec()), Err(TAMPERED));
        assert_eq!(opened(seal, &(0..length), all[..2 * sealed_chunk].to_vec()), Err(TAMPERED));
    }
}
