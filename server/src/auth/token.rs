//! Access tokens (JWT, HS256, 15 minutes) and refresh tokens (256 bits, 30 days). Reads no clock.
//!
//! A refresh token's successor is a keyed hash of the old token and the request that traded it in: the server keeps
//! hashes only, and can still give the same successor again to a client that lost the reply.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use protocol::limits::ACCESS_TOKEN_SECONDS;
use protocol::{ErrorCode, LocalId, ProtocolError, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Longest token that is looked at, in bytes; ours have about 300.
const TOKEN_BYTES_MAX: usize = 1_024;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The person's number, as text (RFC 7519 wants text).
    pub sub: String,
    /// The session: all tokens of one log-in.
    pub sid: String,
    /// This token alone.
    pub jti: String,
    /// Made at, in seconds.
    pub iat: i64,
    /// Ends at, in seconds.
    pub exp: i64,
}

impl Claims {
    /// The person.
    pub fn user_id(&self) -> Option<UserId> {
        self.sub.parse().ok().map(UserId)
    }
}

/// The keys that sign tokens.
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    succession: EncodingKey,
}

/// A refresh token as the client holds it.
pub struct RefreshToken(pub String);

impl Keys {
    /// Derives the keys from the server's secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        let part = |name: &str| Sha256::new().chain_update(secret).chain_update(name).finalize();
        let access = part("access");
        let mut validation = Validation::new(Algorithm::HS256);
        // The time is checked below, against the clock that is passed in.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self {
            encoding: EncodingKey::from_secret(&access),
            decoding: DecodingKey::from_secret(&access),
            validation,
            succession: EncodingKey::from_secret(&part("refresh")),
        }
    }

    /// Makes an access token for a session.
    ///
    /// # Errors
    /// `internal`, if signing fails.
    pub fn access(&self, user_id: UserId, sid: &str, jti: String, now: Timestamp) -> Result<String, ProtocolError> {
        let iat = now.0.div_euclid(1_000);
        let exp = iat + i64::from(ACCESS_TOKEN_SECONDS);
        let claims = Claims { sub: user_id.to_string(), sid: sid.to_owned(), jti, iat, exp };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|e| ProtocolError::new(ErrorCode::Internal, e.to_string()))
    }

    /// Reads an access token; says nothing about whether its session still lives.
    ///
    /// # Errors
    /// `token_invalid`, `token_expired`.
    pub fn read(&self, token: &str, now: Timestamp) -> Result<Claims, ProtocolError> {
        let invalid = || ProtocolError::new(ErrorCode::TokenInvalid, "not an access token of this server");
        if token.len() > TOKEN_BYTES_MAX {
            return Err(invalid());
        }
        let claims =
            jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).map_err(|_| invalid())?.claims;
        if now.0 >= claims.exp.saturating_mul(1_000) {
            return Err(ProtocolError::new(ErrorCode::TokenExpired, "the access token is past its time"));
        }
        Ok(claims)
    }

    /// The token that follows `old` when it is traded in by the request `local_id`.
    ///
    /// # Errors
    /// `internal`, if signing fails.
    pub fn successor(&self, old: &str, local_id: Option<LocalId>, nonce: &str) -> Result<RefreshToken, ProtocolError> {
        let by = local_id.map_or_else(|| nonce.to_owned(), |id| id.to_string());
        jsonwebtoken::crypto::sign(format!("{by}:{old}").as_bytes(), &self.succession, Algorithm::HS256)
            .map(RefreshToken)
            .map_err(|e| ProtocolError::new(ErrorCode::Internal, e.to_string()))
    }
}

impl RefreshToken {
    /// The first token of a session.
    pub fn first(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// What the server stores.
    pub fn hash(&self) -> [u8; 32] {
        refresh_hash(&self.0)
    }
}

/// What the server stores of a refresh token.
pub fn refresh_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    #[test]
    fn a_token_is_good_for_fifteen_minutes_and_no_longer() {
        let keys = Keys::new(&[7; 32]);
        let token = keys.access(UserId(3), "s", "j".to_owned(), NOW).unwrap();
        assert_eq!(keys.read(&token, NOW).unwrap().user_id(), Some(UserId(3)));
        assert!(keys.read(&token, Timestamp(NOW.0 + 899_999)).is_ok());
        let late = keys.read(&token, Timestamp(NOW.0 + 900_000)).unwrap_err();
        assert_eq!(late.code, ErrorCode::TokenExpired);
    }

    #[test]
    fn a_token_of_another_server_or_a_changed_one_is_refused() {
        let token = Keys::new(&[7; 32]).access(UserId(3), "s", "j".to_owned(), NOW).unwrap();
        let other = Keys::new(&[8; 32]).read(&token, NOW).unwrap_err();
        assert_eq!(other.code, ErrorCode::TokenInvalid);
        let (head, _) = token.rsplit_once('.').unwrap();
        for bad in [head.to_owned(), format!("{head}."), format!("{token}x"), String::new(), "a.b.c".to_owned()] {
            assert_eq!(Keys::new(&[7; 32]).read(&bad, NOW).unwrap_err().code, ErrorCode::TokenInvalid);
        }
    }

    #[test]
    fn an_unsigned_token_is_refused() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"1","sid":"s","jti":"j","iat":0,"exp":9999999999}"#);
        let refused = Keys::new(&[7; 32]).read(&format!("{header}.{claims}."), NOW).unwrap_err();
        assert_eq!(refused.code, ErrorCode::TokenInvalid);
    }

    #[test]
    fn the_same_request_gets_the_same_successor_and_another_a_different_one() {
        let keys = Keys::new(&[7; 32]);
        let id = |n| Some(LocalId::from_parts(n, [1; 10]));
        let first = keys.successor("old", id(1), "n").unwrap().0;
        assert_eq!(first, keys.successor("old", id(1), "m").unwrap().0);
        assert_ne!(first, keys.successor("old", id(2), "n").unwrap().0);
        assert_ne!(first, keys.successor("older", id(1), "n").unwrap().0);
    }
}
