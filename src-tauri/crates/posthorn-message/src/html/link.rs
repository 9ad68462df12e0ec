//! Links that are not what they say.

/// A link of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it goes, as the frame has it.
    pub target: String,
    /// What it says, white space folded, at most 200 characters.
    pub text: String,
    /// Host that it goes to, in the form that goes on the wire; empty for `mailto:`.
    pub host: String,
    /// What is suspicious; empty as a rule.
    pub warnings: Vec<LinkWarning>,
}

/// Why a link should not be trusted on sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkWarning {
    /// The text names another host than the target.
    OtherHost(String),
    /// The host is written in letters of more than one script, or looks like another one: shown in its `xn--` form.
    MixedScript(String),
    /// The host name is not ASCII; this is how it is read.
    Punycode(String),
    /// Something stands before an `@` in front of the host, to look like a host itself.
    HidesHost,
    /// The host is a bare number.
    IpAddress,
}

/// Returns what is suspicious about a link that says `text` and goes to `target`.
pub fn link_warnings(target: &str, text: &str) -> Vec<LinkWarning> {
    let Some((host, has_user)) = host_of(target) else { return Vec::new() };
    let mut warnings = Vec::new();
    if has_user {
        warnings.push(LinkWarning::HidesHost);
    }
    if host.starts_with('[')
        || host
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()))
    {
        warnings.push(LinkWarning::IpAddress);
    }
    if let Some(shown) = shown_host(text).filter(|shown| !is_same_site(shown, &host)) {
        warnings.push(LinkWarning::OtherHost(shown));
    }
    let (unicode, _) = idna::domain_to_unicode(&host);
    if unicode.split('.').any(is_mixed) {
        warnings.push(LinkWarning::MixedScript(host));
    } else if !unicode.is_ascii() {
        warnings.push(LinkWarning::Punycode(unicode));
    }
    warnings
}

/// Returns the host of a web URL in ASCII, and whether a user name stands before it.
pub(super) fn host_of(url: &str) -> Option<(String, bool)> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let (has_user, host) = match authority.rsplit_once('@') {
        Some((_, host)) => (true, host),
        None => (false, authority),
    };
    let host =
        if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    let host = idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_lowercase());
    (!host.is_empty()).then_some((host, has_user))
}

/// Returns the host that a text names, when the text is a URL or looks like a host.
fn shown_host(text: &str) -> Option<String> {
    let text =
        text.trim().trim_matches(['<', '>', '(', ')', '"', '“', '”', '「', '」', '《', '》']);
    let first = text.split_whitespace().next()?;
    if let Some((host, _)) = host_of(first) {
        return Some(host);
    }
    if first.contains('@') || text.split_whitespace().count() > 1 {
        return None;
    }
    let host = first.split(['/', '?', '#', ':']).next()?.trim_end_matches('.').to_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let top = labels.last()?;
    let is_host = labels.len() > 1
        && labels.iter().all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && top.len() >= 2
        && top.chars().all(char::is_alphabetic)
        && (host.starts_with("www.") || is_common_top(top));
    is_host.then(|| idna::domain_to_ascii(&host).unwrap_or(host))
}

/// Endings that make a word with a dot a host and not a file or an abbreviation.
fn is_common_top(top: &str) -> bool {
    matches!(
        top,
        "com"
            | "net"
            | "org"
            | "edu"
            | "gov"
            | "info"
            | "biz"
            | "io"
            | "cn"
            | "de"
            | "fr"
            | "uk"
            | "jp"
            | "kr"
            | "ru"
            | "eu"
            | "us"
            | "in"
            | "br"
            | "it"
            | "es"
            | "nl"
            | "ch"
            | "at"
            | "au"
            | "ca"
            | "tw"
            | "hk"
            | "sg"
            | "me"
            | "tv"
            | "cc"
            | "co"
            | "app"
            | "dev"
            | "shop"
            | "xyz"
            | "top"
            | "online"
            | "site"
            | "example"
            | "test"
    )
}

/// Tells whether two hosts belong together: equal, or one below the other, or below the same registered name.
pub fn is_same_site(left: &str, right: &str) -> bool {
    let site = |host: &str| -> String {
        let labels: Vec<&str> = host.trim_start_matches("www.").split('.').collect();
        // `example.co.uk`, `example.com.cn`: the second label is part of the ending.
        let is_short = labels.iter().rev().nth(1).is_some_and(|label| {
            matches!(*label, "co" | "com" | "net" | "org" | "gov" | "edu" | "ac" | "or" | "ne")
        });
        let is_country = labels.last().is_some_and(|top| top.len() == 2);
        let kept = if is_short && is_country { 3 } else { 2 };
        labels.iter().skip(labels.len().saturating_sub(kept)).copied().collect::<Vec<_>>().join(".")
    };
    left.eq_ignore_ascii_case(right) || site(&left.to_lowercase()) == site(&right.to_lowercase())
}

/// Tells whether a label mixes scripts that are not written together, or is all Cyrillic or Greek that looks Latin.
fn is_mixed(label: &str) -> bool {
    let (mut latin, mut lookalike, mut other) = (false, false, false);
    for c in label.chars() {
        match u32::from(c) {
            0x30..=0x39 | 0x2D => {}
            0x41..=0x24F | 0x1E00..=0x1EFF => latin = true,
            0x370..=0x52F | 0x530..=0x58F | 0x13A0..=0x13FF => lookalike = true,
            _ => other = true,
        }
    }
    let all_look_latin =
        lookalike && label.chars().all(|c| c.is_ascii() || "асеорхуіјѕһԁԛԝӏνοαρ".contains(c));
    lookalike && (latin || other) || all_look_latin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lie_are_found() {
        let other = |host: &str| vec![LinkWarning::OtherHost(host.to_owned())];
        for (target, text, expected) in [
            ("https://example.org/a", "Read more", vec![]),
            ("https://example.org/a", "https://example.org/b", vec![]),
            ("https://click.example.org/a", "www.example.org", vec![]),
            ("https://evil.example/a", "https://bank.example/login", other("bank.example")),
            ("https://evil.example/", "bank.com", other("bank.com")),
            ("https://evil.example/", "report.pdf", vec![]),
            ("https://a.co.uk/", "b.co.uk", other("b.co.uk")),
            ("https://bank.example@evil.example/", "go", vec![LinkWarning::HidesHost]),
            ("http://192.0.2.1/", "go", vec![LinkWarning::IpAddress]),
            ("https://例子.example/", "看", vec![LinkWarning::Punycode("例子.example".to_owned())]),
            ("mailto:a@b.example", "bank.com", vec![]),
        ] {
            assert_eq!(link_warnings(target, text), expected, "{target} {text}");
        }
        assert!(matches!(
            link_warnings("https://pаypal.example/", "x").as_slice(),
            [LinkWarning::MixedScript(_)]
        ));
    }
}
