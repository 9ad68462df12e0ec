//! Addresses that are probably meant otherwise: `gmial.com` for `gmail.com`.
//!
//! A domain that exists and is merely close (`mail.com`) is never doubted, and nobody is stopped: it is asked about.

use crate::contract::AddressTypo;

/// Domains by which most people are reached.
const KNOWN: [&str; 24] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "outlook.com",
    "outlook.de",
    "live.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.co.jp",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "fastmail.com",
    "gmx.net",
    "yandex.ru",
    "qq.com",
    "163.com",
    "126.com",
    "foxmail.com",
    "sina.com",
    "aliyun.com",
    "web.de",
];

/// Real domains that are one slip away from a known one.
const REAL: [&str; 15] = [
    "mail.com",
    "ymail.com",
    "email.com",
    "fmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.at",
    "gmx.ch",
    "gmail.co",
    "hotmail.de",
    "outlook.fr",
    "outlook.es",
    "yahoo.co",
    "live.de",
    "yandex.ua",
];

/// Names shorter than this are too close to too many others to be guessed at.
const SHORTEST: usize = 8;

/// Returns what an address is probably meant to be; absent where nothing is odd about it.
pub(super) fn typo(address: &str) -> Option<AddressTypo> {
    let (local, domain) = address.rsplit_once('@')?;
    let domain = domain.to_ascii_lowercase();
    if KNOWN.contains(&domain.as_str()) || REAL.contains(&domain.as_str()) {
        return None;
    }
    let meant = KNOWN.into_iter().find(|known| is_slip(&domain, known))?;
    Some(AddressTypo { address: address.to_owned(), meant: format!("{local}@{meant}") })
}

/// Tells whether one letter too many, too few, another, or two exchanged make the difference; or the ending alone does.
fn is_slip(typed: &str, known: &str) -> bool {
    let (name, ending) = known.split_once('.').unwrap_or((known, ""));
    if ending == "com"
        && typed.split_once('.').is_some_and(|(own, end)| {
            own == name
                && matches!(
                    end,
                    "con" | "cmo" | "ocm" | "om" | "cm" | "comm" | "coom" | "vom" | "xom"
                )
        })
    {
        return true;
    }
    known.len() >= SHORTEST && is_one_edit(typed.as_bytes(), known.as_bytes())
}

fn is_one_edit(typed: &[u8], known: &[u8]) -> bool {
    let same = typed.iter().zip(known).take_while(|(one, other)| one == other).count();
    let (typed, known) =
        (typed.get(same..).unwrap_or_default(), known.get(same..).unwrap_or_default());
    let without = |bytes: &[u8], count: usize| bytes.get(count..).unwrap_or_default().to_vec();
    match (typed, known) {
        ([], []) => false,
        ([a, b, ..], [c, d, ..]) if a == d && b == c && without(typed, 2) == without(known, 2) => {
            true
        }
        _ => {
            without(typed, 1) == without(known, 1)
                || without(typed, 1) == known
                || typed == without(known, 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::typo;

    #[test]
    fn slips_are_found_and_real_domains_are_left_alone() {
        for (address, meant) in [
            ("ann@gmial.com", "ann@gmail.com"),
            ("ann@gmai.com", "ann@gmail.com"),
            ("ann@gmaill.com", "ann@gmail.com"),
            ("ann@GMAIL.con", "ann@gmail.com"),
            ("ann@hotnail.com", "ann@hotmail.com"),
            ("ann@outlok.com", "ann@outlook.com"),
            ("ann@qq.con", "ann@qq.com"),
            ("张@foxmial.com", "张@foxmail.com"),
        ] {
            assert_eq!(typo(address).map(|found| found.meant), Some(meant.to_owned()), "{address}");
        }
        for address in [
            "ann@gmail.com",
            "ann@mail.com",
            "ann@ymail.com",
            "ann@gmx.de",
            "ann@qc.com",
            "ann@example.org",
            "ann",
            "",
        ] {
            assert!(typo(address).is_none(), "{address}");
        }
    }
}
