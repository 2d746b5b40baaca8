//! What others add this device with while it sleeps. The public halves lie on the server, each given out once; one of
//! last resort is given out when they are used up.

use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    KeyPackage as LibraryKeyPackage, KeyPackageRef, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, ProtocolVersion,
};
use openmls_traits::OpenMlsProvider as _;
use openmls_traits::storage::StorageProvider as _;
use sql::params;

use super::group::{capabilities, lifetime};
use super::state::{decode, encode};
use super::{Cx, Device, Me, MlsError, Suite};

/// Packages that the server should have of a device for each suite.
const STOCK: u32 = 20;
/// Most packages made at once.
const BATCH_MAX: u32 = 100;
/// Longest package that is parsed; one of the hybrid suite has 2.9 KiB.
const PACKAGE_BYTES_MAX: usize = 16 * 1024;
/// The secret halves of packages older than this are deleted: a welcome for them cannot be opened any more.
const AGE_MAX_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Another device's package, its signatures checked.
#[derive(Debug, Clone)]
pub struct KeyPackage(pub(super) LibraryKeyPackage);

/// This device's own packages.
pub struct KeyPackages;

impl KeyPackage {
    /// Parses a package and checks its signatures, its person's too.
    ///
    /// # Errors
    /// [`MlsError::Malformed`], [`MlsError::TooLarge`], [`MlsError::UnknownSuite`], [`MlsError::NotAttested`].
    pub fn parse(cx: &mut Cx<'_, '_>, bytes: &[u8]) -> Result<Self, MlsError> {
        if bytes.len() > PACKAGE_BYTES_MAX {
            return Err(MlsError::TooLarge("key package"));
        }
        let malformed = || MlsError::Malformed("key package");
        let message = MlsMessageIn::tls_deserialize_exact(bytes).map_err(|_| malformed())?;
        let MlsMessageBodyIn::KeyPackage(package) = message.extract() else { return Err(malformed()) };
        let package =
            cx.with(|provider| package.validate(provider.crypto(), ProtocolVersion::Mls10).map_err(|_| malformed()))?;
        Suite::of_library(package.ciphersuite())?;
        let leaf = package.leaf_node();
        Device::verified(leaf.credential(), leaf.signature_key().as_slice())?;
        Ok(Self(package))
    }

    /// Whose.
    ///
    /// # Errors
    /// None after [`KeyPackage::parse`].
    pub fn device(&self) -> Result<Device, MlsError> {
        Device::read(self.0.leaf_node().credential())
    }

    /// For groups of which suite.
    ///
    /// # Errors
    /// None after [`KeyPackage::parse`].
    pub fn suite(&self) -> Result<Suite, MlsError> {
        Suite::of_library(self.0.ciphersuite())
    }

    /// Given out when no other was left: joining with it is a little weaker, so replace the own key soon after.
    pub fn is_last_resort(&self) -> bool {
        self.0.last_resort()
    }
}

impl KeyPackages {
    /// How many to make when the server has `left` of a suite: none until half are used, then enough to be full again.
    pub fn wanted(left: u32) -> u32 {
        if left > STOCK / 2 { 0 } else { STOCK - left }
    }

    /// Makes packages and keeps their secret halves. Upload what is returned.
    ///
    /// # Errors
    /// [`MlsError::TooLarge`] for more than 100 at once; [`MlsError::Store`].
    pub fn make(cx: &mut Cx<'_, '_>, me: &Me, suite: Suite, count: u32) -> Result<Vec<Vec<u8>>, MlsError> {
        if count > BATCH_MAX {
            return Err(MlsError::TooLarge("key packages"));
        }
        (0..count).map(|_| Self::make_one(cx, me, suite, false)).collect()
    }

    /// Makes the package of last resort; the one before stays valid until it is [forgotten](Self::forget_old).
    ///
    /// # Errors
    /// [`MlsError::Store`].
    pub fn make_last_resort(cx: &mut Cx<'_, '_>, me: &Me, suite: Suite) -> Result<Vec<u8>, MlsError> {
        Self::make_one(cx, me, suite, true)
    }

    fn make_one(cx: &mut Cx<'_, '_>, me: &Me, suite: Suite, last_resort: bool) -> Result<Vec<u8>, MlsError> {
        let (package, reference) = cx.with(|provider| -> Result<_, MlsError> {
            let builder =
                LibraryKeyPackage::builder().leaf_node_capabilities(capabilities()).key_package_lifetime(lifetime());
            let builder = if last_resort { builder.mark_as_last_resort() } else { builder };
            let bundle = builder.build(suite.library(), provider, me, me.credential())?;
            let package = bundle.key_package().clone();
            let reference = package.hash_ref(provider.crypto())?;
            Ok((package, encode(&reference).map_err(|error| MlsError::Library(error.to_string()))?))
        })?;
        cx.tx.execute(
            "INSERT INTO mls_key_packages (reference, suite, last_resort, made_ms) VALUES (?1, ?2, ?3, ?4)",
            params![*reference, suite.wire_id(), last_resort, cx.now.0],
        )?;
        MlsMessageOut::from(package).to_bytes().map_err(|error| MlsError::Library(error.to_string()))
    }

    /// Deletes the secret halves of packages that are older than 90 days by this device's clock, of last resort too, as
    /// soon as there is a newer one. Returns how many.
    ///
    /// # Errors
    /// [`MlsError::Store`], [`MlsError::Corrupt`].
    pub fn forget_old(cx: &mut Cx<'_, '_>) -> Result<u32, MlsError> {
        let before = cx.now.0.saturating_sub(AGE_MAX_MS);
        let old = cx.tx.rows(
            "SELECT reference FROM mls_key_packages AS old WHERE made_ms < ?1
             AND (last_resort = 0 OR EXISTS (SELECT 1 FROM mls_key_packages AS newer
                  WHERE newer.suite = old.suite AND newer.last_resort = 1 AND newer.made_ms > old.made_ms))",
            params![before],
            |row| row.blob(0),
        )?;
        for reference in &old {
            let parsed: KeyPackageRef = decode(reference).map_err(|error| MlsError::Corrupt(error.to_string()))?;
            cx.with(|provider| provider.storage().delete_key_package(&parsed))?;
            cx.tx.execute("DELETE FROM mls_key_packages WHERE reference = ?1", params![reference])?;
        }
        Ok(u32::try_from(old.len()).unwrap_or(u32::MAX))
    }
}
