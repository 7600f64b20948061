//! Finds out who is asking.
//!
//! Comes in: the text of a key. Goes out: a principal. A key that was accepted is remembered for a second, so that
//! a busy gate does not look it up at every scan, and a revoked one is refused a second later on every server.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::error::AccessError;
use super::model::{KeyKind, KeyText, PermissionSet, Principal};
use super::store;
use crate::db::{Db, DbError, Tx};
use crate::kernel::{Clock, PartnerCode, Secret, Stopwatch, Timestamp, VenueCode};
use crate::token::{same, sha256};

/// How long an accepted key is taken without looking it up again.
const REMEMBERED: Duration = Duration::from_secs(1);
/// Keys remembered at most.
const MEMORY_SIZE: usize = 4096;

/// How open the server is.
#[derive(Clone, Debug)]
pub enum Openness {
    /// Everything needs credentials.
    Closed,
    /// A demo: callers without credentials are visitors, and two keys are well known.
    Demo {
        /// The key, known to this process only.
        api_key: Secret<String>,
        /// The partner that it stands for.
        partner_code: PartnerCode,
        /// The key of its terminal, known to this process only.
        terminal_key: Secret<String>,
        /// The terminal that it stands for.
        terminal_device_id: String,
        /// Where that terminal stands.
        venue_code: VenueCode,
    },
}

/// What a request brought along.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// `X-API-Key`
    pub api_key: Option<Secret<String>>,
    /// `X-Terminal-Key`
    pub terminal_key: Option<Secret<String>>,
}

#[derive(Clone)]
struct Remembered {
    principal: Principal,
    since: Stopwatch,
}

/// See the module; clones share the memory.
#[derive(Clone)]
pub struct Authenticator {
    db: Db,
    clock: Clock,
    openness: Openness,
    memory: Arc<Cache<(KeyKind, [u8; 32]), Remembered>>,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator").field("openness", &self.openness).finish_non_exhaustive()
    }
}

impl Authenticator {
    /// Looks keys up in this database.
    #[must_use]
    pub fn new(db: Db, clock: Clock, openness: Openness) -> Self {
        Self { db, clock, openness, memory: Arc::new(Cache::new(MEMORY_SIZE)) }
    }

    /// Who these credentials belong to; nobody where there are none.
    ///
    /// # Errors
    /// The credentials are wrong, or the database's.
    pub async fn identify(
        &self,
        credentials: Credentials,
    ) -> Result<Option<Principal>, AccessError> {
        let (kind, text) = match (credentials.api_key, credentials.terminal_key) {
            (None, None) => return Ok(self.visitor()),
            (Some(_), Some(_)) => return Err(AccessError::TwoCredentials),
            (Some(key), None) => (KeyKind::Partner, key),
            (None, Some(key)) => (KeyKind::Terminal, key),
        };
        if let Some(principal) = self.demo_principal(kind, &text) {
            return Ok(Some(principal));
        }
        let remembered_as = (kind, sha256(text.expose().as_bytes()));
        if let Some(known) = self.memory.get(&remembered_as)
            && known.since.elapsed() < REMEMBERED
        {
            return Ok(Some(known.principal));
        }
        let since = Stopwatch::start();
        let principal = self.look_up(kind, &text).await?;
        self.memory.insert(remembered_as, Remembered { principal: principal.clone(), since });
        Ok(Some(principal))
    }

    fn visitor(&self) -> Option<Principal> {
        match self.openness {
            Openness::Closed => None,
            Openness::Demo { .. } => Some(Principal::DemoVisitor),
        }
    }

    /// The demo's own partner and terminal, by their well-known keys.
    fn demo_principal(&self, kind: KeyKind, text: &Secret<String>) -> Option<Principal> {
        let Openness::Demo { api_key, partner_code, terminal_key, terminal_device_id, venue_code } =
            &self.openness
        else {
            return None;
        };
        let is = |key: &Secret<String>| same(text.expose().as_bytes(), key.expose().as_bytes());
        match kind {
            KeyKind::Partner => is(api_key).then(|| Principal::Partner {
                partner_code: partner_code.clone(),
                permissions: PermissionSet::all(),
            }),
            KeyKind::Terminal => is(terminal_key).then(|| Principal::Terminal {
                terminal_device_id: terminal_device_id.clone(),
                venue_code: venue_code.clone(),
            }),
        }
    }

    async fn look_up(
        &self,
        kind: KeyKind,
        text: &Secret<String>,
    ) -> Result<Principal, AccessError> {
        let unknown = || match kind {
            KeyKind::Partner => AccessError::InvalidApiKey,
            KeyKind::Terminal => AccessError::InvalidTerminalKey,
        };
        let key = KeyText::parse(kind, text.expose()).ok_or_else(unknown)?;
        let now = self.clock.now();
        let found = self.db.read(move |tx| match kind {
            KeyKind::Partner => partner(tx, &key, now),
            KeyKind::Terminal => terminal(tx, &key),
        });
        found.await?.ok_or_else(unknown)
    }
}

fn proves(key: &KeyText, secret_hash: &[u8]) -> bool {
    same(&sha256(key.secret.expose().as_bytes()), secret_hash)
}

fn partner(tx: &mut Tx, key: &KeyText, now: Timestamp) -> Result<Option<Principal>, DbError> {
    let Some(row) = store::api_key(tx, &key.prefix)? else {
        return Ok(None);
    };
    let is_over =
        row.revoked_at.is_some() || row.expires_at.is_some_and(|at| at <= now.naive_utc());
    if is_over || !proves(key, &row.secret_hash) {
        return Ok(None);
    }
    let parsed = PartnerCode::parse(&row.partner_code).ok().zip(row.permissions.parse().ok());
    Ok(parsed.map(|(partner_code, permissions)| Principal::Partner { partner_code, permissions }))
}

fn terminal(tx: &mut Tx, key: &KeyText) -> Result<Option<Principal>, DbError> {
    let Some(row) = store::terminal(tx, &key.prefix)? else {
        return Ok(None);
    };
    if row.revoked_at.is_some() || !proves(key, &row.secret_hash) {
        return Ok(None);
    }
    let venue_code = VenueCode::parse(&row.venue_code).ok();
    Ok(venue_code.map(|venue_code| Principal::Terminal {
        terminal_device_id: row.terminal_device_id,
        venue_code,
    }))
}
