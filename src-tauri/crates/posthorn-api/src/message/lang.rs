//! Guesses a language, for choosing glyphs alone: the same code points are drawn differently in Chinese and Japanese.

/// Characters that are looked at.
const SAMPLE: usize = 2_000;

/// Returns a BCP 47 language, or nothing where none stands out. `charset` is the text's own, as used.
pub(super) fn guess(text: &str, charset: &str) -> String {
    let (mut han, mut kana, mut hangul) = (0_u32, 0_u32, 0_u32);
    for letter in text.chars().take(SAMPLE) {
        match letter {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{ac00}'..='\u{d7a3}' => hangul += 1,
            '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' => han += 1,
            _ => {}
        }
    }
    let charset = charset.to_ascii_lowercase();
    let lang = if kana > 0 && kana * 10 >= han {
        "ja"
    } else if hangul > 0 && hangul >= han {
        "ko"
    } else if han == 0 {
        ""
    } else if charset.contains("big5") || is_traditional(text) {
        "zh-TW"
    } else {
        "zh-CN"
    };
    lang.to_owned()
}

/// Compares very common characters that differ between the two ways of writing.
fn is_traditional(text: &str) -> bool {
    let count = |letters: &str| {
        text.chars().take(SAMPLE).filter(|letter| letters.contains(*letter)).count()
    };
    count("這個們說時會對後來學國開關問過還將點應發無與為")
        > count("这个们说时会对后来学国开关问过还将点应发无与为")
}

#[cfg(test)]
mod tests {
    use super::guess;

    #[test]
    fn east_asian_text_is_told_apart() {
        for (text, charset, expected) in [
            ("Hello", "utf-8", ""),
            ("这个问题我们会说", "utf-8", "zh-CN"),
            ("這個問題我們會說", "utf-8", "zh-TW"),
            ("你好", "big5", "zh-TW"),
            ("会議の件です", "utf-8", "ja"),
            ("회의 시간", "utf-8", "ko"),
        ] {
            assert_eq!(guess(text, charset), expected, "{text}");
        }
    }
}
