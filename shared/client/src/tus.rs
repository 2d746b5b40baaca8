//! What is said to the server over HTTP about files (see docs/protocol.md), without a transport. Performs no I/O.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Job;
use protocol::frame::Reply;
use protocol::{ErrorCode, FileId, ServerFrame, codec};
use view::Failure;

use crate::pieces;

/// Begins uploads.
pub(crate) const FILES: &str = "/api/v1/files";
/// What bytes of an upload are sent as.
pub(crate) const BODY_TYPE: &str = "application/offset+octet-stream";
/// In answers and requests: bytes that are there.
pub(crate) const OFFSET: &str = "upload-offset";
/// Most of an answer that says why not is read.
#[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "`fetch` reads an answer whole"))]
pub(crate) const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// An upload.
pub(crate) fn upload(id: &FileId) -> String {
    format!("{FILES}/{id}")
}

/// A content.
pub(crate) fn content(id: &FileId) -> String {
    format!("{FILES}/{id}/content")
}

/// Headers that begin an upload.
pub(crate) fn beginning(job: &Job) -> [(&'static str, String); 3] {
    // What is sealed has no name for the server.
    let about = match job.seal {
        Some(_) => format!("filename {},encrypted", STANDARD.encode("sealed")),
        None => format!("filename {}", STANDARD.encode(&job.file.name)),
    };
    [
        ("upload-length", pieces::length(job).to_string()),
        ("upload-metadata", about),
        ("idempotency-key", job.file.id.to_string()),
    ]
}

/// Headers that go on with a download of which `have` bytes are there.
#[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "a browser does its own downloads"))]
pub(crate) fn range(job: &Job, have: u64) -> [(&'static str, String); 2] {
    [("range", format!("bytes={have}-")), ("if-range", format!("\"{}\"", job.file.hash))]
}

/// Headers that ask for a part of a content, which is not empty.
pub(crate) fn part(bytes: &Range<u64>) -> [(&'static str, String); 1] {
    [("range", format!("bytes={}-{}", bytes.start, bytes.end.saturating_sub(1)))]
}

/// Why an answer with this status says no; the body of an answer to `HEAD` is empty.
pub(crate) fn refusal(status: u16, body: &[u8]) -> Failure {
    let said = std::str::from_utf8(body).ok().and_then(|text| codec::decode_server(text).ok());
    if let Some(ServerFrame::Reply { reply: Reply::Error(error), .. }) = said {
        return Failure::Refused { code: error.code };
    }
    let code = match status {
        401 => ErrorCode::TokenExpired,
        403 => ErrorCode::Forbidden,
        404 | 410 => ErrorCode::NotFound,
        409 => ErrorCode::OffsetMismatch,
        413 => ErrorCode::FileTooLarge,
        429 => ErrorCode::RateLimited,
        502..=504 => ErrorCode::Unavailable,
        _ => return Failure::NotAServer,
    };
    Failure::Refused { code }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn the_servers_own_word_counts_more_than_the_status() {
        let body = br#"{"type":"error","code":"quota_exceeded","message":"full"}"#;
        assert_eq!(refusal(507, body), Failure::Refused { code: ErrorCode::QuotaExceeded });
        assert_eq!(refusal(404, b""), Failure::Refused { code: ErrorCode::NotFound });
        assert_eq!(refusal(200, b"<html>"), Failure::NotAServer);
    }
}
