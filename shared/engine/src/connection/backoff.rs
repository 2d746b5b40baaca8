//! When to try again: full jitter, so that everyone who lost a server does not come back at once. Pure.

/// The first try comes within this time.
pub(crate) const FIRST_MS: u32 = 500;
/// No try waits longer.
pub(crate) const LONGEST_MS: u32 = 30_000;

/// The longest the `attempt`-th try (from 0) may wait; the real wait is chosen evenly below it.
pub(crate) fn ceiling_ms(attempt: u32) -> u32 {
    FIRST_MS.saturating_mul(1 << attempt.min(16)).min(LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_bounded() {
        assert_eq!(ceiling_ms(0), 500);
        assert_eq!(ceiling_ms(3), 4_000);
        assert_eq!(ceiling_ms(60), LONGEST_MS);
    }
}
