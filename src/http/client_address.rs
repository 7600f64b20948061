//! Where a request came from: the peer, or what proxies say of it where they are trusted.

use std::net::IpAddr;

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use actix_web::{HttpRequest, web};

use super::proxies::TrustedProxies;
use super::settings::HttpSettings;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where a request came from: the nearest address that is no trusted proxy's.
#[must_use]
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let settings = request.app_data::<web::Data<HttpSettings>>();
    Some(settings.map_or(peer, |settings| {
        address_behind(peer, request.headers(), &settings.trusted_proxies)
    }))
}

/// Whether a request was made on this machine: not from elsewhere, and not through a proxy on it. A proxy need not say
/// that it is one: where the settings tell of a proxy, nothing is taken for local.
#[must_use]
pub fn is_local(request: &HttpRequest) -> bool {
    let is_forwarded =
        [FORWARDED, X_FORWARDED_FOR].iter().any(|header| request.headers().contains_key(header));
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let settings = request.app_data::<web::Data<HttpSettings>>();
    let is_behind_proxy = |peer: IpAddr| {
        settings.is_some_and(|settings| {
            settings.is_behind_https || settings.trusted_proxies.include(peer)
        })
    };
    !is_forwarded && peer.is_some_and(|peer| peer.is_loopback() && !is_behind_proxy(peer))
}

/// A proxy writes one of the two headers and hands the other on as the client made it up. So where both are there,
/// they count only as far as they agree.
fn address_behind(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    if !proxies.include(peer) {
        return peer;
    }
    let texts = |name: HeaderName| -> Vec<&str> {
        headers.get_all(name).map(|value| value.to_str().unwrap_or("unreadable")).collect()
    };
    let (standard, usual) = (texts(FORWARDED), texts(X_FORWARDED_FOR));
    let standard = (!standard.is_empty()).then(|| {
        let hops = standard.iter().flat_map(|text| split(text, ',')).filter(is_there);
        nearest_stranger(peer, &hops.map(forwarded_for).collect::<Vec<_>>(), proxies)
    });
    let usual = (!usual.is_empty()).then(|| {
        let hops = usual.iter().flat_map(|text| text.split(',')).filter(is_there);
        nearest_stranger(peer, &hops.map(node).collect::<Vec<_>>(), proxies)
    });
    match (standard, usual) {
        (Some(standard), Some(usual)) if standard != usual => peer,
        (standard, usual) => standard.or(usual).unwrap_or(peer),
    }
}

/// An empty element of a list means nothing (RFC 9110, section 5.6.1).
fn is_there(element: &&str) -> bool {
    !element.trim().is_empty()
}

/// From the last hop to the first: as long as whoever told is trusted. A hop that is hidden ends the trail.
fn nearest_stranger(peer: IpAddr, hops: &[Option<IpAddr>], proxies: &TrustedProxies) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        match hop {
            Some(address) if proxies.include(nearest) => nearest = *address,
            _ => break,
        }
    }
    nearest
}

/// The address in the `for` parameter of one element of `Forwarded` (RFC 7239, section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = split(element, ';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    let value = value.trim();
    match value.strip_prefix('"') {
        Some(rest) => node(rest.strip_suffix('"')?),
        None => node(value),
    }
}

/// An address with or without port: `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1` (RFC 7239, section 6). None for
/// `unknown` and names that are made up.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        if !(port.is_empty() || port.starts_with(':')) {
            return None;
        }
        IpAddr::V6(address.parse().ok()?)
    } else {
        let whole = text.parse();
        whole.or_else(|_| text.split_once(':').map_or(text, |(address, _)| address).parse()).ok()?
    };
    Some(address.to_canonical())
}

