//! Pages of a list.

use serde::Serialize;

use super::fields::Fields;

/// Entries on a page where none is asked for.
const DEFAULT_LIMIT: i64 = 50;
/// Entries on a page at most.
const MAX_LIMIT: i64 = 500;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Counted from 1.
    pub page: i64,
    /// Entries on a page.
    pub limit: i64,
}

impl Page {
    /// Reads `page` and `limit`; a limit over the maximum is capped.
    pub fn parse(fields: &mut Fields, page: Option<&str>, limit: Option<&str>) -> Self {
        let at_least_one = |text: &str| match text.parse::<i64>() {
            Ok(number) if number >= 1 => Ok(number),
            _ => Err("must be a whole number of 1 or more"),
        };
        let page = fields.optional("page", page, at_least_one).unwrap_or(1);
        let limit = fields.optional("limit", limit, at_least_one).unwrap_or(DEFAULT_LIMIT);
        Self { page, limit: limit.min(MAX_LIMIT) }
    }

    /// Entries before this page.
    #[must_use]
    pub fn offset(self) -> i64 {
        (self.page - 1).saturating_mul(self.limit)
    }

    /// Whether a list of this length goes on after this page.
    #[must_use]
    pub fn has_more(self, total: i64) -> bool {
        self.offset().saturating_add(self.limit) < total
    }
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Listing<T> {
    /// The entries of this page.
    pub items: Vec<T>,
    /// Entries in the whole list.
    pub total: i64,
    /// This page, counted from 1.
    pub page: i64,
    /// Entries on a page.
    pub page_size: i64,
    /// Whether there is a next page.
    pub has_more: bool,
}

impl<T> Listing<T> {
    /// A page with its place in the list.
    #[must_use]
    pub fn new(items: Vec<T>, total: i64, page: Page) -> Self {
        let has_more = page.has_more(total);
        Self { items, total, page: page.page, page_size: page.limit, has_more }
    }
}
