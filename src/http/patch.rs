//! A field of a change: left out, null, or given.

use std::fmt::Display;

use serde::{Deserialize, Deserializer};

use super::fields::Fields;

/// A field of a change. With `#[serde(default)]`, one that is left out stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patched<T> {
    /// Left out: stays as it is.
    #[default]
    Absent,
    /// Null: is cleared.
    Null,
    /// Given: is set.
    Value(T),
}

impl<T> Patched<T> {
    /// What a value that may be missing becomes.
    #[must_use]
    pub fn apply(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Absent => old,
            Self::Null => None,
            Self::Value(new) => Some(new),
        }
    }

    /// The same with another value where one is given.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patched<U> {
        match self {
            Self::Absent => Patched::Absent,
            Self::Null => Patched::Null,
            Self::Value(value) => Patched::Value(change(value)),
        }
    }

    /// Parses the value, or notes what is wrong with its field.
    pub fn parse<U, E: Display>(
        self,
        fields: &mut Fields,
        field: &str,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Patched<U> {
        match self {
            Self::Absent => Patched::Absent,
            Self::Null => Patched::Null,
            Self::Value(value) => match fields.take(field, parse(value)) {
                Some(parsed) => Patched::Value(parsed),
                None => Patched::Absent,
            },
        }
    }

    /// The value of a field that cannot be cleared; null is noted as wrong.
    pub fn not_null(self, fields: &mut Fields, field: &str) -> Option<T> {
        match self {
            Self::Absent => None,
            Self::Null => {
                fields.note(field, "must not be null; leave it out to keep it as it is");
                None
            }
            Self::Value(value) => Some(value),
        }
    }

    /// The same, parsed.
    pub fn parse_not_null<U, E: Display>(
        self,
        fields: &mut Fields,
        field: &str,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        let value = self.not_null(fields, field);
        fields.optional(field, value, parse)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patched<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        name: Patched<String>,
    }

    #[test]
    fn a_field_is_left_out_null_or_given() {
        let cases = [
            ("{}", Patched::Absent, Some("old")),
            (r#"{"name": null}"#, Patched::Null, None),
            (r#"{"name": "new"}"#, Patched::Value("new".to_owned()), Some("new")),
        ];
        for (text, expected, applied) in cases {
            let body: Body = serde_json::from_str(text).unwrap();
            assert_eq!(body.name, expected);
            assert_eq!(body.name.apply(Some("old".to_owned())).as_deref(), applied);
        }
        assert!(serde_json::from_str::<Body>(r#"{"name": 5}"#).is_err());
    }
}
