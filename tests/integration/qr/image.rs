//! The pictures of real tokens, read by a reader that knows nothing of this program.

use data_encoding::BASE64;
use png::{BitDepth, ColorType};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use rqrr::{MetaData, PreparedImage};
use serde_json::json;

use crate::support::TestApp;

/// Modules of white around a code.
const QUIET_ZONE: usize = 4;

/// A picture as brightness, row by row.
struct Picture {
    side: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.pixels[y * self.side + x] < 128
    }

    /// Pixels of white before the first dark one, from the left.
    fn margin(&self) -> usize {
        let dark = |x: &usize| (0..self.side).any(|y| self.is_dark(*x, y));
        (0..self.side).find(dark).unwrap()
    }

    /// The text that a reader finds in it, and how it is written there.
    fn read(&self) -> (MetaData, String) {
        let side = self.side;
        let mut image =
            PreparedImage::prepare_from_greyscale(side, side, |x, y| self.pixels[y * side + x]);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap()
    }
}

#[track_caller]
fn data_uri(body: &serde_json::Value, kind: &str) -> Vec<u8> {
    let uri = body["qr_image"].as_str().unwrap();
    BASE64.decode(uri.strip_prefix(kind).unwrap().as_bytes()).unwrap()
}

/// Reads a PNG, which must be greyscale and one bit deep.
fn png_picture(file: &[u8]) -> Picture {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.color_type, info.bit_depth), (ColorType::Grayscale, BitDepth::One));
    assert_eq!(info.width, info.height);
    let side = usize::try_from(info.width).unwrap();
    let mut rows = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rows).unwrap();
    let bytes = side.div_ceil(8);
    let bit = |at: usize| rows[at / side * bytes + at % side / 8] >> (7 - at % side % 8) & 1;
    Picture { side, pixels: (0..side * side).map(|at| bit(at) * 255).collect() }
}

/// The text in a PNG that is a `data:` URI.
#[track_caller]
pub fn text_of_png(uri: &str) -> String {
    let file = uri.strip_prefix("data:image/png;base64,").unwrap();
    png_picture(&BASE64.decode(file.as_bytes()).unwrap()).read().1
}

/// The text in a picture of half blocks, the light modules drawn.
#[track_caller]
pub fn text_on_screen(lines: &[&str]) -> String {
    const SCALE: usize = 4;
    let rows: Vec<Vec<bool>> = lines
        .iter()
        .flat_map(|line| {
            let light =
                |half: char| line.chars().map(|one| one == '\u{2588}' || one == half).collect();
            [light('\u{2580}'), light('\u{2584}')]
        })
        .collect();
    let side = rows[0].len();
    let is_light = |x: usize, y: usize| rows.get(y).is_none_or(|row: &Vec<bool>| row[x]);
    let pixel = |at: usize| {
        let (x, y) = (at % (side * SCALE) / SCALE, at / (side * SCALE) / SCALE);
        if is_light(x, y) { 255 } else { 0 }
    };
    let side = side * SCALE;
    Picture { side, pixels: (0..side * side).map(pixel).collect() }.read().1
}

/// Draws an SVG at its own size.
fn svg_picture(file: &[u8]) -> Picture {
    let tree = usvg::Tree::from_data(file, &usvg::Options::default()).unwrap();
    let size = tree.size().to_int_size();
    assert_eq!(size.width(), size.height());
    let mut pixmap = Pixmap::new(size.width(), size.height()).unwrap();
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    let pixels = pixmap.pixels().iter().map(|pixel| {
        assert_eq!(pixel.alpha(), 255, "the background is drawn too");
        pixel.green()
    });
    Picture { side: usize::try_from(size.width()).unwrap(), pixels: pixels.collect() }
}

/// Sees to it that a picture has its quiet zone, and modules of four pixels and more.
#[track_caller]
fn assert_drawn(picture: &Picture, modules: usize) {
    let scale = picture.side / (modules + 2 * QUIET_ZONE);
    assert!(scale >= 4, "{scale} pixels a module");
    assert_eq!(picture.side, scale * (modules + 2 * QUIET_ZONE));
    let (first, last) = (QUIET_ZONE * scale, picture.side - QUIET_ZONE * scale - 1);
    assert_eq!(picture.margin(), first);
    // The corners of the three finder patterns, and white all around.
    assert!(picture.is_dark(first, first));
    assert!(picture.is_dark(last, first));
    assert!(picture.is_dark(first, last));
    for y in 0..picture.side {
        for x in (0..first).chain(last + 1..picture.side) {
            assert!(!picture.is_dark(x, y) && !picture.is_dark(y, x), "{x} {y}");
        }
    }
}

#[test]
fn every_picture_gives_the_token_back() {
    let app = TestApp::demo();
    for code in app.partner().generate(5) {
        let path = format!("/qr/{code}");
        let png = app.partner().client.post(&path, &json!({})).expect(200).body;
        let token = png["encrypted_data"].as_str().unwrap();
        let svg = app.partner().client.get(&format!("{path}?image=svg")).expect(200).body;
        let pictures = [
            png_picture(&data_uri(&png, "data:image/png;base64,")),
            svg_picture(&data_uri(&svg, "data:image/svg+xml;base64,")),
        ];
        for picture in pictures {
            assert_drawn(&picture, 49);
            assert_eq!(picture.read().1, token);
        }
    }
}

#[test]
fn the_token_of_a_22_character_code_fills_version_8_exactly() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    assert_eq!(code.len(), 22);
    let issued = app.partner().client.post(&format!("/qr/{code}"), &json!({})).expect(200).body;
    let token = issued["encrypted_data"].as_str().unwrap();
    let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV:";
    assert!(token.chars().all(|c| alphabet.contains(c)), "{token}");
    let lengths: Vec<usize> = token.split(':').map(str::len).collect();
    assert_eq!((token.len(), lengths), (221, vec![20, 69, 26, 103]));
    let (meta, _) = png_picture(&data_uri(&issued, "data:image/png;base64,")).read();
    // ISO/IEC 18004, table 12: 00 is level M.
    assert_eq!((meta.version.0, meta.ecc_level), (8, 0));
    // One character more would not fit.
    assert!(
        qrcode::QrCode::with_version(
            format!("{token}0"),
            qrcode::Version::Normal(8),
            qrcode::EcLevel::M
        )
        .is_err()
    );
}

#[test]
fn digits_in_a_row_make_no_token_larger() {
    // A numeric segment of its own for them would take more bits than it saves.
    for digits in ["1234567", "123456789012"] {
        for at in [0, 1, 100, 221 - digits.len()] {
            let token =
                format!("{}{digits}{}", "A".repeat(at), "V".repeat(221 - at - digits.len()));
            let picture = png_picture(&ticketgate::token::png_image(&token).unwrap());
            let (meta, text) = picture.read();
            assert_eq!((meta.version.0, text), (8, token));
        }
    }
}

#[test]
fn a_longer_code_goes_to_version_9() {
    let token = "A".repeat(222);
    let picture = png_picture(&ticketgate::token::png_image(&token).unwrap());
    assert_drawn(&picture, 53);
    let (meta, text) = picture.read();
    assert_eq!((meta.version.0, meta.ecc_level, text), (9, 0, token));
}

#[test]
fn no_picture_is_drawn_where_none_is_wanted() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    assert_eq!(app.partner().issue(&code).expect(200).body["qr_image"], json!(null));
    let none = app.partner().client.get(&format!("/qr/{code}?image=none")).expect(200);
    assert_eq!(none.body["qr_image"], json!(null));
}
