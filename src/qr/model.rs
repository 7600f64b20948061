//! What is sent to and answered by the QR routes.

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::error::QrError;
use crate::catalog::{Catalog, CatalogView};
use crate::db::{Db, DbError};
use crate::http::{Fields, Problem, Room};
use crate::kernel::{Clock, FunctionCode, Jti, PartnerCode, TicketCode, Timestamp, VenueCode};
use crate::redemption::{Look, Lookout, Reason};
use crate::tickets::{Customer, Entitlement, HeldTicket, IssuedCode, TicketError, TicketStatus};
use crate::token::{Claims, ImageFormat, Tokens, image_data_uri};

/// What the QR routes need.
#[derive(Clone, Debug)]
pub struct QrState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Products and venues.
    pub catalog: Arc<CatalogView>,
    /// Sealing and opening.
    pub tokens: Arc<Tokens>,
    /// The looks' way in.
    pub lookout: Arc<Lookout>,
}

impl Room for QrState {
    fn ask_for_room(&self) -> Result<(), DbError> {
        self.lookout.ask_for_room()
    }
}

const DEFAULT_EXPIRY_MINUTES: i64 = 1440;
const MAX_EXPIRY_MINUTES: i64 = 525_600;

/// The body of `POST /qr/{code}`; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct IssueBody {
    /// How long the code is good at most, in minutes; never past the ticket's own validity.
    #[schema(minimum = 1, maximum = 525_600, default = 1440)]
    pub expiry_minutes: Option<i64>,
    /// Which picture.
    pub image: Option<ImageFormat>,
}

impl IssueBody {
    pub(super) fn parse(&self) -> Result<(TimeDelta, ImageFormat), Problem> {
        let mut fields = Fields::new();
        let minutes = self.expiry_minutes.unwrap_or(DEFAULT_EXPIRY_MINUTES);
        if !(1..=MAX_EXPIRY_MINUTES).contains(&minutes) {
            fields.note("expiry_minutes", format!("must be from 1 to {MAX_EXPIRY_MINUTES}"));
        }
        let lifetime = TimeDelta::try_minutes(minutes).unwrap_or_default();
        fields.finish(Some((lifetime, self.image.unwrap_or_default())))
    }
}

/// The query of `GET /qr/{code}`.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CurrentCodeQuery {
    /// `png`, `svg` or `none`.
    image: Option<String>,
}

impl CurrentCodeQuery {
    pub(super) fn parse(self) -> Result<ImageFormat, Problem> {
        let mut fields = Fields::new();
        let format = fields.optional("image", self.image, |text| match text.as_str() {
            "png" => Ok(ImageFormat::Png),
            "svg" => Ok(ImageFormat::Svg),
            "none" => Ok(ImageFormat::None),
            _ => Err("must be one of png, svg, none"),
        });
        fields.finish(Some(format.unwrap_or_default()))
    }
}

/// An issued QR code.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CodeBody {
    /// Always true.
    success: bool,
    /// The identity of the QR code.
    jti: Jti,
    /// The ticket.
    ticket_code: TicketCode,
    /// The token: `iv:encrypted:authTag:signature`.
    encrypted_data: String,
    /// Its picture as a data URI; null where none was wanted.
    qr_image: Option<String>,
    /// In whole seconds.
    issued_at: Timestamp,
    /// In whole seconds.
    expires_at: Timestamp,
    /// Whole seconds from now; 0 once it has expired.
    valid_for_seconds: i64,
}

impl CodeBody {
    pub(super) fn new(
        code: &IssuedCode,
        tokens: &Tokens,
        format: ImageFormat,
        now: Timestamp,
    ) -> Result<Self, QrError> {
        let claims = &code.claims;
        let not_issued = || TicketError::CodeNotIssued(claims.ticket_code.clone());
        let encrypted_data = tokens.seal(claims, &code.sealing).ok_or_else(not_issued)?;
        Ok(Self {
            success: true,
            jti: claims.jti,
            ticket_code: claims.ticket_code.clone(),
            qr_image: image_data_uri(&encrypted_data, format)?,
            encrypted_data,
            issued_at: code.issued_at,
            expires_at: claims.expires_at,
            valid_for_seconds: claims.expires_at.since(now.whole_seconds()).num_seconds().max(0),
        })
    }
}

/// A product as a ticket shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ProductInfo {
    /// Its number.
    id: i64,
    /// For people; null for a product that is gone.
    name: Option<String>,
}

impl ProductInfo {
    pub(super) fn of(product_id: i64, catalog: &Catalog) -> Self {
        let product = catalog.products.get(&product_id);
        Self { id: product_id, name: product.map(|product| product.product_name.clone()) }
    }
}

