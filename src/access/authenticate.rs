//! Finds out who is asking.
//!
//! Comes in: the text of a key or a token. Goes out: a principal. A key that was accepted is remembered for a moment,
//! so that a busy gate does not look it up at every scan, and a revoked one is refused within a second on every server.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::error::AccessError;
use super::model::{
    KeyKind, KeyText, OperatorPrincipal, PartnerPrincipal, PermissionSet, Principal,
    TerminalPrincipal,
};
use super::store;
use crate::db::{Db, DbError, Tx};
use crate::kernel::{Clock, FunctionCode, PartnerCode, Secret, Stopwatch, Timestamp, VenueCode};
use crate::token::{same, sha256};

/// How long an accepted key is taken without looking it up again.
const REMEMBERED: Duration = Duration::from_millis(750);
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
    /// `Authorization: Bearer`
    pub operator_token: Option<Secret<String>>,
}

/// Whose a key is.
#[derive(Clone)]
enum Holder {
    Partner(PartnerPrincipal),
    Terminal(TerminalPrincipal),
    Operator(OperatorPrincipal),
}

#[derive(Clone)]
struct Remembered {
    holder: Holder,
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

    /// Forgets who was let in: every key and token is looked up again. For this process, after one of them was ended.
    pub fn forget(&self) {
        self.memory.clear();
    }

    /// Who these credentials belong to; nobody where there are none.
    ///
    /// # Errors
    /// The credentials are wrong, or the database's.
    pub async fn identify(
        &self,
        credentials: Credentials,
    ) -> Result<Option<Principal>, AccessError> {
        let Credentials { api_key, terminal_key, operator_token } = credentials;
        if api_key.is_some() && (terminal_key.is_some() || operator_token.is_some()) {
            return Err(AccessError::TwoCredentials);
        }
        let partner = self.holder_of(KeyKind::Partner, api_key).await?;
        let terminal = self.holder_of(KeyKind::Terminal, terminal_key).await?;
        let operator = self.holder_of(KeyKind::Operator, operator_token).await?;
        Ok(match (partner, terminal, operator) {
            (Some(Holder::Partner(partner)), ..) => Some(Principal::Partner(partner)),
            (_, Some(Holder::Terminal(terminal)), Some(Holder::Operator(operator))) => {
                Some(Principal::OperatorAtTerminal(operator, terminal))
            }
            (_, Some(Holder::Terminal(terminal)), _) => Some(Principal::Terminal(terminal)),
            (_, _, Some(Holder::Operator(operator))) => Some(Principal::Operator(operator)),
            _ => self.visitor(),
        })
    }

    async fn holder_of(
        &self,
        kind: KeyKind,
        text: Option<Secret<String>>,
    ) -> Result<Option<Holder>, AccessError> {
        let Some(text) = text else { return Ok(None) };
        if let Some(holder) = self.demo_holder(kind, &text) {
            return Ok(Some(holder));
        }
        let remembered_as = (kind, sha256(text.expose().as_bytes()));
        if let Some(known) = self.memory.get(&remembered_as)
            && known.since.elapsed() < REMEMBERED
        {
            return Ok(Some(known.holder));
        }
        let since = Stopwatch::start();
        let holder = self.look_up(kind, &text).await?;
        self.memory.insert(remembered_as, Remembered { holder: holder.clone(), since });
        Ok(Some(holder))
    }

    fn visitor(&self) -> Option<Principal> {
        match self.openness {
            Openness::Closed => None,
            Openness::Demo { .. } => Some(Principal::DemoVisitor),
        }
    }

    /// The demo's own partner and terminal, by their well-known keys.
    fn demo_holder(&self, kind: KeyKind, text: &Secret<String>) -> Option<Holder> {
        let Openness::Demo { api_key, partner_code, terminal_key, terminal_device_id, venue_code } =
            &self.openness
        else {
            return None;
        };
        let is = |key: &Secret<String>| same(text.expose().as_bytes(), key.expose().as_bytes());
        match kind {
            KeyKind::Partner => is(api_key).then(|| {
                Holder::Partner(PartnerPrincipal {
                    partner_code: partner_code.clone(),
                    permissions: PermissionSet::all(),
                })
            }),
            KeyKind::Terminal => is(terminal_key).then(|| {
                Holder::Terminal(TerminalPrincipal {
                    terminal_device_id: terminal_device_id.clone(),
                    venue_code: venue_code.clone(),
                    functions: None,
                })
            }),
            KeyKind::Operator => None,
        }
    }

    async fn look_up(&self, kind: KeyKind, text: &Secret<String>) -> Result<Holder, AccessError> {
        let unknown = || match kind {
            KeyKind::Partner => AccessError::InvalidApiKey,
            KeyKind::Terminal => AccessError::InvalidTerminalKey,
            KeyKind::Operator => AccessError::InvalidOperatorToken,
        };
        let key = KeyText::parse(kind, text.expose()).ok_or_else(unknown)?;
        let now = self.clock.now();
        let found = self.db.read(move |tx| match kind {
            KeyKind::Partner => partner(tx, &key, now),
            KeyKind::Terminal => terminal(tx, &key),
            KeyKind::Operator => operator(tx, &key, now),
        });
        found.await?.ok_or_else(unknown)
    }
}

fn proves(key: &KeyText, secret_hash: &[u8]) -> bool {
    same(&sha256(key.secret.expose().as_bytes()), secret_hash)
}

fn partner(tx: &mut Tx, key: &KeyText, now: Timestamp) -> Result<Option<Holder>, DbError> {
    let Some(row) = store::api_key(tx, &key.prefix)? else {
        return Ok(None);
    };
    let is_over = row.revoked_at.is_some()
        || row.disabled_at.is_some()
        || row.expires_at.is_some_and(|at| at <= now.naive_utc());
    if is_over || !proves(key, &row.secret_hash) {
        return Ok(None);
    }
    let parsed = PartnerCode::parse(&row.partner_code).ok().zip(row.permissions.parse().ok());
    Ok(parsed.map(|(partner_code, permissions)| {
        Holder::Partner(PartnerPrincipal { partner_code, permissions })
    }))
}

fn terminal(tx: &mut Tx, key: &KeyText) -> Result<Option<Holder>, DbError> {
    let Some(row) = store::terminal_by_key(tx, &key.prefix)? else {
        return Ok(None);
    };
    if row.revoked_at.is_some() || !row.secret_hash.is_some_and(|hash| proves(key, &hash)) {
        return Ok(None);
    }
    let codes = row.functions.map(|codes| codes.split(',').map(FunctionCode::parse).collect());
    let parsed = VenueCode::parse(&row.venue_code).ok().zip(codes.transpose().ok());
    Ok(parsed.map(|(venue_code, functions)| {
        let terminal_device_id = row.terminal_device_id;
        Holder::Terminal(TerminalPrincipal { terminal_device_id, venue_code, functions })
    }))
}

fn operator(tx: &mut Tx, key: &KeyText, now: Timestamp) -> Result<Option<Holder>, DbError> {
    let Some(row) = store::session(tx, &key.prefix)? else {
        return Ok(None);
    };
    let is_over =
        row.revoked_at.is_some() || row.disabled_at.is_some() || row.expires_at <= now.naive_utc();
    if is_over || !proves(key, &row.secret_hash) {
        return Ok(None);
    }
    let role = row.role.parse().ok();
    Ok(role.map(|role| {
        let token_prefix = key.prefix.clone();
        Holder::Operator(OperatorPrincipal { username: row.username, role, token_prefix })
    }))
}
