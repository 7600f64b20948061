//! What a forgery costs: next to nothing, and less than a signature where only that is wrong.

use std::time::Duration;

use ticketgate::kernel::{Jti, Stopwatch, TicketCode, Timestamp};
use ticketgate::token::{Claims, KeyRing, MAX_SCANNED_LENGTH, TokenError, Tokens};

use crate::support::test_app::START;

/// Forgeries that are refused in one go.
const MANY: usize = 50;
/// Goes, of which the fastest counts: what else the machine does only makes them slower.
const GOES: usize = 15;
/// How much cheaper it is at least than to make a token, which is to sign it, where the signature is not looked at: so
/// little because tests are not optimised.
const CHEAP: u32 = 2;

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
fn a_forgery_is_refused_for_less_than_a_signature_costs() {
    let (tokens, strangers) = (tokens(), tokens());
    let many = |forge: &dyn Fn() -> String| -> Vec<String> { (0..MANY).map(|_| forge()).collect() };
    let wrongly_signed = || {
        let (one, other) = (token(&tokens), token(&tokens));
        format!("{}:{}", one.rsplit_once(':').unwrap().0, other.rsplit_once(':').unwrap().1)
    };
    let (broken, forged) = (TokenError::DecryptionFailed, TokenError::SignatureInvalid);
    let kinds = [
        ("too long", many(&|| "0".repeat(MAX_SCANNED_LENGTH + 1)), broken, CHEAP),
        ("cut short", many(&|| ending(&token(&tokens), "")), broken, CHEAP),
        ("misspelt at its end", many(&|| ending(&token(&tokens), "Z")), broken, CHEAP),
        ("of another ring", many(&|| token(&strangers)), broken, CHEAP),
        ("changed", many(&|| changed(&token(&tokens), 40)), broken, CHEAP),
        ("with the signature of another", many(&wrongly_signed), forged, 1),
    ];
    let (mut best, mut signing) = ([Duration::MAX; 6], Duration::MAX);
    for _ in 0..GOES {
        let watch = Stopwatch::start();
        many(&|| token(&tokens));
        signing = signing.min(watch.elapsed());
        for (best, (_, forgeries, error, _)) in best.iter_mut().zip(&kinds) {
            *best = (*best).min(refusing(&tokens, forgeries, *error));
        }
    }
    for (best, (kind, .., cheaper)) in best.iter().zip(&kinds) {
        assert!(*best * *cheaper < signing, "{kind}: {best:?} of {signing:?}");
    }
}
