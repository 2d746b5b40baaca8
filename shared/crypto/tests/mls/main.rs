//! End-to-end encryption as alice, bob and carol live it: devices with stores of their own, loaded anew for every step.
#![allow(clippy::unwrap_used)]

mod changes;
mod keeping;
mod life;
mod people;
mod soak;
