//! What a server holds while it runs, made once from its settings.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use actix_web::web::Data;

use super::error::AppError;
use super::readiness::Readiness;
use super::tls::Tls;
use crate::access::{AccessState, Authenticator, Hasher, Limiter, Openness};
use crate::admin::AdminState;
use crate::catalog::CatalogView;
use crate::config::Settings;
use crate::db::Db;
use crate::http::{HttpSettings, Metrics};
use crate::jobs::Worker;
use crate::kernel::Clock;
use crate::ota::OtaState;
use crate::qr::QrState;
use crate::redemption::{Gate, Lookout};
use crate::token::{KeyRing, Tokens};
use crate::venue::VenueState;

/// What a server is made of beside its settings.
#[derive(Debug)]
pub struct AppSettings {
    /// The settings.
    pub settings: Settings,
    /// The clock.
    pub clock: Clock,
    /// Who is let in without credentials.
    pub openness: Openness,
    /// The keys of the QR codes.
    pub ring: KeyRing,
}

/// See the module; clones share everything.
#[derive(Clone, Debug)]
pub struct App {
    /// The settings.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// The keys of the QR codes.
    pub tokens: Arc<Tokens>,
    /// The scans' way in.
    pub gate: Arc<Gate>,
    /// The looks' way in.
    pub lookout: Arc<Lookout>,
    pub(super) is_demo: bool,
    pub(super) tls: Option<Tls>,
    pub(super) readiness: Readiness,
    pub(super) http: Data<HttpSettings>,
    pub(super) metrics: Data<Metrics>,
    pub(super) authenticator: Data<Authenticator>,
    pub(super) limiter: Data<Limiter>,
    pub(super) access: Data<AccessState>,
    pub(super) admin: Data<AdminState>,
    pub(super) ota: Data<OtaState>,
    pub(super) qr: Data<QrState>,
    pub(super) venue: Data<VenueState>,
}

impl App {
    /// What clients speak with it: `https` or `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Opens the database, which must be migrated, and starts its threads.
    ///
    /// # Errors
    /// Another server has the SQLite file.
    pub fn open(parts: AppSettings) -> Result<Self, AppError> {
        let AppSettings { settings, clock, openness, ring } = parts;
        let is_demo = matches!(openness, Openness::Demo { .. });
        let tls = Tls::open(&settings, clock.now())?;
        let db = Db::open(settings.db.clone())?;
        let catalog = Arc::new(CatalogView::new(db.clone()));
        let tokens = Arc::new(Tokens::new(ring, settings.token_memory));
        let gate = Arc::new(Gate::open(&db, clock.clone()));
        let lookout = Arc::new(Lookout::open(&db));
        let limits = (!is_demo).then(|| Limiter::new(settings.limits.clone(), clock.clone()));
        let authenticator = Authenticator::new(db.clone(), clock.clone(), openness);
        let hashing = (Hasher::new(cores()), authenticator.clone());
        let access = AccessState::new(db.clone(), clock.clone(), hashing, settings.session_length);
        Ok(Self {
            limiter: Data::new(limits.unwrap_or_default()),
            metrics: Data::new(Metrics::new()?),
            authenticator: Data::new(authenticator),
            access: Data::new(access.clone()),
            admin: Data::new(AdminState {
                access,
                timezone: settings.generate.timezone,
                currency: settings.generate.currency,
            }),
            ota: Data::new(OtaState {
                db: db.clone(),
                clock: clock.clone(),
                catalog: Arc::clone(&catalog),
                worker: Worker::new(),
                settings: settings.generate,
            }),
            qr: Data::new(QrState {
                db: db.clone(),
                clock: clock.clone(),
                catalog: Arc::clone(&catalog),
                tokens: Arc::clone(&tokens),
                lookout: Arc::clone(&lookout),
            }),
            venue: Data::new(VenueState {
                db: db.clone(),
                clock,
                catalog,
                tokens: Arc::clone(&tokens),
                gate: Arc::clone(&gate),
                undo_window: settings.undo_window,
                timezone: settings.generate.timezone,
            }),
            http: Data::new(settings.transport.http.clone()),
            is_demo,
            tls,
            readiness: Readiness::default(),
            settings,
            db,
            tokens,
            gate,
            lookout,
        })
    }
}

fn cores() -> NonZeroUsize {
    available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
