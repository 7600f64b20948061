//! Products as they are made and changed.

use std::collections::HashSet;

use serde::Deserialize;

use super::functions::{MAX_FUNCTIONS, check_count, check_once};
use super::{MAX_NAME, MAX_SHORT};
use crate::catalog::{NewProduct, Price, ProductChange, ProductFunction};
use crate::http::{Fields, Patched, Problem, bounded_text};
use crate::kernel::{Currency, FunctionCode, PriceText, ProductCode};

/// Uses of a function at most.
const MAX_USES: i64 = 1000;
/// Prices of a product at most.
const MAX_PRICES: usize = 200;
/// A product's number at most.
const MAX_ID: i64 = 2_147_483_647;

/// A function of a product.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub(in crate::admin) struct FunctionBody {
    /// Such as `ferry`.
    function_code: String,
    /// For people.
    function_name: String,
    /// How often, 1 to 1000.
    #[schema(minimum = 1, maximum = 1000)]
    uses: i64,
}

/// What one kind of customer pays for a product.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub(in crate::admin) struct PriceBody {
    /// Such as `adult`.
    customer_type: String,
    /// In major units.
    price: PriceText,
    /// ISO 4217; the server's where none is given.
    currency: Option<String>,
}

/// The body of `POST /admin/products`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewProductBody {
    /// The part of its tickets' codes: 2 to 4 capital letters and digits.
    product_code: String,
    /// For people.
    product_name: String,
    /// What it entitles to, in order.
    functions: Vec<FunctionBody>,
    /// What it costs.
    prices: Option<Vec<PriceBody>>,
    /// Its number; the next free one where none is given.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    product_id: Option<i64>,
}

impl NewProductBody {
    pub(in crate::admin) fn parse(self, currency: Currency) -> Result<NewProduct, Problem> {
        let mut fields = Fields::new();
        let code = fields.take("product_code", ProductCode::parse(&self.product_code));
        let name = fields.take("product_name", bounded_text(self.product_name, MAX_NAME));
        let functions = functions(&mut fields, self.functions);
        let prices = prices(&mut fields, self.prices.unwrap_or_default(), currency);
        if self.product_id.is_some_and(|id| !(1..=MAX_ID).contains(&id)) {
            fields.note("product_id", format!("must be from 1 to {MAX_ID}"));
        }
        let parts = code.zip(name).zip(functions.zip(prices));
        let product = parts.map(|((product_code, product_name), (functions, prices))| NewProduct {
            product_id: self.product_id,
            product_code,
            product_name,
            functions,
            prices,
        });
        fields.finish(product)
    }
}

/// The body of `PATCH /admin/products/{product_id}`. What is left out stays as it is.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductChangeBody {
    /// For people.
    #[serde(default)]
    #[schema(value_type = String, required = false)]
    product_name: Patched<String>,
    /// What tickets that are made from now on entitle to, in order.
    #[serde(default)]
    #[schema(value_type = Vec<FunctionBody>, required = false)]
    functions: Patched<Vec<FunctionBody>>,
    /// What it costs: all its prices.
    #[serde(default)]
    #[schema(value_type = Vec<PriceBody>, required = false)]
    prices: Patched<Vec<PriceBody>>,
    /// Whether tickets of it are generated.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_active: Patched<bool>,
}

impl ProductChangeBody {
    pub(in crate::admin) fn parse(self, currency: Currency) -> Result<ProductChange, Problem> {
        let mut fields = Fields::new();
        let name = |text| bounded_text(text, MAX_NAME);
        let product_name = self.product_name.parse_not_null(&mut fields, "product_name", name);
        let given = self.functions.not_null(&mut fields, "functions");
        let functions = given.and_then(|bodies| functions(&mut fields, bodies));
        let given = self.prices.not_null(&mut fields, "prices");
        let prices = given.and_then(|bodies| prices(&mut fields, bodies, currency));
        let is_active = self.is_active.not_null(&mut fields, "is_active");
        fields.finish(Some(ProductChange { product_name, functions, prices, is_active }))
    }
}

fn functions(fields: &mut Fields, bodies: Vec<FunctionBody>) -> Option<Vec<ProductFunction>> {
    check_count(fields, "functions", bodies.len(), MAX_FUNCTIONS);
    let mut seen = HashSet::new();
    let mut functions = Vec::new();
    for (index, body) in bodies.into_iter().enumerate() {
        let at = |part: &str| format!("functions[{index}].{part}");
        let code = fields.take(&at("function_code"), FunctionCode::parse(&body.function_code));
        let name = fields.take(&at("function_name"), bounded_text(body.function_name, MAX_NAME));
        if !(1..=MAX_USES).contains(&body.uses) {
            fields.note(&at("uses"), format!("must be from 1 to {MAX_USES}"));
        }
        let (function_code, function_name) = code.zip(name)?;
        check_once(fields, (&mut seen, function_code.clone()), &at("function_code"));
        functions.push(ProductFunction { function_code, function_name, uses: body.uses });
    }
    Some(functions)
}

fn prices(fields: &mut Fields, bodies: Vec<PriceBody>, currency: Currency) -> Option<Vec<Price>> {
    if bodies.len() > MAX_PRICES {
        check_count(fields, "prices", bodies.len(), MAX_PRICES);
    }
    let mut seen = HashSet::new();
    let mut prices = Vec::new();
    for (index, body) in bodies.into_iter().enumerate() {
        let at = |part: &str| format!("prices[{index}].{part}");
        let kind = fields.take(&at("customer_type"), bounded_text(body.customer_type, MAX_SHORT));
        let currency = match body.currency {
            Some(text) => fields.take(&at("currency"), Currency::parse(&text))?,
            None => currency,
        };
        let amount = fields.take(&at("price"), body.price.amount(currency));
        let (customer_type, amount) = kind.zip(amount)?;
        let (kind, at) = ((customer_type.clone(), currency), at("customer_type"));
        check_once(fields, (&mut seen, kind), &at);
        prices.push(Price { customer_type, amount });
    }
    Some(prices)
}
