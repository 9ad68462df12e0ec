//! Files that ask to be split.

use super::Source;

/// Most lines of a file, by its kind.
const LIMIT: usize = 500;
/// Most lines of a file of tests: they are read one by one.
const TEST_LIMIT: usize = 1500;

/// Files beyond the limit, and why they are one.
const PERMITTED: &[(&str, &str)] = &[(
    "ui/src/text/keys.ts",
    "a list of all words of the interface, written by ui/script/keys.mjs",
)];

/// Returns the breaches.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.is_code()) {
        let lines = source.text.lines().count();
        let is_test = source.path.contains("/tests/")
            || source.path.ends_with("tests.rs")
            || source.path.contains(".test.")
            || source.path.starts_with("tests/");
        let limit = if is_test { TEST_LIMIT } else { LIMIT };
        let is_permitted = PERMITTED.iter().any(|(path, _)| *path == source.path);
        if lines > limit && !is_permitted {
            breaches
                .push(format!("{} has {lines} lines, more than {limit}: is it two?", source.path));
        }
        if lines <= limit && is_permitted {
            breaches.push(format!(
                "{} has {lines} lines and needs no permission any more",
                source.path
            ));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    #[test]
    fn long_files_are_found_and_tests_may_be_longer() {
        for (path, lines, wanted) in
            [("a/x.rs", 501, 1), ("a/x.rs", 500, 0), ("a/tests.rs", 501, 0), ("a/x.md", 900, 0)]
        {
            let source = Source { path: path.to_owned(), text: "x\n".repeat(lines) };
            assert_eq!(check(&[source]).len(), wanted, "{path} {lines}");
        }
    }
}
