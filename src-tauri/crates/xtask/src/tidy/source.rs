//! How files begin and what their lines look like.

use super::Source;

/// Files in which a space at a line's end means nothing.
const PLAIN: [&str; 11] =
    ["rs", "ts", "svelte", "mjs", "js", "css", "toml", "sql", "ftl", "json", "md"];

/// Returns the breaches.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        if source.is_code() && !is_documented(source) {
            breaches.push(format!(
                "{} does not open with what it is for (`//!`, `/**` or `<!--`)",
                source.path
            ));
        }
        if PLAIN.contains(&source.extension()) && !source.path.starts_with("tests/corpus/") {
            let at =
                source.text.lines().position(|line| line.ends_with(' ') || line.ends_with('\t'));
            breaches.extend(at.map(|at| format!("{}:{} ends with a space", source.path, at + 1)));
        }
        if source.path.ends_with("/mod.rs") {
            breaches.push(format!(
                "{} is called mod.rs; `foo.rs` beside `foo/` says which module it is",
                source.path
            ));
        }
    }
    breaches
}

fn is_documented(source: &Source) -> bool {
    let openings: &[&str] = match source.extension() {
        "rs" => &["//!"],
        "svelte" => &["<!--"],
        _ => &["/**"],
    };
    let start = source.text.trim_start_matches('\u{feff}').trim_start();
    openings.iter().any(|opening| start.starts_with(opening))
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    fn breaches(path: &str, text: &str) -> usize {
        check(&[Source { path: path.to_owned(), text: text.to_owned() }]).len()
    }

    #[test]
    fn openings_spaces_and_names_are_seen() {
        let table = [
            ("a/b.rs", "//! It.\nfn x() {}\n", 0),
            ("a/b.rs", "fn x() {}\n", 1),
            ("a/b.rs", "//! It. \n", 1),
            ("a/mod.rs", "//! It.\n", 1),
            ("ui/a.ts", "/** It. */\n", 0),
            ("ui/a.ts", "// It.\n", 1),
            ("ui/a.svelte", "<!-- It. -->\n", 0),
            ("tests/corpus/a.md", "x \n", 0),
        ];
        for (path, text, wanted) in table {
            assert_eq!(breaches(path, text), wanted, "{path}: {text}");
        }
    }
}
