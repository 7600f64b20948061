//! The proxies that are believed.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// The proxies whose word is taken for where a request came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(super) fn include(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    /// Reads addresses and networks, with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let network = |name: &str| {
            let address = name.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| name.parse::<IpNet>()).map_err(|_| {
                format!(
                    "must be addresses and networks with commas, such as 10.0.0.0/8,::1; \
                     {name:?} is neither"
                )
            })
        };
        names.map(network).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_of_addresses_and_networks_is_refused() {
        assert_eq!("".parse::<TrustedProxies>().unwrap(), TrustedProxies::default());
        for text in ["proxy.example", "10.0.0.0/33", "10.0.0.1-10.0.0.9", "10.0.0.1;::1", "*"] {
            let problem = text.parse::<TrustedProxies>().unwrap_err();
            assert!(problem.ends_with(&format!("{text:?} is neither")), "{problem}");
        }
    }
}
