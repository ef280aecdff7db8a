//! How often the chat API may be asked: by one session, and ten times as often by one address (offices share one). How the
//! server is may be asked as often by one address, counted apart: a monitor and visitors can come through one proxy.

use super::problem::Problem;
use crate::config::ChatConfig;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An address may ask this many times as often as a session.
const SESSIONS_PER_ADDRESS: u32 = 10;
/// Keys of one kind that are remembered one by one (some ten megabytes); beyond them, keys share places.
const MOST_KEYS: usize = 100_000;
/// Places that keys share once there are too many.
const SHARED: u64 = 1_024;
/// After so many requests what no longer counts is forgotten.
const SWEEP_EVERY: u64 = 4_096;

/// The counts of one process.
#[derive(Debug)]
pub struct Limits {
    sessions: Limit,
    addresses: Limit,
    monitors: Limit,
    trust_proxy: bool,
}

impl Limits {
    /// Nothing counted yet.
    pub fn new(config: &ChatConfig) -> Limits {
        let per_minute = NonZeroU32::new(config.per_minute).unwrap_or(NonZeroU32::MIN);
        let per_address = per_minute.saturating_mul(NonZeroU32::MIN.saturating_add(SESSIONS_PER_ADDRESS - 1));
        Limits {
            sessions: Limit::new(per_minute),
            addresses: Limit::new(per_address),
            monitors: Limit::new(per_address),
            trust_proxy: config.trust_proxy,
        }
    }

    /// Counts a request of a session.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn session(&self, id: &str) -> Result<(), Problem> {
        self.sessions
            .count(hash(&id))
            .map_err(|wait| Problem::too_many("this session asks too often; wait as Retry-After says", wait))
    }

    fn address(&self, address: IpAddr) -> Result<(), Problem> {
        Self::subscriber(&self.addresses, address)
    }

    fn monitor(&self, address: IpAddr) -> Result<(), Problem> {
        Self::subscriber(&self.monitors, address)
    }

    fn subscriber(limit: &Limit, address: IpAddr) -> Result<(), Problem> {
        limit
            .count(hash(&subscriber(address)))
            .map_err(|wait| Problem::too_many("this address asks too often; wait as Retry-After says", wait))
    }
}

/// Middleware: counts a request of its address before anything else is done for it.
pub async fn by_address(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let address = asking(&limits, request.extensions(), request.headers());
    counted(limits.address(address), request, next).await
}

/// Middleware: as [`by_address`], for what is asked of the server itself.
pub async fn by_monitor(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let address = asking(&limits, request.extensions(), request.headers());
    counted(limits.monitor(address), request, next).await
}

/// Counts somebody who cannot say who they are.
///
/// # Errors
/// 429 where that is too often.
pub fn stranger(limits: &Limits, request: &Parts) -> Result<(), Problem> {
    limits.address(asking(limits, &request.extensions, &request.headers))
}

async fn counted(may: Result<(), Problem>, request: Request, next: Next) -> Response {
    match may {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// The address that asks: of the connection, or what our own proxy says where `TRUST_PROXY` is set.
pub fn asking(limits: &Limits, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    let connected = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let peer = if limits.trust_proxy { forwarded(headers).or(connected) } else { connected };
    // Without an address (a test without a socket) all share one.
    peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

/// The last address in `X-Forwarded-For`: the one our own proxy wrote. Those before it are anybody's words.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last =
        headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    let bare = last.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// What one subscriber holds: an IPv4 address, or the /64 of an IPv6 address.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

fn hash(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Counts of one kind of key, each by its hash.
#[derive(Debug)]
struct Limit {
    limiter: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
    counted: AtomicU64,
    most: usize,
}

impl Limit {
    fn new(per_minute: NonZeroU32) -> Limit {
        Limit {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            clock: DefaultClock::default(),
            counted: AtomicU64::new(0),
            most: MOST_KEYS,
        }
    }

    /// Counts one; where that is too many, the seconds until the next may come.
    fn count(&self, key: u64) -> Result<(), u32> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let key = if self.limiter.len() < self.most { key } else { key % SHARED };
        self.limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            // Below a minute, however it goes.
            wait.as_secs() as u32 + u32::from(wait.subsec_nanos() > 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn limits(per_minute: u32) -> Limits {
        Limits::new(&ChatConfig { cors_origins: vec![], per_minute, trust_proxy: false })
    }

    #[test]
    fn a_session_and_an_address_have_their_own_counts() {
        let limits = limits(2);
        let (mine, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        assert!((0..2).all(|_| limits.session("a").is_ok()));
        let refused = limits.session("a").unwrap_err();
        assert_eq!(refused.status, 429);
        assert!((1..=30).contains(&refused.retry_after.unwrap()), "{:?}", refused.retry_after);
        assert!(limits.session("b").is_ok(), "another session is not meant");
        assert!((0..20).all(|_| limits.address(mine).is_ok()), "ten times as often");
        assert!(limits.address(mine).is_err());
        assert!(limits.address(other).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let limit = Limit { most: 100, ..Limit::new(NonZeroU32::MIN) };
        for key in 0..50_000u64 {
            let _ = limit.count(hash(&key));
        }
        assert!(limit.limiter.len() <= 100 + SHARED as usize, "{}", limit.limiter.len());
    }

    #[test]
    fn addresses_of_one_subscriber_are_one() {
        let rows = [
            ("another address", "192.0.2.1", "192.0.2.2", false),
            ("an IPv4 address inside IPv6", "192.0.2.1", "::ffff:192.0.2.1", true),
            ("the same /64", "2001:db8::1", "2001:db8::ffff:1", true),
            ("another /64", "2001:db8::1", "2001:db8:0:1::1", false),
        ];
        for (label, one, other, same) in rows {
            let of = |text: &str| subscriber(text.parse().unwrap());
            assert_eq!(of(one) == of(other), same, "{label}");
        }
    }

    #[test]
    fn only_the_last_forwarded_address_counts() {
        let rows = [
            ("one", &["192.0.2.1"][..], Some("192.0.2.1")),
            ("what the visitor claims comes first", &["203.0.113.9, 192.0.2.1"], Some("192.0.2.1")),
            ("several headers", &["203.0.113.9", "192.0.2.1"], Some("192.0.2.1")),
            ("with a port", &["192.0.2.1:4711"], Some("192.0.2.1")),
            ("IPv6 in brackets", &["[2001:db8::1]"], Some("2001:db8::1")),
            ("IPv6 with a port", &["[2001:db8::1]:443"], Some("2001:db8::1")),
            ("no address", &["unknown"], None),
            ("nothing", &[], None),
        ];
        for (label, values, expected) in rows {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-forwarded-for", HeaderValue::from_static(value));
            }
            let expected = expected.map(|address| address.parse::<IpAddr>().unwrap());
            assert_eq!(forwarded(&headers), expected, "{label}");
        }
    }
}
