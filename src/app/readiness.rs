//! Whether requests can be answered: one look at the database a second, whoever asks and however many.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::db::Db;
use crate::http::Problem;
use crate::kernel::Stopwatch;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long what was found goes for all who ask.
const FRESH: Duration = Duration::from_secs(1);

type Found = Result<(), Problem>;

/// See the module; clones share what was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Readiness(Arc<Mutex<Option<(Stopwatch, Found)>>>);

impl Readiness {
    /// Looks, unless it is known.
    ///
    /// # Errors
    /// The database does not answer, or not in time.
    pub(super) async fn ask(&self, db: &Db) -> Found {
        let (known, db) = (Arc::clone(&self.0), db.clone());
        // A task of its own: a client that goes away while it waits does not make the next one begin again.
        let look = tokio::spawn(async move {
            let mut known = known.lock().await;
            match &*known {
                Some((since, found)) if since.elapsed() < FRESH => found.clone(),
                _ => {
                    let found = look(&db).await;
                    *known = Some((Stopwatch::start(), found.clone()));
                    found
                }
            }
        });
        look.await.unwrap_or_else(|_| Err(Problem::unavailable("the server is about to end")))
    }
}

async fn look(db: &Db) -> Found {
    let checked = tokio::time::timeout(PATIENCE, db.check()).await;
    Ok(checked.map_err(|_| Problem::unavailable("the database does not answer in time"))??)
}
