//! The cache's key in the system's keyring. Never falls back to a store that forgets, never replaces a key that a cache
//! may need. Asking may wait for a person at the system's own prompt: `opening` bounds that.

use client::KeyPlace;
use crypto::Key;
use keyring_core::{Entry, Error};

use crate::profile::Profile;

const SERVICE: &str = "org.hybridmessenger.desktop";

/// The key of 32 bytes; made at the first start. Blocks as long as the keyring does.
///
/// # Errors
/// There is no keyring, it stays closed, or it has no key although `needed` by a cache that is there: some keyrings show
/// nothing while they are closed, and a new key would take the old one's place.
pub fn cache_key(profile: &Profile, needed: bool) -> Result<Key, Error> {
    let entry = entry(profile)?;
    match entry.get_secret() {
        Ok(secret) => secret
            .try_into()
            .map(Key::from_bytes)
            .map_err(|bytes: Vec<u8>| Error::BadStoreFormat(format!("a key of {} bytes, not 32", bytes.len()))),
        Err(Error::NoEntry) if !needed => {
            let key = Key::random().map_err(|_| Error::BadStoreFormat("no chance on this system".to_owned()))?;
            entry.set_secret(key.bytes())?;
            // Read back: a keyring that takes a secret and gives nothing back would cost the cache at the next start.
            let kept = entry.get_secret()?;
            if kept == key.bytes() { Ok(key) } else { Err(Error::BadStoreFormat("the key was not kept".to_owned())) }
        }
        Err(error) => Err(error),
    }
}

/// The keyring as the place of a profile's key while there is no app lock.
pub struct Keyring<'a>(pub &'a Profile);

impl KeyPlace for Keyring<'_> {
    fn put(&self, key: &Key) -> Result<(), String> {
        let put = || {
            let entry = entry(self.0)?;
            entry.set_secret(key.bytes())?;
            Ok::<_, Error>(entry.get_secret()? == key.bytes())
        };
        match put() {
            Ok(true) => Ok(()),
            Ok(false) => Err("the key was not kept".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn forget(&self) -> Result<(), String> {
        match entry(self.0).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn entry(profile: &Profile) -> Result<Entry, Error> {
    keyring_core::set_default_store(open_store()?);
    Entry::new(SERVICE, profile.own_name().unwrap_or("cache"))
}

#[cfg(target_os = "linux")]
fn open_store() -> Result<std::sync::Arc<keyring_core::CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open_store() -> Result<std::sync::Arc<keyring_core::CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open_store() -> Result<std::sync::Arc<keyring_core::CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}
