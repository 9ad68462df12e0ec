//! Words that do not belong into finished code, and type names that say nothing.

use super::Source;

/// Words and their reason. Cut in two, so that this table does not find itself.
const WORDS: &[(&str, &str, &str)] = &[
    ("TO", "DO", "finish it, or open an issue"),
    ("FIX", "ME", "fix it, or open an issue"),
    ("#[ign", "ore", "a test that is not run shows nothing"),
    ("#[all", "ow(", "use #[expect(lint, reason = \"…\")]"),
    ("#![all", "ow(", "use #![expect(lint, reason = \"…\")]"),
    ("test.sk", "ip(", "a test that is not run shows nothing"),
    ("it.sk", "ip(", "a test that is not run shows nothing"),
    ("it.on", "ly(", "the other tests are not run"),
    ("test.on", "ly(", "the other tests are not run"),
];

/// Endings of type names that hide what a type is.
const ENDINGS: [&str; 5] = ["Manager", "Service", "Helper", "Util", "Utils"];

/// Words before a type's name.
const KEYWORDS: [&str; 6] = ["struct", "enum", "trait", "type", "class", "interface"];

/// Returns the breaches.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        if !source.is_code() && source.extension() != "mjs" {
            continue;
        }
        for (at, line) in source.text.lines().enumerate() {
            let place = format!("{}:{}", source.path, at + 1);
            for (head, tail, why) in WORDS {
                if contains_word(line, &format!("{head}{tail}")) {
                    breaches.push(format!("{place} says {head}{tail}: {why}"));
                }
            }
            if let Some(name) = hollow_name(line) {
                breaches.push(format!("{place}: {name} says nothing; name it after what it is"));
            }
        }
    }
    breaches
}

/// Tells whether a line contains a word that is not part of a longer one.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        let is_letter = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        !is_letter(before) && (word.ends_with('(') || !is_letter(after))
    })
}

/// Returns the type that a line defines when its name ends hollow.
fn hollow_name(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split(|character: char| !character.is_alphanumeric()).collect();
    let is_comment = line.trim_start().starts_with("//") || line.trim_start().starts_with('*');
    words.windows(2).find_map(|pair| match pair {
        [keyword, name] if KEYWORDS.contains(keyword) && !is_comment => {
            ENDINGS.iter().any(|ending| name.ends_with(ending)).then_some(*name)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{contains_word, hollow_name};

    #[test]
    fn words_are_whole_and_names_are_definitions() {
        assert!(contains_word("// DONE: x", "DONE"));
        assert!(!contains_word("UNDONE", "DONE"));
        assert!(!contains_word("DONENESS", "DONE"));
        let hollow = format!("pub(crate) {} MailManager {{", "struct");
        assert_eq!(hollow_name(&hollow), Some("MailManager"));
        assert_eq!(hollow_name("use tauri::Manager as _;"), None);
        assert_eq!(hollow_name(&format!("/// The {} Manager is one", "trait")), None);
    }
}
