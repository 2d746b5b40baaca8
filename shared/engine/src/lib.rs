//! The client as a state machine. One [`Input`] is one transaction; [`Output`]s are released after its commit.
//! Reads no clock; performs no I/O but through the transaction it is given.
//!
//! The driver's part: open the store, [`Engine::open`] in a transaction, then [`Input::Started`], then each thing that
//! happens as one [`Engine::step`] in one `store.write`. After `Ok` and the commit it does the outputs in order; after any
//! error it drops the engine, closes the connection, and opens a new engine on the same store. Commands that need no
//! account (`Probe`, `Register`, `Login`, `Unlock`, `Host`) are the driver's; all others go through the engine.

mod error;
mod io;

pub use error::EngineError;
pub use io::{Account, AuthTokens, Cx, Input, Output, Timer};

/// The client's state. Everything lasting is in the database; what is held here is a cache of it, the state of the
/// connection, and what is on screen.
pub struct Engine {
    account: Option<Account>,
}

impl Engine {
    /// Brings the cache's schema to this program's version and reads what memory keeps. Give [`Input::Started`] next.
    ///
    /// # Errors
    /// [`EngineError::Store`]: also when the cache is from a newer program.
    pub fn open(tx: &mut sql::Tx<'_>) -> Result<Self, EngineError> {
        let _ = tx;
        Ok(Self { account: None })
    }

    /// Whose cache this is; `None` before the first log-in: show the welcome screen.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Lets one thing happen. Commit after `Ok`, then do the outputs in order.
    ///
    /// # Errors
    /// See [`EngineError`]; afterwards this engine must not be used again.
    pub fn step(&mut self, cx: &mut Cx<'_, '_>, input: Input) -> Result<Vec<Output>, EngineError> {
        let _ = cx;
        if let Input::LoggedIn { account, .. } = input {
            self.account = Some(account);
        }
        Ok(Vec::new())
    }
}
