//! An order of tickets: as it is sent, and as it is understood.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::http::{Fields, Problem, bounded_text};
use crate::kernel::{Currency, DayEnd, PriceText, Timestamp, parse_moment};
use crate::tickets::{Customer, TicketStatus};
use crate::token::hex_digest;

/// Tickets in one request at most.
const MAX_QUANTITY: i64 = 5000;
/// Characters of a name at most.
const MAX_NAME: usize = 200;
/// Characters of a `batch_id` and of other short texts at most.
pub(super) const MAX_SHORT: usize = 100;

/// How tickets are generated on this server.
#[derive(Clone, Copy, Debug)]
pub struct GenerateSettings {
    /// Whose days the codes carry, and dates without time mean.
    pub timezone: Tz,
    /// Of prices that name none.
    pub currency: Currency,
    /// Tickets in one transaction while there are scans, and in the first of an order.
    pub chunk: i64,
}

/// What happens to the tickets of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DistributionMode {
    /// Sold already: they are good at once.
    #[default]
    DirectSale,
    /// For a reseller: they are good once they are activated.
    ResellerBatch,
}

impl DistributionMode {
    pub(super) fn initial_status(self) -> TicketStatus {
        match self {
            Self::DirectSale => TicketStatus::Active,
            Self::ResellerBatch => TicketStatus::PreGenerated,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DirectSale => "direct_sale",
            Self::ResellerBatch => "reseller_batch",
        }
    }
}

/// What one kind of customer pays.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct CustomerTypePrice {
    /// Such as `child`.
    pub customer_type: String,
    /// In major units.
    pub price: PriceText,
}

/// Prices that were agreed for this batch.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct SpecialPricing {
    /// In major units.
    pub base_price: PriceText,
    /// ISO 4217; the server's where none is given.
    pub currency: Option<String>,
    /// By kind of customer.
    #[serde(default)]
    pub customer_type_pricing: Vec<CustomerTypePrice>,
}

/// The body of `POST /ota/tickets/bulk-generate`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct GenerateBody {
    /// What is sold.
    pub product_id: i64,
    /// How many, 1 to 5000.
    #[schema(minimum = 1, maximum = 5000)]
    pub quantity: i64,
    /// The partner's own name for the order; the same again with the same body gives the same tickets.
    pub batch_id: Option<String>,
    /// Whether the tickets are good at once.
    #[serde(default)]
    pub distribution_mode: DistributionMode,
    /// Such as `adult`.
    pub customer_type: Option<String>,
    /// Who the tickets are for.
    pub customer_info: Option<Customer>,
    /// Not good before: RFC 3339, or a date, which means its beginning.
    pub valid_from: Option<String>,
    /// Not good after: RFC 3339, or a date, which means its end.
    pub valid_until: Option<String>,
    /// The partner's own.
    #[schema(value_type = Option<Object>)]
    pub reseller_metadata: Option<Map<String, Value>>,
    /// The partner's own.
    #[schema(value_type = Option<Object>)]
    pub batch_metadata: Option<Map<String, Value>>,
    /// Prices that were agreed.
    pub special_pricing: Option<SpecialPricing>,
}

/// Agreed prices in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AgreedPrices {
    currency: Currency,
    base_price_minor: i64,
    by_customer_type: Vec<(String, i64)>,
}

/// An order as it is understood, and stored with its batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) product_id: i64,
    pub(super) quantity: i64,
    pub(super) distribution_mode: DistributionMode,
    pub(super) customer: Customer,
    pub(super) valid_from_ms: Option<i64>,
    pub(super) valid_until_ms: Option<i64>,
    reseller_metadata: Option<Map<String, Value>>,
    batch_metadata: Option<Map<String, Value>>,
    prices: Option<AgreedPrices>,
}

impl Order {
    /// The text that is stored.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_value(self).unwrap_or_default().to_string()
    }

    /// The order as it is kept once its batch is complete: of its customer, the type only.
    pub(super) fn without_person(&self) -> Self {
        let customer = Customer { kind: self.customer.kind.clone(), ..Customer::default() };
        Self { customer, ..self.clone() }
    }

    /// Tells two orders apart.
    pub(super) fn fingerprint(&self) -> String {
        hex_digest(self.to_json().as_bytes())
    }
}

impl GenerateBody {
    /// Understands the order; gives its `batch_id` too, where it has one.
    pub(super) fn parse(
        self,
        settings: &GenerateSettings,
    ) -> Result<(Option<String>, Order), Problem> {
        let mut fields = Fields::new();
        if !(1..=MAX_QUANTITY).contains(&self.quantity) {
            fields.note("quantity", format!("must be from 1 to {MAX_QUANTITY}"));
        }
        let batch_id = fields.optional("batch_id", self.batch_id, |id| bounded_text(id, MAX_SHORT));
        let customer = customer(&mut fields, self.customer_info, self.customer_type);
        let zone = settings.timezone;
        let from = fields.optional("valid_from", self.valid_from, |text| {
            parse_moment(&text, zone, DayEnd::First)
        });
        let until = fields.optional("valid_until", self.valid_until, |text| {
            parse_moment(&text, zone, DayEnd::Last)
        });
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            fields.note("valid_until", "must not be before valid_from");
        }
        let prices =
            self.special_pricing.and_then(|prices| agreed(&mut fields, &prices, settings.currency));
        let order = Order {
            product_id: self.product_id,
            quantity: self.quantity,
            distribution_mode: self.distribution_mode,
            customer,
            valid_from_ms: from.map(Timestamp::millis),
            valid_until_ms: until.map(Timestamp::millis),
            reseller_metadata: self.reseller_metadata,
            batch_metadata: self.batch_metadata,
            prices,
        };
        fields.finish(Some((batch_id, order)))
    }
}

fn customer(fields: &mut Fields, info: Option<Customer>, kind: Option<String>) -> Customer {
    let info = info.unwrap_or_default();
    let mut text = |field: &str, value: Option<String>, max| {
        fields.optional(field, value, |value| bounded_text(value, max))
    };
    let kind = text("customer_type", kind, MAX_SHORT);
    Customer {
        kind: text("customer_info.type", info.kind, MAX_SHORT).or(kind),
        name: text("customer_info.name", info.name, MAX_NAME),
        email: text("customer_info.email", info.email, MAX_NAME),
        phone: text("customer_info.phone", info.phone, MAX_SHORT),
    }
}

fn agreed(
    fields: &mut Fields,
    prices: &SpecialPricing,
    currency: Currency,
) -> Option<AgreedPrices> {
    let given = prices.currency.as_deref().map(Currency::parse);
    let currency = match given {
        None => currency,
        Some(given) => fields.take("special_pricing.currency", given)?,
    };
    let base = fields.take("special_pricing.base_price", prices.base_price.amount(currency))?;
    let mut by_customer_type = Vec::new();
    for (index, price) in prices.customer_type_pricing.iter().enumerate() {
        let at = format!("special_pricing.customer_type_pricing[{index}]");
        let kind = bounded_text(price.customer_type.clone(), MAX_SHORT);
        let kind = fields.take(&format!("{at}.customer_type"), kind)?;
        let amount = fields.take(&format!("{at}.price"), price.price.amount(currency))?;
        by_customer_type.push((kind, amount.minor));
    }
    Some(AgreedPrices { currency, base_price_minor: base.minor, by_customer_type })
}
