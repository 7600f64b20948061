//! What a server does beside answering requests: goes on with abandoned batches, and reads a changed key ring.

use std::error::Error;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::state::App;
use super::tls::Tls;
use crate::config::{KeyFile, Role};
use crate::kernel::Clock;
use crate::ota::resume_abandoned_batch;

/// How often abandoned work and the key ring are looked after.
const EVERY: Duration = Duration::from_secs(1);
/// AES-GCM bears 2^32 seals with random nonces under one key; from half of that on it is said.
const SEALS_TO_WARN_AT: u64 = 1 << 31;

/// The background tasks of a server.
#[derive(Debug)]
pub(super) struct Workers {
    tasks: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts those of the server's role.
    pub(super) fn start(app: &App, keys: Option<KeyFile>) -> Self {
        let mut tasks = Vec::new();
        if app.settings.role != Role::Web {
            tasks.push(tokio::spawn(resume_batches(app.clone())));
        }
        if let Some(tls) = app.tls.clone() {
            match signal(SignalKind::hangup()) {
                Ok(hangup) => {
                    let clock = app.ota.clock.clone();
                    tasks.push(tokio::spawn(watch_certificate(tls, hangup, clock)));
                }
                Err(_) => {
                    log::error!("failed to listen for SIGHUP: the certificate is not read again");
                }
            }
        }
        tasks.push(tokio::spawn(watch_keys(app.clone(), keys)));
        Self { tasks }
    }

    /// Ends them; what they leave undone is under a lease or done again at the next start.
    pub(super) fn stop(self) {
        for task in self.tasks {
            task.abort();
        }
    }
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn until_signal() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn resume_batches(app: App) {
    loop {
        match resume_abandoned_batch(&app.ota).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(EVERY).await,
            Err(error) => {
                log::error!("failed to go on with an abandoned batch: {error}");
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

/// Reads the key file again when it changed, and at SIGHUP.
async fn watch_keys(app: App, keys: Option<KeyFile>) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        log::error!("failed to listen for SIGHUP: the key ring is not read again");
        return;
    };
    let changed_at = || keys.as_ref().and_then(KeyFile::changed_at);
    let mut seen = changed_at();
    let mut has_warned = false;
    loop {
        tokio::select! {
            _ = hangup.recv() => seen = None,
            () = tokio::time::sleep(EVERY) => {}
        }
        if !has_warned && app.tokens.seal_count().seals > SEALS_TO_WARN_AT {
            log::warn!("the current key has sealed very often; add and promote another");
            has_warned = true;
        }
        let changed = changed_at();
        if changed != seen {
            seen = changed;
            has_warned = false;
            read_keys(&app, keys.as_ref());
        }
    }
}

/// Reads the certificate again at SIGHUP; one that cannot be used changes nothing.
async fn watch_certificate(tls: Tls, mut hangup: Signal, clock: Clock) {
    while hangup.recv().await.is_some() {
        match tls.reload(clock.now()) {
            Ok(()) => log::info!("read the certificate again"),
            Err(error) => log::error!("failed to {}; the certificate stays as it is", told(&error)),
        }
    }
}

/// An error with its causes.
fn told(error: &dyn Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {}", told(cause)))
}

fn read_keys(app: &App, keys: Option<&KeyFile>) {
    match keys.map(KeyFile::load) {
        Some(Ok(ring)) => {
            log::info!("read the key ring again: {ring:?}");
            app.tokens.replace_ring(ring);
        }
        Some(Err(error)) => log::error!("failed to {error}; the keys stay as they are"),
        None => {}
    }
}
