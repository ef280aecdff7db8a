//! How we call others: where we may, how long we wait, how fast each sender may go.

use super::environment::{Environment, Mistake};
use std::net::IpAddr;
use std::time::Duration;
use url::Host;

/// Outgoing HTTP.
#[derive(Clone, Debug)]
pub struct OutgoingConfig {
    /// `ALLOW_PRIVATE_ADDRESSES`.
    pub allowed: Allowed,
    /// `OUTGOING_TIMEOUT_SECONDS`: how long an answer is waited for.
    pub timeout: Duration,
    /// `WHATSAPP_MESSAGES_PER_SECOND` of each number; 0: no limit.
    pub whatsapp_messages_per_second: u32,
}

impl OutgoingConfig {
    pub(super) fn from(environment: &Environment, mistakes: &mut Vec<Mistake>) -> OutgoingConfig {
        let allowed = Allowed::parse(&environment.list("ALLOW_PRIVATE_ADDRESSES")).unwrap_or_else(|wrong| {
            let message = format!(
                "{wrong:?} is no address, network or host name; write for example 10.0.0.0/8, crm.internal"
            );
            mistakes.push(Mistake { variable: "ALLOW_PRIVATE_ADDRESSES", message });
            Allowed::default()
        });
        // A send must end well before the hold on its row does.
        let wanted = "a number of seconds from 1 to 20";
        let seconds = environment.parse("OUTGOING_TIMEOUT_SECONDS", 15, wanted, mistakes);
        if !(1..=20).contains(&seconds) {
            let message = format!("must be {wanted}");
            mistakes.push(Mistake { variable: "OUTGOING_TIMEOUT_SECONDS", message });
        }
        OutgoingConfig {
            allowed,
            timeout: Duration::from_secs(seconds),
            whatsapp_messages_per_second: environment.parse(
                "WHATSAPP_MESSAGES_PER_SECOND",
                80,
                "a number such as 80, or 0 for no limit",
                mistakes,
            ),
        }
    }
}

/// What may be called although it is private: addresses, networks and host names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    networks: Vec<Network>,
    /// Lower case.
    hosts: Vec<String>,
}

/// A network: the first bits of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Allowed {
    /// Reads addresses, networks (`10.0.0.0/8`) and host names.
    ///
    /// # Errors
    /// The first that is none of these.
    pub fn parse(texts: &[String]) -> Result<Allowed, String> {
        let mut allowed = Allowed::default();
        for text in texts {
            if let Some(network) = Network::parse(text) {
                allowed.networks.push(network);
            } else if !text.contains('/') && matches!(Host::parse(text), Ok(Host::Domain(_))) {
                allowed.hosts.push(text.to_lowercase());
            } else {
                return Err(text.clone());
            }
        }
        Ok(allowed)
    }

    /// Lets an address be called.
    pub(super) fn allow(&mut self, address: IpAddr) {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        self.networks.push(Network { address, bits });
    }

    /// Whether an address is among them.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(address))
    }

    /// Whether a host, in lower case, is named.
    pub fn names(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known == host)
    }
}

impl Network {
    fn parse(text: &str) -> Option<Network> {
        let (address, bits): (IpAddr, Option<u8>) = match text.split_once('/') {
            Some((address, bits)) => (address.parse().ok()?, Some(bits.parse().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Network { address, bits })
    }

    fn holds(self, address: IpAddr) -> bool {
        let same = match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (u32::from(network) ^ u32::from(address)).leading_zeros()
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (u128::from(network) ^ u128::from(address)).leading_zeros()
            }
            _ => return false,
        };
        same >= u32::from(self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_networks_and_names() {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let allowed =
            Allowed::parse(&list(&["10.0.0.0/8", "127.0.0.1", "fd00::/8", "CRM.internal", "0.0.0.0/32"]))
                .unwrap();
        let rows = [
            ("10.200.1.1", true),
            ("11.0.0.1", false),
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("fd00::1", true),
            ("fc00::1", false),
        ];
        for (text, expected) in rows {
            assert_eq!(allowed.holds(text.parse().unwrap()), expected, "{text}");
        }
        assert!(allowed.names("crm.internal") && !allowed.names("internal"));
        let everything = Allowed::parse(&list(&["0.0.0.0/0"])).unwrap();
        assert!(everything.holds("192.168.0.1".parse().unwrap()));
        for wrong in ["10.0.0.0/33", "http://crm.internal/x", "not a host", "::/129", ""] {
            assert!(Allowed::parse(&list(&[wrong])).is_err(), "{wrong}");
        }
    }
}
