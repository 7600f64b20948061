//! `venue` and `product`.

use chrono_tz::Tz;
use serde::Serialize;

use super::arguments::{ProductCommand, VenueCommand};
use super::error::CliError;
use super::{print, store};
use crate::access::AdminPermit;
use crate::catalog::{
    NewProduct, NewVenue, Price, Product, ProductChange, ProductFunction, Venue, VenueChange,
    change_product, change_venue, create_product, create_venue, load_catalog,
};
use crate::config::{Flags, Settings};
use crate::kernel::{Amount, Currency, FunctionCode, ProductCode, VenueCode};

const VENUE_COLUMNS: &[&str] =
    &["venue_code", "venue_name", "venue_type", "timezone", "functions", "is_active"];
const PRODUCT_COLUMNS: &[&str] =
    &["product_id", "product_code", "product_name", "functions", "prices", "is_active"];

#[derive(Serialize)]
struct VenueRow {
    venue_id: i64,
    venue_code: String,
    venue_name: String,
    venue_type: String,
    timezone: &'static str,
    functions: Vec<String>,
    is_active: bool,
}

impl From<&Venue> for VenueRow {
    fn from(venue: &Venue) -> Self {
        Self {
            venue_id: venue.venue_id,
            venue_code: venue.venue_code.to_string(),
            venue_name: venue.venue_name.clone(),
            venue_type: venue.venue_type.clone(),
            timezone: venue.timezone.name(),
            functions: venue.supported_functions.iter().map(ToString::to_string).collect(),
            is_active: venue.is_active,
        }
    }
}

#[derive(Serialize)]
struct ProductRow {
    product_id: i64,
    product_code: String,
    product_name: String,
    functions: Vec<String>,
    prices: Vec<String>,
    is_active: bool,
}

impl From<&Product> for ProductRow {
    fn from(product: &Product) -> Self {
        let function = |one: &ProductFunction| format!("{} x{}", one.function_code, one.uses);
        let price =
            |one: &Price| format!("{} {} {}", one.customer_type, one.amount.currency, one.amount);
        Self {
            product_id: product.product_id,
            product_code: product.product_code.to_string(),
            product_name: product.product_name.clone(),
            functions: product.functions.iter().map(function).collect(),
            prices: product.prices.iter().map(price).collect(),
            is_active: product.is_active,
        }
    }
}

/// Runs a command on venues.
pub(super) fn venue(flags: &Flags, command: VenueCommand, json: bool) -> Result<(), CliError> {
    let (mut session, now) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    let mut change = |code: &str, change: VenueChange| -> Result<Venue, CliError> {
        let code = venue_code(code)?;
        Ok(session.write(|tx| change_venue(tx, &admin, &code, change, now))?)
    };
    match command {
        VenueCommand::Create { code, name, kind, timezone, functions } => {
            let venue = NewVenue {
                venue_code: venue_code(&code)?,
                venue_name: name.unwrap_or(code),
                venue_type: kind,
                timezone: zone(timezone)?,
                supported_functions: function_codes(&functions)?,
            };
            let made = session.write(|tx| create_venue(tx, &admin, venue, now))?;
            print::one(&VenueRow::from(&made), VENUE_COLUMNS, json);
        }
        VenueCommand::Change { code, name, kind, timezone, functions } => {
            let changes = VenueChange {
                venue_name: name,
                venue_type: kind,
                timezone: timezone.map(zone).transpose()?,
                supported_functions: functions
                    .map(|functions| function_codes(&functions))
                    .transpose()?,
                is_active: None,
            };
            print::one(&VenueRow::from(&change(&code, changes)?), VENUE_COLUMNS, json);
        }
        VenueCommand::Open { code } => {
            change(&code, VenueChange { is_active: Some(true), ..VenueChange::default() })?;
            print::line(&format!("venue {code} is open"));
        }
        VenueCommand::Close { code } => {
            change(&code, VenueChange { is_active: Some(false), ..VenueChange::default() })?;
            print::line(&format!("venue {code} is closed"));
        }
        VenueCommand::List => {
            let catalog = session.read(load_catalog)?;
            let mut venues: Vec<VenueRow> =
                catalog.venues.values().map(|venue| VenueRow::from(venue.as_ref())).collect();
            venues.sort_by_key(|venue| venue.venue_id);
            print::list(&venues, VENUE_COLUMNS, json);
        }
    }
    Ok(())
}

