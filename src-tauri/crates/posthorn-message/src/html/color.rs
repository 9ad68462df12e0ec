//! Colours turned from paper to a dark page: the lightness is mirrored, the hue stays.

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

/// Returns a colour (`#rgb`, `#rrggbb`, or a name) with its lightness mirrored; `None` when it is none of these.
pub(crate) fn turned(color: &str) -> Option<String> {
    let lower = color.trim().to_ascii_lowercase();
    let named = NAMES.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value);
    let value = named.or_else(|| hex(lower.strip_prefix('#').unwrap_or(&lower)))?;
    Some(turned_rgb((value >> 16) as u8, (value >> 8) as u8, value as u8))
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

/// Returns `#rrggbb` with the lightness mirrored into the range of the dark page, which is not quite black.
pub(crate) fn turned_rgb(red: u8, green: u8, blue: u8) -> String {
    let (r, g, b) = (f32::from(red) / 255.0, f32::from(green) / 255.0, f32::from(blue) / 255.0);
    let (max, min) = (r.max(g).max(b), r.min(g).min(b));
    let lightness = f32::midpoint(max, min);
    // White becomes the page (#1A1B1E is about 11 %), black becomes a soft white.
    let wanted = 0.11 + (1.0 - lightness) * 0.82;
    let spread = max - min;
    let saturation = if spread <= f32::EPSILON {
        0.0
    } else {
        spread / (1.0 - (2.0 * lightness - 1.0).abs()).max(f32::EPSILON)
    };
    let chroma = (1.0 - (2.0 * wanted - 1.0).abs()) * saturation.min(1.0);
    let base = wanted - chroma / 2.0;
    let channel = |value: f32| {
        let share = if spread <= f32::EPSILON { 0.5 } else { (value - min) / spread };
        ((base + share * chroma).clamp(0.0, 1.0) * 255.0).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", channel(r), channel(g), channel(b))
}

#[cfg(test)]
mod tests {
    use super::turned;

    #[test]
    fn light_becomes_dark_and_the_hue_stays() {
        for (color, expected) in [
            ("#ffffff", Some("#1c1c1c")),
            ("white", Some("#1c1c1c")),
            ("#000", Some("#ededed")),
            ("inherit", None),
            ("#12345", None),
        ] {
            assert_eq!(turned(color).as_deref(), expected, "{color}");
        }
        let blue = turned("#0000ff").unwrap();
        assert!(blue.ends_with("ff") || blue.ends_with("fa"), "{blue}");
    }
}
