//! Places of one computer or one network that must not be in the tree.

use super::Source;

/// The only source of crates.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Paths that exist on somebody's computer alone. Cut in two, so that this table does not find itself.
const PATHS: [(&str, &str); 2] = [("/ro", "ot/"), ("/wo", "rk/")];

/// Returns the breaches.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        let is_ours = !source.path.starts_with("tests/corpus/");
        for (at, line) in source.text.lines().enumerate() {
            let place = format!("{}:{}", source.path, at + 1);
            if is_ours
                && PATHS.iter().any(|(head, tail)| names_path(line, &format!("{head}{tail}")))
            {
                breaches.push(format!("{place} names a folder of one computer: {}", line.trim()));
            }
            if source.path == "Cargo.lock"
                && line.starts_with("source = ")
                && !line.contains(CRATES)
            {
                breaches.push(format!("{place} takes a crate from elsewhere: {line}"));
            }
            if source.path.ends_with("package-lock.json")
                && line.trim_start().starts_with("\"resolved\": \"http")
            {
                breaches.push(format!("{place} names a registry's host: {}", line.trim()));
            }
        }
    }
    breaches
}

/// Tells whether a line contains an absolute path; what goes on from a name (`a/work/b`) is none.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|character| {
            character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '}')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    #[test]
    fn places_are_found() {
        let (head, tail) = super::PATHS[0];
        let table = [
            ("a.rs", format!("open(\"{head}{tail}x\")"), 1),
            ("a.rs", format!("open(\"a{head}{tail}x\")"), 0),
            ("Cargo.lock", format!("source = \"{}\"", super::CRATES), 0),
            ("Cargo.lock", "source = \"git+https://example.org/x\"".to_owned(), 1),
            (
                "ui/package-lock.json",
                "  \"resolved\": \"https://example.org/x.tgz\",".to_owned(),
                1,
            ),
        ];
        for (path, text, wanted) in table {
            let source = Source { path: path.to_owned(), text: text.clone() };
            assert_eq!(check(&[source]).len(), wanted, "{path}: {text}");
        }
    }
}
