//! Connections that wait for too long are cut off.
//!
//! actix-web bounds the first head of a connection and the pause before the next one begins, but neither the head of a
//! later request once its first byte is there, nor an answer that the client does not read. So each connection is
//! watched here: comes in its socket, and when a request begins and ends; goes out its end.

use std::any::Any;
use std::net::Shutdown;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use socket2::{SockRef, Socket};

use crate::kernel::Stopwatch;

/// How often they are looked at.
const EVERY: Duration = Duration::from_millis(500);

/// A connection, as long as actix-web has it.
#[derive(Debug)]
struct Connection {
    /// A duplicate: it closes with the connection's own data, which actix-web drops together with its socket.
    socket: Socket,
    watch: Stopwatch,
    /// Requests that are being worked on.
    at_work: AtomicUsize,
    /// When it began to wait, in milliseconds of its stopwatch.
    waits_since: AtomicU64,
}

impl Connection {
    fn new(socket: Socket) -> Self {
        let watch = Stopwatch::start();
        Self { socket, watch, at_work: AtomicUsize::new(0), waits_since: AtomicU64::new(0) }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.watch.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn has_waited(&self, patience: Duration) -> bool {
        let is_waiting = self.at_work.load(Ordering::SeqCst) == 0;
        let waited = self.millis().saturating_sub(self.waits_since.load(Ordering::SeqCst));
        is_waiting && Duration::from_millis(waited) > patience
    }

    fn cut_off(&self) {
        // One that the client has closed meanwhile is no trouble.
        drop(self.socket.shutdown(Shutdown::Both));
    }
}

/// A request that is being worked on; its connection does not wait meanwhile.
#[derive(Debug)]
pub(super) struct AtWork(Option<Arc<Connection>>);

impl AtWork {
    pub(super) fn on(request: &HttpRequest) -> Self {
        let connection = request.conn_data::<Arc<Connection>>().map(Arc::clone);
        if let Some(connection) = &connection {
            connection.at_work.fetch_add(1, Ordering::SeqCst);
        }
        Self(connection)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.waits_since.store(connection.millis(), Ordering::SeqCst);
            connection.at_work.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// All connections of a server.
#[derive(Debug)]
pub struct Connections {
    patience: Duration,
    open: Mutex<Vec<Weak<Connection>>>,
}

impl Connections {
    /// Cuts off those that wait for longer than this, from the end of an answer (or their beginning) to the next whole
    /// head; runs on the runtime at hand until the last owner of what this gives has gone.
    #[must_use]
    pub fn watch(patience: Duration) -> Arc<Self> {
        let connections = Arc::new(Self { patience, open: Mutex::default() });
        tokio::spawn(look_again_and_again(Arc::downgrade(&connections)));
        connections
    }

    /// Watches a new connection, and keeps what it needs with the connection's own data. One that cannot be watched is
    /// not let in.
    pub fn add(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(socket) = socket_of(stream) else {
            log::error!("failed to watch a connection of a kind that is not known");
            return;
        };
        match socket.try_clone() {
            Ok(socket) => {
                let connection = Arc::new(Connection::new(socket));
                let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
                open.push(Arc::downgrade(&connection));
                data.insert(connection);
            }
            Err(error) => {
                log::error!("failed to watch a connection, which is closed: {error}");
                drop(socket.shutdown(Shutdown::Both));
            }
        }
    }

    /// Cuts off those that have waited for too long, and forgets them and those that have gone; how many were cut off.
    fn look(&self) -> usize {
        let mut count = 0;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|connection| {
            let Some(connection) = connection.upgrade() else { return false };
            let is_over = connection.has_waited(self.patience);
            if is_over {
                connection.cut_off();
                count += 1;
            }
            !is_over
        });
        count
    }
}

fn socket_of(stream: &dyn Any) -> Option<SockRef<'_>> {
    if let Some(stream) = stream.downcast_ref::<TcpStream>() {
        return Some(SockRef::from(stream));
    }
    let stream = stream.downcast_ref::<TlsStream<TcpStream>>()?;
    let (stream, _) = stream.get_ref();
    Some(SockRef::from(stream))
}

async fn look_again_and_again(connections: Weak<Connections>) {
    while let Some(connections) = connections.upgrade() {
        let count = connections.look();
        drop(connections);
        if count > 0 {
            log::info!("cut off {count} connections that had waited too long");
        }
        tokio::time::sleep(EVERY).await;
    }
}
