//! Certificates: makes a host's own, reads configured ones, and tells the pin (SHA-256 of the public key).
//!
//! A host keeps its key for good, so its pin never changes; the certificate around it is made anew when the machine's
//! names or addresses changed. Clients trust the pin that their invitation carried, not the names.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PublicKeyData};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

/// Life of a made certificate, in days: some systems refuse longer ones.
const CERTIFICATE_DAYS: i64 = 825;
/// A certificate is replaced this many days before its end.
const RENEW_DAYS: i64 = 90;

/// What is wrong with the certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{path}: {problem}")]
    Content {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// The key and the certificate do not fit, or the library refuses them.
    #[error("certificate: {0}")]
    Refused(String),
}

/// A certificate with its key, and the pin.
pub struct Certificate {
    /// The chain, own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key.
    pub key: PrivateKeyDer<'static>,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub spki_sha256: [u8; 32],
}

impl Certificate {
    /// What an accept loop needs: TLS 1.2 and 1.3, HTTP/1.1.
    ///
    /// # Errors
    /// [`TlsError::Refused`] when key and certificate do not belong together.
    pub fn server_config(&self) -> Result<Arc<rustls::ServerConfig>, TlsError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| TlsError::Refused(e.to_string()))?
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.key.clone_key())
            .map_err(|e| TlsError::Refused(e.to_string()))?;
        // No HTTP/2 here: WebSocket upgrades are HTTP/1.1, and one connection per client is what this server counts.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The first groups of the pin, for comparing by eye: `3F2A 91C0 …`.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.spki_sha256)
    }
}

/// The first 16 bytes of a pin in groups of four hexadecimal digits.
pub fn fingerprint(spki_sha256: &[u8; 32]) -> String {
    let groups: Vec<String> =
        spki_sha256[..16].chunks_exact(2).map(|pair| format!("{:02X}{:02X}", pair[0], pair[1])).collect();
    groups.join(" ")
}

/// The host's own certificate in `DATA/tls/`, made at the first call; later calls keep the key and so the pin.
///
/// # Errors
/// [`TlsError`] when the folder cannot be used or holds something else.
pub fn ensure_certificate(data_dir: &Path) -> Result<Certificate, TlsError> {
    let folder = data_dir.join("tls");
    std::fs::create_dir_all(&folder).map_err(|source| TlsError::File { path: folder.clone(), source })?;
    let key = ensure_key(&folder.join("key.pem"))?;
    let spki_sha256: [u8; 32] = Sha256::digest(key.subject_public_key_info()).into();
    let names = own_names();
    let chain = match kept_certificate(&folder, &names) {
        Some(certificate) => vec![certificate],
        None => vec![make_certificate(&folder, &key, &names)?],
    };
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|e| TlsError::Refused(e.to_owned()))?;
    Ok(Certificate { chain, key, spki_sha256 })
}

/// A certificate chain and its key from PEM files.
///
/// # Errors
/// [`TlsError`] when a file is missing, is no PEM, or the two do not fit.
pub fn read_certificate(certificate: &Path, key: &Path) -> Result<Certificate, TlsError> {
    let content =
        |path: &Path, e: &dyn std::fmt::Display| TlsError::Content { path: path.to_owned(), problem: e.to_string() };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|e| content(certificate, &e))?;
    if chain.is_empty() {
        return Err(content(certificate, &"no certificate in this file"));
    }
    let key_der = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|e| content(key, &e))?;
    let signing = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key_der).map_err(|e| content(key, &e))?;
    let spki = signing.public_key().ok_or_else(|| content(key, &"the public half cannot be derived"))?;
    let spki_sha256 = Sha256::digest(spki.as_ref()).into();
    Ok(Certificate { chain, key: key_der, spki_sha256 })
}

/// The machine's addresses that others may reach, without loopback and link-local ones; IPv4 first.
pub fn local_addresses() -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| match ip {
            IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
            IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The machine's name, or nothing where it cannot be told.
pub fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| {
        let output = std::process::Command::new("hostname").output().ok()?;
        String::from_utf8(output.stdout).ok()
    })?;
    let name = name.trim().to_owned();
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    plain.then_some(name)
}

fn ensure_key(path: &Path) -> Result<KeyPair, TlsError> {
    if path.exists() {
        let pem = String::from_utf8_lossy(&read(path)?).into_owned();
        return KeyPair::from_pem(&pem)
            .map_err(|e| TlsError::Content { path: path.to_owned(), problem: e.to_string() });
    }
    let key = KeyPair::generate().map_err(|e| TlsError::Refused(e.to_string()))?;
    write_private(path, key.serialize_pem().as_bytes())?;
    Ok(key)
}

