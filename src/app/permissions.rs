//! Who may ask for what: the table of operations, as a document and as the security of the OpenAPI document.

use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::path;

use crate::access::{Class, Grant, Partners, Role};

/// An operation, and who may ask for it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// In lower case, as in the OpenAPI document.
    pub method: &'static str,
    /// Its path, with variables in braces.
    pub path: &'static str,
    /// Who may ask for it.
    pub grant: Grant,
    /// What it is limited together with.
    pub class: Class,
    /// Whether only what fails is counted.
    pub counts_failures_only: bool,
}

/// Writes into an operation of the OpenAPI document which credentials it takes.
pub(super) fn describe(operation: &mut path::Operation, grant: Grant) {
    let requirement = |name: &str| SecurityRequirement::new::<_, [&str; 0], &str>(name, []);
    let mut accepted = Vec::new();
    if grant.partners != Partners::Never {
        accepted.push(requirement("ApiKey"));
    }
    if grant.terminals {
        accepted.push(requirement("TerminalKey"));
    }
    if grant.operators.is_some() {
        accepted.push(requirement("OperatorToken"));
    }
    operation.security = Some(accepted);
    if !grant.anybody {
        let told = operation.description.take().unwrap_or_default();
        operation.description = Some(format!("{told}\n\nNeeds {grant}.").trim_start().to_owned());
    }
}

/// `docs/permissions.md`, made from the table of operations.
#[must_use]
pub fn permissions_page(operations: &[Operation]) -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
         This page is made from the table of routes in `src/app/routes.rs` and the grants of the permits in\n\
         `src/access`; `make documents` writes it, and a test compares it. Every operation also answers under `/api`.\n\n\
         A partner sees and touches its own batches, tickets and events only. A terminal acts at its own venue, with its\n\
         own device, for the functions that it was paired for. An operator's role includes the ones to its left. At a\n\
         demo, callers without credentials count as a supervisor.\n\n\
         | operation | partner | terminal | steward | supervisor | admin | without credentials | limited as |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for operation in operations {
        page.push_str(&row(operation));
        page.push('\n');
    }
    page
}

fn row(operation: &Operation) -> String {
    let Operation { method, path, grant, class, counts_failures_only } = operation;
    let mark = |is_granted: bool| if is_granted || grant.anybody { "yes" } else { "-" };
    let partner = match grant.partners {
        Partners::With(permission) => format!("`{}`", permission.name()),
        Partners::Any => "yes".to_owned(),
        Partners::Never => mark(false).to_owned(),
    };
    let roles = Role::ALL.map(|role| mark(grant.operators.is_some_and(|least| role >= least)));
    let class = if *class == Class::Unlimited { "-" } else { class.name() };
    let counted = if *counts_failures_only { " (failures)" } else { "" };
    format!(
        "| `{} {path}` | {partner} | {} | {} | {} | {class}{counted} |",
        method.to_uppercase(),
        mark(grant.terminals),
        roles.join(" | "),
        mark(false),
    )
}
