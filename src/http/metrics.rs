//! Counters and durations in the text format of Prometheus. Labels are routes, statuses and fixed words only.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};

/// What the server counts.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    scans: IntCounterVec,
    gauges: IntGaugeVec,
}

impl Metrics {
    /// Counters at zero.
    ///
    /// # Errors
    /// Two metrics of one name, which the names below are not.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let seconds = vec![
            0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
            30.0,
        ];
        let requests = HistogramVec::new(
            HistogramOpts::new(
                "ticketgate_http_request_duration_seconds",
                "Time from a request's head to its answer",
            )
            .buckets(seconds),
            &["method", "route", "status"],
        )?;
        let scans = IntCounterVec::new(
            Opts::new(
                "ticketgate_scans_total",
                "Scans by outcome: success, replayed or the reason",
            ),
            &["outcome"],
        )?;
        let gauges = IntGaugeVec::new(
            Opts::new("ticketgate_state", "State of queues and counters inside the server"),
            &["of"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(scans.clone()))?;
        registry.register(Box::new(gauges.clone()))?;
        Ok(Self { registry, requests, scans, gauges })
    }

    /// Counts a request.
    pub fn count_request(&self, method: &str, route: &str, status: u16, duration: Duration) {
        self.requests
            .with_label_values(&[method, route, &status.to_string()])
            .observe(duration.as_secs_f64());
    }

    /// Counts a scan.
    pub fn count_scan(&self, outcome: &'static str) {
        self.scans.with_label_values(&[outcome]).inc();
    }

    /// Sets a gauge of the server's state.
    pub fn set(&self, of: &'static str, value: u64) {
        self.gauges.with_label_values(&[of]).set(i64::try_from(value).unwrap_or(i64::MAX));
    }

    /// All of it as text.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            log::error!("failed to write the metrics: {error}");
        }
        String::from_utf8(text).unwrap_or_default()
    }
}
