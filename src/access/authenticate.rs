//! Finds out who is asking.
//!
//! Comes in: the text of a key or a token. Goes out: a principal. A key that was accepted is remembered for a moment,
//! so that a busy gate does not look it up at every scan, and a revoked one is refused within a second on every server.

use std::sync::Arc;

use super::error::AccessError;
use super::memory::Memory;
use super::model::{
    KeyKind, KeyText, Limits, OperatorPrincipal, PartnerPrincipal, PermissionSet, Principal,
    TerminalPrincipal, Uses, is_due,
};
use super::store;
use crate::db::{Db, DbError, Tx};
use crate::kernel::{Clock, FunctionCode, PartnerCode, Secret, Timestamp, VenueCode};
use crate::token::{same, sha256};

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

/// Who credentials belong to, as far as they are right; and what is wrong with them.
#[derive(Debug, Default)]
pub struct Identity {
    /// Nobody where there are none; a terminal also where an operator's token beside its key is wrong.
    pub principal: Option<Principal>,
    /// Why they are not accepted, or the database's trouble.
    pub error: Option<AccessError>,
}

impl From<AccessError> for Identity {
    fn from(error: AccessError) -> Self {
        Self { principal: None, error: Some(error) }
    }
}

/// Whose a key is.
#[derive(Clone)]
enum Holder {
    Partner(PartnerPrincipal),
    Terminal(TerminalPrincipal),
    Operator(OperatorPrincipal),
}

/// A key that was found to be good.
struct Accepted {
    holder: Holder,
    /// When it ends by itself.
    expires_at: Option<Timestamp>,
    /// Which use of it is written down.
    last_used_at: Option<Timestamp>,
}

