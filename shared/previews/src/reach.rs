//! Which addresses may be called on behalf of a person who only wrote a link: those of the public Internet, and no other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where previews may be fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Public addresses alone.
    #[default]
    Public,
    /// Also 127.0.0.1, and no other address of this machine or its network. For tests: no flag sets it.
    PublicAndThisHost,
}

impl Reach {
    /// Whether this address may be called.
    pub fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self == Reach::PublicAndThisHost && address == IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

/// An address of the public Internet. What is not known to be one is none.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// All but the blocks of the IANA special-purpose registry (RFC 6890 and later).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match a {
        // This network, private, loopback, multicast, reserved, broadcast.
        0 | 10 | 127 | 224.. => true,
        // Between providers and their customers (CGNAT).
        100 => (64..128).contains(&b),
        // Link-local, where clouds keep their metadata.
        169 => b == 254,
        172 => (16..32).contains(&b),
        // Protocol assignments, documentation, AS112, 6to4 relays, AMT, private.
        192 => matches!((b, c), (0, 0 | 2) | (31, 196) | (52, 193) | (88, 99) | (168, _) | (175, 48)),
        // Benchmarks, documentation.
        198 => matches!(b, 18 | 19) || (b, c) == (51, 100),
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !special
}

/// Global unicast only, and of that nothing which carries an IPv4 address inside: mapped, translated, 6to4 and Teredo addresses
/// would lead past the check above.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [a, b, ..] = segments;
    let global = a & 0xe000 == 0x2000;
    let special = match a {
        // Protocol assignments with Teredo and ORCHID; documentation.
        0x2001 => b < 0x0200 || b == 0x0db8,
        // 6to4.
        0x2002 => true,
        // Documentation.
        0x3fff => b < 0x1000,
        _ => false,
    };
    global && !special
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// One of each kind, and the edges of each block.
    const FORBIDDEN: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.31.196.1",
        "192.52.193.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.175.48.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:10::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
    ];
    const ALLOWED: &[&str] = &[
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "169.253.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "192.167.255.255",
        "192.169.0.1",
        "198.17.255.255",
        "198.20.0.1",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2a02:6b8::feed:ff",
        "3fff:1000::1",
    ];

    #[test]
    fn no_address_of_a_special_kind_is_public() {
        for address in FORBIDDEN {
            assert!(!is_public(address.parse().unwrap()), "{address}");
            assert!(!Reach::Public.allows(address.parse().unwrap()), "{address}");
        }
        for address in ALLOWED {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_reach_of_tests_adds_one_address_alone() {
        let more: Vec<_> =
            FORBIDDEN.iter().filter(|a| Reach::PublicAndThisHost.allows(a.parse().unwrap())).copied().collect();
        assert_eq!(more, ["127.0.0.1"]);
    }
}
