//! Why a code is not issued or a ticket not shown.

use thiserror::Error;

use crate::access::AccessError;
use crate::catalog::CatalogError;
use crate::db::DbError;
use crate::redemption::RedemptionError;
use crate::tickets::TicketError;
use crate::token::{ImageError, RingError, TokenError};

/// See the module.
#[derive(Debug, Error)]
pub enum QrError {
    /// The scanned text does not open.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The ticket's trouble.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The ledger's trouble.
    #[error(transparent)]
    Redemption(#[from] RedemptionError),
    /// The catalogue's trouble.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The key ring's trouble.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The picture's trouble.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The audit log's trouble.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
