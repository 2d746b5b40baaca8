//! From what a person gives (a link, an address, "here") to where to connect. Performs no I/O.

use std::net::IpAddr;

use protocol::InvitationLink;
use protocol::invitation::{ADDRESSES_MAX, LinkError};
use view::{Failure, ServerTarget};

use crate::config::{Endpoint, Here};

/// Where to connect, and the invitation to show there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub endpoint: Endpoint,
    pub invitation: Option<String>,
}

/// A server with a certificate listens here by custom, ours by default on the other.
const PORT_TLS: u16 = 443;
const PORT_OWN: u16 = 8080;

/// Finds the way to a server.
///
/// In a browser every way leads to the page's own server: a page may speak with no other.
pub(super) fn route(target: &ServerTarget, here: Option<&Here>) -> Result<Route, Failure> {
    let route = match target {
        ServerTarget::Here => {
            let here = here.ok_or(Failure::NotHere)?;
            Route { endpoint: endpoint_of(here), invitation: here.invitation.clone() }
        }
        ServerTarget::Invitation { link } => by_link(link)?,
        ServerTarget::Address { address } => by_address(address)?,
    };
    if !cfg!(target_arch = "wasm32") {
        return Ok(route);
    }
    let here = here.ok_or(Failure::NotHere)?;
    Ok(Route { endpoint: endpoint_of(here), invitation: route.invitation.or_else(|| here.invitation.clone()) })
}

fn endpoint_of(here: &Here) -> Endpoint {
    Endpoint { addresses: here.addresses.clone(), pin: here.pin.map(|pin| pin.to_string()), tls: here.tls, here: true }
}

fn by_link(link: &str) -> Result<Route, Failure> {
    match InvitationLink::parse(link) {
        Ok(parsed) => {
            let tls = parsed.pin.is_some() || !parsed.addresses.iter().all(|a| is_loopback(a));
            let invitation = parsed.secret_text();
            let pin = parsed.pin.map(|pin| crypto::Pin(pin).to_string());
            Ok(Route { endpoint: Endpoint { addresses: parsed.addresses, pin, tls, here: false }, invitation })
        }
        // The form for browsers, pasted into the app.
        Err(LinkError::NotALink) if link.contains("#join=") => match by_address(link) {
            Ok(route) if route.invitation.is_some() => Ok(route),
            Ok(_) => Err(Failure::BadLink),
            Err(failure) => Err(failure),
        },
        Err(_) => Err(Failure::BadLink),
    }
}