/// See the module; clones share the memory.
#[derive(Clone)]
pub struct Authenticator {
    db: Db,
    clock: Clock,
    openness: Openness,
    memory: Arc<Memory<Holder>>,
    uses: Arc<Uses>,
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
        let memory = Arc::new(Memory::new(clock.clone()));
        Self { db, clock, openness, memory, uses: Arc::default() }
    }

    pub(super) fn uses(&self) -> &Uses {
        &self.uses
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Forgets who was let in: every key and token is looked up again. For this process, after one of them was ended.
    pub fn forget(&self) {
        self.memory.forget();
    }

    /// Who these credentials belong to.
    pub async fn identify(&self, credentials: Credentials) -> Identity {
        let Credentials { api_key, terminal_key, operator_token } = credentials;
        if api_key.is_some() && (terminal_key.is_some() || operator_token.is_some()) {
            return AccessError::TwoCredentials.into();
        }
        let partner = match self.holder_of(KeyKind::Partner, api_key).await {
            Ok(partner) => partner,
            Err(error) => return error.into(),
        };
        let terminal = match self.holder_of(KeyKind::Terminal, terminal_key).await {
            Ok(terminal) => terminal,
            Err(error) => return error.into(),
        };
        let (operator, error) = match self.holder_of(KeyKind::Operator, operator_token).await {
            Ok(operator) => (operator, None),
            Err(error) => (None, Some(error)),
        };
        let principal = match (partner, terminal, operator) {
            (Some(Holder::Partner(partner)), ..) => Some(Principal::Partner(partner)),
            (_, Some(Holder::Terminal(terminal)), Some(Holder::Operator(operator))) => {
                Some(Principal::OperatorAtTerminal(operator, terminal))
            }
            (_, Some(Holder::Terminal(terminal)), _) => Some(Principal::Terminal(terminal)),
            (_, _, Some(Holder::Operator(operator))) => Some(Principal::Operator(operator)),
            _ if error.is_some() => None,
            _ => self.visitor(),
        };
        Identity { principal, error }
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
        let question = match self.memory.recall((kind, sha256(text.expose().as_bytes()))) {
            Ok(holder) => return Ok(Some(holder)),
            Err(question) => question,
        };
        match self.look_up(kind, &text).await {
            Ok(Some(Accepted { holder, expires_at, .. })) => {
                self.memory.accept(&question, holder.clone(), expires_at);
                Ok(Some(holder))
            }
            Ok(None) => {
                self.memory.refuse(&question);
                Err(not_accepted(kind))
            }
            Err(error) => self.memory.unanswered(&question).map(Some).ok_or_else(|| error.into()),
        }
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
                    key_prefix: "demo".to_owned(),
                    permissions: PermissionSet::all(),
                    limits: Arc::default(),
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

    async fn look_up(
        &self,
        kind: KeyKind,
        text: &Secret<String>,
    ) -> Result<Option<Accepted>, DbError> {
        let Some(key) = KeyText::parse(kind, text.expose()) else { return Ok(None) };
        let now = self.clock.now();
        let prefix = key.prefix.clone();
        let found = self.db.read(move |tx| match kind {
            KeyKind::Partner => partner(tx, &key, now),
            KeyKind::Terminal => terminal(tx, &key),
            KeyKind::Operator => operator(tx, &key, now),
        });
        let found = found.await?;
        if found.as_ref().is_some_and(|accepted| is_due(accepted.last_used_at, now)) {
            self.uses.note(kind, &prefix, now);
        }
        Ok(found)
    }
}

fn not_accepted(kind: KeyKind) -> AccessError {
    match kind {
        KeyKind::Partner => AccessError::InvalidApiKey,
        KeyKind::Terminal => AccessError::InvalidTerminalKey,
        KeyKind::Operator => AccessError::InvalidOperatorToken,
    }
}

fn partner(tx: &mut Tx, key: &KeyText, now: Timestamp) -> Result<Option<Accepted>, DbError> {
    let Some(row) = store::api_key(tx, &key.prefix)? else {
        return Ok(None);
    };
    let is_over = row.revoked_at.is_some()
        || row.disabled_at.is_some()
        || row.expires_at.is_some_and(|at| at <= now.naive_utc());
    if is_over || !key.is_proven_by(&row.secret_hash) {
        return Ok(None);
    }
    let limits = row.rate_limits.as_deref().and_then(Limits::from_json).unwrap_or_default();
    let (key_prefix, limits) = (key.prefix.clone(), Arc::new(limits));
    let parsed = PartnerCode::parse(&row.partner_code).ok().zip(row.permissions.parse().ok());
    Ok(parsed.map(|(partner_code, permissions)| Accepted {
        holder: Holder::Partner(PartnerPrincipal { partner_code, key_prefix, permissions, limits }),
        expires_at: row.expires_at.map(Timestamp::from_naive_utc),
        last_used_at: row.last_used_at.map(Timestamp::from_naive_utc),
    }))
}

fn terminal(tx: &mut Tx, key: &KeyText) -> Result<Option<Accepted>, DbError> {
    let Some(row) = store::terminal_by_key(tx, &key.prefix)? else {
        return Ok(None);
    };
    if row.revoked_at.is_some() || !row.secret_hash.is_some_and(|hash| key.is_proven_by(&hash)) {
        return Ok(None);
    }
    let codes = row.functions.map(|codes| codes.split(',').map(FunctionCode::parse).collect());
    let parsed = VenueCode::parse(&row.venue_code).ok().zip(codes.transpose().ok());
    Ok(parsed.map(|(venue_code, functions)| {
        let terminal_device_id = row.terminal_device_id;
        Accepted {
            holder: Holder::Terminal(TerminalPrincipal {
                terminal_device_id,
                venue_code,
                functions,
            }),
            expires_at: None,
            last_used_at: row.last_seen_at.map(Timestamp::from_naive_utc),
        }
    }))
}

fn operator(tx: &mut Tx, key: &KeyText, now: Timestamp) -> Result<Option<Accepted>, DbError> {
    let Some(row) = store::session(tx, &key.prefix)? else {
        return Ok(None);
    };
    let is_over =
        row.revoked_at.is_some() || row.disabled_at.is_some() || row.expires_at <= now.naive_utc();
    if is_over || !key.is_proven_by(&row.secret_hash) {
        return Ok(None);
    }
    let role = row.role.parse().ok();
    Ok(role.map(|role| {
        let token_prefix = key.prefix.clone();
        Accepted {
            holder: Holder::Operator(OperatorPrincipal {
                username: row.username,
                role,
                token_prefix,
            }),
            expires_at: Some(Timestamp::from_naive_utc(row.expires_at)),
            // Of a session it is known when it began and when it ends; more is not written down.
            last_used_at: Some(now),
        }
    }))
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;
    use crate::access::create_partner::create_partner;
    use crate::access::model::NewPartner;
    use crate::access::permit::AdminPermit;
    use crate::db::{DbSettings, Session, Target, Timeouts, run_migrations};

    /// A database with a partner; and the text of its key.
    fn prepare(target: Target) -> (Db, String) {
        let mut session = Session::new(target.clone());
        run_migrations(&mut session).unwrap();
        let partner = NewPartner {
            partner_code: PartnerCode::parse("acme").unwrap(),
            partner_name: None,
            permissions: PermissionSet::all(),
        };
        let (admin, now) = (AdminPermit::for_command_line(), Clock::System.now());
        let made = session.write(|tx| create_partner(tx, &admin, partner, now)).unwrap();
        let settings = DbSettings {
            target,
            pool: 1,
            lanes: 1,
            batch: 1,
            queue: 16,
            timeouts: Timeouts::default(),
        };
        (Db::open(settings).unwrap(), made.api_key)
    }

    fn by_key(text: String) -> Credentials {
        Credentials { api_key: Some(Secret::new(text)), ..Credentials::default() }
    }

    #[test]
    fn a_flood_of_bad_keys_fills_no_memory() {
        let folder = tempfile::tempdir().unwrap();
        let (db, api_key) = prepare(Target::Sqlite(folder.path().join("test.db")));
        let door = Authenticator::new(db.clone(), Clock::System, Openness::Closed);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let ask = |text: String| runtime.block_on(door.identify(by_key(text)));
        assert!(ask(api_key.clone()).principal.is_some());
        let prefix = KeyText::parse(KeyKind::Partner, &api_key).unwrap().prefix;
        for number in 0..1000 {
            for bad in [
                format!("tg_live_{number}_{number}"),
                format!("tg_live_{prefix}_{number}"),
                format!("junk {number}"),
            ] {
                assert!(matches!(ask(bad).error, Some(AccessError::InvalidApiKey)));
            }
        }
        assert_eq!(door.memory.len(), 1);
        assert_eq!(door.uses.take(usize::MAX).len(), 1);
        db.close();
    }

    #[tokio::test]
    async fn only_one_waits_for_a_key_that_is_looked_up_again() {
        let folder = tempfile::tempdir().unwrap();
        let (db, api_key) = prepare(Target::Sqlite(folder.path().join("test.db")));
        let door = Authenticator {
            memory: Arc::new(Memory::always_due(Clock::System)),
            ..Authenticator::new(db.clone(), Clock::System, Openness::Closed)
        };
        let ask = || door.identify(by_key(api_key.clone()));
        assert!(ask().await.principal.is_some());
        let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
        let stall = db.read(move |_| {
            may_go_on.recv().ok();
            Ok::<_, DbError>(())
        });
        let (mut stall, mut first, mut next) = (pin!(stall), pin!(ask()), pin!(ask()));
        let at_once = poll_fn(|context| {
            assert!(stall.as_mut().poll(context).is_pending());
            assert!(first.as_mut().poll(context).is_pending());
            Poll::Ready(next.as_mut().poll(context))
        });
        let Poll::Ready(identity) = at_once.await else { panic!("it waits as well") };
        assert!(identity.principal.is_some());
        drop(go_on);
        assert!(first.await.principal.is_some());
        stall.await.unwrap();
        db.close();
        assert!(ask().await.principal.is_some(), "it is known, whatever the database says");
    }
}
