//! What the settings say about every request.

use std::time::Duration;

use super::proxies::TrustedProxies;

/// See the module.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// The proxies that are believed.
    pub trusted_proxies: TrustedProxies,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// Whether browsers may be told to come by HTTPS only from now on.
    pub is_https: bool,
    /// Whether a proxy before the server speaks HTTPS for it.
    pub is_behind_https: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: TrustedProxies::default(),
            body_timeout: Duration::from_secs(10),
            is_https: false,
            is_behind_https: false,
        }
    }
}
