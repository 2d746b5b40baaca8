//! The bucket that files lie in, as an operator names it. The key itself comes from a file: what stands on a command line is everyone's.

use super::{ConfigError, Merged};
use crate::files::BucketConfig;

/// `None`: files lie in the data folder.
pub(super) fn read(merged: &Merged) -> Result<Option<BucketConfig>, ConfigError> {
    let refused = |what| Err(ConfigError::Contradiction(what));
    let Merged { s3_endpoint, s3_bucket, s3_access_key, s3_secret_key_file, s3_prefix, .. } = merged;
    let (endpoint, bucket, access_key, file) = match (s3_endpoint, s3_bucket, s3_access_key, s3_secret_key_file) {
        (None, None, None, None) => return Ok(None),
        (Some(endpoint), Some(bucket), Some(key), Some(file)) => (endpoint, bucket, key, file),
        _ => return refused("s3_endpoint, s3_bucket, s3_access_key and s3_secret_key_file go together"),
    };
    let endpoint = url::Url::parse(endpoint).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(endpoint) = endpoint.filter(|url| url.host_str().is_some()) else {
        return refused("s3_endpoint: an address, https://HOST[:PORT]");
    };
    if !s3_prefix.is_empty() && !s3_prefix.ends_with('/') {
        return refused("s3_prefix: empty, or ending with /");
    }
    let secret = std::fs::read_to_string(file).unwrap_or_default();
    if secret.trim().is_empty() {
        return refused("s3_secret_key_file: cannot be read, or holds nothing");
    }
    Ok(Some(BucketConfig {
        endpoint,
        bucket: bucket.clone(),
        prefix: s3_prefix.clone(),
        region: merged.s3_region.clone(),
        access_key: access_key.clone(),
        secret_key: secret.trim().to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::config::load;
    use crate::config::tests::flags;

    #[test]
    fn a_bucket_is_named_whole_and_its_key_is_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        std::fs::write(&key, "SECRET\n").unwrap();
        let key = key.to_str().unwrap();
        let named = ["--s3-endpoint", "https://s3.example", "--s3-bucket", "team", "--s3-access-key", "NAME"];
        let whole = [&named[..], &["--s3-secret-key-file", key]].concat();
        let bucket = load(&flags(&whole)).unwrap().0.bucket.unwrap();
        assert_eq!((bucket.secret_key.as_str(), bucket.prefix.as_str()), ("SECRET", "content/"));
        assert_eq!((bucket.region.as_str(), bucket.endpoint.as_str()), ("us-east-1", "https://s3.example/"));
        assert!(load(&flags(&[])).unwrap().0.bucket.is_none());
        let without = [&named[..], &["--s3-secret-key-file", "/nowhere"]].concat();
        let odd = [&whole[..], &["--s3-prefix", "files"]].concat();
        let place = [&["--s3-endpoint", "ftp://s3.example"], &whole[2..]].concat();
        for refused in [&named[..], &without, &odd, &place] {
            let said = load(&flags(refused)).unwrap_err().to_string();
            assert!(said.contains("s3_"), "{said}");
        }
    }
}
