//! Why a certificate cannot be used; each says what to do about it.

use std::io;

use thiserror::Error;

/// See the module.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("open {path}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file with no certificate in it.
    #[error("find a certificate in {0}: it must be PEM with -----BEGIN CERTIFICATE-----")]
    NoCertificate(String),
    /// A file with no private key in it.
    #[error("find a private key in {0}: it must be PEM with -----BEGIN PRIVATE KEY-----")]
    NoKey(String),
    /// A file that begins as PEM and goes on otherwise.
    #[error("read {path} as PEM: {problem}")]
    NotPem {
        /// The file.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// The key is another certificate's.
    #[error("use the certificate in {chain}: the key in {key} belongs to another one")]
    Mismatch {
        /// The certificate's file.
        chain: String,
        /// The key's file.
        key: String,
    },
    /// A certificate or key of a kind that is not known here.
    #[error("use the certificate in {chain} with the key in {key}")]
    Unusable {
        /// The certificate's file.
        chain: String,
        /// The key's file.
        key: String,
        /// Why.
        source: rustls::Error,
    },
    /// A name that no certificate can have.
    #[error(
        "make a certificate for {0:?}: it must be a DNS name such as gate.example or an address"
    )]
    Name(String),
    /// The certificate could not be made.
    #[error("make a certificate")]
    Make(#[from] rcgen::Error),
    /// What is kept of the certificate is damaged.
    #[error("read {path}: it is damaged; remove it, and another certificate is made")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The cryptography does not know the versions of TLS.
    #[error("set up TLS 1.2 and 1.3")]
    Versions(#[source] rustls::Error),
}
