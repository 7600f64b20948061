//! How fast the parts are, each alone: tokens opened and sealed, scans decided, QR codes drawn. `make bench-parts` runs them.

use divan::{Bencher, black_box};

mod world;

use world::{Forgery, World};

fn main() {
    divan::main();
}

/// A token that was opened before.
#[divan::bench]
fn open_seen_before(bencher: Bencher) {
    let world = World::new();
    let token = world.token();
    black_box(world.tokens.open(&token).is_ok());
    bencher.bench(|| world.tokens.open(black_box(&token)));
}

/// A token that is new: decrypted, and its signature compared.
#[divan::bench]
fn open_new(bencher: Bencher) {
    let world = World::new();
    bencher.with_inputs(|| world.token()).bench_refs(|token| world.tokens.open(black_box(token)));
}

/// A new token under a ring with four live keys, sealed with the one that is tried last.
#[divan::bench]
fn open_new_of_the_last_of_four_keys(bencher: Bencher) {
    let world = World::with_four_keys();
    bencher.with_inputs(|| world.token()).bench_refs(|token| world.tokens.open(black_box(token)));
}

/// Forgeries under a ring with one key.
#[divan::bench(args = Forgery::ALL)]
fn refuse(bencher: Bencher, forgery: Forgery) {
    refuse_in(bencher, &World::new(), forgery);
}

/// Forgeries under a ring with four live keys, each of which is tried.
#[divan::bench(args = Forgery::ALL)]
fn refuse_under_four_keys(bencher: Bencher, forgery: Forgery) {
    refuse_in(bencher, &World::with_four_keys(), forgery);
}

fn refuse_in(bencher: Bencher, world: &World, forgery: Forgery) {
    let forged = world.forge(forgery);
    bencher.bench(|| world.tokens.open(black_box(&forged)));
}

/// A new token: encrypted and signed.
#[divan::bench]
fn seal(bencher: Bencher) {
    let world = World::new();
    let claims = world.claims();
    let inputs = || world.tokens.next_seal().ok();
    bencher.with_inputs(inputs).bench_refs(|sealing| {
        sealing.as_ref().and_then(|sealing| world.tokens.seal(black_box(&claims), sealing))
    });
}

/// The decision on a scan of a ticket with three functions.
#[divan::bench]
fn decide(bencher: Bencher) {
    let world = World::new();
    let (state, attempt) = world.at_the_gate();
    bencher.bench(|| ticketgate::redemption::decide(Some(black_box(&state)), &attempt, world.now));
}

/// A token's picture as PNG.
#[divan::bench]
fn draw_png(bencher: Bencher) {
    let token = World::new().token();
    bencher.bench(|| ticketgate::token::png_image(black_box(&token)));
}

/// A token's picture as SVG.
#[divan::bench]
fn draw_svg(bencher: Bencher) {
    let token = World::new().token();
    bencher.bench(|| ticketgate::token::svg_image(black_box(&token)));
}
