//! End-to-end encryption of chats: MLS (RFC 9420) through OpenMLS, every device a leaf, the server only orders commits.
//! Synchronous, and all state in the caller's transaction: group state, plaintext, cursor and outbox commit together.
//!
//! What comes in takes steps that cannot be skipped: [`Sealed`] → [`Opened`] → [`Verified`] for a row of a group's log,
//! [`Invitation`] → [`Opening`] → [`Admitted`] for a welcome. What goes out as a commit is pending until the server has
//! accepted it: [`Group::commit`], then [`Group::confirm`] or [`Group::withdraw`].
//!
//! A [`Group`] is a cache of the database. When the transaction that changed it is rolled back, drop it and load it again.
//! OpenMLS is not visible from outside of this module.

mod commit;
mod custody;
mod cx;
mod error;
mod external;
mod group;
mod identity;
mod join;
mod key_packages;
mod message;
mod policy;
mod rows;
mod state;
mod storage;
mod successor;
mod suite;
#[cfg(test)]
mod vectors_tests;

pub use commit::{Change, Proposed};
pub use custody::{Care, Retention};
pub use cx::Cx;
pub use error::MlsError;
pub use external::{ServerKey, ServerSigner};
pub use group::{Agreement, Authenticator, Group, GroupId, Leaf, Plan, Reader};
pub use identity::{Device, DeviceId, Me, PersonId, PersonKey};
pub use join::{Admitted, Invitation, Opening, Rejoined};
pub use key_packages::{KeyPackage, KeyPackages};
pub use message::{Applied, Kind, Opened, Sealed, Verified, VerifiedCommit, VerifiedProposal};
pub use policy::{Actor, Policy, Step};
pub use rows::SCHEMA;
pub use successor::Predecessor;
pub use suite::Suite;

/// Longest sealed row or welcome that is parsed: the welcome of a batch brings the tree of the whole group, 1.5 KiB a
/// device in the hybrid suite and more.
pub const SEALED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest content of one message, before sealing.
pub const CONTENT_BYTES_MAX: usize = 64 * 1024;
/// Most devices in a group. Planned for is a thousand; the bound is where a commit takes seconds: see the bench.
pub const GROUP_DEVICES_MAX: usize = 5_000;
/// Sealed messages are filled up to a multiple of this, so that their length tells little.
pub const PADDING_BYTES: usize = 256;
