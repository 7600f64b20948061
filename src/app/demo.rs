//! The demo's world: products, venues, a partner, a terminal and an admin, ready to try.

use chrono_tz::Asia::Hong_Kong;

use super::error::AppError;
use crate::access::{
    AdminPermit, NewOperator, Openness, Password, Role, create_operator, ensure_partner,
    hash_password, operator_exists,
};
use crate::catalog::{
    CatalogError, NewProduct, NewVenue, Price, ProductFunction, create_product, create_venue,
    load_catalog,
};
use crate::db::{Session, Tx};
use crate::kernel::{
    Amount, CodeError, Currency, FunctionCode, MoneyError, PartnerCode, ProductCode, Secret,
    Timestamp, Username, VenueCode,
};

/// The API key of the demo's partner. It is known to demo processes only and is in no database.
pub const DEMO_API_KEY: &str = "ota_test_key_12345";
/// The key of the demo's terminal, likewise.
pub const DEMO_TERMINAL_KEY: &str = "terminal_test_key_12345";

/// The name and the password of the demo's admin, known well; the demo listens on this machine only.
pub const DEMO_OPERATOR: (&str, &str) = ("demo", "demo-password");

const PARTNER: &str = "test_partner";
const TERMINAL: &str = "TERMINAL-CP-001";
const TERMINAL_VENUE: &str = "central-pier";

/// Functions by code, with name and uses.
type Functions = &'static [(&'static str, i64)];
/// Prices by kind of customer.
type Prices = &'static [(&'static str, &'static str)];

/// Products: number, code, name, functions, prices in HKD.
const PRODUCTS: &[(i64, &str, &str, Functions, Prices)] = &[
    (
        106,
        "CP",
        "Cruise Premium",
        &[("ferry", 1), ("gift", 1), ("tokens", 1)],
        &[("adult", "288.00"), ("child", "188.00"), ("elderly", "238.00")],
    ),
    (
        107,
        "CS",
        "Cruise Standard",
        &[("ferry", 1), ("gift", 1)],
        &[("adult", "188.00"), ("child", "118.00"), ("elderly", "150.00")],
    ),
    (
        108,
        "CL",
        "Cruise Luxury",
        &[("ferry", 2), ("gift", 1), ("tokens", 3)],
        &[("adult", "788.00"), ("child", "588.00"), ("elderly", "688.00")],
    ),
];

/// Venues: code, name, type, functions.
const VENUES: &[(&str, &str, &str, &[&str])] = &[
    ("central-pier", "Central Pier", "pier", &["ferry"]),
    ("cheung-chau", "Cheung Chau", "island", &["ferry", "gift", "tokens"]),
    ("gift-shop-central", "Gift Shop Central", "shop", &["gift"]),
    ("playground-cc", "Cheung Chau Playground", "playground", &["tokens"]),
];

fn function_name(code: &str) -> &'static str {
    match code {
        "ferry" => "Ferry Ride",
        "gift" => "Souvenir Gift",
        _ => "Playground Tokens",
    }
}

/// A seed that is not well formed; the test below sees to it that none is.
fn malformed(problem: &impl std::fmt::Display) -> AppError {
    AppError::Catalog(CatalogError::Functions(problem.to_string()))
}

/// Who is let in at a demo.
///
/// # Errors
/// None that the constants above could give.
pub fn demo_openness() -> Result<Openness, AppError> {
    let wrong = |error: CodeError| malformed(&error);
    Ok(Openness::Demo {
        api_key: Secret::new(DEMO_API_KEY.to_owned()),
        partner_code: PartnerCode::parse(PARTNER).map_err(wrong)?,
        terminal_key: Secret::new(DEMO_TERMINAL_KEY.to_owned()),
        terminal_device_id: TERMINAL.to_owned(),
        venue_code: VenueCode::parse(TERMINAL_VENUE).map_err(wrong)?,
    })
}

/// Makes the demo's partner, products and venues, unless they are there.
///
/// # Errors
/// The database's.
pub fn seed_demo(tx: &mut Tx, now: Timestamp) -> Result<(), AppError> {
    let admin = AdminPermit::for_command_line();
    let wrong = |error: CodeError| malformed(&error);
    ensure_partner(tx, &admin, &PartnerCode::parse(PARTNER).map_err(wrong)?, now)?;
    if !load_catalog(tx)?.products.is_empty() {
        return Ok(());
    }
    for seed in PRODUCTS {
        create_product(tx, &admin, product(seed)?, now)?;
    }
    for (code, name, kind, functions) in VENUES {
        let functions = functions.iter().map(|code| FunctionCode::parse(code));
        let venue = NewVenue {
            venue_code: VenueCode::parse(code).map_err(wrong)?,
            venue_name: (*name).to_owned(),
            venue_type: (*kind).to_owned(),
            timezone: Hong_Kong,
            supported_functions: functions.collect::<Result<_, _>>().map_err(wrong)?,
        };
        create_venue(tx, &admin, venue, now)?;
    }
    Ok(())
}

/// Makes the demo's admin, unless it is there.
///
/// # Errors
/// The database's, or the hashing's.
pub fn seed_demo_operator(session: &mut Session, now: Timestamp) -> Result<(), AppError> {
    let admin = AdminPermit::for_command_line();
    let (name, password) = DEMO_OPERATOR;
    let username = Username::parse(name).map_err(|error| malformed(&error))?;
    if session.read(|tx| operator_exists(tx, &admin, &username))? {
        return Ok(());
    }
    let password = Password::parse(Secret::new(password.to_owned()));
    let password_hash = hash_password(&password.map_err(|error| malformed(&error))?)?;
    let display_name = Some("Demo Admin".to_owned());
    let operator = NewOperator { username, display_name, role: Role::Admin, password_hash };
    session.write(|tx| create_operator(tx, &admin, operator, now))?;
    Ok(())
}

fn product(
    (id, code, name, functions, prices): &(i64, &str, &str, Functions, Prices),
) -> Result<NewProduct, AppError> {
    let wrong = |error: CodeError| malformed(&error);
    let wrong_price = |error: MoneyError| malformed(&error);
    let currency = Currency::parse("HKD").map_err(wrong_price)?;
    let function = |(code, uses): &(&str, i64)| {
        Ok(ProductFunction {
            function_code: FunctionCode::parse(code)?,
            function_name: function_name(code).to_owned(),
            uses: *uses,
        })
    };
    let price = |(customer_type, amount): &(&str, &str)| {
        let amount = Amount::parse(amount, currency)?;
        Ok(Price { customer_type: (*customer_type).to_owned(), amount })
    };
    Ok(NewProduct {
        product_id: Some(*id),
        product_code: ProductCode::parse(code).map_err(wrong)?,
        product_name: (*name).to_owned(),
        functions: functions.iter().map(function).collect::<Result<_, _>>().map_err(wrong)?,
        prices: prices.iter().map(price).collect::<Result<_, _>>().map_err(wrong_price)?,
    })
}