/// Splits at a separator outside of quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |character| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match character {
            '"' if !was_escaped => is_quoted = !is_quoted,
            '\\' if is_quoted && !was_escaped => is_escaped = true,
            _ => return character == separator && !is_quoted,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    const PROXIES: &str = "10.0.0.0/8, ::1, 127.0.0.1, 2001:db8:ff::/48";

    /// The address behind a peer with these headers.
    fn behind(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let mut request = TestRequest::default()
            .peer_addr((peer.parse::<IpAddr>().unwrap(), 4000).into())
            .app_data(web::Data::new(HttpSettings {
                trusted_proxies: PROXIES.parse().unwrap(),
                ..HttpSettings::default()
            }));
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        client_address(&request.to_http_request()).unwrap().to_string()
    }

    #[test]
    fn a_stranger_is_taken_at_its_own_address_whatever_it_says() {
        for headers in [
            &[][..],
            &[("X-Forwarded-For", "192.0.2.9")],
            &[("Forwarded", "for=192.0.2.9")],
            &[("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "for=10.0.0.1")],
        ] {
            assert_eq!(behind("203.0.113.7", headers), "203.0.113.7", "{headers:?}");
        }
    }

    #[test]
    fn a_trusted_proxy_is_believed_up_to_the_first_stranger_from_the_right() {
        for (list, expected) in [
            ("192.0.2.9", "192.0.2.9"),
            ("192.0.2.9:5000", "192.0.2.9"),
            ("1.1.1.1, 192.0.2.9", "192.0.2.9"),
            ("127.0.0.1, 192.0.2.9", "192.0.2.9"),
            ("1.1.1.1, 192.0.2.9, 10.1.2.3", "192.0.2.9"),
            ("1.1.1.1,192.0.2.9,,10.1.2.3, ::1", "192.0.2.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:443, 2001:db8:ff::5", "2001:db8::1"),
            ("::ffff:192.0.2.9", "192.0.2.9"),
            // All of them are proxies: the first is as far as one can see.
            ("10.9.9.9, 10.1.2.3", "10.9.9.9"),
            // What is hidden ends the trail.
            ("1.1.1.1, unknown", "10.0.0.1"),
            ("1.1.1.1, unknown, 10.1.2.3", "10.1.2.3"),
            ("1.1.1.1, _hidden, 10.1.2.3", "10.1.2.3"),
            ("1.1.1.1, 10.1.2.3.4", "10.0.0.1"),
            ("[2001:db8::1", "10.0.0.1"),
            ("[2001:db8::1]x", "10.0.0.1"),
            ("[192.0.2.9]", "10.0.0.1"),
            ("", "10.0.0.1"),
            (" , ", "10.0.0.1"),
        ] {
            assert_eq!(behind("10.0.0.1", &[("X-Forwarded-For", list)]), expected, "{list}");
        }
    }

    #[test]
    fn the_standard_header_is_read_with_its_quotes_and_parameters() {
        for (list, expected) in [
            ("for=192.0.2.9", "192.0.2.9"),
            ("For=\"192.0.2.9:5000\";proto=https;by=10.0.0.1", "192.0.2.9"),
            ("proto=https; FOR=192.0.2.9", "192.0.2.9"),
            ("for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=\"[2001:db8::1]:_port\"", "2001:db8::1"),
            ("for=1.1.1.1, for=192.0.2.9, for=10.1.2.3", "192.0.2.9"),
            ("for=192.0.2.9;host=\"a,b;for=1.1.1.1\"", "192.0.2.9"),
            ("host=\"a\\\",for=1.1.1.1\";for=192.0.2.9", "192.0.2.9"),
            ("for=1.1.1.1, for=unknown", "10.0.0.1"),
            ("for=1.1.1.1, for=_gazonk", "10.0.0.1"),
            ("for=1.1.1.1, proto=https", "10.0.0.1"),
            ("for=1.1.1.1, for=\"192.0.2.9", "10.0.0.1"),
            ("for", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(behind("10.0.0.1", &[("Forwarded", list)]), expected, "{list}");
        }
    }

    #[test]
    fn several_headers_of_one_name_are_one_list_in_their_order() {
        let name = "X-Forwarded-For";
        let headers = [(name, "1.1.1.1"), (name, "192.0.2.9, 10.4.4.4"), (name, "10.5.5.5")];
        assert_eq!(behind("10.0.0.1", &headers), "192.0.2.9");
        let headers = [("Forwarded", "for=1.1.1.1"), ("Forwarded", "for=192.0.2.9")];
        assert_eq!(behind("10.0.0.1", &headers), "192.0.2.9");
        let headers = [(name, "1.1.1.1"), (name, "caf\u{e9}")];
        assert_eq!(behind("10.0.0.1", &headers), "10.0.0.1");
    }

    #[test]
    fn where_both_headers_are_there_they_must_agree() {
        let both = |standard, usual| [("Forwarded", standard), ("X-Forwarded-For", usual)];
        assert_eq!(behind("::1", &both("for=192.0.2.9", "1.1.1.1, 192.0.2.9")), "192.0.2.9");
        assert_eq!(behind("::1", &both("for=1.1.1.1", "192.0.2.9")), "::1");
        assert_eq!(behind("::1", &both("for=192.0.2.9", "")), "::1");
    }

    #[test]
    fn a_proxy_over_a_socket_for_both_families_is_known_by_its_own_address() {
        let headers = [("X-Forwarded-For", "192.0.2.9")];
        assert_eq!(behind("::ffff:10.0.0.1", &headers), "192.0.2.9");
        assert_eq!(behind("::ffff:203.0.113.7", &headers), "203.0.113.7");
    }

    #[test]
    fn only_what_comes_straight_from_this_machine_is_local() {
        let local = |peer: &str, header: Option<&'static str>| {
            let peer = (peer.parse::<IpAddr>().unwrap(), 4000).into();
            let request = TestRequest::default().peer_addr(peer);
            let request = match header {
                Some(name) => request.insert_header((name, "127.0.0.1")),
                None => request,
            };
            is_local(&request.to_http_request())
        };
        assert!(local("127.0.0.1", None) && local("::1", None) && local("::ffff:127.0.0.1", None));
        assert!(!local("10.0.0.1", None));
        assert!(!local("127.0.0.1", Some("Forwarded")));
        assert!(!local("127.0.0.1", Some("X-Forwarded-For")));
    }
}
