//! What is measured, and what comes out.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::error::BenchError;
use crate::kernel::Secret;

macro_rules! workloads {
    ($($variant:ident = $name:literal, $meaning:literal;)+) => {
        /// What the connections do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Workload {
            $(#[doc = $meaning] $variant,)+
        }

        impl Workload {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name, as the command line has it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

workloads! {
    Health = "health", "GET /healthz: what HTTP alone costs";
    Scan = "scan", "POST /venue/scan, each a fresh QR code";
    Look = "look", "POST /qr/decrypt of codes that were seen before";
    LookNew = "look-new", "POST /qr/decrypt, each code for the first time";
    QrNone = "qr-none", "POST /qr/{code} without a picture";
    QrPng = "qr-png", "POST /qr/{code} with a PNG";
    QrSvg = "qr-svg", "POST /qr/{code} with an SVG";
    Generate1 = "generate-1", "POST /ota/tickets/bulk-generate of one ticket";
    Generate100 = "generate-100", "the same of 100 tickets";
    Generate5000 = "generate-5000", "the same of 5000 tickets";
    Mixed = "mixed", "look, then scan; 5 % scanned twice, 1 % forged";
    ScanWhileGenerating = "scan-while-generating", "scans while a partner orders 5000 tickets again and again";
    ScanHalfLoad = "scan-half-load", "scans that come half as fast as `scan` gave them, over 640 connections";
    ScanOverload = "scan-overload", "scans that come three times as fast, over 640 connections";
    ScanAfterOverload = "scan-after-overload", "half load again, from one second behind an overload on";
}

impl Workload {
    /// Connections over which is measured how fast scans can be.
    pub(super) const BASE: usize = 64;
    /// Connections over which [`Workload::share`] of these come: more than a crowd finds places.
    pub(super) const CROWD: usize = 640;
    /// The share of half load.
    pub(super) const HALF_LOAD: f64 = 0.5;
    /// That of an overload.
    pub(super) const OVERLOAD: f64 = 3.0;

    /// How many times as fast as [`Workload::Scan`] gave them over [`Workload::BASE`] connections its requests come,
    /// where they come by a schedule that follows from that.
    pub(super) fn share(self) -> Option<f64> {
        let shares = [
            (Self::ScanHalfLoad, Self::HALF_LOAD),
            (Self::ScanOverload, Self::OVERLOAD),
            (Self::ScanAfterOverload, Self::HALF_LOAD),
        ];
        shares.into_iter().find_map(|(workload, share)| (workload == self).then_some(share))
    }
}

impl FromStr for Workload {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|workload| workload.name() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|workload| workload.name()).collect();
            format!("must be one of {}", names.join(", "))
        })
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Workload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which workloads.
    pub workloads: Vec<Workload>,
    /// At how many connections each.
    pub connections: Vec<usize>,
    /// How long each is measured.
    pub window: Duration,
    /// How long each runs before that; where it comes by a schedule, it goes on by that without a pause.
    pub warm_up: Duration,
    /// Requests a second, on a schedule that does not wait for answers; none: each connection sends its next request
    /// when it has its answer.
    pub rate: Option<f64>,
}

impl Plan {
    /// Whether each workload's rate will be known when its turn comes.
    ///
    /// # Errors
    /// One needs scans to be measured before it.
    pub(super) fn check(&self) -> Result<(), BenchError> {
        let has_base = self.connections.contains(&Workload::BASE);
        let is_base = |workload: &&Workload| **workload == Workload::Scan && has_base;
        let mut before = self.workloads.iter().take_while(|workload| !is_base(workload));
        match before.find(|workload| workload.share().is_some()) {
            Some(early) => {
                Err(BenchError::NoScans { workload: early.name(), connections: Workload::BASE })
            }
            None => Ok(()),
        }
    }
}

/// Which server is asked, and as whom.
#[derive(Clone, Debug)]
pub struct Target {
    /// `HOST:PORT`
    pub address: String,
    /// A partner's key that may generate tickets and issue codes.
    pub api_key: Secret<String>,
    /// A terminal's key.
    pub terminal_key: Secret<String>,
    /// The terminal's id.
    pub terminal_device_id: String,
    /// Tickets of which product.
    pub product_id: i64,
    /// What is redeemed.
    pub function_code: String,
}

impl Target {
    /// The address in a URL such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// Another scheme, or a path.
    pub fn address_in(url: &str) -> Result<String, BenchError> {
        let wrong = || BenchError::Url(url.to_owned());
        let address = url.strip_prefix("http://").ok_or_else(wrong)?.trim_end_matches('/');
        if address.is_empty() || address.contains(['/', '?', '#', '@']) {
            return Err(wrong());
        }
        let has_port =
            address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        Ok(if has_port { address.to_owned() } else { format!("{address}:80") })
    }
}

/// Is told what goes on, and which share of it is done, from 0 to 1.
pub type Progress<'p> = &'p dyn Fn(&str, f64);

/// How fast one workload was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What was done.
    pub workload: Workload,
    /// Over how many connections.
    pub connections: usize,
    /// Requests that were answered as they should be.
    pub requests: u64,
    /// The same in a second.
    pub per_second: f64,
    /// Milliseconds within which half of the answers came.
    pub p50_ms: f64,
    /// 95 % of them.
    pub p95_ms: f64,
    /// 99 % of them.
    pub p99_ms: f64,
    /// 99.9 % of them.
    pub p999_ms: f64,
    /// All of them.
    pub max_ms: f64,
    /// Requests that were not answered as they should be.
    pub errors: u64,
    /// What was wrong with the first of these.
    pub first_error: Option<String>,
    /// Resident memory of the server behind it, in MiB, where the server is the benchmark's own.
    pub server_mib: Option<f64>,
}

/// A figure against its reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// What was measured.
    pub figure: String,
    /// Against what.
    pub reference: String,
    /// The one in the other.
    pub ratio: f64,
}

/// All that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Such as `SQLite`, or the URL of the server.
    pub server: String,
    /// Cores of this machine, shared by the server and the benchmark.
    pub cores: usize,
    /// Tickets in the database before the first workload, where it is the benchmark's own.
    pub tickets: Option<u64>,
    /// Size of the database in MiB, likewise.
    pub database_mib: Option<f64>,
    /// Scans a second by the lane alone: in process, batches of 64. Measured for `scan`.
    pub lane_per_second: Option<f64>,
    /// Tickets a second by multi-row inserts, 5000 in one transaction, in process. Measured for `generate-5000`.
    pub inserts_per_second: Option<f64>,
    /// The workloads, in order.
    pub figures: Vec<Figure>,
    /// What they are to their references.
    pub ratios: Vec<Ratio>,
}
