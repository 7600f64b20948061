//! Reads arguments that several commands take. What is stored has the limits that it has over REST.

use chrono_tz::Tz;

use super::error::CliError;
use crate::access::{AccessError, Expiry, KeyPrefix, MAX_DEVICE, Overlap, PermissionSet};
use crate::catalog::{Price, ProductFunction};
use crate::http::{Patched, bounded_text};
use crate::kernel::{
    Amount, Currency, FunctionCode, PartnerCode, ProductCode, TicketCode, Timestamp, Username,
    VenueCode,
};

const MAX_NAME: usize = 200;
const MAX_SHORT: usize = 100;
const MAX_EMAIL: usize = 200;
const MAX_FUNCTIONS: usize = 100;
const MAX_PRICES: usize = 200;
const MAX_USES: i64 = 1000;
const MAX_PRODUCT_ID: i64 = 2_147_483_647;
/// The word that stands for all functions of the venue.
const ALL: &str = "all";

fn text(what: &'static str, text: String, max: usize) -> Result<String, CliError> {
    let wrong = CliError::argument(what, &text);
    bounded_text(text, max).map_err(wrong)
}

pub(super) fn partner_code(code: &str) -> Result<PartnerCode, CliError> {
    PartnerCode::parse(code).map_err(CliError::argument("the partner's code", code))
}

pub(super) fn venue_code(code: &str) -> Result<VenueCode, CliError> {
    VenueCode::parse(code).map_err(CliError::argument("the venue's code", code))
}

pub(super) fn product_code(code: &str) -> Result<ProductCode, CliError> {
    ProductCode::parse(code).map_err(CliError::argument("the product's code", code))
}

pub(super) fn ticket_code(code: &str) -> Result<TicketCode, CliError> {
    TicketCode::parse(code).map_err(CliError::argument("the ticket's code", code))
}

pub(super) fn username(name: &str) -> Result<Username, CliError> {
    Username::parse(name).map_err(CliError::argument("the operator's name", name))
}

pub(super) fn device_id(id: String) -> Result<String, CliError> {
    text("the device's id", id, MAX_DEVICE)
}

pub(super) fn email(address: String) -> Result<String, CliError> {
    text("the email address", address, MAX_EMAIL)
}

/// A name for people.
pub(super) fn name(name: String) -> Result<String, CliError> {
    text("the name", name, MAX_NAME)
}

pub(super) fn venue_type(kind: String) -> Result<String, CliError> {
    text("the venue's type", kind, MAX_SHORT)
}

pub(super) fn zone(name: &str) -> Result<Tz, CliError> {
    let wrong = CliError::argument("the time zone", name);
    name.parse().map_err(|_| wrong("must be an IANA time zone such as Asia/Hong_Kong"))
}

/// The prefix of an API key. What is no prefix may be a whole key, so it is not repeated.
pub(super) fn key_prefix(prefix: &str) -> Result<KeyPrefix, CliError> {
    Ok(KeyPrefix::parse(prefix).ok_or(AccessError::KeyNotFound)?)
}

/// When a key ends.
pub(super) fn expiry(moment: &str, zone: Tz, now: Timestamp) -> Result<Expiry, CliError> {
    Expiry::parse(moment, zone, now).map_err(CliError::argument("when the key ends", moment))
}

/// For how many minutes a replaced key goes on.
pub(super) fn overlap(minutes: i64) -> Result<Overlap, CliError> {
    let wrong = CliError::argument("the minutes of overlap", &minutes.to_string());
    Overlap::of_minutes(minutes).map_err(wrong)
}

/// Names of permissions with commas between them; nothing said means all of them.
pub(super) fn permissions(names: Option<String>) -> Result<PermissionSet, CliError> {
    let Some(names) = names else { return Ok(PermissionSet::all()) };
    let set: PermissionSet = names.parse().map_err(AccessError::from)?;
    if set.is_empty() {
        let known = PermissionSet::all().names().join(", ");
        let wrong = CliError::argument("the permissions", &names);
        return Err(wrong(format!("must name at least one of {known}")));
    }
    Ok(set)
}

