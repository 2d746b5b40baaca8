//! What a call may use: the open transaction, the time, and chance. And how OpenMLS gets at them.

use std::cell::RefCell;
use std::convert::Infallible;

use openmls_rust_crypto::RustCrypto;
use openmls_traits::OpenMlsProvider;
use openmls_traits::random::OpenMlsRand;
use protocol::Timestamp;
use rand::CryptoRng;

use super::MlsError;
use super::storage::Storage;

/// What a call may use. The caller commits the transaction, or drops every [`super::Group`] it changed.
pub struct Cx<'a, 'c> {
    /// The step's transaction.
    pub tx: &'a mut sql::Tx<'c>,
    /// The time now, by this device's clock. Only ages own keys; no one else's clock is trusted or judged.
    pub now: Timestamp,
    /// Chance: seeded in tests. Keys, key packages, path secrets and nonces come from here. Two things come from the
    /// system instead, because the library asks it itself: the encapsulation of HPKE, and nothing else.
    pub rng: &'a mut dyn CryptoRng,
}

impl<'c> Cx<'_, 'c> {
    /// Runs `work` with OpenMLS's provider, and says first what the database said.
    pub(super) fn with<T, E: Into<MlsError>>(
        &mut self,
        work: impl FnOnce(&Provider<'_, 'c>) -> Result<T, E>,
    ) -> Result<T, MlsError> {
        let provider = Provider {
            crypto: RustCrypto::default(),
            storage: Storage::new(&mut *self.tx),
            chance: Chance(RefCell::new(&mut *self.rng)),
        };
        let result = work(&provider);
        match provider.storage.into_failure() {
            Some(failure) => Err(failure),
            None => result.map_err(Into::into),
        }
    }

    /// `N` random bytes from the caller's chance.
    pub(super) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }
}

/// The parts that OpenMLS works with.
pub(super) struct Provider<'a, 'c> {
    crypto: RustCrypto,
    storage: Storage<'a, 'c>,
    chance: Chance<'a>,
}

impl<'a, 'c> OpenMlsProvider for Provider<'a, 'c> {
    type CryptoProvider = RustCrypto;
    type RandProvider = Chance<'a>;
    type StorageProvider = Storage<'a, 'c>;

    fn storage(&self) -> &Self::StorageProvider {
        &self.storage
    }

    fn crypto(&self) -> &Self::CryptoProvider {
        &self.crypto
    }

    fn rand(&self) -> &Self::RandProvider {
        &self.chance
    }
}

/// The caller's chance, as OpenMLS asks for it.
pub(super) struct Chance<'a>(RefCell<&'a mut dyn CryptoRng>);

impl OpenMlsRand for Chance<'_> {
    type Error = Infallible;

    fn random_array<const N: usize>(&self) -> Result<[u8; N], Infallible> {
        let mut bytes = [0; N];
        self.0.borrow_mut().fill_bytes(&mut bytes);
        Ok(bytes)
    }

    fn random_vec(&self, len: usize) -> Result<Vec<u8>, Infallible> {
        let mut bytes = vec![0; len];
        self.0.borrow_mut().fill_bytes(&mut bytes);
        Ok(bytes)
    }
}
