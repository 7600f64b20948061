//! A certificate for a trial, signed by itself and kept in the data folder: browsers give camera and service worker
//! only to HTTPS or localhost.

use std::fs;
use std::io;
use std::path::Path;

use chrono::{Datelike, TimeDelta};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use rustls::pki_types::ServerName;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::tls_error::TlsError;
use crate::config::write_private_file;
use crate::kernel::Timestamp;

/// How long a certificate is good: browsers take no longer ones.
const DAYS: i64 = 397;
/// How many days before its end another one is made.
const DAYS_BEFORE_END: i64 = 30;
/// What is kept: certificate and key.
const KEPT: &str = "tls-self-signed.json";
/// The certificate alone, to be installed on devices that are to trust it.
const TO_INSTALL: &str = "tls-self-signed.crt";

/// See the module.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct SelfSigned {
    #[zeroize(skip)]
    names: Vec<String>,
    #[zeroize(skip)]
    expires_at: i64,
    #[zeroize(skip)]
    certificate: String,
    key: String,
}

impl SelfSigned {
    pub(super) fn chain_pem(&self) -> &[u8] {
        self.certificate.as_bytes()
    }

    pub(super) fn key_pem(&self) -> &[u8] {
        self.key.as_bytes()
    }
}

/// The certificate that is kept, or another one where the names are others or it ends soon.
pub(super) fn self_signed(
    folder: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<SelfSigned, TlsError> {
    if let Some(wrong) = names.iter().find(|name| ServerName::try_from(name.as_str()).is_err()) {
        return Err(TlsError::Name(wrong.clone()));
    }
    let soon = now.plus(TimeDelta::days(DAYS_BEFORE_END)).unix_seconds();
    let kept = read(&folder.join(KEPT))?;
    match kept.filter(|kept| kept.names == names && kept.expires_at > soon) {
        Some(kept) => Ok(kept),
        None => make(folder, names, now),
    }
}

fn read(path: &Path) -> Result<Option<SelfSigned>, TlsError> {
    let json = match fs::read(path) {
        Ok(json) => zeroize::Zeroizing::new(json),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(TlsError::Io { path: path.display().to_string(), source }),
    };
    let damaged = |source| TlsError::Damaged { path: path.display().to_string(), source };
    serde_json::from_slice(&json).map(Some).map_err(damaged)
}

fn make(folder: &Path, names: &[String], now: Timestamp) -> Result<SelfSigned, TlsError> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "ticketgate trial certificate");
    let day = |at: Timestamp| {
        let date = at.naive_utc().date();
        let small = |number: u32| u8::try_from(number).unwrap_or(1);
        date_time_ymd(date.year(), small(date.month()), small(date.day()))
    };
    let end = now.plus(TimeDelta::days(DAYS));
    params.not_before = day(now.plus(TimeDelta::days(-1)));
    params.not_after = day(end);
    let key = KeyPair::generate()?;
    let made = SelfSigned {
        names: names.to_owned(),
        expires_at: end.unix_seconds(),
        certificate: params.self_signed(&key)?.pem(),
        key: key.serialize_pem(),
    };
    let (kept, to_install) = (folder.join(KEPT), folder.join(TO_INSTALL));
    let io = |path: &Path, source| TlsError::Io { path: path.display().to_string(), source };
    let json = serde_json::to_vec_pretty(&made);
    let json = json.map_err(|error| io(&kept, error.into()))?;
    write_private_file(&kept, &zeroize::Zeroizing::new(json)).map_err(|e| io(&kept, e))?;
    fs::write(&to_install, &made.certificate).map_err(|error| io(&to_install, error))?;
    log::info!("made a certificate for {}: {}", names.join(", "), to_install.display());
    Ok(made)
}
