//! What a server does beside answering requests: goes on with abandoned batches, erases personal data that was kept
//! long enough, reads a changed key ring, counts what the current key has sealed, writes down when keys were last used,
//! and deletes what is too old.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::state::App;
use super::tls::Tls;
use crate::access::{AccessError, prune_log_ins, write_last_uses};
use crate::config::{KeyFile, Role};
use crate::kernel::{Clock, Stopwatch, causes};
use crate::ota::{OtaState, resume_abandoned_batch};
use crate::tickets::{Retention, count_seals, erase_what_is_over};
use crate::token::SealCount;

/// How often abandoned work is looked for.
const EVERY: Duration = Duration::from_secs(1);
/// How often the key file is looked at: a change is in force within a second.
const LOOK_AT_KEYS_EVERY: Duration = Duration::from_millis(250);
/// How often it is asked whether personal data is to be erased, which is once a day.
const ERASE_EVERY: Duration = Duration::from_mins(1);
/// How often the seals of a key are counted; between times a server counts its own.
const COUNT_EVERY: Duration = Duration::from_hours(24);
/// How long the end of a server waits for the last of what is to be written down.
const PATIENCE_AT_END: Duration = Duration::from_secs(2);
/// How often what is too old to keep is deleted.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
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
            if let Some(days) = app.settings.retention_days {
                tasks.push(tokio::spawn(erase_once_a_day(app.clone(), days)));
            }
            tasks.push(tokio::spawn(prune(app.clone())));
        }
        tasks.push(tokio::spawn(count_seals_of_keys(app.clone())));
        if let Some(tls) = app.tls.clone() {
            match signal(SignalKind::hangup()) {
                Ok(hangup) => {
                    let clock = app.ota.clock.clone();
                    tasks.push(tokio::spawn(watch_certificate(tls, hangup, clock)));
                }
                Err(error) => log::error!(
                    "failed to listen for SIGHUP: {}; the certificate is not read again",
                    causes(&error)
                ),
            }
        }
        tasks.push(tokio::spawn(watch_keys(app.clone(), keys)));
        tasks.push(tokio::spawn(write_uses(app.clone())));
        Self { tasks }
    }

    /// Ends them; what they leave undone is under a lease, done again at the next start, or done here.
    pub(super) async fn stop(self, app: &App) {
        for task in self.tasks {
            task.abort();
        }
        let written = tokio::time::timeout(PATIENCE_AT_END, write_noted_uses(app)).await;
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::warn!(
                "failed to write down when some keys were last used: failed to {}",
                causes(&error)
            ),
            Err(_) => {
                log::warn!("failed to write down in time when some keys were last used");
            }
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
                log::error!(
                    "failed to go on with an abandoned batch: failed to {}",
                    causes(&error)
                );
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

async fn erase_once_a_day(app: App, days: u32) {
    let OtaState { db, clock, worker, .. } = app.ota.get_ref().clone();
    let retention = Retention { db, clock, worker, days };
    loop {
        match erase_what_is_over(&retention).await {
            Ok(Some(erased)) => {
                log::info!("erased personal data of {erased} tickets, over for {days} days");
            }
            Ok(None) => {}
            Err(error) => log::error!(
                "failed to erase personal data that was kept long: failed to {}",
                causes(&error)
            ),
        }
        tokio::time::sleep(ERASE_EVERY).await;
    }
}

/// Counts in the database what the current key has sealed, at the start, once a day and for each new current key, and
/// says when it is much.
async fn count_seals_of_keys(app: App) {
    let mut counted: Option<(String, Stopwatch)> = None;
    let mut has_warned = false;
    loop {
        let SealCount { key_id, seals } = app.tokens.seal_count();
        let is_due = counted
            .as_ref()
            .is_none_or(|(of, watch)| *of != key_id || watch.elapsed() >= COUNT_EVERY);
        if is_due {
            has_warned = false;
            count_seals_of(&app, key_id.clone()).await;
            counted = Some((key_id, Stopwatch::start()));
        } else if !has_warned && seals > SEALS_TO_WARN_AT {
            log::warn!("key {key_id} has sealed {seals} codes; add and promote another");
            has_warned = true;
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn count_seals_of(app: &App, key_id: String) {
    let of = key_id.clone();
    match app.db.read(move |tx| count_seals(tx, &of)).await {
        Ok(seals) => {
            let seals = u64::try_from(seals).unwrap_or_default();
            app.tokens.set_seal_count(&SealCount { key_id, seals });
        }
        Err(error) => log::error!(
            "failed to count what key {key_id} has sealed: failed to {}",
            causes(&error)
        ),
    }
}

/// Writes down when keys were last used.
async fn write_uses(app: App) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = write_noted_uses(&app).await {
            log::error!(
                "failed to write down when keys were last used: failed to {}",
                causes(&error)
            );
        }
    }
}

async fn write_noted_uses(app: &App) -> Result<(), AccessError> {
    while write_last_uses(&app.authenticator).await? > 0 {}
    Ok(())
}

async fn prune(app: App) {
    loop {
        if let Err(error) = prune_log_ins(&app.db, app.access.clock.now()).await {
            log::error!(
                "failed to delete old sessions and failed log-ins: failed to {}",
                causes(&error)
            );
        }
        tokio::time::sleep(PRUNE_EVERY).await;
    }
}

/// Reads the key file again when it changed, and at SIGHUP.
async fn watch_keys(app: App, keys: Option<KeyFile>) {
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => {
            log::error!(
                "failed to listen for SIGHUP: {}; the key ring is not read again",
                causes(&error)
            );
            return;
        }
    };
    let Some(keys) = keys else { return };
    // The file may have changed since the server read it to start with, so it is read once more.
    let (mut seen, mut complaint) = (None, None);
    loop {
        tokio::select! {
            _ = hangup.recv() => (seen, complaint) = (None, None),
            () = tokio::time::sleep(LOOK_AT_KEYS_EVERY) => {}
        }
        let version = keys.version();
        if version == seen {
            continue;
        }
        // What could not be read is read again, since its owner may mend it without making another version of it.
        match read_keys(&app, &keys) {
            Ok(()) => (seen, complaint) = (version, None),
            Err(error) => {
                if complaint.as_ref() != Some(&(version, error.clone())) {
                    log::error!("failed to {error}; the keys stay as they are");
                }
                complaint = Some((version, error));
            }
        }
    }
}

/// Reads the certificate again at SIGHUP; one that cannot be used changes nothing.
async fn watch_certificate(tls: Tls, mut hangup: Signal, clock: Clock) {
    while hangup.recv().await.is_some() {
        match tls.reload(clock.now()) {
            Ok(()) => log::info!("read the certificate again"),
            Err(error) => {
                log::error!("failed to {}; the certificate stays as it is", causes(&error));
            }
        }
    }
}

/// Takes over what the key file holds; says what is wrong with it.
fn read_keys(app: &App, keys: &KeyFile) -> Result<(), String> {
    let ring = keys.load().map_err(|error| causes(&error))?;
    let shown = format!("{ring:?}");
    if app.tokens.replace_ring(ring) {
        log::info!("the key ring has changed: {shown}");
    }
    Ok(())
}
