//! Finding teams on the network and being found: mDNS with DNS-SD (RFC 6762, RFC 6763).
//! An announcement is an untrusted hint: who a host really is, only its key says.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use mdns_sd::{ServiceDaemon, ServiceEvent, ServiceInfo};
use view::DiscoveredTeam;

const SERVICE: &str = "_hybrid-msgr._tcp.local.";
/// Most teams shown: a hostile network could announce without end.
const TEAMS_MAX: usize = 64;
/// Longest part of an announced name that is shown, in characters.
const NAME_CHARS_MAX: usize = 80;

/// An announcement; it ends when this is dropped.
pub struct Announcement {
    daemon: ServiceDaemon,
    full_name: String,
}

impl Announcement {
    /// Announces a team on all networks of this machine.
    ///
    /// # Errors
    /// The network allows no multicast; hosting works without.
    pub fn start(name: &str, fingerprint: &str, port: u16) -> Result<Self, mdns_sd::Error> {
        Self::on(ServiceDaemon::new()?, name, fingerprint, port)
    }

    fn on(daemon: ServiceDaemon, name: &str, fingerprint: &str, port: u16) -> Result<Self, mdns_sd::Error> {
        // The instance is named by the key, so that two teams of one name stay two.
        let instance: String = fingerprint.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        let host = format!("{instance}.local.");
        let text = [("v", "1"), ("name", name), ("fp", fingerprint)];
        let service = ServiceInfo::new(SERVICE, &instance, &host, "", port, &text[..])?.enable_addr_auto();
        let full_name = service.get_fullname().to_owned();
        daemon.register(service)?;
        Ok(Self { daemon, full_name })
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        if let Ok(done) = self.daemon.unregister(&self.full_name) {
            let _ = done.recv_timeout(std::time::Duration::from_millis(500));
        }
        let _ = self.daemon.shutdown();
    }
}

/// A search; it ends when this is dropped.
pub struct Search {
    daemon: ServiceDaemon,
}

impl Search {
    /// Looks for teams; `on_change` gets the whole list, sorted by name, at each change, beginning with an empty one.
    ///
    /// # Errors
    /// The network allows no multicast.
    pub fn start(
        own_fingerprint: Option<String>,
        on_change: impl Fn(Vec<DiscoveredTeam>) + Send + 'static,
    ) -> Result<Self, mdns_sd::Error> {
        Self::on(ServiceDaemon::new()?, own_fingerprint, on_change)
    }

    fn on(
        daemon: ServiceDaemon,
        own_fingerprint: Option<String>,
        on_change: impl Fn(Vec<DiscoveredTeam>) + Send + 'static,
    ) -> Result<Self, mdns_sd::Error> {
        let events = daemon.browse(SERVICE)?;
        std::thread::spawn(move || {
            let found = Arc::new(Mutex::new(BTreeMap::<String, DiscoveredTeam>::new()));
            on_change(Vec::new());
            while let Ok(event) = events.recv() {
                let mut teams = found.lock().unwrap_or_else(PoisonError::into_inner);
                match event {
                    ServiceEvent::ServiceResolved(service) => {
                        let text =
                            |key: &str| service.txt_properties.get_property_val_str(key).unwrap_or("").to_owned();
                        let Some(address) = best_address(service.addresses.iter().map(|ip| ip.to_ip_addr())) else {
                            continue;
                        };
                        let fingerprint = text("fp");
                        let own = own_fingerprint.as_deref() == Some(fingerprint.as_str());
                        let team = DiscoveredTeam {
                            name: text("name").chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect(),
                            address: at_port(address, service.port),
                            fingerprint: fingerprint.chars().take(NAME_CHARS_MAX).collect(),
                            own,
                        };
                        if teams.len() < TEAMS_MAX || teams.contains_key(&service.fullname) {
                            teams.insert(service.fullname.clone(), team);
                        }
                    }
                    ServiceEvent::ServiceRemoved(_, full_name) => {
                        teams.remove(&full_name);
                    }
                    ServiceEvent::SearchStopped(_) => break,
                    _ => continue,
                }
                let mut list: Vec<DiscoveredTeam> = teams.values().cloned().collect();
                list.sort_by(|a, b| (&a.name, &a.fingerprint).cmp(&(&b.name, &b.fingerprint)));
                on_change(list);
            }
        });
        Ok(Self { daemon })
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        let _ = self.daemon.stop_browse(SERVICE);
        let _ = self.daemon.shutdown();
    }
}