fn by_address(typed: &str) -> Result<Route, Failure> {
    let typed = typed.trim();
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, typed),
    };
    let (rest, invitation) = match rest.split_once("#join=") {
        Some((rest, secret)) => (rest, Some(crypto::Secret::parse(secret).ok_or(Failure::BadLink)?.reveal())),
        None => (rest, None),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = host_and_port(authority).ok_or(Failure::BadAddress)?;
    let (tls, ports) = match scheme.as_deref() {
        Some("https" | "wss") => (true, vec![PORT_TLS]),
        Some("http" | "ws") => (false, vec![80]),
        Some(_) => return Err(Failure::BadAddress),
        None if is_loopback_host(&host) => (false, vec![PORT_OWN]),
        None => (true, vec![PORT_TLS, PORT_OWN]),
    };
    if !tls && !is_loopback_host(&host) && !cfg!(target_arch = "wasm32") {
        return Err(Failure::Untrusted);
    }
    let ports = port.map_or(ports, |port| vec![port]);
    let addresses = ports.into_iter().map(|port| format!("{host}:{port}")).collect();
    Ok(Route { endpoint: Endpoint { addresses, pin: None, tls, here: false }, invitation })
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`; the host comes back as it stands in an address (brackets kept).
fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = if let Some(inner) = authority.strip_prefix('[') {
        let (v6, after) = inner.split_once(']')?;
        v6.parse::<std::net::Ipv6Addr>().ok()?;
        (format!("[{v6}]"), if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
    } else {
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let valid = (1..=253).contains(&host.len())
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
            && !host.starts_with(['.', '-']);
        (valid.then(|| host.to_ascii_lowercase())?, port)
    };
    let port = match port {
        Some(port) => Some(port.parse().ok().filter(|p| *p != 0)?),
        None => None,
    };
    Some((host, port))
}

/// Whether `host:port` is this machine by its looks; a name is looked at again after it was resolved.
pub(crate) fn is_loopback(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(host, _)| is_loopback_host(host))
}

fn is_loopback_host(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Where an account's endpoint is now; `None` when it is "here" and nothing is here.
pub(super) fn current(endpoint: &Endpoint, here: Option<&Here>) -> Option<Endpoint> {
    if !endpoint.here {
        return Some(endpoint.clone());
    }
    let mut now = endpoint_of(here?);
    // The key that the account was made with stays binding, whoever hosts here now.
    now.pin = endpoint.pin.clone().or(now.pin);
    Some(now)
}

/// As others reach it: for invitations.
pub(super) fn shared(endpoint: &Endpoint, here: Option<&Here>) -> Option<Endpoint> {
    let mut endpoint = current(endpoint, here)?;
    if let Some(here) = here
        && endpoint.here
        && !here.share_addresses.is_empty()
    {
        endpoint.addresses = here.share_addresses.clone();
    }
    endpoint.addresses.truncate(ADDRESSES_MAX);
    Some(endpoint)
}

/// One address, for people.
pub(super) fn address_for_people(endpoint: &Endpoint, here: Option<&Here>) -> String {
    shared(endpoint, here).and_then(|e| e.addresses.into_iter().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(typed: &str) -> Result<(Vec<String>, bool), Failure> {
        let target = ServerTarget::Address { address: typed.to_owned() };
        route(&target, None).map(|r| (r.endpoint.addresses, r.endpoint.tls))
    }

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let one = |a: &str, tls| Ok((vec![a.to_owned()], tls));
        assert_eq!(address(" https://Team.Example/ "), one("team.example:443", true));
        assert_eq!(address("https://team.example:8443/path?x"), one("team.example:8443", true));
        assert_eq!(address("127.0.0.1:8080"), one("127.0.0.1:8080", false));
        assert_eq!(address("localhost"), one("localhost:8080", false));
        assert_eq!(address("http://[::1]:9000"), one("[::1]:9000", false));
        assert_eq!(address("team.example").unwrap().0, ["team.example:443", "team.example:8080"]);
        assert_eq!(address("192.168.1.5:8080"), one("192.168.1.5:8080", true));
    }

    #[test]
    fn plain_http_is_refused_away_from_loopback_and_nonsense_everywhere() {
        assert_eq!(address("http://team.example"), Err(Failure::Untrusted));
        assert_eq!(address("ws://10.0.0.7:8080"), Err(Failure::Untrusted));
        for bad in ["", "ftp://x", "a b", "x:0", "x:99999", "[::1", "[zz]:1", "-x", "http://"] {
            assert_eq!(address(bad), Err(Failure::BadAddress), "{bad}");
        }
    }

    #[test]
    fn a_link_gives_its_pin_and_secret_and_a_web_link_its_secret() {
        let link = InvitationLink {
            addresses: vec!["192.168.1.5:8080".to_owned(), "[fe80::1]:8080".to_owned()],
            pin: Some([3; 32]),
            secret: Some([5; 16]),
            name: "Команда".to_owned(),
        };
        let by_link = route(&ServerTarget::Invitation { link: link.to_string() }, None).unwrap();
        assert_eq!(by_link.endpoint.addresses, link.addresses);
        assert_eq!(by_link.endpoint.pin.as_deref(), Some(crypto::Pin([3; 32]).to_string().as_str()));
        assert!(by_link.endpoint.tls);
        let secret = crypto::Secret::from_bytes([5; 16]).reveal();
        assert_eq!(by_link.invitation, Some(secret.clone()));
        let web = format!("https://192.168.1.5:8080/#join={secret}");
        let by_web = route(&ServerTarget::Invitation { link: web }, None).unwrap();
        assert_eq!(by_web.invitation, Some(secret));
        for bad in ["", "hello", "hybrid://join/", "https://x/#join=short"] {
            let target = ServerTarget::Invitation { link: bad.to_owned() };
            assert_eq!(route(&target, None), Err(Failure::BadLink), "{bad}");
        }
    }

    #[test]
    fn an_account_that_is_here_follows_the_host_but_keeps_its_pin() {
        let here = Here {
            name: "team".to_owned(),
            addresses: vec!["127.0.0.1:9001".to_owned()],
            pin: Some(crypto::Pin([1; 32])),
            tls: true,
            invitation: None,
            share_addresses: vec!["192.168.1.5:9001".to_owned()],
        };
        let kept = route(&ServerTarget::Here, Some(&here)).unwrap().endpoint;
        let moved =
            Here { addresses: vec!["127.0.0.1:9002".to_owned()], pin: Some(crypto::Pin([2; 32])), ..here.clone() };
        let now = current(&kept, Some(&moved)).unwrap();
        assert_eq!(now.addresses, moved.addresses);
        assert_eq!(now.pin, kept.pin);
        assert_eq!(address_for_people(&kept, Some(&here)), "192.168.1.5:9001");
        assert_eq!(current(&kept, None), None);
    }
}
