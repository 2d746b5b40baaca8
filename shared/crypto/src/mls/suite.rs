//! The cipher suites that groups may have. A group keeps its suite for life; another suite means a successor.

use openmls_traits::types::Ciphersuite;

use super::MlsError;

/// A cipher suite that we ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Suite {
    /// X25519 with ML-KEM-768, AES-256-GCM, SHA-384, Ed25519: what is recorded today stays closed to a quantum computer.
    /// Its wire id is a draft's and may change; groups then move to a successor.
    #[default]
    Hybrid,
    /// X25519, AES-128-GCM, SHA-256, Ed25519: RFC 9420's mandatory suite.
    Classic,
}

impl Suite {
    /// Every suite, best first.
    pub const ALL: [Suite; 2] = [Suite::Hybrid, Suite::Classic];

    /// As it stands on the wire and in the rows.
    pub const fn wire_id(self) -> u16 {
        match self {
            Suite::Hybrid => 0x004E,
            Suite::Classic => 0x0001,
        }
    }

    /// The suite of a wire id.
    ///
    /// # Errors
    /// [`MlsError::UnknownSuite`]: from a newer program, or one that we do not ship.
    pub fn of_wire_id(id: u16) -> Result<Self, MlsError> {
        Suite::ALL.into_iter().find(|suite| suite.wire_id() == id).ok_or(MlsError::UnknownSuite(id))
    }

    pub(super) const fn library(self) -> Ciphersuite {
        match self {
            Suite::Hybrid => Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519,
            Suite::Classic => Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
        }
    }

    pub(super) fn of_library(suite: Ciphersuite) -> Result<Self, MlsError> {
        Self::of_wire_id(u16::from(suite))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_suite_has_the_same_wire_id_here_and_in_the_library() {
        for suite in Suite::ALL {
            assert_eq!(u16::from(suite.library()), suite.wire_id());
            assert_eq!(Suite::of_wire_id(suite.wire_id()).unwrap(), suite);
        }
        assert_eq!(Suite::of_wire_id(0x004D).unwrap_err().code(), "unknown_suite");
    }
}
