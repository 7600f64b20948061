//! The picture of a token: a QR code (ISO/IEC 18004) as PNG or SVG, error correction level M.
//!
//! Comes in: a token's text, which is all in the alphanumeric mode. Goes out: an image with a quiet zone of four
//! modules; the PNG is one bit deep.

use std::ops::Range;

use data_encoding::BASE64;
use png::{BitDepth, ColorType, Compression, Encoder};
use qrcode::bits::Bits;
use qrcode::render::svg;
use qrcode::render::unicode::Dense1x2;
use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode, Version};
use serde::Deserialize;
use thiserror::Error;

/// Modules of white around the code (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;
/// Pixels a module.
const SCALE: usize = 6;

/// Which picture is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// A bitmap.
    #[default]
    Png,
    /// A vector drawing.
    Svg,
    /// No picture.
    None,
}

/// A text that no QR code can hold, or a picture that could not be written.
#[derive(Debug, Error)]
#[error("draw the QR code: {0}")]
pub struct ImageError(String);

/// The picture as a `data:` URI (RFC 2397); none where none is wanted.
///
/// # Errors
/// The text does not fit into a QR code.
pub fn image_data_uri(text: &str, format: ImageFormat) -> Result<Option<String>, ImageError> {
    match format {
        ImageFormat::Png => {
            Ok(Some(format!("data:image/png;base64,{}", BASE64.encode(&png_image(text)?))))
        }
        ImageFormat::Svg => {
            let svg = svg_image(text)?;
            Ok(Some(format!("data:image/svg+xml;base64,{}", BASE64.encode(svg.as_bytes()))))
        }
        ImageFormat::None => Ok(None),
    }
}

/// The smallest code that holds the text in one alphanumeric segment.
///
/// The crate's own choice gives digits in a row a segment of their own, which can take more bits than it saves: one
/// token in forty would be a version larger.
fn qr_code(text: &str) -> Result<QrCode, ImageError> {
    let failed = |error: QrError| ImageError(error.to_string());
    if !text.bytes().all(is_alphanumeric) {
        return Err(failed(QrError::InvalidCharacter));
    }
    for version in (1..=40).map(Version::Normal) {
        let mut bits = Bits::new(version);
        let fits = bits.push_alphanumeric_data(text.as_bytes());
        if fits.and_then(|()| bits.push_terminator(EcLevel::M)).is_ok() {
            return QrCode::with_bits(bits, EcLevel::M).map_err(failed);
        }
    }
    Err(failed(QrError::DataTooLong))
}

/// The characters of the alphanumeric mode (ISO/IEC 18004, table 5).
fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" $%*+-./:".contains(&byte)
}

/// The picture as SVG.
///
/// # Errors
/// The text does not fit into a QR code.
pub fn svg_image(text: &str) -> Result<String, ImageError> {
    Ok(qr_code(text)?.render::<svg::Color<'_>>().module_dimensions(4, 4).quiet_zone(true).build())
}

/// The picture as PNG, greyscale, one bit deep.
///
/// # Errors
/// The text does not fit into a QR code.
pub fn png_image(text: &str) -> Result<Vec<u8>, ImageError> {
    let code = qr_code(text)?;
    let side = (code.width() + 2 * QUIET_ZONE) * SCALE;
    let pixels = one_bit_rows(&code, side);
    let side = u32::try_from(side).map_err(|error| ImageError(error.to_string()))?;
    let failed = |error: png::EncodingError| ImageError(error.to_string());
    let mut file = Vec::with_capacity(4096);
    let mut encoder = Encoder::new(&mut file, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

/// The picture for a terminal's screen, two modules a character. The light modules are drawn, since most screens are
/// dark.
///
/// # Errors
/// The text does not fit into a QR code.
pub fn screen_image(text: &str) -> Result<String, ImageError> {
    let picture = qr_code(text)?
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .quiet_zone(true)
        .build();
    Ok(picture)
}

fn blacken(row: &mut [u8], pixels: Range<usize>) {
    for pixel in pixels {
        if let Some(byte) = row.get_mut(pixel / 8) {
            *byte &= !(0x80 >> (pixel % 8));
        }
    }
}

/// Rows of bits, white being 1, each row filled up to whole bytes.
fn one_bit_rows(code: &QrCode, side: usize) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(side.div_ceil(8) * side);
    let blank = vec![0xFF_u8; side.div_ceil(8)];
    for _ in 0..QUIET_ZONE * SCALE {
        pixels.extend_from_slice(&blank);
    }
    for modules in code.to_colors().chunks(code.width()) {
        let mut row = blank.clone();
        for (index, _) in modules.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            let first = (index + QUIET_ZONE) * SCALE;
            blacken(&mut row, first..first + SCALE);
        }
        for _ in 0..SCALE {
            pixels.extend_from_slice(&row);
        }
    }
    for _ in 0..QUIET_ZONE * SCALE {
        pixels.extend_from_slice(&blank);
    }
    pixels
}
