//! The safety number of two people: sixty digits, the same on both sides, made from their keys. Who compares them, by voice
//! or by QR code, knows that nobody sits in between.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::UserId;
use sha2::{Digest as _, Sha512};

use crate::mls::PersonId;

/// How often the hash is repeated: each guess at a key that looks alike costs so much more.
const ROUNDS: usize = 5_200;
const HALF_BYTES: usize = 30;
const USER_BYTES: usize = 8;
const SIDE_BYTES: usize = USER_BYTES + HALF_BYTES;
/// The twelve groups of five.
const DIGITS: usize = 60;
/// What a QR code begins with; the digit is the version.
const SCHEME: &str = "HMSN1:";

/// The safety number of two people.
#[derive(Clone, PartialEq, Eq)]
pub struct SafetyNumber {
    /// Ordered by their halves, so that both people have the same.
    sides: [Side; 2],
}

/// Who, and what is hashed of them and their key.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Side {
    half: [u8; HALF_BYTES],
    user: UserId,
}

/// What comparing a scanned code, or typed digits, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// Both have the same keys of each other: mark the person as verified.
    Same,
    /// It is of the same two people, but with another key of this one: an old code, a key that the other device has not seen yet, or
    /// somebody in between.
    OtherKey(UserId),
    /// It is of the same two people, and neither key is the same; or other digits, which do not tell whose they are.
    Different,
    /// It is of other people.
    OtherPeople,
    /// A safety number of a newer program.
    NewerVersion,
    /// Some other code.
    NotASafetyNumber,
}

impl SafetyNumber {
    /// Of two people, in any order.
    pub fn of(one: (UserId, PersonId), other: (UserId, PersonId)) -> Self {
        Self::ordered([Side::of(one), Side::of(other)])
    }

    fn ordered(mut sides: [Side; 2]) -> Self {
        sides.sort_by_key(|side| (side.half, side.user));
        Self { sides }
    }

    /// Twelve groups of five digits, to be read to each other.
    pub fn digits(&self) -> String {
        let groups = self.sides.iter().flat_map(|side| side.half.chunks(5));
        let five = |group: &[u8]| group.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)) % 100_000;
        groups.map(|group| format!("{:05}", five(group))).collect::<Vec<_>>().join(" ")
    }

    /// The text of the QR code; holds nothing secret.
    pub fn code(&self) -> String {
        let bytes: Vec<u8> =
            self.sides.iter().flat_map(|side| side.user.0.to_be_bytes().into_iter().chain(side.half)).collect();
        format!("{SCHEME}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads [`Self::code`], and nothing else: each number has one text.
    fn parse(payload: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let (one, other) = bytes.split_at_checked(SIDE_BYTES)?;
        let number = Self { sides: [Side::read(one)?, Side::read(other)?] };
        (number == Self::ordered(number.sides)).then_some(number)
    }

    /// Compares with what was scanned from the other's screen, or with the digits as somebody typed them.
    pub fn compare(&self, scanned: &str) -> Scanned {
        let scanned = scanned.trim();
        let Some(payload) = scanned.strip_prefix(SCHEME) else {
            return self.compare_digits(scanned).unwrap_or_else(|| {
                let newer = scanned.strip_prefix("HMSN").and_then(|rest| rest.split_once(':'));
                let is_number = |(version, _): (&str, &str)| version.parse::<u32>().is_ok();
                if newer.is_some_and(is_number) { Scanned::NewerVersion } else { Scanned::NotASafetyNumber }
            });
        };
        let Some(theirs) = Self::parse(payload) else { return Scanned::NotASafetyNumber };
        let found = self.sides.map(|side| theirs.sides.iter().find(|their| their.user == side.user).copied());
        let [Some(one), Some(other)] = found else { return Scanned::OtherPeople };
        match (one == self.sides[0], other == self.sides[1]) {
            (true, true) => Scanned::Same,
            (true, false) => Scanned::OtherKey(other.user),
            (false, true) => Scanned::OtherKey(one.user),
            (false, false) => Scanned::Different,
        }
    }

    /// `None` unless it is sixty digits, with any spaces.
    fn compare_digits(&self, typed: &str) -> Option<Scanned> {
        let pressed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let typed = pressed(typed);
        let is_number = typed.len() == DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| if typed == pressed(&self.digits()) { Scanned::Same } else { Scanned::Different })
    }
}

impl Side {
    fn of((user, person): (UserId, PersonId)) -> Self {
        let mut hash =
            Sha512::new().chain_update(b"hybrid-messenger safety number 1").chain_update(user.0.to_be_bytes());
        hash.update(person.0);
        let mut value = hash.finalize();
        for _ in 1..ROUNDS {
            value = Sha512::new().chain_update(value).chain_update(person.0).finalize();
        }
        let mut half = [0; HALF_BYTES];
        half.copy_from_slice(&value[..HALF_BYTES]);
        Self { half, user }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (user, half) = bytes.split_at_checked(USER_BYTES)?;
        Some(Self { half: half.try_into().ok()?, user: UserId(i64::from_be_bytes(user.try_into().ok()?)) })
    }
}

