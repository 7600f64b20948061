//! `venue` and `product`.

use super::arguments::{ProductCommand, VenueCommand};
use super::error::CliError;
use super::{print, read, store};
use crate::access::AdminPermit;
use crate::catalog::{
    NewProduct, NewVenue, ProductChange, ProductSummary, VenueChange, VenueSummary, change_product,
    change_venue, create_product, create_venue, list_products, list_venues,
};
use crate::config::{Flags, Settings};

const VENUE_COLUMNS: &[&str] =
    &["venue_code", "venue_name", "venue_type", "timezone", "supported_functions", "is_active"];
const PRODUCT_COLUMNS: &[&str] =
    &["product_id", "product_code", "product_name", "functions", "prices", "is_active"];

/// Runs a command on venues.
pub(super) fn venue(flags: &Flags, command: VenueCommand, json: bool) -> Result<(), CliError> {
    let (mut session, now) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    let mut change = |code: &str, change: VenueChange| -> Result<(), CliError> {
        let code = read::venue_code(code)?;
        let changed = session.write(|tx| change_venue(tx, &admin, &code, change, now))?;
        print::one(&VenueSummary::from(&changed), VENUE_COLUMNS, json);
        Ok(())
    };
    let active = |is_active| VenueChange { is_active: Some(is_active), ..VenueChange::default() };
    match command {
        VenueCommand::Create { code, name, kind, timezone, functions } => {
            let venue = NewVenue {
                venue_code: read::venue_code(&code)?,
                venue_name: read::name(name.unwrap_or(code))?,
                venue_type: read::venue_type(kind)?,
                timezone: read::zone(&timezone)?,
                supported_functions: read::functions(&functions)?,
            };
            let made = session.write(|tx| create_venue(tx, &admin, venue, now))?;
            print::one(&VenueSummary::from(&made), VENUE_COLUMNS, json);
            Ok(())
        }
        VenueCommand::Change { code, name, kind, timezone, functions } => {
            let changes = VenueChange {
                venue_name: name.map(read::name).transpose()?,
                venue_type: kind.map(read::venue_type).transpose()?,
                timezone: timezone.as_deref().map(read::zone).transpose()?,
                supported_functions: functions.as_deref().map(read::functions).transpose()?,
                is_active: None,
            };
            change(&code, changes)
        }
        VenueCommand::Open { code } => change(&code, active(true)),
        VenueCommand::Close { code } => change(&code, active(false)),
        VenueCommand::List => {
            let (venues, _) = session.read(|tx| list_venues(tx, &admin, print::WHOLE))?;
            print::list(&venues, VENUE_COLUMNS, json);
            Ok(())
        }
    }
}

/// Runs a command on products.
pub(super) fn product(flags: &Flags, command: ProductCommand, json: bool) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let (mut session, now) = store::open(&settings)?;
    let admin = AdminPermit::for_command_line();
    let currency = settings.generate.currency;
    let mut change = |id: i64, change: ProductChange| -> Result<(), CliError> {
        let changed = session.write(|tx| change_product(tx, &admin, id, change, now))?;
        print::one(&ProductSummary::from(&changed), PRODUCT_COLUMNS, json);
        Ok(())
    };
    let active = |is_active| ProductChange { is_active: Some(is_active), ..Default::default() };
    match command {
        ProductCommand::Create { code, name, id, functions, prices } => {
            let product = NewProduct {
                product_id: id.map(read::product_id).transpose()?,
                product_code: read::product_code(&code)?,
                product_name: read::name(name)?,
                functions: read::product_functions(&functions)?,
                prices: read::prices(&prices, currency)?,
            };
            let made = session.write(|tx| create_product(tx, &admin, product, now))?;
            print::one(&ProductSummary::from(&made), PRODUCT_COLUMNS, json);
            Ok(())
        }
        ProductCommand::Change { id, name, functions, prices } => {
            let prices = prices.map(|texts| read::prices(&texts, currency));
            let changes = ProductChange {
                product_name: name.map(read::name).transpose()?,
                functions: functions.as_deref().map(read::product_functions).transpose()?,
                prices: prices.transpose()?,
                is_active: None,
            };
            change(id, changes)
        }
        ProductCommand::Enable { id } => change(id, active(true)),
        ProductCommand::Disable { id } => change(id, active(false)),
        ProductCommand::List => {
            let (products, _) = session.read(|tx| list_products(tx, &admin, print::WHOLE))?;
            print::list(&products, PRODUCT_COLUMNS, json);
            Ok(())
        }
    }
}
