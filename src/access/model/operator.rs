//! Operators: their passwords, what is sent to log in, and what is told of them.

use serde::{Deserialize, Serialize, Serializer};

use super::permission::Role;
use crate::http::{Fields, Problem};
use crate::kernel::{Secret, Timestamp, Username};

/// Characters of a password at least.
const MIN_PASSWORD: usize = 10;
/// Characters of a password at most.
const MAX_PASSWORD: usize = 200;

/// A password that somebody may choose: 10 to 200 characters of any script, no control characters.
#[derive(Clone, Debug)]
pub struct Password(Secret<String>);

impl Password {
    /// Takes a text that may be a password.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn parse(text: Secret<String>) -> Result<Self, String> {
        let length = text.expose().chars().count();
        if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&length) {
            return Err(format!(
                "must have {MIN_PASSWORD} to {MAX_PASSWORD} characters, not {length}"
            ));
        }
        if text.expose().chars().any(char::is_control) {
            return Err("must not contain control characters".to_owned());
        }
        Ok(Self(text))
    }

    pub(in crate::access) fn text(&self) -> &Secret<String> {
        &self.0
    }
}

/// The hash of a password, as the PHC string format writes it with its parameters and salt.
#[derive(Clone, Debug)]
pub struct PasswordHash(Secret<String>);

impl PasswordHash {
    pub(in crate::access) fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    pub(in crate::access) fn text(&self) -> &str {
        self.0.expose()
    }
}

/// A password that is tried: whether it is right is for its hash to say.
fn tried(text: Secret<String>) -> Result<Secret<String>, String> {
    if text.expose().is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.expose().chars().count() > MAX_PASSWORD {
        return Err(format!("must be at most {MAX_PASSWORD} characters"));
    }
    Ok(text)
}

/// The body of `POST /operators/login`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct LoginBody {
    /// The operator's name to log in with.
    #[schema(max_length = 64)]
    username: String,
    /// The operator's password.
    #[schema(value_type = String, format = Password, max_length = 200)]
    password: Secret<String>,
}

impl LoginBody {
    pub(in crate::access) fn parse(self) -> Result<(Username, Secret<String>), Problem> {
        let mut fields = Fields::new();
        let username = fields.take("username", Username::parse(&self.username));
        let password = fields.take("password", tried(self.password));
        fields.finish(username.zip(password))
    }
}

/// The body of `POST /operators/password`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct PasswordBody {
    /// The password as it is.
    #[schema(value_type = String, format = Password, max_length = 200)]
    current_password: Secret<String>,
    /// The password as it shall be: 10 to 200 characters.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 200)]
    new_password: Secret<String>,
}

impl PasswordBody {
    pub(in crate::access) fn parse(self) -> Result<(Secret<String>, Password), Problem> {
        let mut fields = Fields::new();
        let current = fields.take("current_password", tried(self.current_password));
        let new = fields.take("new_password", Password::parse(self.new_password));
        fields.finish(current.zip(new))
    }
}

/// An operator as they see themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OperatorSelf {
    /// The name to log in with.
    pub username: String,
    /// The name for people.
    pub display_name: String,
    /// What they are.
    pub role: Role,
}

/// An operator who has logged in. The token is shown this once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LoggedIn {
    /// The token for the header `Authorization: Bearer`.
    #[serde(serialize_with = "expose")]
    #[schema(value_type = String)]
    pub operator_token: Secret<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub operator: OperatorSelf,
}

fn expose<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// The operator who asks, and until when the session lasts.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OperatorSession {
    /// Until when the token is good.
    pub expires_at: Timestamp,
    /// Who asks.
    pub operator: OperatorSelf,
}

/// An operator as those who administer see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OperatorSummary {
    /// The name to log in with.
    pub username: String,
    /// The name for people.
    pub display_name: String,
    /// What they are.
    pub role: Role,
    /// Whether they may log in.
    pub is_active: bool,
    /// When they were made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_10_to_200_characters_of_any_script() {
        let parse = |text: &str| Password::parse(Secret::new(text.to_owned()));
        assert!(parse("0123456789").is_ok());
        assert!(parse(&"渡".repeat(200)).is_ok());
        for text in ["012345678", "0123456789\n", &"x".repeat(201)] {
            let problem = parse(text).unwrap_err();
            assert!(!problem.contains(text), "{problem}");
        }
    }

    #[test]
    fn no_password_and_no_token_is_shown_by_debug() {
        let body = r#"{"username": "anna", "password": "correct horse"}"#;
        let body: LoginBody = serde_json::from_str(body).unwrap();
        assert!(!format!("{body:?}").contains("horse"));
        let password = Password::parse(Secret::new("correct horse".to_owned())).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
        assert!(!format!("{:?}", PasswordHash::new("$argon2id$".to_owned())).contains("argon2id"));
    }
}
