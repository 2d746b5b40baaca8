//! Who is at the other end. With a pin, only the key counts: names and dates of the certificate are ignored, because the
//! invitation has named the key itself. Without one, the system's trusted authorities decide. There is no third way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crypto::Pin;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use view::Failure;

/// Makes aws-lc-rs the one TLS provider of this process. Call it first in every `main` and test; again does nothing.
pub fn install_tls_provider() {
    // An error means that a provider is installed already: the first one wins, and we install no other.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// How the last look at a certificate ended; shared with whoever dials, since TLS errors do not say it clearly.
#[derive(Debug, Default)]
pub(super) struct Verdict(AtomicU8);

impl Verdict {
    fn set(&self, value: u8) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// Why the certificate was refused; `None` when it was not.
    pub(super) fn failure(&self) -> Option<Failure> {
        match self.0.load(Ordering::Relaxed) {
            1 => Some(Failure::WrongPin),
            2 => Some(Failure::Untrusted),
            _ => None,
        }
    }
}

/// TLS settings for one attempt, and where its verdict will be.
pub(super) fn client_config(pin: Option<Pin>) -> Result<(Arc<ClientConfig>, Arc<Verdict>), Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verdict = Arc::new(Verdict::default());
    let verifier: Arc<dyn ServerCertVerifier> = match pin {
        Some(pin) => Arc::new(Pinned { pin, provider: provider.clone(), verdict: verdict.clone() }),
        None => {
            let inner = rustls_platform_verifier::Verifier::new(provider.clone())?;
            Arc::new(Trusted { inner, verdict: verdict.clone() })
        }
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((Arc::new(config), verdict))
}

/// Accepts exactly one public key, and still demands that the other end proves to have its private half.
#[derive(Debug)]
struct Pinned {
    pin: Pin,
    provider: Arc<CryptoProvider>,
    verdict: Arc<Verdict>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let found = webpki::EndEntityCert::try_from(end_entity)
            .map(|cert| Pin::of_spki(cert.subject_public_key_info().as_ref()))
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding));
        match found {
            Ok(found) if found == self.pin => Ok(ServerCertVerified::assertion()),
            other => {
                self.verdict.set(1);
                other.and(Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
            .inspect_err(|_| self.verdict.set(1))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
            .inspect_err(|_| self.verdict.set(1))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The system's own judgement, remembered.
#[derive(Debug)]
struct Trusted {
    inner: rustls_platform_verifier::Verifier,
    verdict: Arc<Verdict>,
}

impl ServerCertVerifier for Trusted {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp, now)
            .inspect_err(|_| self.verdict.set(2))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss).inspect_err(|_| self.verdict.set(2))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss).inspect_err(|_| self.verdict.set(2))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
