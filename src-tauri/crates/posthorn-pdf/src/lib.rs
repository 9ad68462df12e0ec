//! Pages of PDF files as pictures, drawn in a process of their own.
//!
//! A PDF is a program by a stranger for a machine with many parts. What draws it here (`hayro`) is Rust that knows no network,
//! runs no scripts and follows no actions: it reads a page's drawing and nothing else. `unsafe` is in it only where JPEG and
//! zlib are unpacked with the processor's wide instructions. Endless work and endless memory are left to the system: the
//! program starts itself once more for each page ([`child()`]), and that process shuts itself in before it reads a byte of
//! the file. Whatever becomes of it, mail is not part of it.
//!
//! Does not: keep anything, ask for a password, give out text or links of a page.

mod child;
mod font;
mod shut;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

pub use child::{ARGUMENT, child, renderer};
pub use font::SystemFont;

/// Bytes of a file that is drawn: as much as the engine looks at of any file.
pub const FILE_LIMIT: u64 = 64 << 20;
/// Pages of a file that is looked at: the whole of a law fits, and a list of their sizes stays small.
pub const PAGE_LIMIT: usize = 5_000;
/// Pixels of a picture in each direction: a page as wide as four thousand pixels is sharp on every screen.
pub const SIDE_LIMIT: u32 = 4096;
/// Pixels of a picture altogether: 48 MB in memory.
const AREA_LIMIT: f32 = 12_000_000.0;
/// Size of a page that states none that could be, points: A4, as for one that states nothing.
const USUAL: (f32, f32) = (595.0, 842.0);

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is encrypted, and opens with a password or a certificate.
    #[error("it is encrypted")]
    Locked,
    /// It is no PDF, or what is left of one.
    #[error("it is damaged")]
    Damaged,
    /// It has no page of this number.
    #[error("it has no such page")]
    NoPage,
    /// It has more pages than [`PAGE_LIMIT`].
    #[error("it has too many pages")]
    TooManyPages,
}

/// Width and height of a page as it is turned, points of 1/72 inch; finite and at least one.
pub type Size = (f32, f32);

fn open(file: Vec<u8>) -> Result<Pdf, Refusal> {
    Pdf::new(file).map_err(|error| match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => Refusal::Locked,
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => Refusal::Damaged,
    })
}

fn size(page: &Page<'_>) -> Size {
    let (width, height) = page.render_dimensions();
    let could_be = |side: f32| side.is_finite() && side >= 1.0;
    if could_be(width) && could_be(height) { (width, height) } else { USUAL }
}

/// Returns the sizes of all pages, of which there is at least one.
pub fn sizes(file: Vec<u8>) -> Result<Vec<Size>, Refusal> {
    let pdf = open(file)?;
    match pdf.pages().len() {
        0 => Err(Refusal::Damaged),
        pages if pages > PAGE_LIMIT => Err(Refusal::TooManyPages),
        _ => Ok(pdf.pages().iter().map(size).collect()),
    }
}

/// Draws a page, counted from one, as wide as `pixels`, within the limits. Returns a PNG.
///
/// May panic, or take what time and memory there are: what is drawn decides. [`child()`] is the place for that.
pub fn draw(
    file: Vec<u8>,
    number: usize,
    pixels: u32,
    font: SystemFont,
) -> Result<Vec<u8>, Refusal> {
    let pdf = open(file)?;
    let pages = pdf.pages();
    let page = number.checked_sub(1).and_then(|at| pages.get(at)).ok_or(Refusal::NoPage)?;
    let (width, height) = size(page);
    let (wide, high) = fit((width, height), pixels);
    // The renderer cuts fractions off: a quarter keeps it from cutting a whole pixel.
    let scale = |pixels: u16, points: f32| (f32::from(pixels) + 0.25) / points;
    let settings = InterpreterSettings { font_resolver: font.resolver(), ..Default::default() };
    let target = PixmapSettings {
        x_scale: scale(wide, width),
        y_scale: scale(high, height),
        bg_color: WHITE,
    };
    let cache = RenderCache::new();
    let picture = hayro::render(page, &cache, &settings, &RenderSettings::default(), &target);
    picture.into_png().map_err(|_| Refusal::Damaged)
}

/// Returns how many pixels wide and high a page is drawn: as wide as asked for, unless the picture would be too large.
fn fit((width, height): Size, pixels: u32) -> (u16, u16) {
    let side = SIDE_LIMIT as f32;
    let wanted = pixels.clamp(1, SIDE_LIMIT) as f32 / width;
    let scale =
        wanted.min(side / width).min(side / height).min((AREA_LIMIT / width / height).sqrt());
    // Both are within the limit of a side, which a u16 holds.
    let count = |points: f32| (points * scale).round().clamp(1.0, side) as u16;
    (count(width), count(height))
}

#[cfg(test)]
mod tests;
