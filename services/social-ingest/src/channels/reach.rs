//! Which addresses an outgoing call may reach: a tenant's setting must not become a tunnel into our own network.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::{
    ClientBuilder, Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// Which addresses an outgoing call may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, by `https` only. Names are checked when the connection is made, after they are resolved.
    Public,
    /// Any address by any scheme: for emulators on the same machine.
    Anywhere,
}

impl Reach {
    /// Whether a call to this address may be tried at all; names are looked at again when they are resolved.
    pub fn allows(self, url: &Url) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Public => {
                let host = url.host_str().unwrap_or_default();
                let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
                url.scheme() == "https" && !host.is_empty() && literal.map_or(true, is_public)
            }
        }
    }

    /// Makes every name that a client resolves pass this rule.
    pub fn guard(self, client: ClientBuilder) -> ClientBuilder {
        match self {
            Self::Anywhere => client,
            Self::Public => client.dns_resolver(Arc::new(PublicNames)),
        }
    }
}

struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            match public.is_empty() {
                true => Err(io::Error::from(io::ErrorKind::AddrNotAvailable).into()),
                false => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol_assignment = (a, b, c) == (192, 0, 0);
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    let is_reserved = a == 0 || 224 <= a;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_protocol_assignment
        || is_benchmark
        || is_reserved)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| {
        let [x, y] = high.to_be_bytes();
        let [z, w] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(x, y, z, w))
    };
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => embedded(g, h),
        (0x2002, ..) => embedded(b, c),
        (0x2001, 0xdb8, ..) | (0x2001, 0, ..) => false,
        // Everything assigned for global use so far begins with these three bits.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_by_https_are_reachable() {
        #[track_caller]
        fn check(url: &str, expected: bool) {
            assert_eq!(Reach::Public.allows(&url.parse().unwrap()), expected, "{url}");
        }

        check("https://api.weixin.qq.com", true);
        check("http://api.weixin.qq.com", false);
        check("https://1.1.1.1", true);
        check("https://[2606:4700::1111]", true);
        check("https://127.0.0.1", false);
        check("https://2130706433", false);
        check("https://10.1.2.3", false);
        check("https://169.254.169.254", false);
        check("https://100.64.0.1", false);
        check("https://0.0.0.0", false);
        check("https://255.255.255.255", false);
        check("https://[::1]", false);
        check("https://[::ffff:10.0.0.1]", false);
        check("https://[64:ff9b::a00:1]", false);
        check("https://[2002:a00:1::1]", false);
        check("https://[fd00::1]", false);
        check("https://[fe80::1]", false);
    }
}
