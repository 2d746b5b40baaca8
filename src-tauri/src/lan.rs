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
        let daemon = ServiceDaemon::new()?;
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
        let daemon = ServiceDaemon::new()?;
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
    use super::*;

    #[test]
    fn a_neighbour_is_given_the_private_network_before_loopback() {
        let addresses = ["127.0.0.1", "fe80::1", "192.168.1.7"].map(|text| text.parse::<IpAddr>().ok());
        let best = best_address(addresses.into_iter().flatten());
        assert_eq!(best.map(|ip| at_port(ip, 80)), Some("192.168.1.7:80".to_owned()));
    }
}