/// Runs a command on products.
pub(super) fn product(flags: &Flags, command: ProductCommand, json: bool) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let (mut session, now) = store::open(&settings)?;
    let admin = AdminPermit::for_command_line();
    let currency = settings.generate.currency;
    let mut change = |id: i64, change: ProductChange| -> Result<(), CliError> {
        let changed = session.write(|tx| change_product(tx, &admin, id, change, now))?;
        print::one(&ProductRow::from(&changed), PRODUCT_COLUMNS, json);
        Ok(())
    };
    match command {
        ProductCommand::Create { code, name, id, functions, prices } => {
            let product = NewProduct {
                product_id: id,
                product_code: ProductCode::parse(&code)
                    .map_err(CliError::code("the product's code", &code))?,
                product_name: name,
                functions: product_functions(&functions)?,
                prices: product_prices(&prices, currency)?,
            };
            let made = session.write(|tx| create_product(tx, &admin, product, now))?;
            print::one(&ProductRow::from(&made), PRODUCT_COLUMNS, json);
        }
        ProductCommand::Change { id, name, functions, prices } => change(
            id,
            ProductChange {
                product_name: name,
                functions: functions.map(|texts| product_functions(&texts)).transpose()?,
                prices: prices.map(|texts| product_prices(&texts, currency)).transpose()?,
                is_active: None,
            },
        )?,
        ProductCommand::Enable { id } => {
            change(id, ProductChange { is_active: Some(true), ..ProductChange::default() })?;
        }
        ProductCommand::Disable { id } => {
            change(id, ProductChange { is_active: Some(false), ..ProductChange::default() })?;
        }
        ProductCommand::List => {
            let catalog = session.read(load_catalog)?;
            let mut products: Vec<ProductRow> =
                catalog.products.values().map(|one| ProductRow::from(one.as_ref())).collect();
            products.sort_by_key(|product| product.product_id);
            print::list(&products, PRODUCT_COLUMNS, json);
        }
    }
    Ok(())
}

fn venue_code(code: &str) -> Result<VenueCode, CliError> {
    VenueCode::parse(code).map_err(CliError::code("the venue's code", code))
}

fn zone(text: String) -> Result<Tz, CliError> {
    text.parse().map_err(|_| CliError::Argument {
        what: "the time zone",
        text,
        problem: "must be an IANA time zone such as Asia/Hong_Kong".to_owned(),
    })
}

fn function_codes(codes: &[String]) -> Result<Vec<FunctionCode>, CliError> {
    codes.iter().map(|code| function_code(code)).collect()
}

fn product_functions(texts: &[String]) -> Result<Vec<ProductFunction>, CliError> {
    texts.iter().map(|text| function(text)).collect()
}

fn product_prices(texts: &[String], currency: Currency) -> Result<Vec<Price>, CliError> {
    texts.iter().map(|text| price(text, currency)).collect()
}

fn function_code(code: &str) -> Result<FunctionCode, CliError> {
    FunctionCode::parse(code).map_err(CliError::code("the function's code", code))
}

/// `CODE[:USES[:NAME]]`
fn function(text: &str) -> Result<ProductFunction, CliError> {
    let mut parts = text.splitn(3, ':');
    let code = parts.next().unwrap_or_default();
    let uses = parts.next().unwrap_or("1");
    let name = parts.next().unwrap_or(code);
    Ok(ProductFunction {
        function_code: function_code(code)?,
        function_name: name.to_owned(),
        uses: uses.parse().ok().filter(|uses| (1..=1000).contains(uses)).ok_or_else(|| {
            CliError::Argument {
                what: "the uses of the function",
                text: text.to_owned(),
                problem: "must be CODE:USES with 1 to 1000 uses".to_owned(),
            }
        })?,
    })
}

/// `TYPE:AMOUNT[:CURRENCY]`
fn price(text: &str, currency: Currency) -> Result<Price, CliError> {
    let parts: Vec<&str> = text.split(':').collect();
    let (customer_type, amount, currency) = match parts.as_slice() {
        [kind, amount] => (*kind, *amount, currency),
        [kind, amount, code] => {
            (*kind, *amount, Currency::parse(code).map_err(CliError::money("the currency", code))?)
        }
        _ => {
            return Err(CliError::Argument {
                what: "the price",
                text: text.to_owned(),
                problem: "must be TYPE:AMOUNT or TYPE:AMOUNT:CURRENCY".to_owned(),
            });
        }
    };
    let amount = Amount::parse(amount, currency).map_err(CliError::money("the price", amount))?;
    Ok(Price { customer_type: customer_type.to_owned(), amount })
}
