//! What is sent to make, change and list operators.

use serde::Deserialize;

use super::MAX_NAME;
use crate::access::{Password, Role};
use crate::http::{Fields, Patched, Problem, bounded_text};
use crate::kernel::{Secret, Username};

/// The body of `POST /admin/operators`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewOperatorBody {
    /// The name to log in with: 1 to 64 letters, digits, hyphens, underscores and full stops.
    #[schema(max_length = 64)]
    username: String,
    /// The name for people; the other one where none is given.
    #[schema(max_length = 200)]
    display_name: Option<String>,
    /// `steward`, `supervisor` or `admin`.
    #[schema(value_type = Role)]
    role: String,
    /// 10 to 200 characters.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 200)]
    password: Secret<String>,
}

/// An operator to make, whose password is yet to be hashed.
#[derive(Clone, Debug)]
pub(in crate::admin) struct OperatorToMake {
    pub(in crate::admin) username: Username,
    pub(in crate::admin) display_name: Option<String>,
    pub(in crate::admin) role: Role,
    pub(in crate::admin) password: Password,
}

impl NewOperatorBody {
    pub(in crate::admin) fn parse(self) -> Result<OperatorToMake, Problem> {
        let mut fields = Fields::new();
        let username = fields.take("username", Username::parse(&self.username));
        let display_name =
            fields.optional("display_name", self.display_name, |text| bounded_text(text, MAX_NAME));
        let role = fields.take("role", self.role.parse::<Role>());
        let password = fields.take("password", Password::parse(self.password));
        let parsed = username.zip(role).zip(password);
        fields.finish(parsed.map(|((username, role), password)| OperatorToMake {
            username,
            display_name,
            role,
            password,
        }))
    }
}

/// The body of `PATCH /admin/operators/{username}`. What is left out stays as it is.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorChangeBody {
    /// The name for people.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 200)]
    display_name: Patched<String>,
    /// `steward`, `supervisor` or `admin`.
    #[serde(default)]
    #[schema(value_type = Role, required = false)]
    role: Patched<String>,
    /// Whether they may log in.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_active: Patched<bool>,
    /// 10 to 200 characters.
    #[serde(default)]
    #[schema(value_type = String, required = false, format = Password, min_length = 10, max_length = 200)]
    password: Patched<Secret<String>>,
}

/// A change of an operator, whose new password is yet to be hashed.
#[derive(Clone, Debug)]
pub(in crate::admin) struct OperatorToChange {
    pub(in crate::admin) display_name: Option<String>,
    pub(in crate::admin) role: Option<Role>,
    pub(in crate::admin) is_active: Option<bool>,
    pub(in crate::admin) password: Option<Password>,
}

impl OperatorChangeBody {
    pub(in crate::admin) fn parse(self) -> Result<OperatorToChange, Problem> {
        let mut fields = Fields::new();
        let name = |text| bounded_text(text, MAX_NAME);
        let display_name = self.display_name.parse_not_null(&mut fields, "display_name", name);
        let role =
            self.role.parse_not_null(&mut fields, "role", |text: String| text.parse::<Role>());
        let is_active = self.is_active.not_null(&mut fields, "is_active");
        let password = self.password.parse_not_null(&mut fields, "password", Password::parse);
        fields.finish(Some(OperatorToChange { display_name, role, is_active, password }))
    }
}
