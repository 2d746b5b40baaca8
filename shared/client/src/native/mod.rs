//! The desktop's driver.

mod app;

pub use app::App;

/// Makes aws-lc-rs the one TLS provider of this process. Call it first in every `main` and test; again does nothing.
pub fn install_tls_provider() {
    // An error means that a provider is installed already: the first one wins, and we install no other.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
