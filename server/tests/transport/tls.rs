//! TLS and plain text on one port; who must use TLS; the pin.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use serde_json::json;
use server::config::TlsSource;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::{Host, Lines, Ws, http};

/// Takes any certificate; the pin is checked by who uses it.
#[derive(Debug)]
struct Anything;

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

async fn secure(address: SocketAddr) -> TlsStream<TcpStream> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anything))
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn one_port_speaks_tls_and_plain_text() {
    let host = Host::start_with(|c| c.tls = TlsSource::Own).await;
    let alice = host.register("alice").await;
    let over_tls = http(secure(host.http).await, "GET", "/api/v1/me", Some(&alice.access), &[], b"").await;
    assert_eq!((over_tls.status, &over_tls.json["user"]["username"]), (200, &json!("alice")));
    let mut ws = Ws::over(secure(host.http).await).await;
    ws.auth(&alice).await;
    let mut nc = Lines::over(secure(host.tcp).await);
    nc.auth(&alice).await;
    let mut plain = host.lines().await;
    plain.auth(&alice).await;
    nc.send(&json!({"type": "message", "chat_id": "general", "content": "secured"})).await;
    assert_eq!(ws.until("new_message").await["message"]["content"], "secured");
    assert_eq!(plain.until("new_message").await["message"]["content"], "secured");
}

#[tokio::test]
async fn the_pin_that_an_invitation_carries_is_that_of_the_certificate() {
    let host = Host::start_with(|c| c.tls = TlsSource::Own).await;
    let stream = secure(host.http).await;
    let shown = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let made = server::tls::ensure_certificate(host.folder.path()).unwrap();
    assert_eq!(made.chain[0], shown);
    let invitation = host.running.create_invitation(None, None).await.unwrap();
    assert_eq!(invitation.link.pin, Some(made.spki_sha256));
    assert_eq!(invitation.link.addresses, [host.http.to_string()]);
    assert_eq!(protocol::InvitationLink::parse(&invitation.link.to_string()).unwrap(), invitation.link);
    assert!(invitation.web.starts_with("https://127.0.0.1:"), "{}", invitation.web);
    assert_eq!(host.running.fingerprint(), made.fingerprint());
    // Whoever sees no certificate, as a page in a browser, is told it for links of their own.
    let told = http(secure(host.http).await, "GET", "/api/v1/server", None, &[], b"").await;
    assert_eq!(told.json["pin"], crypto::Pin(made.spki_sha256).to_string());
}

#[tokio::test]
async fn a_certificate_from_files_is_not_told_as_a_pin_for_it_will_be_renewed() {
    let own = tempfile::tempdir().unwrap();
    server::tls::ensure_certificate(own.path()).unwrap();
    let file = |name: &str| own.path().join("tls").join(name);
    let source = TlsSource::Files { certificate: file("certificate.pem"), key: file("key.pem") };
    let host = Host::start_with(|c| c.tls = source).await;
    let told = http(secure(host.http).await, "GET", "/api/v1/server", None, &[], b"").await;
    assert!(told.json["name"].is_string() && told.json["pin"].is_null(), "{}", told.json);
}

#[tokio::test]
async fn the_pin_stays_over_restarts() {
    let host = Host::start_with(|c| c.tls = TlsSource::Own).await;
    let (pin, folder) = (host.running.pin, Arc::clone(&host.folder));
    host.running.stop().await;
    let again = Host::start_in(folder, |c| c.tls = TlsSource::Own).await;
    assert_eq!(again.running.pin, pin);
}

#[tokio::test]
async fn another_machine_is_sent_to_https_and_gets_nothing_in_the_clear() {
    let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let host = Host::start_with(|c| {
        c.tls = TlsSource::Own;
        c.listen = everywhere;
        c.tcp = Some(everywhere);
    })
    .await;
    // An own address that is not loopback looks like another machine; without a network there is none.
    let Some(ip) = server::tls::local_addresses().into_iter().find(std::net::IpAddr::is_ipv4) else { return };
    let outside = TcpStream::connect((ip, host.http.port())).await.unwrap();
    let answer = http(outside, "GET", "/api/v1/server?x=1", None, &[], b"").await;
    assert_eq!((answer.status, answer.header("location")), (308, Some("https://test/api/v1/server?x=1")));
    let mut nc = Lines::over(TcpStream::connect((ip, host.tcp.port())).await.unwrap());
    nc.send(&json!({"type": "ping"})).await;
    assert_eq!(nc.next().await["code"], "forbidden");
    assert!(nc.next().await.is_null());
    let secured = secure((ip, host.http.port()).into()).await;
    assert_eq!(http(secured, "GET", "/healthz", None, &[], b"").await.status, 200);
}

#[tokio::test]
async fn a_certificate_from_files_is_served_and_not_pinned() {
    let folder = tempfile::tempdir().unwrap();
    server::tls::ensure_certificate(folder.path()).unwrap();
    let files = TlsSource::Files {
        certificate: folder.path().join("tls/certificate.pem"),
        key: folder.path().join("tls/key.pem"),
    };
    let host = Host::start_with(|c| c.tls = files).await;
    assert_eq!(http(secure(host.http).await, "GET", "/healthz", None, &[], b"").await.status, 200);
    assert_eq!(host.running.create_invitation(None, None).await.unwrap().link.pin, None);
}