fn function_code(code: &str) -> Result<FunctionCode, CliError> {
    FunctionCode::parse(code).map_err(CliError::argument("the function's code", code))
}

/// Functions' codes, each once.
pub(super) fn functions(texts: &[String]) -> Result<Vec<FunctionCode>, CliError> {
    check_count("the functions", texts, MAX_FUNCTIONS)?;
    let mut codes: Vec<FunctionCode> = Vec::new();
    for text in texts {
        let code = function_code(text)?;
        if codes.contains(&code) {
            let wrong = CliError::argument("the functions", &texts.join(","));
            return Err(wrong("must have each function once"));
        }
        codes.push(code);
    }
    Ok(codes)
}

/// A terminal's functions as they are given: none, `all`, or codes, each once.
pub(super) fn functions_change(
    given: Option<&[String]>,
) -> Result<Patched<Vec<FunctionCode>>, CliError> {
    match given {
        None => Ok(Patched::Absent),
        Some([text]) if text == ALL => Ok(Patched::Null),
        Some(texts) => Ok(Patched::Value(functions(texts)?)),
    }
}

/// A new product's number.
pub(super) fn product_id(id: i64) -> Result<i64, CliError> {
    if (1..=MAX_PRODUCT_ID).contains(&id) {
        return Ok(id);
    }
    let wrong = CliError::argument("the product's number", &id.to_string());
    Err(wrong(format!("must be from 1 to {MAX_PRODUCT_ID}")))
}

/// A product's functions, each `CODE[:USES[:NAME]]`.
pub(super) fn product_functions(texts: &[String]) -> Result<Vec<ProductFunction>, CliError> {
    check_count("the functions", texts, MAX_FUNCTIONS)?;
    texts.iter().map(|text| product_function(text)).collect()
}

fn product_function(given: &str) -> Result<ProductFunction, CliError> {
    let mut parts = given.splitn(3, ':');
    let code = parts.next().unwrap_or_default();
    let uses = parts.next().unwrap_or("1").parse().ok();
    let name = parts.next().unwrap_or(code);
    let wrong = CliError::argument("the uses of the function", given);
    Ok(ProductFunction {
        function_code: function_code(code)?,
        function_name: text("the function's name", name.to_owned(), MAX_NAME)?,
        uses: uses
            .filter(|uses| (1..=MAX_USES).contains(uses))
            .ok_or_else(|| wrong(format!("must be CODE:USES with 1 to {MAX_USES} uses")))?,
    })
}

/// A product's prices, each `TYPE:AMOUNT[:CURRENCY]`.
pub(super) fn prices(texts: &[String], currency: Currency) -> Result<Vec<Price>, CliError> {
    check_count("the prices", texts, MAX_PRICES)?;
    texts.iter().map(|text| price(text, currency)).collect()
}

fn price(given: &str, currency: Currency) -> Result<Price, CliError> {
    let parts: Vec<&str> = given.split(':').collect();
    let (kind, amount, currency) = match parts.as_slice() {
        [kind, amount] => (*kind, *amount, currency),
        [kind, amount, code] => {
            let wrong = CliError::argument("the currency", code);
            (*kind, *amount, Currency::parse(code).map_err(wrong)?)
        }
        _ => {
            let wrong = CliError::argument("the price", given);
            return Err(wrong("must be TYPE:AMOUNT or TYPE:AMOUNT:CURRENCY"));
        }
    };
    let wrong = CliError::argument("the price", amount);
    let amount = Amount::parse(amount, currency).map_err(wrong)?;
    let customer_type = text("the kind of customer", kind.to_owned(), MAX_SHORT)?;
    Ok(Price { customer_type, amount })
}

fn check_count(what: &'static str, texts: &[String], max: usize) -> Result<(), CliError> {
    let count = texts.len();
    if count > max {
        let wrong = CliError::argument(what, &texts.join(","));
        return Err(wrong(format!("must have at most {max} entries, not {count}")));
    }
    Ok(())
}
