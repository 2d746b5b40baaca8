//! What a REST request says, gathered from path, query and body into one request of the protocol.

use protocol::codec::checked_text_within;
use protocol::{ErrorCode, LocalId, ProtocolError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Query and path fields that are numbers.
const NUMBERS: &[&str] = &[
    "user_id",
    "limit",
    "generation",
    "from_epoch",
    "page",
    "before_seq",
    "after_seq",
    "around_seq",
    "seq",
    "option",
    "sender_id",
];
/// Longest query, in bytes.
const QUERY_BYTES_MAX: usize = 4 * 1024;

/// The parts of a request that carry meaning.
#[derive(Debug, Default)]
pub(crate) struct Input {
    fields: Map<String, Value>,
}

impl Input {
    /// Gathers the fields; those of the path win, so that no body can name another chat than the path. A body has at most
    /// `body_max` bytes.
    ///
    /// # Errors
    /// `frame_too_large`, `malformed_frame`, `invalid_field`.
    pub(crate) fn gather(
        path: &[(String, String)],
        query: Option<&str>,
        body: Option<&[u8]>,
        body_max: usize,
    ) -> Result<Self, ProtocolError> {
        let mut fields = match body {
            Some(body) if !body.is_empty() => object(body, body_max)?,
            _ => Map::new(),
        };
        let query = query.unwrap_or_default();
        if query.len() > QUERY_BYTES_MAX {
            return Err(ProtocolError::field("query", "longer than 4096 bytes"));
        }
        for (name, value) in pairs(query)? {
            fields.insert(name.clone(), typed(&name, value)?);
        }
        for (name, value) in path {
            fields.insert(name.clone(), typed(name, value.clone())?);
        }
        Ok(Self { fields })
    }

    /// The fields as a body of the protocol; fields it does not know are skipped.
    ///
    /// # Errors
    /// `invalid_field`, naming the field.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ProtocolError> {
        serde_json::from_value(Value::Object(self.fields.clone())).map_err(|e| {
            ProtocolError::new(ErrorCode::InvalidField, e.to_string().chars().take(200).collect::<String>())
        })
    }
}

/// The id of a mutation: the header `Idempotency-Key`, else the body's `local_id`.
///
/// # Errors
/// `invalid_field`.
pub(crate) fn local_id(header: Option<&str>, input: &Input) -> Result<Option<LocalId>, ProtocolError> {
    let text = header.or_else(|| input.fields.get("local_id").and_then(Value::as_str));
    text.map(|text| text.parse().map(LocalId).map_err(|_| ProtocolError::field("Idempotency-Key", "not a UUID")))
        .transpose()
}

fn object(body: &[u8], most: usize) -> Result<Map<String, Value>, ProtocolError> {
    let text = checked_text_within(body, most).map_err(|refused| refused.error)?;
    let malformed = |message: &str| ProtocolError::new(ErrorCode::MalformedFrame, message);
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(malformed("the body is a JSON object")),
        Err(e) => Err(malformed(&format!("not JSON: {e}"))),
    }
}

fn typed(name: &str, value: String) -> Result<Value, ProtocolError> {
    if !NUMBERS.contains(&name) {
        return Ok(Value::String(value));
    }
    value.parse::<i64>().map(Value::from).map_err(|_| ProtocolError::field(name, "not a number"))
}

/// `a=b&c=d` with percent-encoding; `+` is a space in a query.
fn pairs(query: &str) -> Result<Vec<(String, String)>, ProtocolError> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String, ProtocolError> {
    let broken = || ProtocolError::field("query", "not percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let high = rest.next().and_then(hex).ok_or_else(broken)?;
                let low = rest.next().and_then(hex).ok_or_else(broken)?;
                bytes.push(high * 16 + low);
            }
            b'+' => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

fn hex(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|d| d as u8)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use protocol::frame::{ListMembers, PostMessage};

    fn path(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn the_path_wins_over_the_body() {
        let body = br#"{"content":"hi","chat_id":"elsewhere"}"#;
        let input = Input::gather(&path(&[("chat_id", "general")]), None, Some(body), 1024).unwrap();
        assert_eq!(input.parse::<PostMessage>().unwrap().chat_id.as_str(), "general");
    }

    #[test]
    fn a_query_is_decoded_and_its_numbers_are_numbers() {
        let input = Input::gather(&path(&[("chat_id", "c")]), Some("limit=7&cursor=%D1%91+%2B"), None, 0).unwrap();
        let body: ListMembers = input.parse().unwrap();
        assert_eq!((body.limit, body.cursor.as_deref()), (Some(7), Some("ё +")));
        for bad in ["limit=x", "limit=-1", "limit=99999999999999999999", "cursor=%", "cursor=%zz", "cursor=%ff"] {
            let gathered = Input::gather(&path(&[("chat_id", "c")]), Some(bad), None, 0);
            let error = gathered.and_then(|i| i.parse::<ListMembers>()).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidField, "{bad}");
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for bad in [&b"[]"[..], b"7", b"{", b"\xff", b"{}{}"] {
            assert_eq!(Input::gather(&[], None, Some(bad), 1024).unwrap_err().code, ErrorCode::MalformedFrame);
        }
    }
}
