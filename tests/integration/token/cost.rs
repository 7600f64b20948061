//! What a forgery costs: next to nothing, unless it takes a look at its signature to find it out.

use std::time::Duration;

use ticketgate::kernel::{Jti, Stopwatch, TicketCode, Timestamp};
use ticketgate::token::{Claims, KeyRing, MAX_SCANNED_LENGTH, TokenError, Tokens};

use crate::support::test_app::START;

/// Forgeries that are refused in one go.
const MANY: usize = 50;
/// Goes, of which the fastest counts: what else the machine does only makes them slower.
const GOES: usize = 15;
/// How much dearer a look at the signature is, at least: so little because tests are not optimised.
const DEARER: u32 = 2;

fn tokens() -> Tokens {
    Tokens::new(KeyRing::generate(Timestamp::parse(START).unwrap()).unwrap(), 0)
}

fn token(tokens: &Tokens) -> String {
    let claims = Claims {
        jti: Jti::random(),
        ticket_code: TicketCode::parse("OTA-CP-20261121-000001").unwrap(),
        expires_at: Timestamp::from_unix_seconds(1_900_000_000),
    };
    tokens.seal(&claims, &tokens.next_seal().unwrap()).unwrap()
}

/// The token with another character in this place.
fn changed(token: &str, place: usize) -> String {
    let other = |(at, letter): (usize, char)| match letter {
        _ if at != place => letter,
        'A' => 'B',
        _ => 'A',
    };
    token.chars().enumerate().map(other).collect()
}

/// The token with another end in the place of its last character.
fn ending(token: &str, end: &str) -> String {
    let mut other = token.to_owned();
    other.pop();
    other + end
}

/// How long it takes to refuse these, at best.
fn refusing(tokens: &Tokens, forgeries: &[String], error: TokenError) -> Duration {
    let watch = Stopwatch::start();
    for forgery in forgeries {
        assert_eq!(tokens.open(forgery), Err(error), "{forgery}");
    }
    watch.elapsed()
}

#[test]
fn a_forgery_is_refused_for_a_fraction_of_what_a_signature_costs_unless_only_that_is_wrong() {
    let (tokens, strangers) = (tokens(), tokens());
    let many = |forge: &dyn Fn() -> String| -> Vec<String> { (0..MANY).map(|_| forge()).collect() };
    let signed = many(&|| {
        let (one, other) = (token(&tokens), token(&tokens));
        format!("{}:{}", one.rsplit_once(':').unwrap().0, other.rsplit_once(':').unwrap().1)
    });
    let cheap = [
        ("too long", many(&|| "0".repeat(MAX_SCANNED_LENGTH + 1))),
        ("cut short", many(&|| ending(&token(&tokens), ""))),
        ("misspelt at its end", many(&|| ending(&token(&tokens), "Z"))),
        ("of another ring", many(&|| token(&strangers))),
        ("changed", many(&|| changed(&token(&tokens), 40))),
    ];
    let mut best = [Duration::MAX; 6];
    for _ in 0..GOES {
        best[5] = best[5].min(refusing(&tokens, &signed, TokenError::SignatureInvalid));
        for (best, (_, forgeries)) in best.iter_mut().zip(&cheap) {
            *best = (*best).min(refusing(&tokens, forgeries, TokenError::DecryptionFailed));
        }
    }
    for (best_of, (kind, _)) in best.iter().zip(&cheap) {
        assert!(*best_of * DEARER < best[5], "{kind}: {best_of:?} of {:?}", best[5]);
    }
}
