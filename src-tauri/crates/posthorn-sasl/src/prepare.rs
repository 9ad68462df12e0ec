//! SASLprep (RFC 4013): the same password gives the same bytes, however it was typed.
//!
//! Mapping and normalisation are done; nothing is refused, because a password that the server took once must go on
//! working.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Returns a name or password as it enters the computation.
pub(crate) fn prepare(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        return Zeroizing::new(text.to_owned());
    }
    // Room for all of it at once: a string that grows leaves copies behind.
    let mut prepared = Zeroizing::new(String::with_capacity(text.len() * 4));
    prepared.extend(text.chars().filter(|c| !is_nothing(*c)).map(space).nfkc());
    prepared
}

/// RFC 3454 table B.1: what is commonly mapped to nothing.
fn is_nothing(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{1806}'
            | '\u{180B}'..='\u{180D}'
            | '\u{200C}'..='\u{200D}'
            | '\u{2060}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
    )
}

/// RFC 3454 table C.1.2: spaces that are not ASCII's.
fn space(character: char) -> char {
    match character {
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200B}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
            ' '
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::prepare;

    #[test]
    fn what_looks_the_same_is_the_same() {
        // The first rows are RFC 4013 section 3.
        let table = [
            ("I\u{AD}X", "IX"),
            ("user", "user"),
            ("USER", "USER"),
            ("\u{AA}", "a"),
            ("\u{2168}", "IX"),
            ("pa\u{A0}ss", "pa ss"),
            ("pa\u{308}ss", "p\u{e4}ss"),
            ("\u{3000}\u{5bc6}\u{7801}", " \u{5bc6}\u{7801}"),
        ];
        for (typed, wanted) in table {
            assert_eq!(prepare(typed).as_str(), wanted);
        }
    }
}
