//! Where a Debian comes from: the place that this computer's apt takes it from, else Debian's own.

use std::path::{Path, PathBuf};

/// Debian's own, for computers that run another version or another system.
const OWN: &str = "http://deb.debian.org/debian";

/// Returns the mirror of a Debian version.
pub(super) fn of(suite: &str) -> String {
    let folder = Path::new("/etc/apt/sources.list.d");
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    files.extend(
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()),
    );
    files.sort();
    files
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .find_map(|text| one_line(&text, suite).or_else(|| stanzas(&text, suite)))
        .unwrap_or_else(|| OWN.to_owned())
}

/// Reads `deb [options] URI SUITE COMPONENTS` (sources.list(5)).
fn one_line(text: &str, suite: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix("deb ")?.trim_start();
        let rest = match rest.strip_prefix('[') {
            Some(options) => options.split_once(']')?.1,
            None => rest,
        };
        let mut words = rest.split_whitespace();
        let (uri, of) = (words.next()?, words.next()?);
        (of == suite && words.any(|component| component == "main")).then(|| uri.to_owned())
    })
}

/// Reads stanzas of fields (deb822).
fn stanzas(text: &str, suite: &str) -> Option<String> {
    text.split("\n\n").find_map(|stanza| {
        let has = |name: &str, wanted: &str| {
            field(stanza, name)
                .is_some_and(|words| words.split_whitespace().any(|word| word == wanted))
        };
        let fits = has("Types:", "deb") && has("Suites:", suite) && has("Components:", "main");
        fits.then(|| field(stanza, "URIs:")?.split_whitespace().next().map(str::to_owned)).flatten()
    })
}

fn field<'a>(stanza: &'a str, name: &str) -> Option<&'a str> {
    stanza.lines().find_map(|line| line.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::{one_line, stanzas};

    #[test]
    fn the_mirror_of_a_version_is_found_in_both_kinds_of_files() {
        let lines = "# deb http://old.example/debian bookworm main\n\
                     deb http://cloud.example/apt sdk-bookworm main\n\
                     deb [arch=amd64 signed-by=/k] http://near.example/debian bookworm main contrib\n";
        assert_eq!(one_line(lines, "bookworm").as_deref(), Some("http://near.example/debian"));
        assert_eq!(one_line(lines, "trixie"), None);
        let fields = "Types: deb\nURIs: http://safe.example/security\nSuites: bookworm-security\nComponents: main\n\n\
                      Types: deb deb-src\n# near\nURIs: http://near.example/debian http://far.example\n\
                      Suites: bookworm bookworm-updates\nComponents: main\n";
        assert_eq!(stanzas(fields, "bookworm").as_deref(), Some("http://near.example/debian"));
        assert_eq!(stanzas(fields, "sid"), None);
    }
}
