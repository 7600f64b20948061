//! The values in force, each parsed with an error that names it.

use std::fmt::Display;
use std::str::FromStr;

use super::error::ConfigError;
use super::sources::Effective;

/// All of them.
pub(super) struct Values(pub(super) Vec<Effective>);

impl Values {
    pub(super) fn get<T: FromStr>(&self, name: &'static str) -> Result<T, ConfigError>
    where
        T::Err: Display,
    {
        self.with(name, |text| text.parse::<T>().map_err(|error| error.to_string()))
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&self, name: &'static str, least: T, most: T) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        self.with(name, |text| {
            let number = text.parse::<T>().ok().filter(|n| (&least..=&most).contains(&n));
            number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
        })
    }

    /// True or false.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, ConfigError> {
        self.with(name, |text| text.parse().map_err(|_| "must be true or false".to_owned()))
    }

    pub(super) fn with<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let setting = self.0.iter().find(|setting| setting.name == name);
        let (value, source) = setting.map_or(("", "default"), |s| (&s.value, &s.source));
        parse(value).map_err(|problem| ConfigError::Setting {
            name,
            value: setting.map(Effective::shown_value).unwrap_or_default(),
            source_name: source.to_owned(),
            problem,
        })
    }
}
