//! Domains that are made to be taken for others: `paypa1.com`, `rnicrosoft.com`, `аррӏе.com`, `bank.com.evil.example`.
//!
//! Compared with the domains that the user writes to, and with those that are imitated most. A hint, never a decision.

use unicode_normalization::UnicodeNormalization as _;

use crate::html::is_same_site;

/// Domains that are imitated most, beside the user's own correspondents.
const IMITATED: &[&str] = &[
    "paypal.com",
    "apple.com",
    "icloud.com",
    "microsoft.com",
    "outlook.com",
    "office.com",
    "google.com",
    "amazon.com",
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "netflix.com",
    "dropbox.com",
    "docusign.com",
    "adobe.com",
    "github.com",
    "coinbase.com",
    "binance.com",
    "chase.com",
    "wellsfargo.com",
    "bankofamerica.com",
    "citibank.com",
    "hsbc.com",
    "barclays.co.uk",
    "santander.com",
    "sparkasse.de",
    "dhl.com",
    "fedex.com",
    "ups.com",
    "usps.com",
    "whatsapp.com",
    "telegram.org",
    "steampowered.com",
    "spotify.com",
    "booking.com",
    "airbnb.com",
    "ebay.com",
    "alibaba.com",
    "aliyun.com",
    "taobao.com",
    "tmall.com",
    "alipay.com",
    "jd.com",
    "icbc.com.cn",
    "ccb.com",
    "abchina.com",
    "boc.cn",
    "cmbchina.com",
    "wechat.com",
    "tencent.com",
    "baidu.com",
    "163.com",
    "unionpay.com",
];
/// Letters of a label from which on one letter more, less or other is told: shorter ones are alike by chance.
const MIN_LETTERS: usize = 7;
/// Letters of other scripts, and the Latin one that each looks like.
const ALIKE: &[(char, char)] = &[
    ('а', 'a'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'l'),
    ('ї', 'l'),
    ('ј', 'j'),
    ('ӏ', 'l'),
    ('м', 'm'),
    ('п', 'n'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('г', 'r'),
    ('ѕ', 's'),
    ('т', 't'),
    ('υ', 'u'),
    ('ѵ', 'v'),
    ('ν', 'v'),
    ('ԝ', 'w'),
    ('х', 'x'),
    ('у', 'y'),
    ('α', 'a'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('ε', 'e'),
    ('ι', 'l'),
    ('κ', 'k'),
    ('τ', 't'),
    ('к', 'k'),
    ('в', 'b'),
    ('н', 'h'),
    ('ı', 'l'),
    ('ɡ', 'g'),
    ('ſ', 's'),
    ('0', 'o'),
    ('1', 'l'),
    ('i', 'l'),
    ('|', 'l'),
    ('5', 's'),
    ('3', 'e'),
];

/// Returns the domain that `domain` is made to be taken for; `None` when there is none, or when it is one that is known
/// itself. `known` are the domains that the user writes to, and the user's own.
pub fn imitated<'a>(domain: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let ascii = domain.trim_end_matches('.').to_lowercase();
    let (domain, _) = idna::domain_to_unicode(&ascii);
    let known: Vec<&str> = known.into_iter().filter(|known| known.contains('.')).collect();
    let all = || known.iter().chain(IMITATED).copied();
    if !domain.contains('.') || all().any(|known| is_same_site(known, &ascii)) {
        return None;
    }
    let site = registered(&domain);
    let form = skeleton(&site);
    all()
        .find(|known| {
            let other = registered(&known.to_lowercase());
            skeleton(&other) == form
                || domain.starts_with(&format!("{other}."))
                || is_one_slip(&site, &other)
        })
        .map(str::to_owned)
}

/// The registered name: the last two labels, or three below endings like `co.uk`.
fn registered(domain: &str) -> String {
    let labels: Vec<&str> = domain.split('.').collect();
    let second = labels.iter().rev().nth(1).copied().unwrap_or_default();
    let is_country = labels.last().is_some_and(|top| top.chars().count() == 2);
    let is_shared =
        matches!(second, "co" | "com" | "net" | "org" | "gov" | "edu" | "ac" | "or" | "ne");
    let kept = if is_shared && is_country { 3 } else { 2 };
    labels.iter().skip(labels.len().saturating_sub(kept)).copied().collect::<Vec<_>>().join(".")
}

/// What a name looks like at a glance.
fn skeleton(name: &str) -> String {
    let letters: String = name
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c) && *c != '-')
        .map(|c| ALIKE.iter().find(|(known, _)| *known == c).map_or(c, |(_, latin)| *latin))
        .collect();
    letters.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

/// Tells whether two names with the same ending differ by one letter: another one, one more, one less, two in turn.
fn is_one_slip(left: &str, right: &str) -> bool {
    let (Some((left, ending)), Some((right, other))) =
        (left.split_once('.'), right.split_once('.'))
    else {
        return false;
    };
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if ending != other || left.len().min(right.len()) < MIN_LETTERS || left == right {
        return false;
    }
    let before = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let rest = left.len().min(right.len()) - before;
    let after =
        left.iter().rev().zip(right.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (a, b) = (left.len() - before - after, right.len() - before - after);
    let is_turned = a == 2
        && b == 2
        && left.get(before) == right.get(before + 1)
        && left.get(before + 1) == right.get(before);
    a.max(b) == 1 || is_turned
}

#[cfg(test)]
mod tests {
    use super::imitated;

    #[test]
    fn imitations_are_told_and_strangers_are_not() {
        let known = ["example-bank.com", "posthorn.test", "uni-heidelberg.de"];
        for (domain, expected) in [
            ("paypa1.com", Some("paypal.com")),
            ("paypai.com", Some("paypal.com")),
            ("rnicrosoft.com", Some("microsoft.com")),
            ("micros\u{43e}ft.com", Some("microsoft.com")),
            ("xn--80ak6aa92e.com", Some("apple.com")),
            ("g\u{f6}ogle.com", Some("google.com")),
            ("paypal.com.evil.example", Some("paypal.com")),
            ("examp1e-bank.com", Some("example-bank.com")),
            ("examplebank.com", Some("example-bank.com")),
            ("exampel-bank.com", Some("example-bank.com")),
            ("uni-heidelberq.de", Some("uni-heidelberg.de")),
            ("uni-heidelberg.com", None),
            ("mail.example-bank.com", None),
            ("paypal.com", None),
            ("news.paypal.com", None),
            ("posthorn.test", None),
            ("example.org", None),
            ("email.com", None),
            ("amazing.com", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(imitated(domain, known).as_deref(), expected, "{domain}");
        }
    }
}
