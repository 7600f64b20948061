//! Money: whole minor units beside a currency, written as decimals in major units.
//!
//! Comes in: `"175.00"` or `175`. Goes out: the same amount in minor units (cents), never a float.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a decimal number at all.
    #[error("must be a decimal number such as \"175.00\"")]
    NotANumber,
    /// Below zero.
    #[error("must not be negative")]
    Negative,
    /// More decimals than the currency has.
    #[error("must not have more decimals than the currency has")]
    TooManyDecimals,
    /// Over what the server keeps.
    #[error("must be at most 1000000000")]
    TooLarge,
    /// Not three capital letters.
    #[error("must be a currency of three capital letters such as HKD")]
    Currency,
}

/// A currency's code (ISO 4217): three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Takes three capital letters.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| MoneyError::Currency)?;
        if code.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(code))
        } else {
            Err(MoneyError::Currency)
        }
    }

    /// Decimals of its minor unit (ISO 4217, table A.1).
    #[must_use]
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" | b"PYG" | b"UGX" | b"XAF" | b"XOF"
            | b"XPF" | b"RWF" | b"KMF" | b"GNF" | b"DJF" | b"BIF" | b"VUV" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

/// An amount in a currency's minor units, zero or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Minor units: cents, or whole yen.
    pub minor: i64,
    /// The currency that the units are of.
    pub currency: Currency,
}

impl Amount {
    /// Reads a decimal in major units, such as `175.00`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let whole = whole_digits(text).ok_or(MoneyError::NotANumber)?;
        // More digits than a Decimal holds are too many on one side of the point.
        let overflow = if whole > 10 { MoneyError::TooLarge } else { MoneyError::TooManyDecimals };
        let major = Decimal::from_str_exact(text).map_err(|_| overflow)?;
        if major.is_sign_negative() && !major.is_zero() {
            return Err(MoneyError::Negative);
        }
        if major > Decimal::from(1_000_000_000) {
            return Err(MoneyError::TooLarge);
        }
        let minor = major * Decimal::from(10_i64.pow(currency.decimals()));
        if !minor.fract().is_zero() {
            return Err(MoneyError::TooManyDecimals);
        }
        let minor = minor.to_i64().ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, currency })
    }
}

/// A price in major units as it is sent: a decimal as text, such as `"175.00"`; a number is taken too.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Value")]
#[schema(value_type = String)]
pub struct PriceText(String);

impl TryFrom<Value> for PriceText {
    type Error = MoneyError;

    fn try_from(value: Value) -> Result<Self, MoneyError> {
        match value {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err(MoneyError::NotANumber)
            }
        }
    }
}

impl PriceText {
    /// The amount in a currency.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn amount(&self, currency: Currency) -> Result<Amount, MoneyError> {
        Amount::parse(&self.0, currency)
    }
}

/// How many digits stand before the point of a decimal such as `-175.00`; Decimal itself reads more than those.
fn whole_digits(text: &str) -> Option<usize> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    (is_digits(whole) && is_digits(fraction)).then_some(whole.len())
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Decimal::new(self.minor, self.currency.decimals()), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_as_decimals_of_major_units() {
        let hkd = Currency::parse("HKD").unwrap();
        assert_eq!(Amount::parse("175.00", hkd).unwrap().minor, 17_500);
        assert_eq!(Amount::parse("175.5", hkd).unwrap().to_string(), "175.50");
        assert_eq!(Amount::parse("0.005", hkd), Err(MoneyError::TooManyDecimals));
        assert_eq!(Amount::parse("-1", hkd), Err(MoneyError::Negative));
        assert_eq!(Amount::parse("ten", hkd), Err(MoneyError::NotANumber));
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(Amount::parse("500", yen).unwrap().minor, 500);
        assert_eq!(Amount::parse("500", yen).unwrap().to_string(), "500");
        assert_eq!(Currency::parse("hkd"), Err(MoneyError::Currency));
    }
}