impl std::fmt::Debug for SafetyNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SafetyNumber({})", self.digits())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

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
        assert_eq!(hers.code(), his.code());
        assert_eq!(hers.compare(&his.code()), Scanned::Same);
        // Written down once: a change of the way it is made would turn every verified person into a stranger.
        assert_eq!(hers.digits(), "42652 73653 96226 88772 16468 66352 19473 98456 69479 50586 01377 56713");
    }

    #[test]
    fn another_key_or_another_person_gives_another_number_and_is_told_apart() {
        let ours = SafetyNumber::of(ALICE, BOB);
        let compared = |one, other| ours.compare(&SafetyNumber::of(one, other).code());
        let (new_key, carol) = (PersonId([3; 32]), UserId(3));
        assert_eq!(compared(ALICE, (BOB.0, new_key)), Scanned::OtherKey(BOB.0));
        assert_eq!(compared((ALICE.0, new_key), BOB), Scanned::OtherKey(ALICE.0));
        assert_eq!(compared((ALICE.0, new_key), (BOB.0, new_key)), Scanned::Different);
        assert_eq!(compared(ALICE, (carol, BOB.1)), Scanned::OtherPeople);
        assert_eq!(compared(ALICE, (carol, new_key)), Scanned::OtherPeople);
        assert_eq!(compared((carol, ALICE.1), BOB), Scanned::OtherPeople);
        // The same person twice is no pair.
        assert_eq!(compared(ALICE, ALICE), Scanned::OtherPeople);
    }

    #[test]
    fn digits_are_compared_as_people_type_them() {
        let ours = SafetyNumber::of(ALICE, BOB);
        let digits = ours.digits();
        for typed in [digits.clone(), digits.replace(' ', ""), format!(" {}\n", digits.replace(' ', "\u{a0}  "))] {
            assert_eq!(ours.compare(&typed), Scanned::Same, "{typed:?}");
        }
        assert_eq!(ours.compare(&digits.replace("42652", "42653")), Scanned::Different);
        assert_eq!(ours.compare(&digits[6..]), Scanned::NotASafetyNumber);
        assert_eq!(ours.compare(&digits.replace('2', "٢")), Scanned::NotASafetyNumber);
    }

    #[test]
    fn other_codes_are_told_apart_from_a_number_that_differs() {
        let ours = SafetyNumber::of(ALICE, BOB);
        for (text, verdict) in [
            ("", Scanned::NotASafetyNumber),
            ("https://example.org", Scanned::NotASafetyNumber),
            ("HMSN1:AAAA", Scanned::NotASafetyNumber),
            ("HMSN:AAAA", Scanned::NotASafetyNumber),
            ("HMSN2:AAAA", Scanned::NewerVersion),
            ("\tHMSN2:AAAA", Scanned::NewerVersion),
        ] {
            assert_eq!(ours.compare(text), verdict, "{text:?}");
        }
        assert_eq!(ours.compare(&format!(" {}\n", ours.code())), Scanned::Same);
    }

    fn any_number() -> impl Strategy<Value = SafetyNumber> {
        let side = || (any::<[u8; HALF_BYTES]>(), any::<i64>());
        (side(), side()).prop_map(|sides| {
            SafetyNumber::ordered(<[_; 2]>::from(sides).map(|(half, user)| Side { half, user: UserId(user) }))
        })
    }

    proptest! {
        #[test]
        fn each_number_has_one_text_and_comes_back_from_it(number in any_number()) {
            let code = number.code();
            prop_assert_eq!(code.len(), SCHEME.len() + 102);
            let payload = code.strip_prefix(SCHEME).unwrap();
            prop_assert!(SafetyNumber::parse(payload) == Some(number.clone()));
            let swapped = SafetyNumber { sides: [number.sides[1], number.sides[0]] };
            prop_assert!(swapped == number || SafetyNumber::parse(&swapped.code()[SCHEME.len()..]).is_none());
        }

        #[test]
        fn only_its_own_text_is_the_same(ours in any_number(), place in 0_usize..108, letter in "[A-Za-z0-9_:-]") {
            let code = ours.code();
            prop_assert_eq!(ours.compare(&code), Scanned::Same);
            let mut changed = code.clone();
            changed.replace_range(place..=place, &letter);
            prop_assert!(changed == code || ours.compare(&changed) != Scanned::Same, "{}", changed);
            prop_assert_eq!(ours.compare(&code[..place]), Scanned::NotASafetyNumber);
        }

        #[test]
        fn whatever_is_scanned_has_an_answer(text in "\\PC{0,200}", scheme in prop::bool::ANY) {
            let ours = SafetyNumber::of(ALICE, BOB);
            let text = if scheme { format!("{SCHEME}{text}") } else { text };
            prop_assert!(ours.compare(&text) != Scanned::Same);
        }
    }
}
