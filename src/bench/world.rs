//! A world to measure in: a product, a venue, a partner and a terminal, made by the use cases that people use.

use std::sync::Arc;

use chrono_tz::UTC;

use super::error::BenchError;
use super::model::Target;
use crate::access::{
    AdminPermit, Asker, IssuePermit, Limits, NewKey, NewTerminal, PartnerPrincipal, PermissionSet,
    Principal, ScanPermit, TerminalPrincipal, create_key, create_terminal, ensure_partner, judge,
    list_partners,
};
use crate::catalog::{
    NewProduct, NewVenue, Product, ProductFunction, Venue, create_product, create_venue,
    load_catalog,
};
use crate::db::{Session, Tx};
use crate::http::Page;
use crate::kernel::{
    FunctionCode, PartnerCode, ProductCode, Secret, Timestamp, VenueCode, sortable_id,
};

/// The partner whose tickets all runs make.
const PARTNER: &str = "bench";
const VENUE: &str = "bench-pier";
const PRODUCT: &str = "BN";
const FUNCTIONS: [&str; 3] = ["ferry", "gift", "tokens"];

/// See the module.
#[derive(Debug)]
pub(super) struct World {
    pub(super) partner: PartnerCode,
    pub(super) product: Arc<Product>,
    pub(super) venue: Arc<Venue>,
    pub(super) terminal_device_id: String,
    pub(super) function: FunctionCode,
    pub(super) issuing: IssuePermit,
    pub(super) scanning: ScanPermit,
    /// Whether nothing was here before.
    pub(super) is_new: bool,
    api_key: Secret<String>,
    terminal_key: Secret<String>,
}

impl World {
    /// Who asks, of a server at this address.
    pub(super) fn target(&self, address: String) -> Target {
        Target {
            address,
            api_key: self.api_key.clone(),
            terminal_key: self.terminal_key.clone(),
            terminal_device_id: self.terminal_device_id.clone(),
            product_id: self.product.product_id,
            function_code: self.function.to_string(),
        }
    }

    /// Makes what is not there yet, and a key and a terminal for this run.
    ///
    /// # Errors
    /// The database has partners that the benchmark did not make.
    pub(super) fn make(session: &mut Session, now: Timestamp) -> Result<Self, BenchError> {
        session.write(|tx| make(tx, now))
    }
}

fn make(tx: &mut Tx, now: Timestamp) -> Result<World, BenchError> {
    let admin = AdminPermit::for_command_line();
    let (partners, _) = list_partners(tx, &admin, Page { page: 1, limit: i64::MAX })?;
    if let Some(other) = partners.iter().find(|other| other.partner_code != PARTNER) {
        return Err(BenchError::NotItsOwn(other.partner_code.clone()));
    }
    let (product, venue) = products_and_venues(tx, &admin, now)?;
    let partner = PartnerCode::parse(PARTNER)?;
    ensure_partner(tx, &admin, &partner, now)?;
    let key = NewKey {
        partner_code: partner.clone(),
        key_name: None,
        permissions: PermissionSet::all(),
        expires_at: None,
    };
    let made = create_key(tx, &admin, key, now)?;
    let terminal = NewTerminal {
        terminal_device_id: format!("BENCH-{}", sortable_id()),
        venue_code: venue.venue_code.clone(),
        functions: None,
    };
    let terminal = create_terminal(tx, &admin, terminal, now)?;
    let seller = Principal::Partner(PartnerPrincipal {
        partner_code: partner.clone(),
        key_prefix: made.key.key_prefix.clone(),
        permissions: PermissionSet::all(),
        limits: Arc::new(Limits::default()),
    });
    let gate = Principal::Terminal(TerminalPrincipal {
        terminal_device_id: terminal.terminal_device_id.clone(),
        venue_code: venue.venue_code.clone(),
        functions: None,
    });
    Ok(World {
        partner,
        product,
        venue,
        terminal_device_id: terminal.terminal_device_id,
        function: FunctionCode::parse("ferry")?,
        issuing: judge(&Asker::new(Some(seller), None, "bench"))?,
        scanning: judge(&Asker::new(Some(gate), None, "bench"))?,
        is_new: partners.is_empty(),
        api_key: Secret::new(made.api_key),
        terminal_key: Secret::new(terminal.terminal_key),
    })
}

fn products_and_venues(
    tx: &mut Tx,
    admin: &AdminPermit,
    now: Timestamp,
) -> Result<(Arc<Product>, Arc<Venue>), BenchError> {
    let (product_code, venue_code) = (ProductCode::parse(PRODUCT)?, VenueCode::parse(VENUE)?);
    let codes: Vec<FunctionCode> =
        FUNCTIONS.iter().map(|code| FunctionCode::parse(code)).collect::<Result<_, _>>()?;
    let catalog = load_catalog(tx)?;
    if !catalog.venues.contains_key(&venue_code) {
        let function = |code: &FunctionCode| ProductFunction {
            function_code: code.clone(),
            function_name: code.to_string(),
            uses: 1,
        };
        let product = NewProduct {
            product_id: None,
            product_code: product_code.clone(),
            product_name: "Benchmark".to_owned(),
            functions: codes.iter().map(function).collect(),
            prices: Vec::new(),
        };
        create_product(tx, admin, product, now)?;
        let venue = NewVenue {
            venue_code: venue_code.clone(),
            venue_name: "Benchmark".to_owned(),
            venue_type: "pier".to_owned(),
            timezone: UTC,
            supported_functions: codes,
        };
        create_venue(tx, admin, venue, now)?;
    }
    let catalog = load_catalog(tx)?;
    let product = catalog.products.values().find(|one| one.product_code == product_code).cloned();
    let venue = catalog.venues.get(&venue_code).cloned();
    product.zip(venue).ok_or_else(|| BenchError::NotItsOwn(VENUE.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Target, run_migrations};
    use crate::kernel::Clock;

    #[test]
    fn a_later_run_goes_on_with_the_partner_of_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = Session::new(Target::Sqlite(folder.path().join("ticketgate.db")));
        run_migrations(&mut session).unwrap();
        let mut make = || World::make(&mut session, Clock::System.now()).unwrap();
        let (first, later) = (make(), make());
        assert_eq!((first.is_new, later.is_new), (true, false));
        assert_eq!(first.partner, later.partner, "a partner has its own tickets only");
    }
}
