//! Starts the HTTP server, and ends it: stop accepting, finish what is in flight, drain the lane, go.

use std::net::{SocketAddr, TcpListener};

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App as ActixApp, HttpServer, web};
use socket2::{Domain, Protocol, Socket, Type};

use super::descriptors::raise_file_limit;
use super::error::AppError;
use super::guard::guard_demo;
use super::routes;
use super::state::App;
use super::workers::{self, Workers};
use crate::config::{KeyFile, Role};
use crate::db::courier;
use crate::http::{Connections, add_security_headers, hold_unread_body, observe};

/// Connections that may wait to be accepted; the standard library's 128 would make a crowd wait a second.
const BACKLOG: i32 = 1024;

/// How long a browser may remember what another site's page may do.
const PREFLIGHT_SECONDS: usize = 600;

/// Listens on an address.
///
/// # Errors
/// The address is taken or not this machine's.
pub fn listen(address: SocketAddr) -> Result<TcpListener, AppError> {
    let listening = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    };
    listening().map_err(|source| AppError::Listen { address: address.to_string(), source })
}

/// The HTTP server on these listeners; it runs while it is awaited, until a signal or its handle stops it. To be called
/// within the runtime.
///
/// # Errors
/// The operating system's.
pub fn server(app: &App, listeners: Vec<TcpListener>) -> Result<Server, AppError> {
    let shared = web::Data::new(app.clone());
    let settings = &app.settings;
    // Each thread has its share of the connections, and at least one.
    let workers = settings.workers.min(settings.max_connections);
    let transport = &settings.transport;
    // From an answer's end the client has this long to take it and to send the next head.
    let connections = Connections::watch(transport.keep_alive + transport.head_timeout);
    let mut http = HttpServer::new(move || {
        if let Some(courier) = courier() {
            actix_web::rt::spawn(courier);
        }
        let app = shared.get_ref();
        ActixApp::new()
            .app_data(shared.clone())
            .app_data(app.http.clone())
            .app_data(app.metrics.clone())
            .app_data(app.authenticator.clone())
            .app_data(app.access.clone())
            .app_data(app.limiter.clone())
            .app_data(app.admin.clone())
            .app_data(app.ota.clone())
            .app_data(app.qr.clone())
            .app_data(app.venue.clone())
            .configure(routes::mount)
            .wrap(from_fn(guard_demo))
            .wrap(cross_origin(&app.settings.transport.cors_origins))
            .wrap(from_fn(observe))
            .wrap(from_fn(add_security_headers))
            .wrap(from_fn(hold_unread_body))
    })
    .on_connect(move |stream, data| connections.add(stream, data))
    .workers(workers)
    .max_connections(settings.max_connections / workers)
    .client_request_timeout(transport.head_timeout)
    .tls_handshake_timeout(transport.head_timeout)
    .keep_alive(transport.keep_alive)
    .shutdown_timeout(settings.grace.as_secs());
    for listener in listeners {
        http = match &app.tls {
            Some(tls) => http.listen_rustls_0_23(listener, tls.config())?,
            None => http.listen(listener)?,
        };
    }
    Ok(http.run())
}

/// Which pages of other sites may call: none, unless the settings name their origins.
fn cross_origin(origins: &[String]) -> Condition<Cors> {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "X-API-Key",
            "X-Request-Id",
            "X-Terminal-Key",
        ])
        .expose_headers(["RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"])
        .max_age(PREFLIGHT_SECONDS);
    let cors = origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin));
    Condition::new(!origins.is_empty(), cors)
}

/// Runs a server in the settings' role until SIGTERM or SIGINT, and ends it in order.
///
/// # Errors
/// The operating system's.
pub async fn run_until_signal(
    app: App,
    listeners: Vec<TcpListener>,
    keys: Option<KeyFile>,
) -> Result<(), AppError> {
    let role = app.settings.role;
    raise_file_limit(&app.settings);
    let workers = Workers::start(&app, keys);
    let ended = if role == Role::Worker {
        workers::until_signal().await
    } else {
        server(&app, listeners)?.await
    };
    workers.stop(&app).await;
    let db = app.db.clone();
    drop(app);
    db.close();
    log::info!("stopped");
    Ok(ended?)
}