/// A ticket looked up by its code.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InfoBody {
    /// Its public code.
    ticket_code: TicketCode,
    /// Always `OTA`.
    ticket_type: &'static str,
    /// Where it is in its life.
    status: TicketStatus,
    /// What is left on it.
    entitlements: Vec<Entitlement>,
    /// Whether a new QR code would be issued for it now.
    can_generate_qr: bool,
    /// What was sold.
    product_info: ProductInfo,
    /// Who it is for.
    customer_info: Customer,
}

impl InfoBody {
    pub(super) fn new(held: HeldTicket, catalog: &Catalog, now: Timestamp) -> Self {
        let ticket = held.ticket;
        let is_over = ticket.valid_until.is_some_and(|until| until.whole_seconds() <= now);
        Self {
            ticket_code: ticket.ticket_code,
            ticket_type: "OTA",
            status: ticket.status,
            entitlements: held.entitlements,
            can_generate_qr: ticket.status.may_have_new_code() && !is_over,
            product_info: ProductInfo::of(ticket.product_id, catalog),
            customer_info: ticket.customer,
        }
    }
}

/// The body of `POST /qr/decrypt`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct DecryptBody {
    /// The scanned text.
    pub encrypted_data: String,
    /// Where it was scanned; a terminal's own venue where a terminal's key is used.
    pub venue_code: Option<String>,
}

/// A look as it is understood, before its token is opened.
#[derive(Clone, Debug)]
pub(super) struct ParsedLook {
    pub(super) encrypted_data: String,
    pub(super) venue_code: Option<VenueCode>,
}

impl DecryptBody {
    pub(super) fn parse(self) -> Result<ParsedLook, Problem> {
        let mut fields = Fields::new();
        let venue_code =
            fields.optional("venue_code", self.venue_code, |text| VenueCode::parse(&text));
        fields.finish(Some(ParsedLook { encrypted_data: self.encrypted_data, venue_code }))
    }
}

/// An entitlement as the gate sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LookedAtEntitlement {
    /// Such as `ferry`.
    function_code: FunctionCode,
    /// For people.
    function_name: String,
    /// Uses left.
    remaining_uses: i64,
    /// Uses in all.
    total_uses: i64,
    /// Whether a scan would take one now.
    redeemable: bool,
    /// Why a scan would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl LookedAtEntitlement {
    fn new((entitlement, refusal): (Entitlement, Option<Reason>)) -> Self {
        Self {
            function_code: entitlement.function_code,
            function_name: entitlement.function_name,
            remaining_uses: entitlement.remaining_uses,
            total_uses: entitlement.total_uses,
            redeemable: refusal.is_none(),
            reason: refusal.map(Reason::code),
        }
    }
}

/// The ticket behind a QR code.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct TicketInfo {
    /// Always `OTA`.
    ticket_type: &'static str,
    /// Where it is in its life.
    status: TicketStatus,
    /// Who it is for.
    customer_info: Customer,
    /// What is left on it, and what a scan would say.
    entitlements: Vec<LookedAtEntitlement>,
    /// What was sold.
    product_info: ProductInfo,
    /// What was sold.
    product_id: i64,
    /// The batch that it was made in.
    batch_id: String,
    /// Whose it is.
    partner_id: PartnerCode,
    /// The order that it belongs to.
    order_id: Option<String>,
}

/// What a scanned text holds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DecryptedBody {
    /// The identity of the QR code.
    jti: Jti,
    /// The ticket.
    ticket_code: TicketCode,
    /// Of the token's format.
    version: u8,
    /// When the code was issued; null for one that is not on record.
    issued_at: Option<Timestamp>,
    /// In whole seconds.
    expires_at: Timestamp,
    /// Whether that is over.
    is_expired: bool,
    /// Whether a newer code has taken its place.
    is_superseded: bool,
    /// Whole seconds until it expires; 0 once it has.
    remaining_seconds: i64,
    /// The ticket.
    ticket_info: TicketInfo,
}

impl DecryptedBody {
    pub(super) fn new(claims: Claims, look: Look, catalog: &Catalog, now: Timestamp) -> Self {
        let HeldTicket { ticket, entitlements } = look.held;
        Self {
            jti: claims.jti,
            version: Claims::VERSION,
            issued_at: look.code.map(|code| code.issued_at),
            expires_at: claims.expires_at,
            is_expired: claims.expires_at <= now,
            is_superseded: ticket.current_jti != Some(claims.jti),
            remaining_seconds: claims.expires_at.since(now.whole_seconds()).num_seconds().max(0),
            ticket_code: claims.ticket_code,
            ticket_info: TicketInfo {
                ticket_type: "OTA",
                status: ticket.status,
                customer_info: ticket.customer,
                entitlements: entitlements
                    .into_iter()
                    .zip(look.refusals)
                    .map(LookedAtEntitlement::new)
                    .collect(),
                product_info: ProductInfo::of(ticket.product_id, catalog),
                product_id: ticket.product_id,
                batch_id: ticket.batch_id,
                partner_id: ticket.partner_code,
                order_id: ticket.order_id,
            },
        }
    }
}
