//! The safety number of two people: sixty digits, the same on both sides, made from their keys. Who compares them, by voice
//! or by QR code, knows that nobody sits in between.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::UserId;
use sha2::{Digest as _, Sha512};
use subtle::ConstantTimeEq as _;

use crate::mls::PersonId;

/// How often the hash is repeated: each guess at a key that looks alike costs so much more.
const ROUNDS: usize = 5_200;
const HALF_BYTES: usize = 30;
/// What a QR code begins with; the digit is the version.
const SCHEME: &str = "HMSN1:";

/// The safety number of two people.
#[derive(Clone, PartialEq, Eq)]
pub struct SafetyNumber {
    low: [u8; HALF_BYTES],
    high: [u8; HALF_BYTES],
}

/// What comparing a scanned code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// Both have the same keys of each other: mark the person as verified.
    Same,
    /// They have not: somebody may sit in between, or one of them has a new key that the other has not seen.
    Different,
    /// A safety number of a newer program.
    NewerVersion,
    /// Some other code.
    NotASafetyNumber,
}

impl SafetyNumber {
    /// Of two people, in any order.
    pub fn of(one: (UserId, PersonId), other: (UserId, PersonId)) -> Self {
        let (one, other) = (half(one), half(other));
        Self { low: one.min(other), high: one.max(other) }
    }

    /// Twelve groups of five digits, to be read to each other.
    pub fn digits(&self) -> String {
        let groups = self.low.chunks(5).chain(self.high.chunks(5));
        let five = |group: &[u8]| group.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)) % 100_000;
        groups.map(|group| format!("{:05}", five(group))).collect::<Vec<_>>().join(" ")
    }

    /// The text of the QR code; holds nothing secret.
    pub fn code(&self) -> String {
        format!("{SCHEME}{}", URL_SAFE_NO_PAD.encode([self.low, self.high].concat()))
    }

    /// Compares with what was scanned from the other's screen.
    pub fn compare(&self, scanned: &str) -> Scanned {
        let Some(payload) = scanned.trim().strip_prefix(SCHEME) else {
            let newer = scanned.strip_prefix("HMSN").and_then(|rest| rest.split_once(':'));
            let is_number = |(version, _): (&str, &str)| version.parse::<u32>().is_ok();
            return if newer.is_some_and(is_number) { Scanned::NewerVersion } else { Scanned::NotASafetyNumber };
        };
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(payload) else { return Scanned::NotASafetyNumber };
        let ours = [self.low, self.high].concat();
        if bytes.len() != ours.len() {
            return Scanned::NotASafetyNumber;
        }
        if ours.ct_eq(&bytes).into() { Scanned::Same } else { Scanned::Different }
    }
}

fn half((user, person): (UserId, PersonId)) -> [u8; HALF_BYTES] {
    let mut hash = Sha512::new().chain_update(b"hybrid-messenger safety number 1").chain_update(user.0.to_be_bytes());
    hash.update(person.0);
    let mut value = hash.finalize();
    for _ in 1..ROUNDS {
        value = Sha512::new().chain_update(value).chain_update(person.0).finalize();
    }
    let mut half = [0; HALF_BYTES];
    half.copy_from_slice(&value[..HALF_BYTES]);
    half
}

impl std::fmt::Debug for SafetyNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SafetyNumber({})", self.digits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: (UserId, PersonId) = (UserId(1), PersonId([1; 32]));
    const BOB: (UserId, PersonId) = (UserId(2), PersonId([2; 32]));

    #[test]
    fn alice_and_bob_see_the_same_sixty_digits() {
        let (hers, his) = (SafetyNumber::of(ALICE, BOB), SafetyNumber::of(BOB, ALICE));
        assert_eq!(hers.digits(), his.digits());
        let groups: Vec<String> = hers.digits().split(' ').map(str::to_owned).collect();
        assert!(groups.len() == 12 && groups.iter().all(|group| group.len() == 5));
        assert!(groups.concat().chars().all(|digit| digit.is_ascii_digit()));
        assert_eq!(hers.compare(&his.code()), Scanned::Same);
        // Written down once: a change of the way it is made would turn every verified person into a stranger.
        assert_eq!(hers.digits(), "42652 73653 96226 88772 16468 66352 19473 98456 69479 50586 01377 56713");
    }

    #[test]
    fn a_key_in_between_or_another_person_gives_another_number() {
        let ours = SafetyNumber::of(ALICE, BOB);
        for other in [(BOB.0, PersonId([3; 32])), (UserId(3), BOB.1)] {
            let theirs = SafetyNumber::of(ALICE, other);
            assert_ne!(ours.digits(), theirs.digits());
            assert_eq!(ours.compare(&theirs.code()), Scanned::Different);
        }
    }

    #[test]
    fn other_codes_are_told_apart_from_a_number_that_differs() {
        let ours = SafetyNumber::of(ALICE, BOB);
        assert_eq!(ours.compare("https://example.org"), Scanned::NotASafetyNumber);
        assert_eq!(ours.compare("HMSN1:AAAA"), Scanned::NotASafetyNumber);
        assert_eq!(ours.compare("HMSN2:AAAA"), Scanned::NewerVersion);
    }
}
