//! `demo`: a server to try, with everything made that it needs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::arguments::DemoArguments;
use super::error::CliError;
use super::{print, store};
use crate::app::{
    App, AppSettings, DEMO_API_KEY, DEMO_OPERATOR, DEMO_TERMINAL_KEY, demo_openness, listen,
    prepare_process, run_until_signal, seed_demo, seed_demo_operator,
};
use crate::config::{Flags, KeyFile, Settings};
use crate::db::{Deployment, Session, run_migrations};
use crate::kernel::Clock;

/// Runs the demo until a signal ends it.
pub(super) fn demo(flags: Flags, arguments: &DemoArguments) -> Result<(), CliError> {
    let addresses = addresses(arguments)?;
    let flags =
        flags.or_default("data_dir", "./data/demo").or_default("timezone", "Asia/Hong_Kong");
    let mut settings = Settings::load(&flags)?;
    // Browsers trust this machine's own address without a certificate.
    settings.transport.certificate = None;
    prepare_process(&settings);
    store::make_folder(&settings)?;
    let mut session = Session::new(settings.db.target.clone());
    run_migrations(&mut session)?;
    let now = Clock::System.now();
    session.write(|tx| Deployment::Demo.claim(tx, now))?;
    session.write(|tx| seed_demo(tx, now))?;
    seed_demo_operator(&mut session, now)?;
    let keys = KeyFile::at(settings.key_file());
    let parts = AppSettings {
        ring: keys.load_or_make(now)?,
        clock: Clock::System,
        openness: demo_openness()?,
        settings,
    };
    let (first, rest) = addresses;
    let mut listeners = vec![listen(first)?];
    listeners.extend(rest.and_then(|address| listen(address).ok()));
    let port = listeners.first().and_then(|one| one.local_addr().ok()).map_or(0, |at| at.port());
    let app = App::open(parts)?;
    print::line(&walk_through(port));
    actix_web::rt::System::new().block_on(run_until_signal(app, listeners, Some(keys)))?;
    Ok(())
}

/// The address to listen on, and the other loopback address, for clients that try it first.
fn addresses(arguments: &DemoArguments) -> Result<(SocketAddr, Option<SocketAddr>), CliError> {
    let at = |ip: IpAddr| SocketAddr::new(ip, arguments.port);
    match arguments.bind {
        None => {
            let other = (arguments.port != 0).then(|| at(Ipv6Addr::LOCALHOST.into()));
            Ok((at(Ipv4Addr::LOCALHOST.into()), other))
        }
        Some(ip) if ip.is_loopback() => Ok((at(ip), None)),
        Some(ip) => Err(CliError::DemoNotLoopback(ip.to_string())),
    }
}

fn walk_through(port: u16) -> String {
    let (name, password) = DEMO_OPERATOR;
    format!(
        r#"ticketgate demo listens on http://localhost:{port}   (Ctrl-C ends it)
API documentation: http://localhost:{port}/docs
Partner key: {DEMO_API_KEY}   Terminal key (TERMINAL-CP-001 at central-pier): {DEMO_TERMINAL_KEY}
Operator (POST /operators/login): {name} with the password {password}, an admin

Paste this into another terminal:

# 1. The travel agency generates a ticket
CODE=$(curl -s http://localhost:{port}/ota/tickets/bulk-generate \
  -H 'X-API-Key: {DEMO_API_KEY}' -H 'Content-Type: application/json' \
  -d '{{"product_id": 106, "quantity": 1, "customer_info": {{"type": "adult", "name": "Ann"}}}}' \
  | grep -o 'OTA-CP-[0-9]*-[0-9]*'); echo "$CODE"

# 2. and has a QR code made for it
TOKEN=$(curl -s -X POST http://localhost:{port}/qr/$CODE -H 'X-API-Key: {DEMO_API_KEY}' \
  | grep -o '"encrypted_data":"[^"]*' | cut -d'"' -f4); echo "$TOKEN"

# 3. At the pier the operator looks first: nothing changes
curl -s http://localhost:{port}/qr/decrypt -H 'Content-Type: application/json' \
  -d "{{\"encrypted_data\": \"$TOKEN\"}}"; echo

# 4. and then redeems the ferry ride. Run this one twice: the second time it is refused
curl -s http://localhost:{port}/venue/scan -H 'Content-Type: application/json' \
  -d "{{\"qr_token\": \"$TOKEN\", \"function_code\": \"ferry\", \"terminal_device_id\": \"TERMINAL-CP-001\"}}"; echo

# 5. What happened to the ticket
curl -s "http://localhost:{port}/venue/analytics/redemptions?ticket_code=$CODE"; echo
"#
    )
}
