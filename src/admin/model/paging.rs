//! The query of a list that has pages and nothing else.

use serde::Deserialize;

use crate::http::{Fields, Page, Problem};

/// Which page of a list is wanted.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Counted from 1.
    page: Option<String>,
    /// Entries on a page, 50 where none is given, 500 at most.
    limit: Option<String>,
}

impl PageQuery {
    pub(in crate::admin) fn parse(self) -> Result<Page, Problem> {
        let mut fields = Fields::new();
        let page = Page::parse(&mut fields, self.page.as_deref(), self.limit.as_deref());
        fields.finish(Some(page))
    }
}
