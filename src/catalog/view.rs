//! The catalogue in memory: asked at every scan, read from the database when it changed, looked after once a second.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::error::CatalogError;
use super::list::load_catalog;
use super::model::{Catalog, Product, Venue};
use super::store;
use crate::db::Db;
use crate::kernel::{Stopwatch, VenueCode};

/// How old the copy may be before the database is asked whether it still holds.
const MAX_AGE: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Copy {
    catalog: Arc<Catalog>,
    checked: Stopwatch,
}

/// See the module.
pub struct CatalogView {
    db: Db,
    copy: RwLock<Option<Copy>>,
    /// Held by the one request that looks after the copy; the others go on with the old one meanwhile.
    refresh: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for CatalogView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CatalogView").finish_non_exhaustive()
    }
}

impl CatalogView {
    /// Over this database; read when it is first asked.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, copy: RwLock::new(None), refresh: tokio::sync::Mutex::new(()) }
    }

    /// The catalogue, at most about a second old.
    ///
    /// # Errors
    /// The database's.
    pub async fn current(&self) -> Result<Arc<Catalog>, CatalogError> {
        let Some(copy) = self.copy() else {
            return self.refreshed().await;
        };
        if copy.checked.elapsed() < MAX_AGE {
            return Ok(copy.catalog);
        }
        let Ok(_turn) = self.refresh.try_lock() else {
            return Ok(copy.catalog);
        };
        self.check().await
    }

    /// The catalogue as it is now.
    ///
    /// # Errors
    /// The database's.
    pub async fn refreshed(&self) -> Result<Arc<Catalog>, CatalogError> {
        let _turn = self.refresh.lock().await;
        self.check().await
    }

    /// A product, also one made a moment ago.
    ///
    /// # Errors
    /// The database's.
    pub async fn product(&self, product_id: i64) -> Result<Option<Arc<Product>>, CatalogError> {
        if let Some(product) = self.current().await?.products.get(&product_id) {
            return Ok(Some(Arc::clone(product)));
        }
        Ok(self.refreshed().await?.products.get(&product_id).cloned())
    }

    /// A venue, also one made a moment ago.
    ///
    /// # Errors
    /// The database's.
    pub async fn venue(&self, code: &VenueCode) -> Result<Option<Arc<Venue>>, CatalogError> {
        if let Some(venue) = self.current().await?.venues.get(code) {
            return Ok(Some(Arc::clone(venue)));
        }
        Ok(self.refreshed().await?.venues.get(code).cloned())
    }

    fn copy(&self) -> Option<Copy> {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn check(&self) -> Result<Arc<Catalog>, CatalogError> {
        let checked = Stopwatch::start();
        let known = self.copy().map(|copy| copy.catalog);
        let known_revision = known.as_ref().map(|catalog| catalog.revision);
        let changed: Option<Catalog> = self
            .db
            .read(move |tx| -> Result<_, CatalogError> {
                if known_revision == Some(store::revision(tx)?) {
                    return Ok(None);
                }
                load_catalog(tx).map(Some)
            })
            .await?;
        let catalog = changed.map(Arc::new).or(known).unwrap_or_default();
        let copy = Copy { catalog: Arc::clone(&catalog), checked };
        *self.copy.write().unwrap_or_else(PoisonError::into_inner) = Some(copy);
        Ok(catalog)
    }
}
