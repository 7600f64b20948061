//! TLS: the certificate that the server shows, and how it is exchanged while connections go on.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::self_signed::self_signed;
use super::tls_error::TlsError;
use crate::config::{CertificateSource, Settings};
use crate::kernel::Timestamp;

/// The certificate in use.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// See the module; clones share the certificate.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    source: CertificateSource,
    folder: Box<Path>,
    provider: Arc<CryptoProvider>,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// The certificate of the settings, where they have one.
    pub(super) fn open(settings: &Settings, now: Timestamp) -> Result<Option<Self>, TlsError> {
        let Some(source) = settings.transport.certificate.clone() else {
            return Ok(None);
        };
        let folder = settings.data_dir.clone().into_boxed_path();
        let provider = Arc::new(ring::default_provider());
        let certificate = read(&source, &folder, &provider, now)?;
        let shown = Arc::new(Shown(RwLock::new(Arc::new(certificate))));
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Shown>::clone(&shown);
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Versions)?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        Ok(Some(Self { source, folder, provider, shown, config: Arc::new(config) }))
    }

    /// How connections are secured: TLS 1.2 and 1.3, with whatever certificate is in use by then.
    pub(super) fn config(&self) -> ServerConfig {
        ServerConfig::clone(&self.config)
    }

    /// Reads the certificate again; connections that are open go on with the one that they began with.
    ///
    /// # Errors
    /// It cannot be used; the one before stays.
    pub(super) fn reload(&self, now: Timestamp) -> Result<(), TlsError> {
        let certificate = read(&self.source, &self.folder, &self.provider, now)?;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certificate);
        Ok(())
    }
}

fn read(
    source: &CertificateSource,
    folder: &Path,
    provider: &CryptoProvider,
    now: Timestamp,
) -> Result<CertifiedKey, TlsError> {
    match source {
        CertificateSource::Files { chain, key } => {
            let chain_pem = read_file(chain)?;
            let key_pem = zeroize::Zeroizing::new(read_file(key)?);
            let of = |path: &Path| path.display().to_string();
            certified(&chain_pem, &of(chain), (&key_pem, &of(key)), provider)
        }
        CertificateSource::SelfSigned { names } => {
            let made = self_signed(folder, names, now)?;
            let name = "the certificate made here";
            certified(made.chain_pem(), name, (made.key_pem(), name), provider)
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Io { path: path.display().to_string(), source })
}

/// A chain and its key, each with the name to complain of it by.
fn certified(
    chain: &[u8],
    chain_name: &str,
    (key, key_name): (&[u8], &str),
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsError> {
    let not_pem = |path: &str, problem: &pem::Error| TlsError::NotPem {
        path: path.to_owned(),
        problem: problem.to_string(),
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
    let chain = chain.map_err(|problem| not_pem(chain_name, &problem))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(chain_name.to_owned()));
    }
    let mut keys = PrivateKeyDer::pem_slice_iter(key);
    let key = keys.next().ok_or_else(|| TlsError::NoKey(key_name.to_owned()))?;
    let key = key.map_err(|problem| not_pem(key_name, &problem))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|source| {
        let (chain, key) = (chain_name.to_owned(), key_name.to_owned());
        if matches!(source, rustls::Error::InconsistentKeys(_)) {
            TlsError::Mismatch { chain, key }
        } else {
            TlsError::Unusable { chain, key, source }
        }
    })
}
