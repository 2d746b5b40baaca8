//! Text to frames and back: the same for WebSocket text frames and TCP lines.
//!
//! Size, UTF-8 and nesting are checked before parsing, so that no input costs more than its own length.

use crate::error::{ErrorCode, ProtocolError};
use crate::everyone::Everyone;
use crate::file::Attach;
use crate::frame::{ClientFrame, MessageRef, PostMessage, Request, ServerFrame};
use crate::id::{ChatId, LocalId, MessageId, RequestId, UserId};
use crate::limits::{COMMIT_FRAME_BYTES_MAX, FRAME_BYTES_MAX, FRAME_DEPTH_MAX, REQUEST_ID_BYTES_MAX};
use crate::model::MessageType;
use crate::poll::NewPoll;

/// Longest explanation of a refusal, in characters.
const EXPLANATION_CHARS_MAX: usize = 200;

/// A frame that was refused, with the `request_id` to answer under, where one could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// From the frame, if it got that far.
    pub request_id: Option<RequestId>,
    /// Why.
    pub error: ProtocolError,
}

impl Refused {
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { request_id: None, error: ProtocolError::new(code, message) }
    }
}

/// Reads one client frame.
///
/// # Errors
/// `frame_too_large`, `malformed_frame`, `unknown_type`, `invalid_field`; nothing else.
pub fn decode_client(bytes: &[u8]) -> Result<ClientFrame, Refused> {
    let text = checked_text(bytes)?;
    let parsed = match decode_post(text) {
        Some(frame) => Ok(frame),
        None => serde_json::from_str::<ClientFrame>(text),
    };
    match parsed {
        Ok(frame) => match &frame.request_id {
            Some(RequestId::Text(id)) if id.len() > REQUEST_ID_BYTES_MAX => {
                Err(Refused { request_id: None, error: ProtocolError::field("request_id", "longer than 64 bytes") })
            }
            _ => Ok(frame),
        },
        Err(error) => Err(explain(text, &error)),
    }
}

/// A frame of type `message` with its fields side by side, as they are on the wire.
#[derive(serde::Deserialize)]
struct Post<'t> {
    #[serde(rename = "type")]
    kind: &'t str,
    #[serde(default)]
    request_id: Option<RequestId>,
    #[serde(default)]
    local_id: Option<LocalId>,
    chat_id: ChatId,
    content: String,
    #[serde(default)]
    message_type: MessageType,
    #[serde(default)]
    reply_to: Option<MessageId>,
    #[serde(default)]
    mentions: Vec<UserId>,
    #[serde(default)]
    reactions: Vec<String>,
    #[serde(default)]
    encrypt_for_recipients: bool,
    #[serde(default)]
    forward_of: Option<MessageRef>,
    #[serde(default)]
    thread: Option<MessageId>,
    #[serde(default)]
    attachments: Vec<Attach>,
    #[serde(default)]
    poll: Option<Box<NewPoll>>,
    #[serde(default)]
    everyone: Option<Everyone>,
}

/// The frame that comes most, read in one pass: the way of all frames, which must find the type first, keeps every field
/// aside twice. `None`: it is another frame, or a wrong one, and that way tells which.
fn decode_post(text: &str) -> Option<ClientFrame> {
    if !text.contains(r#""type":"message""#) {
        return None;
    }
    let post: Post<'_> = serde_json::from_str(text).ok().filter(|post: &Post<'_>| post.kind == "message")?;
    let body = PostMessage {
        chat_id: post.chat_id,
        content: post.content,
        message_type: post.message_type,
        reply_to: post.reply_to,
        mentions: post.mentions,
        reactions: post.reactions,
        encrypt_for_recipients: post.encrypt_for_recipients,
        forward_of: post.forward_of,
        thread: post.thread,
        attachments: post.attachments,
        poll: post.poll,
        everyone: post.everyone,
    };
    Some(ClientFrame { request_id: post.request_id, local_id: post.local_id, request: Request::Message(body) })
}

