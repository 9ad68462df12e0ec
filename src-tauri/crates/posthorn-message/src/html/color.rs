//! Colours of designed mail on a dark page: light grounds become dark, dark letters become light, hues stay, and letters
//! keep a readable contrast with the page.
//!
//! What is dark already stays a ground, what is light already stays ink: white letters on a black bar are left alone.

/// Colour names that mails use for text and backgrounds.
const NAMES: &[(&str, u32)] = &[
    ("black", 0),
    ("white", 0xFF_FFFF),
    ("gray", 0x80_8080),
    ("grey", 0x80_8080),
    ("silver", 0xC0_C0C0),
    ("red", 0xFF_0000),
    ("maroon", 0x80_0000),
    ("green", 0x00_8000),
    ("blue", 0x00_00FF),
    ("navy", 0x00_0080),
    ("orange", 0xFF_A500),
    ("yellow", 0xFF_FF00),
    ("purple", 0x80_0080),
    ("teal", 0x00_8080),
    ("darkgray", 0xA9_A9A9),
    ("lightgray", 0xD3_D3D3),
    ("lightgrey", 0xD3_D3D3),
    ("whitesmoke", 0xF5_F5F5),
    ("dimgray", 0x69_6969),
    ("darkblue", 0x00_008B),
    ("windowtext", 0),
    ("window", 0xFF_FFFF),
];

/// The page of a dark frame (`frame.css`).
const PAGE: [u8; 3] = [0x1A, 0x1B, 0x1E];
/// Least contrast of letters with what they stand on (WCAG 2.2, 1.4.3).
const MIN_CONTRAST: f32 = 4.5;
/// Steps in which a colour is made lighter until it can be read.
const STEP: f32 = 0.02;

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Letters.
    Ink,
    /// Backgrounds and borders.
    Ground,
}

/// Returns a colour (`#rgb`, `#rrggbb`, or a name) for a dark page; `None` when it is none of these.
pub(crate) fn turned(color: &str, used: Use) -> Option<String> {
    let [red, green, blue] = parse(color)?;
    Some(turned_rgb(red, green, blue, used))
}

/// Reads a colour (`#rgb`, `#rrggbb`, or a name).
fn parse(color: &str) -> Option<[u8; 3]> {
    let lower = color.trim().to_ascii_lowercase();
    let named = NAMES.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value);
    let value = named.or_else(|| hex(lower.strip_prefix('#').unwrap_or(&lower)))?;
    Some([(value >> 16) as u8, (value >> 8) as u8, value as u8])
}

fn hex(digits: &str) -> Option<u32> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match digits.len() {
        6 => u32::from_str_radix(digits, 16).ok(),
        3 => {
            let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
            u32::from_str_radix(&doubled, 16).ok()
        }
        _ => None,
    }
}

/// Returns `#rrggbb` for a dark page.
pub(crate) fn turned_rgb(red: u8, green: u8, blue: u8, used: Use) -> String {
    let rgb = [red, green, blue];
    let lightness = lightness(rgb);
    // White becomes the page (about 11 %), black becomes a soft white.
    let mirrored = 0.11 + (1.0 - lightness) * 0.82;
    let turned = match used {
        Use::Ground if lightness > 0.5 => with_lightness(rgb, mirrored),
        Use::Ground => rgb,
        Use::Ink if lightness < 0.5 => readable(with_lightness(rgb, mirrored), PAGE),
        Use::Ink => readable(rgb, PAGE),
    };
    print(turned)
}

/// Returns letters of this colour so that they can be read on this ground, both `#rrggbb`; `None` when they can be
/// already, or when one of the two is no colour.
pub(crate) fn on_ground(ink: &str, ground: &str) -> Option<String> {
    let (ink, ground) = (parse(ink)?, parse(ground)?);
    if contrast(ink, ground) >= MIN_CONTRAST {
        return None;
    }
    let lighter = readable(ink, ground);
    let found = if contrast(lighter, ground) >= MIN_CONTRAST { lighter } else { [0x10; 3] };
    Some(print(found))
}

/// Makes a colour lighter until it can be read on a ground.
fn readable(rgb: [u8; 3], ground: [u8; 3]) -> [u8; 3] {
    let (mut found, mut lightness) = (rgb, lightness(rgb));
    while contrast(found, ground) < MIN_CONTRAST && lightness < 1.0 {
        lightness = (lightness + STEP).min(1.0);
        found = with_lightness(rgb, lightness);
    }
    found
}

fn print([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn lightness(rgb: [u8; 3]) -> f32 {
    let [r, g, b] = rgb.map(|channel| f32::from(channel) / 255.0);
    f32::midpoint(r.max(g).max(b), r.min(g).min(b))
}

/// Contrast of two colours (WCAG 2.2), 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f32 {
    let luminance = |rgb: [u8; 3]| {
        let [r, g, b] = rgb.map(|channel| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Returns the colour of the same hue with another lightness.
fn with_lightness(rgb: [u8; 3], wanted: f32) -> [u8; 3] {
    let [r, g, b] = rgb.map(|channel| f32::from(channel) / 255.0);
    let (max, min) = (r.max(g).max(b), r.min(g).min(b));
    let spread = max - min;
    let saturation = if spread <= f32::EPSILON {
        0.0
    } else {
        spread / (1.0 - (2.0 * lightness(rgb) - 1.0).abs()).max(f32::EPSILON)
    };
    let chroma = (1.0 - (2.0 * wanted - 1.0).abs()) * saturation.min(1.0);
    let base = wanted - chroma / 2.0;
    [r, g, b].map(|value| {
        let share = if spread <= f32::EPSILON { 0.5 } else { (value - min) / spread };
        ((base + share * chroma).clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::{MIN_CONTRAST, PAGE, Use, contrast, on_ground, parse, turned};

    #[test]
    fn light_grounds_and_dark_letters_turn_and_the_others_stay() {
        for (color, used, expected) in [
            ("#ffffff", Use::Ground, Some("#1c1c1c")),
            ("white", Use::Ground, Some("#1c1c1c")),
            ("#000", Use::Ground, Some("#000000")),
            ("#123456", Use::Ground, Some("#123456")),
            ("#000", Use::Ink, Some("#ededed")),
            ("#ffffff", Use::Ink, Some("#ffffff")),
            ("inherit", Use::Ink, None),
            ("#12345", Use::Ground, None),
        ] {
            assert_eq!(turned(color, used).as_deref(), expected, "{color} {used:?}");
        }
        let blue = parse(&turned("#0000ff", Use::Ink).unwrap()).unwrap();
        assert!(blue[2] > blue[0] && blue[2] > blue[1], "the hue stays: {blue:?}");
    }

    #[test]
    fn every_colour_of_letters_can_be_read() {
        for value in (0..=0xFF_FFFF_u32).step_by(0x01_23_45 / 9) {
            let color = format!("#{value:06x}");
            let ink = parse(&turned(&color, Use::Ink).unwrap()).unwrap();
            assert!(contrast(ink, PAGE) >= MIN_CONTRAST, "{color} becomes {ink:?}");
            for ground in ["#ffffff", "#1f5fd6", "#ffa500", "#808080", "#101010"] {
                let ground = turned(ground, Use::Ground).unwrap();
                let ink = turned(&color, Use::Ink).unwrap();
                let ink = on_ground(&ink, &ground).unwrap_or(ink);
                let seen = contrast(parse(&ink).unwrap(), parse(&ground).unwrap());
                assert!(seen >= 4.0, "{ink} on {ground}: {seen}");
            }
        }
    }
}