/// IPv4 on a private network first, loopback last: what a neighbour most likely reaches.
pub fn rank(ip: &IpAddr) -> u8 {
    match ip {
        IpAddr::V4(ip) if ip.is_loopback() => 8,
        IpAddr::V4(ip) if ip.is_link_local() => 6,
        IpAddr::V4(ip) if ip.is_private() => 0,
        IpAddr::V4(_) => 1,
        IpAddr::V6(ip) if ip.is_loopback() => 9,
        IpAddr::V6(ip) if (ip.segments()[0] & 0xffc0) == 0xfe80 => 7,
        IpAddr::V6(_) => 2,
    }
}

/// `1.2.3.4:80`, `[::1]:80`.
pub fn at_port(ip: IpAddr, port: u16) -> String {
    match ip {
        IpAddr::V4(ip) => format!("{ip}:{port}"),
        IpAddr::V6(ip) => format!("[{ip}]:{port}"),
    }
}

fn best_address(addresses: impl Iterator<Item = IpAddr>) -> Option<IpAddr> {
    addresses.min_by_key(|ip| (rank(ip), *ip))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use mdns_sd::IfKind;

    use super::*;

    /// Real mDNS that does not leave this machine.
    fn on_loopback() -> ServiceDaemon {
        let daemon = ServiceDaemon::new().unwrap();
        daemon.disable_interface(IfKind::All).unwrap();
        daemon.enable_interface(IfKind::LoopbackV4).unwrap();
        daemon
    }

    #[test]
    fn two_hosts_of_one_name_are_two_teams_with_their_own_keys_and_one_that_ends_is_gone() {
        let chance = std::process::id();
        let print = |n: u32| format!("{n:04X} {:04X} {:04X} 0001 0002 0003 0004 0005", chance >> 16, chance & 0xffff);
        // Others may announce here as well.
        let mine = move |team: &DiscoveredTeam| team.fingerprint[4..14] == print(0)[4..14];
        let (tell, told) = std::sync::mpsc::channel();
        let alice = Announcement::on(on_loopback(), "Маяк", &print(1), 8443).unwrap();
        let search = Search::on(on_loopback(), Some(print(3)), move |teams| drop(tell.send(teams))).unwrap();
        let bob = Announcement::on(on_loopback(), "Маяк", &print(2), 9443).unwrap();
        let own = Announcement::on(on_loopback(), "Маяк", &print(3), 7443).unwrap();
        let until = |count: usize| loop {
            let mut teams = told.recv_timeout(Duration::from_secs(30)).expect("the network answers in time");
            teams.retain(mine);
            if teams.len() == count {
                return teams;
            }
        };
        let teams = until(3);
        let seen: Vec<_> =
            teams.iter().map(|t| (t.name.as_str(), t.address.as_str(), t.fingerprint.clone(), t.own)).collect();
        assert_eq!(
            seen,
            [
                ("Маяк", "127.0.0.1:8443", print(1), false),
                ("Маяк", "127.0.0.1:9443", print(2), false),
                ("Маяк", "127.0.0.1:7443", print(3), true),
            ]
        );
        drop(bob);
        let left: Vec<_> = until(2).into_iter().map(|team| team.fingerprint).collect();
        assert_eq!(left, [print(1), print(3)]);
        drop((alice, own, search));
    }

    #[test]
    fn a_neighbour_is_given_the_private_network_before_loopback() {
        let addresses = ["127.0.0.1", "fe80::1", "192.168.1.7"].map(|text| text.parse::<IpAddr>().ok());
        let best = best_address(addresses.into_iter().flatten());
        assert_eq!(best.map(|ip| at_port(ip, 80)), Some("192.168.1.7:80".to_owned()));
    }
}
