//! `/healthz`, `/readyz`, `/metrics`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::state::App;
use crate::access::{Allowed, MetricsPermit};
use crate::http::Problem;

/// The server's state in a word.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct StatusBody {
    /// `ok` or `ready`.
    status: &'static str,
}

/// Tell whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "server",
    responses((status = 200, description = "It lives", body = StatusBody)))]
pub(super) async fn healthz() -> web::Json<StatusBody> {
    web::Json(StatusBody { status: "ok" })
}

/// Tell whether requests can be answered
///
/// The database answers, has room for more, and the lane is alive. The schema was brought up to date before the server began to listen.
#[utoipa::path(get, path = "/readyz", tag = "server",
    responses((status = 200, description = "They can", body = StatusBody)))]
pub(super) async fn readyz(app: web::Data<App>) -> Result<web::Json<StatusBody>, Problem> {
    app.readiness.ask(&app.db).await?;
    Ok(web::Json(StatusBody { status: "ready" }))
}

/// Read the metrics
///
/// In the text format of Prometheus; for requests from the server's own machine and for admins, unless the setting
/// `metrics_open` opens them to everybody.
#[utoipa::path(get, path = "/metrics", tag = "server",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(
    app: web::Data<App>,
    permit: Allowed<MetricsPermit>,
) -> Result<HttpResponse, Problem> {
    if !app.settings.metrics_open && !permit.0.is_answered() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "INSUFFICIENT_PERMISSIONS",
            "metrics are read from the server's own machine or by an admin; the setting metrics_open \
             opens them",
        ));
    }
    let (pool, writer) = app.db.queue_stats();
    let (queue, lane) = app.gate.stats();
    let set = |of, value: usize| app.metrics.set(of, u64::try_from(value).unwrap_or(u64::MAX));
    set("pool_jobs_waiting", pool.waiting);
    set("writer_jobs_waiting", writer.waiting);
    set("scans_waiting", queue.waiting);
    set("scan_queue_capacity", queue.capacity);
    let (looks, looked) = app.lookout.stats();
    set("looks_waiting", looks.waiting);
    set("look_queue_capacity", looks.capacity);
    app.metrics.set("look_batches_failed", looked.failed_batches);
    app.metrics.set("scan_batches", lane.batches);
    app.metrics.set("scans_in_batches", lane.commands);
    app.metrics.set("scan_batches_failed", lane.failed_batches);
    app.metrics.set("seals_of_current_key", app.tokens.seal_count().seals);
    let seconds = app.access.clock.now().unix_seconds();
    app.metrics.set("clock_seconds", u64::try_from(seconds).unwrap_or_default());
    if let Some((file, log)) = app.db.file_sizes() {
        app.metrics.set("sqlite_file_bytes", file);
        app.metrics.set("sqlite_log_bytes", log);
    }
    let text = app.metrics.render();
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
