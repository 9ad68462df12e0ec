//! Where the remote pictures of a message lie: hosts to be named, who counts readers, and whose pictures may be allowed.

use posthorn_message::html::Clean;

/// Returns the hosts of URLs, sorted, each once.
fn hosts(urls: &[String]) -> Vec<String> {
    let host = |url: &String| {
        let (_, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let authority = authority.rsplit('@').next()?;
        Some(authority.split(':').next()?.to_ascii_lowercase())
    };
    let mut hosts: Vec<String> =
        urls.iter().filter_map(host).filter(|host| !host.is_empty()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// Returns the hosts of the remote pictures that are there to be seen.
pub(super) fn seen_hosts(clean: &Clean) -> Vec<String> {
    let is_pixel = |at: usize| clean.pixels.iter().any(|pixel| pixel.index == at);
    let seen = clean.remote_images.iter().enumerate().filter(|(at, _)| !is_pixel(*at));
    hosts(&seen.map(|(_, url)| url.clone()).collect::<Vec<_>>())
}

/// Returns who would count readers, each once.
pub(super) fn counters(clean: &Clean) -> Vec<String> {
    let mut names: Vec<String> = clean.pixels.iter().map(|pixel| pixel.who.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Providers with whom anybody can have an address: their domains say nothing about who writes.
const FREE_MAIL: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "ymail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "gmx.com",
    "web.de",
    "t-online.de",
    "freenet.de",
    "mail.ru",
    "yandex.ru",
    "yandex.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "tutanota.com",
    "tuta.io",
    "tuta.com",
    "fastmail.com",
    "zoho.com",
    "mail.com",
    "orange.fr",
    "free.fr",
    "laposte.net",
    "libero.it",
    "qq.com",
    "foxmail.com",
    "163.com",
    "126.com",
    "yeah.net",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "aliyun.com",
    "139.com",
    "189.cn",
    "naver.com",
];

/// Returns the domain that can be allowed as a whole.
pub(super) fn remote_domain(from: Option<&posthorn_model::Address>) -> String {
    let domain = from.map(|from| from.domain().to_lowercase()).unwrap_or_default();
    if domain.contains('.') && !FREE_MAIL.contains(&domain.as_str()) {
        domain
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::hosts;

    #[test]
    fn hosts_are_told_once_and_without_names_or_ports() {
        let urls = ["https://B.example/x", "http://u:p@a.example:8080/?q", "https://b.example/y"]
            .map(str::to_owned);
        assert_eq!(hosts(&urls), ["a.example", "b.example"]);
    }
}
