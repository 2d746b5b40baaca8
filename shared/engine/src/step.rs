//! What one step works with: the transaction, the time, chance, and the outputs so far.

use protocol::{LocalId, Timestamp};
use rand::CryptoRng;
use view::Update;

use crate::io::{Cx, Output, Timer};

pub(crate) struct Step<'s, 'c> {
    pub(crate) tx: &'s mut sql::Tx<'c>,
    /// Milliseconds since 1970, by this device's clock.
    pub(crate) now: i64,
    rng: &'s mut dyn CryptoRng,
    pub(crate) out: Vec<Output>,
}

impl<'s, 'c> Step<'s, 'c> {
    pub(crate) fn new(cx: &'s mut Cx<'_, 'c>) -> Self {
        Self { tx: &mut *cx.tx, now: cx.now.0, rng: &mut *cx.rng, out: Vec::new() }
    }

    pub(crate) fn update(&mut self, update: Update) {
        self.out.push(Output::Update(Box::new(update)));
    }

    pub(crate) fn set_timer(&mut self, timer: Timer, after_ms: u32) {
        self.out.push(Output::SetTimer(timer, after_ms));
    }

    pub(crate) fn clear_timer(&mut self, timer: Timer) {
        self.out.push(Output::ClearTimer(timer));
    }

    /// What end-to-end encryption works with.
    pub(crate) fn crypto(&mut self) -> crypto::mls::Cx<'_, 'c> {
        crypto::mls::Cx { tx: &mut *self.tx, now: Timestamp(self.now), rng: &mut *self.rng }
    }

    /// Chance, to make keys of.
    pub(crate) fn chance(&mut self) -> &mut dyn CryptoRng {
        &mut *self.rng
    }

    /// A new id for a mutation.
    pub(crate) fn local_id(&mut self) -> LocalId {
        let mut random = [0; 10];
        self.rng.fill_bytes(&mut random);
        LocalId::from_parts(self.now.max(0).unsigned_abs(), random)
    }

    /// Evenly from 0 to `max_ms`.
    pub(crate) fn chance_ms(&mut self, max_ms: u32) -> u32 {
        let wide = u64::from(self.rng.next_u32()) * (u64::from(max_ms) + 1);
        u32::try_from(wide >> 32).unwrap_or(max_ms)
    }
}
