//! The client as a state machine. One [`Input`] is one transaction; [`Output`]s are released after its commit.
//! Reads no clock; performs no I/O but through the transaction it is given.

mod io;

pub use io::{AuthTokens, Cx, Input, Output, Timer};
