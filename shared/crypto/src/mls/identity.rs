//! Who a leaf is: a person's key signs the keys of the person's devices. Makes and checks those signatures.
//!
//! The person's key is what people verify with each other ([`crate::SafetyNumber`]); a server that adds a device of its
//! own to an account cannot sign for it.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use openmls::prelude::{BasicCredential, Credential, CredentialWithKey};
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use protocol::UserId;
use rand::CryptoRng;
use sql::params;
use zeroize::Zeroizing;

use super::{Cx, MlsError};
use crate::Key;

/// What a person's signature over a device begins with.
const CONTEXT: &[u8] = b"hybrid-messenger device 1";
const VERSION: u8 = 1;
const CREDENTIAL_BYTES: usize = 1 + 8 + 16 + 32 + 32 + 64;

/// A device, by the random number it gave itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(pub [u8; 16]);

/// The public half of a person's key: what a person is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(pub [u8; 32]);

/// A person's signing key: the same on all devices of the person. Wiped when dropped.
#[derive(Clone)]
pub struct PersonKey(SigningKey);

/// A device as it stands in a group: whose, which, under what keys. Signed by the person's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device {
    /// Whose, by the server's number.
    pub user: UserId,
    /// Which of the person's devices.
    pub id: DeviceId,
    /// What the device signs with (Ed25519).
    pub key: [u8; 32],
    /// Who signed for the device.
    pub person: PersonId,
}

/// This device with its secrets.
pub struct Me {
    device: Device,
    key: SigningKey,
    person: PersonKey,
    credential: Vec<u8>,
}

impl PersonKey {
    /// A new person.
    pub fn new(rng: &mut dyn CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self(SigningKey::from_bytes(&seed))
    }

    /// From [`PersonKey::secret`], on another device of the person.
    pub fn from_secret(secret: &Key) -> Self {
        Self(SigningKey::from_bytes(secret.bytes()))
    }

    /// What another device of the person needs, and a backup holds.
    pub fn secret(&self) -> Key {
        Key::from_bytes(self.0.to_bytes())
    }

    /// The public half.
    pub fn id(&self) -> PersonId {
        PersonId(self.0.verifying_key().to_bytes())
    }

    /// Signs for a device of this person and returns its credential.
    fn attest(&self, user: UserId, id: DeviceId, key: [u8; 32]) -> Vec<u8> {
        let device = Device { user, id, key, person: self.id() };
        let mut bytes = device.unsigned();
        let signature = self.0.sign(&signed(&bytes));
        bytes.extend_from_slice(&signature.to_bytes());
        bytes
    }
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

fn signed(unsigned: &[u8]) -> Vec<u8> {
    [CONTEXT, unsigned].concat()
}

impl Device {
    fn unsigned(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(CREDENTIAL_BYTES);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.user.0.to_be_bytes());
        bytes.extend_from_slice(&self.id.0);
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&self.person.0);
        bytes
    }

    /// Reads a credential without checking its signature: for devices that were checked when they entered the group.
    pub(super) fn read(credential: &Credential) -> Result<Self, MlsError> {
        Self::parse(credential.serialized_content()).map(|(device, _)| device).ok_or(MlsError::NotAttested)
    }

    /// Reads a credential, and checks that its person signed it and that it is for `key`.
    pub(super) fn verified(credential: &Credential, key: &[u8]) -> Result<Self, MlsError> {
        let bytes = credential.serialized_content();
        let (device, signature) = Self::parse(bytes).ok_or(MlsError::NotAttested)?;
        let person = VerifyingKey::from_bytes(&device.person.0).map_err(|_| MlsError::NotAttested)?;
        let unsigned = &bytes[..CREDENTIAL_BYTES - 64];
        person.verify_strict(&signed(unsigned), &signature).map_err(|_| MlsError::NotAttested)?;
        if device.key != key {
            return Err(MlsError::NotAttested);
        }
        Ok(device)
    }

    fn parse(bytes: &[u8]) -> Option<(Self, Signature)> {
        if bytes.len() != CREDENTIAL_BYTES || bytes[0] != VERSION {
            return None;
        }
        let user = UserId(i64::from_be_bytes(bytes[1..9].try_into().ok()?));
        let id = DeviceId(bytes[9..25].try_into().ok()?);
        let key = bytes[25..57].try_into().ok()?;
        let person = PersonId(bytes[57..89].try_into().ok()?);
        Some((Self { user, id, key, person }, Signature::from_bytes(bytes[89..].try_into().ok()?)))
    }
}

impl Me {
    /// Makes this device's identity and keeps it; one that is there is replaced, and its groups with it are lost.
    ///
    /// # Errors
    /// [`MlsError::Store`].
    pub fn create(cx: &mut Cx<'_, '_>, user: UserId, person: &PersonKey) -> Result<Self, MlsError> {
        let id = DeviceId(cx.random());
        let seed = Zeroizing::new(cx.random::<32>());
        let key = SigningKey::from_bytes(&seed);
        let credential = person.attest(user, id, key.verifying_key().to_bytes());
        let person_seed = person.secret();
        cx.tx.execute(
            "INSERT INTO mls_me (one, user_id, device_id, device_seed, person_seed, credential)
             VALUES (1, ?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (one) DO UPDATE SET user_id = excluded.user_id, device_id = excluded.device_id,
             device_seed = excluded.device_seed, person_seed = excluded.person_seed, credential = excluded.credential",
            params![user.0, id.0, *seed, *person_seed.bytes(), credential],
        )?;
        Self::of(&seed, person.clone(), credential)
    }

    /// This device's identity; `None` before [`Me::create`].
    ///
    /// # Errors
    /// [`MlsError::Store`], [`MlsError::Corrupt`].
    pub fn load(cx: &mut Cx<'_, '_>) -> Result<Option<Self>, MlsError> {
        let found = cx.tx.row("SELECT device_seed, person_seed, credential FROM mls_me", &[], |row| {
            Ok((Zeroizing::new(row.blob(0)?), Zeroizing::new(row.blob(1)?), row.blob(2)?))
        })?;
        let Some((seed, person, credential)) = found else { return Ok(None) };
        let seed = <&[u8; 32]>::try_from(seed.as_slice()).map_err(|_| MlsError::Corrupt("device seed".into()))?;
        let person = <[u8; 32]>::try_from(person.as_slice()).map_err(|_| MlsError::Corrupt("person seed".into()))?;
        Self::of(seed, PersonKey::from_secret(&Key::from_bytes(person)), credential).map(Some)
    }

    fn of(seed: &[u8; 32], person: PersonKey, credential: Vec<u8>) -> Result<Self, MlsError> {
        let key = SigningKey::from_bytes(seed);
        let device = Device::parse(&credential).map(|(device, _)| device);
        let device = device.ok_or_else(|| MlsError::Corrupt("credential".into()))?;
        Ok(Self { device, key, person, credential })
    }

    /// This device, as others see it.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The person's key: what a further device of the person is given.
    pub fn person(&self) -> &PersonKey {
        &self.person
    }

    pub(super) fn credential(&self) -> CredentialWithKey {
        CredentialWithKey {
            credential: BasicCredential::new(self.credential.clone()).into(),
            signature_key: self.device.key.to_vec().into(),
        }
    }
}

impl std::fmt::Debug for Me {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Me({:?})", self.device)
    }
}

impl Signer for Me {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.key.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}