/// Reads one server frame; an event or reply of a newer server is an error that a client skips.
///
/// # Errors
/// `malformed_frame` and `unknown_type`.
pub fn decode_server(text: &str) -> Result<ServerFrame, ProtocolError> {
    check_depth(text.as_bytes()).map_err(|r| r.error)?;
    serde_json::from_str(text).map_err(|e| ProtocolError::new(ErrorCode::UnknownType, e.to_string()))
}

/// Writes a client frame as one line of JSON, without the LF.
pub fn encode_client(frame: &ClientFrame) -> String {
    serde_json::to_string(frame).expect("frames hold only what JSON can hold")
}

/// Writes a server frame as one line of JSON, without the LF.
pub fn encode_server(frame: &ServerFrame) -> String {
    serde_json::to_string(frame).expect("frames hold only what JSON can hold")
}

/// How long a frame may be that begins like this: one that says in its first 256 bytes that it is a commit may be longer.
pub fn frame_bytes_max(head: &[u8]) -> usize {
    const COMMIT: &[u8] = b"\"type\":\"commit\"";
    let head = &head[..head.len().min(256)];
    if head.windows(COMMIT.len()).any(|part| part == COMMIT) { COMMIT_FRAME_BYTES_MAX } else { FRAME_BYTES_MAX }
}

/// Checks what holds for every frame before it is parsed: size, nesting, UTF-8.
///
/// # Errors
/// `frame_too_large`, `malformed_frame`.
pub fn checked_text(bytes: &[u8]) -> Result<&str, Refused> {
    checked_text_within(bytes, frame_bytes_max(bytes))
}

/// As [`checked_text`], for what may have `most` bytes, whatever it is: the body of a REST request.
///
/// # Errors
/// `frame_too_large`, `malformed_frame`.
pub fn checked_text_within(bytes: &[u8], most: usize) -> Result<&str, Refused> {
    if bytes.len() > most {
        return Err(Refused::new(ErrorCode::FrameTooLarge, format!("a frame is at most {most} bytes")));
    }
    check_depth(bytes)?;
    std::str::from_utf8(bytes).map_err(|_| Refused::new(ErrorCode::MalformedFrame, "not UTF-8"))
}

fn check_depth(bytes: &[u8]) -> Result<(), Refused> {
    // Counting is ten times as fast as following the strings, and nearly always enough.
    if bytes.iter().filter(|b| matches!(b, b'[' | b'{')).count() <= FRAME_DEPTH_MAX {
        return Ok(());
    }
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for &b in bytes {
        match b {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > FRAME_DEPTH_MAX {
                    return Err(Refused::new(ErrorCode::MalformedFrame, "nested too deeply"));
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Tells a missing field from an unknown type from no JSON at all; only refused frames pay for the second look.
fn explain(text: &str, error: &serde_json::Error) -> Refused {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return Refused::new(ErrorCode::MalformedFrame, shortened(format!("not JSON: {error}")));
    };
    let request_id = value
        .get("request_id")
        .and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok())
        .filter(|id| !matches!(id, RequestId::Text(t) if t.len() > REQUEST_ID_BYTES_MAX));
    let message = error.to_string();
    let error = match value.get("type").and_then(|t| t.as_str()) {
        _ if !value.is_object() => ProtocolError::new(ErrorCode::MalformedFrame, "a frame is a JSON object"),
        None => ProtocolError::field("type", "missing or not text"),
        // `hello` is the first variant: other enums (a role, a status) complain in the same words about their own.
        Some(t) if message.starts_with(&format!("unknown variant `{t}`, expected one of `hello`")) => {
            ProtocolError::new(ErrorCode::UnknownType, "this server does not know that type")
        }
        Some(_) => ProtocolError::new(ErrorCode::InvalidField, shortened(message)),
    };
    Refused { request_id, error }
}

/// The parser's words may repeat what it read; an answer repeats only a little of it.
fn shortened(message: String) -> String {
    match message.char_indices().nth(EXPLANATION_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}