/// The kept certificate, unless the machine's names changed or its end is near.
fn kept_certificate(folder: &Path, names: &[String]) -> Option<CertificateDer<'static>> {
    let about = std::fs::read_to_string(folder.join("about.txt")).ok()?;
    let (end, kept_names) = about.split_once('\n')?;
    let end: jiff::civil::Date = end.parse().ok()?;
    let renew = today().checked_add(jiff::Span::new().days(RENEW_DAYS)).ok()?;
    if end <= renew || kept_names.trim() != names.join("\n") {
        return None;
    }
    CertificateDer::from_pem_slice(&std::fs::read(folder.join("certificate.pem")).ok()?).ok()
}

fn make_certificate(folder: &Path, key: &KeyPair, names: &[String]) -> Result<CertificateDer<'static>, TlsError> {
    let refused = |e: rcgen::Error| TlsError::Refused(e.to_string());
    let mut params = CertificateParams::new(names.to_vec()).map_err(refused)?;
    // A day back: the clocks of machines on one network differ.
    let start = today().checked_sub(jiff::Span::new().days(1)).unwrap_or(today());
    let end = start.checked_add(jiff::Span::new().days(CERTIFICATE_DAYS)).unwrap_or(jiff::civil::Date::MAX);
    let moment = |d: jiff::civil::Date| rcgen::date_time_ymd(d.year().into(), d.month() as u8, d.day() as u8);
    params.not_before = moment(start);
    params.not_after = moment(end);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Hybrid Messenger host");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.self_signed(key).map_err(refused)?;
    write_private(&folder.join("certificate.pem"), certificate.pem().as_bytes())?;
    write_private(&folder.join("about.txt"), format!("{end}\n{}\n", names.join("\n")).as_bytes())?;
    Ok(certificate.der().clone())
}

fn own_names() -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if let Some(host) = host_name() {
        if !host.contains('.') {
            names.push(format!("{host}.local"));
        }
        names.push(host);
    }
    names.extend(local_addresses().iter().map(ToString::to_string));
    names
}

/// What this server believes where it is a client: the system's authorities. `None` where the system has none.
pub(crate) fn trusting_system() -> Option<Arc<rustls::ClientConfig>> {
    static CONFIG: OnceLock<Option<Arc<rustls::ClientConfig>>> = OnceLock::new();
    let made = CONFIG.get_or_init(|| {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = rustls_platform_verifier::Verifier::new(provider.clone()).ok()?;
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Some(Arc::new(config))
    });
    made.clone()
}

fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::File { path: path.to_owned(), source })
}

/// Writes a file that only its owner may read; complete or not at all.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<(), TlsError> {
    let failed = |source| TlsError::File { path: path.to_owned(), source };
    let part = path.with_extension("part");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&part).map_err(failed)?;
    std::io::Write::write_all(&mut file, content).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_pin_of_a_host_stays_while_its_certificate_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let first = ensure_certificate(folder.path()).unwrap();
        std::fs::remove_file(folder.path().join("tls/about.txt")).unwrap();
        let second = ensure_certificate(folder.path()).unwrap();
        assert_eq!(first.spki_sha256, second.spki_sha256);
        assert_ne!(first.chain, second.chain);
        let third = ensure_certificate(folder.path()).unwrap();
        assert_eq!(second.chain, third.chain);
        assert!(first.server_config().is_ok());
    }

    #[test]
    fn the_pin_of_configured_files_is_that_of_their_public_key() {
        let folder = tempfile::tempdir().unwrap();
        let made = ensure_certificate(folder.path()).unwrap();
        let tls = folder.path().join("tls");
        let read = read_certificate(&tls.join("certificate.pem"), &tls.join("key.pem")).unwrap();
        assert_eq!(made.spki_sha256, read.spki_sha256);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        ensure_certificate(folder.path()).unwrap();
        let mode = std::fs::metadata(folder.path().join("tls/key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_fingerprint_reads_in_groups() {
        let mut pin = [0u8; 32];
        pin[0] = 0x3f;
        pin[1] = 0x2a;
        assert!(fingerprint(&pin).starts_with("3F2A 0000 "));
        assert_eq!(fingerprint(&pin).len(), 8 * 4 + 7);
    }
}
