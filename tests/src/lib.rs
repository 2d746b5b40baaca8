//! Scenarios, faults and measures of the whole system. The scenarios are in `tests/system/`, the programs that they kill
//! and the bench in `src/bin/`.

pub mod desk;
pub mod looks;
