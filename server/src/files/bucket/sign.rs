//! Signs requests for S3-compatible storage: AWS Signature Version 4. Pure: the time is passed in.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::files::hash::name_of;

/// Of nothing: requests without a body carry it.
pub(super) const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Whose key, and for where.
pub(super) struct Signer<'a> {
    pub(super) region: &'a str,
    pub(super) access_key: &'a str,
    pub(super) secret_key: &'a str,
}

/// What is signed.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    /// Encoded, from `/` on.
    pub(super) path: &'a str,
    /// Encoded, sorted, without `?`.
    pub(super) query: &'a str,
    /// Lower-case names, sorted, with their values; `host`, `x-amz-date` and `x-amz-content-sha256` among them.
    pub(super) headers: &'a [(&'a str, &'a str)],
    /// SHA-256 of the body, hexadecimal.
    pub(super) content: &'a str,
}

impl Signer<'_> {
    /// The value of `Authorization`; `at` as in `x-amz-date`: `20130524T000000Z`.
    pub(super) fn authorization(&self, asked: &Asked<'_>, at: &str) -> String {
        let day = at.get(..8).unwrap_or(at);
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let headers: String = asked.headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let names = asked.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let Asked { method, path, query, content, .. } = asked;
        let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{content}");
        let hashed = name_of(&Sha256::digest(canonical.as_bytes()));
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in [day, self.region, "s3", "aws4_request"] {
            key = mac(&key, part);
        }
        let signature = name_of(&mac(&key, &format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashed}")));
        let key = self.access_key;
        format!("AWS4-HMAC-SHA256 Credential={key}/{scope},SignedHeaders={names},Signature={signature}")
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// As a path or query wants it: all but letters, digits and `-._~` as `%XX`.
pub(super) fn encoded(text: &str, slashes: bool) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') || (slashes && b == b'/');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNER: Signer<'static> = Signer {
        region: "us-east-1",
        access_key: "AKIAIOSFODNN7EXAMPLE",
        secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    };
    const HOST: (&str, &str) = ("host", "examplebucket.s3.amazonaws.com");
    const AT: &str = "20130524T000000Z";

    /// The examples of the documentation of Signature Version 4.
    #[test]
    fn requests_are_signed_as_the_documentation_signs_them() {
        let headers = [HOST, ("range", "bytes=0-9"), ("x-amz-content-sha256", EMPTY), ("x-amz-date", AT)];
        let get = Asked { method: "GET", path: "/test.txt", query: "", headers: &headers, content: EMPTY };
        let signed = SIGNER.authorization(&get, AT);
        assert!(
            signed.ends_with("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            "{signed}"
        );

        let headers = [HOST, ("x-amz-content-sha256", EMPTY), ("x-amz-date", AT)];
        let list = Asked { method: "GET", path: "/", query: "max-keys=2&prefix=J", headers: &headers, content: EMPTY };
        let signed = SIGNER.authorization(&list, AT);
        assert!(
            signed.ends_with("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
            "{signed}"
        );
    }

    #[test]
    fn only_plain_letters_stay_as_they_are() {
        assert_eq!(encoded("a/b c+ё~", false), "a%2Fb%20c%2B%D1%91~");
        assert_eq!(encoded("content/ab", true), "content/ab");
    }
}
