//! Where we may call: not into private networks, unless the configuration says so.
//!
//! An address is checked as it is written and again after its name was looked up, so that a name cannot lead inside.

use super::NoAnswer;
use crate::config::Allowed;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Lets pass what is public, and what is allowed although it is private.
#[derive(Clone, Debug, Default)]
pub struct Guard(Allowed);

impl Guard {
    /// A guard that lets this pass beside what is public.
    pub fn new(allowed: Allowed) -> Guard {
        Guard(allowed)
    }

    /// Whether a URL may be called, as far as its text says.
    pub(super) fn allows(&self, url: &str) -> Result<(), NoAnswer> {
        let url = Url::parse(url).map_err(|_| NoAnswer::BadAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NoAnswer::BadAddress);
        }
        let reached = match url.host().ok_or(NoAnswer::BadAddress)? {
            Host::Ipv4(address) => self.reaches(IpAddr::V4(address)),
            Host::Ipv6(address) => self.reaches(IpAddr::V6(address)),
            // Looked up later, and checked then.
            Host::Domain(_) => true,
        };
        if reached { Ok(()) } else { Err(NoAnswer::Private) }
    }

    fn reaches(&self, address: IpAddr) -> bool {
        let address = embedded(address);
        !is_private(address) || self.0.holds(address)
    }
}

/// The IPv4 address that an IPv6 address stands for (mapped, NAT64, 6to4), where it does.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let segments = six.segments();
    let four = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => four(high, low),
        [0x2002, high, low, ..] => four(high, low),
        _ => address,
    }
}

/// Whether an address is none of the public internet's (the special-purpose registries of RFC 6890).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_private_four(four),
        IpAddr::V6(six) => is_private_six(six),
    }
}

fn is_private_four(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        // Shared by carriers, protocol assignments, benchmarks, multicast and everything above.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 224
}

fn is_private_six(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out, and of that not the documentation's and the special ones of 2001::/23.
    first & 0xe000 != 0x2000 || (first == 0x2001 && (second < 0x200 || second == 0xdb8))
}

/// A name that leads to private addresses only.
#[derive(Debug, thiserror::Error)]
#[error("a private address")]
struct Refused;

/// Whether a request failed because the guard refused it.
pub(super) fn refused(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<Refused>() {
            return true;
        }
        source = cause.source();
    }
    false
}

/// Looks names up with the system's resolver and leaves out what the guard does not allow.
pub(super) struct Resolver(pub Arc<Guard>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_lowercase();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let any = !found.is_empty();
            let named = guard.0.names(&host);
            let mut reached = found.into_iter().filter(|at| named || guard.reaches(at.ip())).peekable();
            if any && reached.peek().is_none() {
                return Err(Refused.into());
            }
            Ok(Box::new(reached.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private() {
        let rows = [
            ("8.8.8.8", false),
            ("100.63.255.255", false),
            ("172.32.0.1", false),
            ("2606:4700:4700::1111", false),
            ("0.0.0.0", true),
            ("10.0.0.1", true),
            ("100.64.0.1", true),
            ("127.8.8.8", true),
            ("169.254.169.254", true),
            ("172.16.0.1", true),
            ("192.0.0.8", true),
            ("192.168.1.1", true),
            ("198.18.0.1", true),
            ("224.0.0.1", true),
            ("255.255.255.255", true),
            ("::", true),
            ("::1", true),
            ("fe80::1", true),
            ("fc00::1", true),
            ("fd12:3456::1", true),
            ("ff02::1", true),
            ("2001:db8::1", true),
            ("::ffff:127.0.0.1", true),
            ("::ffff:8.8.8.8", false),
            ("64:ff9b::10.0.0.1", true),
            ("2002:7f00:1::", true),
        ];
        for (text, expected) in rows {
            assert_eq!(!Guard::default().reaches(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_allowed_although_it_is_private() {
        let guard = Guard::new(Allowed::parse(&["10.0.0.0/8".to_owned()]).unwrap());
        for (text, expected) in [("10.200.1.1", true), ("::ffff:10.0.0.1", true), ("192.168.0.1", false)] {
            assert_eq!(guard.reaches(text.parse().unwrap()), expected, "{text}");
        }
    }
}
