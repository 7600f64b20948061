//! How clients are spoken to: TLS, other sites' pages, proxies, time limits.

use std::path::PathBuf;
use std::time::Duration;

use super::error::ConfigError;
use super::values::Values;
use crate::http::HttpSettings;

/// Where the server's certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// Files of others' making, in PEM.
    Files {
        /// The chain, the server's own certificate first.
        chain: PathBuf,
        /// The private key.
        key: PathBuf,
    },
    /// Made here, for a trial.
    SelfSigned {
        /// DNS names and addresses.
        names: Vec<String>,
    },
}

/// See the module.
#[derive(Clone, Debug)]
pub struct TransportSettings {
    /// The certificate; without one the server speaks HTTP.
    pub certificate: Option<CertificateSource>,
    /// What goes for every request.
    pub http: HttpSettings,
    /// Origins whose pages may call.
    pub cors_origins: Vec<String>,
    /// How long a request's head, or a TLS handshake, may take to arrive.
    pub head_timeout: Duration,
    /// How long a connection may wait for its next request.
    pub keep_alive: Duration,
}

impl TransportSettings {
    pub(super) fn load(values: &Values) -> Result<Self, ConfigError> {
        let seconds = |name| values.number(name, 1, 3600).map(Duration::from_secs);
        let certificate = certificate(values)?;
        let is_certified = matches!(certificate, Some(CertificateSource::Files { .. }));
        let is_behind_https = values.flag("behind_https")?;
        Ok(Self {
            certificate,
            http: HttpSettings {
                trusted_proxies: values.get("trusted_proxies")?,
                body_timeout: seconds("body_timeout_seconds")?,
                is_https: is_certified || is_behind_https,
                is_behind_https,
            },
            cors_origins: values.with("cors_origins", |text| list(text).map(origin).collect())?,
            head_timeout: seconds("head_timeout_seconds")?,
            keep_alive: seconds("keep_alive_seconds")?,
        })
    }
}

fn certificate(values: &Values) -> Result<Option<CertificateSource>, ConfigError> {
    let path = |name| values.with(name, |text| Ok((!text.is_empty()).then(|| text.into())));
    let chain: Option<PathBuf> = path("tls_cert")?;
    let key: Option<PathBuf> = path("tls_key")?;
    let names: Vec<String> =
        values.with("tls_self_signed", |text| Ok(list(text).map(ToOwned::to_owned).collect()))?;
    let refuse = |name, problem: &str| values.with(name, |_| Err(problem.to_owned()));
    match (chain, key) {
        (Some(_), Some(_)) if !names.is_empty() => {
            refuse("tls_self_signed", "must not be there beside tls_cert and tls_key")
        }
        (Some(chain), Some(key)) => Ok(Some(CertificateSource::Files { chain, key })),
        (Some(_), None) => refuse("tls_cert", "needs the setting tls_key beside it"),
        (None, Some(_)) => refuse("tls_key", "needs the setting tls_cert beside it"),
        (None, None) if names.is_empty() => Ok(None),
        (None, None) => Ok(Some(CertificateSource::SelfSigned { names })),
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// An origin as browsers write it in `Origin` (RFC 6454, section 7): anything else would never match.
fn origin(text: &str) -> Result<String, String> {
    let (scheme, host) = text.split_once("://").unwrap_or_default();
    let usual_port = match scheme {
        "https" => Some(":443"),
        "http" => Some(":80"),
        _ => None,
    };
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._:[]".contains(&byte);
    let is_exact = usual_port.is_some_and(|port| !host.ends_with(port))
        && !host.is_empty()
        && host.bytes().all(is_plain);
    is_exact.then(|| text.to_owned()).ok_or_else(|| {
        format!(
            "must be exact origins with commas, such as https://tickets.example,http://localhost:3000, \
             in small letters, without a path or the scheme's usual port; {text:?} is none"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_origins_pass() {
        for text in ["https://a.example", "http://localhost:3000", "http://[::1]:8080"] {
            assert_eq!(origin(text).unwrap(), text);
        }
        for text in [
            "*",
            "null",
            "https://",
            "https://*",
            "https://*.example",
            "a.example",
            "https://a.example/",
            "https://A.example",
            "https://a.example:443",
            "http://a.example:80",
            "ftp://a.example",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }
}
