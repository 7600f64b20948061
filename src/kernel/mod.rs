//! What every other room stands on: identifiers and codes, the clock, money, randomness, secrets, names of files, and the
//! causes of errors.
//!
//! Comes in: text and numbers from the edge. Goes out: values parsed once that need no second look.

mod causes;
mod clock;
mod id;
mod money;
mod path;
mod secret;
mod system_user;

pub use causes::causes;
pub use clock::{Clock, DayEnd, ManualClock, Stopwatch, Timestamp, parse_moment};
pub use id::{
    CodeError, FunctionCode, Jti, PartnerCode, ProductCode, TicketCode, Username, VenueCode,
    sortable_id,
};
pub use money::{Amount, Currency, MoneyError, PriceText};
pub use path::beside;
pub use secret::{Secret, random_bytes};
pub use system_user::system_user;
