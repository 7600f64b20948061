//! Terminals as they are set up and changed, and their pairing codes as they are shown.

use serde::{Deserialize, Serialize};

use super::functions::function_codes;
use crate::access::{MAX_DEVICE, NewTerminal, PairingOffer, TerminalChange, TerminalSummary};
use crate::http::{Fields, Patched, Problem, bounded_text};
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

/// The body of `PATCH /admin/terminals/{terminal_device_id}`. What is left out stays as it is.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminalChangeBody {
    /// Where it stands.
    #[serde(default)]
    #[schema(value_type = String, required = false)]
    venue_code: Patched<String>,
    /// What it may redeem; null means all that its venue redeems.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    functions: Patched<Vec<String>>,
}

impl TerminalChangeBody {
    pub(in crate::admin) fn parse(self) -> Result<TerminalChange, Problem> {
        let mut fields = Fields::new();
        let code = |text: String| VenueCode::parse(&text);
        let venue_code = self.venue_code.parse_not_null(&mut fields, "venue_code", code);
        let functions = match self.functions {
            Patched::Absent => Some(Patched::Absent),
            Patched::Null => Some(Patched::Null),
            Patched::Value(texts) => {
                function_codes(&mut fields, "functions", &texts).map(Patched::Value)
            }
        };
        fields.finish(functions.map(|functions| TerminalChange { venue_code, functions }))
    }
}

/// A one-time code that a terminal's device exchanges for its key at `POST /terminals/pair`; shown this once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PairingCodeBody {
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
pub struct SetUpTerminalBody {
    /// The terminal.
    #[serde(flatten)]
    pub(in crate::admin) terminal: TerminalSummary,
    /// Its code.
    #[serde(flatten)]
    pub(in crate::admin) offer: PairingCodeBody,
}
