//! Terminals as they are set up and changed, and their pairing codes as they are shown.

use serde::{Deserialize, Deserializer, Serialize};

use super::functions::function_codes;
use crate::access::{
    FunctionsChange, MAX_DEVICE, NewTerminal, PairingOffer, TerminalChange, TerminalSummary,
};
use crate::http::{Fields, Problem, bounded_text};
use crate::kernel::{Timestamp, VenueCode};
use crate::token::{ImageError, ImageFormat, image_data_uri};

/// The body of `POST /admin/terminals`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewTerminalBody {
    /// The device's id, as its scans will name it; at most 100 characters.
    terminal_device_id: String,
    /// Where it stands.
    venue_code: String,
    /// What it may redeem; all that its venue redeems where nothing is said.
    functions: Option<Vec<String>>,
}

impl NewTerminalBody {
    pub(in crate::admin) fn parse(self) -> Result<NewTerminal, Problem> {
        let mut fields = Fields::new();
        let id = bounded_text(self.terminal_device_id, MAX_DEVICE);
        let id = fields.take("terminal_device_id", id);
        let venue_code = fields.take("venue_code", VenueCode::parse(&self.venue_code));
        let functions =
            self.functions.and_then(|texts| function_codes(&mut fields, "functions", &texts));
        let terminal = id.zip(venue_code).map(|(terminal_device_id, venue_code)| NewTerminal {
            terminal_device_id,
            venue_code,
            functions,
        });
        fields.finish(terminal)
    }
}

/// A field that may be missing, which is not the same as null.
#[derive(Clone, Debug, Default)]
enum Given<T> {
    #[default]
    Missing,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// The body of `PATCH /admin/terminals/{id}`; what is not given stays.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct TerminalChangeBody {
    /// Where it stands.
    venue_code: Option<String>,
    /// What it may redeem; null means all that its venue redeems.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    functions: Given<Vec<String>>,
}

impl TerminalChangeBody {
    pub(in crate::admin) fn parse(self) -> Result<TerminalChange, Problem> {
        let mut fields = Fields::new();
        let venue_code =
            fields.optional("venue_code", self.venue_code, |text| VenueCode::parse(&text));
        let functions = match self.functions {
            Given::Missing => Some(FunctionsChange::Keep),
            Given::Null => Some(FunctionsChange::All),
            Given::Value(texts) => {
                function_codes(&mut fields, "functions", &texts).map(FunctionsChange::Only)
            }
        };
        fields.finish(functions.map(|functions| TerminalChange { venue_code, functions }))
    }
}

/// A one-time code that a terminal's device exchanges for its key at `POST /terminals/pair`; shown this once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(in crate::admin) struct PairingCodeBody {
    /// `XXXX-XXXX-XXXX`
    pairing_code: String,
    /// The code as a QR code: a PNG as a `data:` URI.
    pairing_qr: String,
    /// Until when it is good.
    expires_at: Timestamp,
}

impl TryFrom<PairingOffer> for PairingCodeBody {
    type Error = ImageError;

    fn try_from(offer: PairingOffer) -> Result<Self, ImageError> {
        let pairing_code = offer.pairing_code.expose();
        let picture = image_data_uri(&pairing_code, ImageFormat::Png)?;
        let pairing_qr = picture.unwrap_or_default();
        Ok(Self { pairing_code, pairing_qr, expires_at: offer.expires_at })
    }
}

/// A new terminal with its pairing code.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(in crate::admin) struct SetUpTerminalBody {
    /// The terminal.
    #[serde(flatten)]
    pub(in crate::admin) terminal: TerminalSummary,
    /// Its code.
    #[serde(flatten)]
    pub(in crate::admin) offer: PairingCodeBody,
}
