//! Starts the HTTP server, and ends it: stop accepting, finish what is in flight, drain the lane, go.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App as ActixApp, HttpServer, web};
use socket2::{Domain, Protocol, Socket, Type};

use super::error::AppError;
use super::guard::guard_demo;
use super::routes;
use super::state::App;
use super::workers::{self, Workers};
use crate::access::authenticate_request;
use crate::config::{KeyFile, Role};
use crate::http::observe;

/// Connections that may wait to be accepted; the standard library's 128 would make a crowd wait a second.
const BACKLOG: i32 = 1024;

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

/// The HTTP server on these listeners; it runs while it is awaited, until a signal or its handle stops it.
///
/// # Errors
/// The operating system's.
pub fn server(app: &App, listeners: Vec<TcpListener>) -> Result<Server, AppError> {
    let shared = web::Data::new(app.clone());
    let settings = &app.settings;
    let mut http = HttpServer::new(move || {
        let app = shared.get_ref();
        ActixApp::new()
            .app_data(shared.clone())
            .app_data(app.metrics.clone())
            .app_data(app.authenticator.clone())
            .app_data(app.access.clone())
            .app_data(app.limiter.clone())
            .app_data(app.operators.clone())
            .app_data(app.admin.clone())
            .app_data(app.ota.clone())
            .app_data(app.qr.clone())
            .app_data(app.venue.clone())
            .configure(routes::mount)
            .wrap(from_fn(authenticate_request))
            .wrap(from_fn(guard_demo))
            .wrap(from_fn(observe))
    })
    .workers(settings.workers)
    .max_connections(settings.max_connections.div_ceil(settings.workers))
    .shutdown_timeout(settings.grace.as_secs());
    for listener in listeners {
        http = http.listen(listener)?;
    }
    Ok(http.run())
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
