//! The large providers: their domains, their servers, and what their users must know about passwords.

use posthorn_model::{Encryption, Protocol, ServerAddress};

use super::{Candidate, Discovery, Mailbox, Step};

/// What the user must know before typing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// The account's own password works.
    Password,
    /// An app password or authorisation code is needed; it is made on this page.
    AppPassword {
        /// The page.
        url: &'static str,
        /// What to do there, in one sentence.
        note: &'static str,
    },
    /// No password works any more; only signing in through the browser does.
    NoPasswords,
    /// A program on this computer stands between.
    Bridge {
        /// Where it is got.
        url: &'static str,
        /// What to do, in one sentence.
        note: &'static str,
    },
}

/// The name to log in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Login {
    Address,
    LocalPart,
}

/// One provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// A word for the interface's own texts; never changed.
    pub id: &'static str,
    /// Its name as people know it.
    pub name: &'static str,
    /// What the user must know about passwords.
    pub advice: Advice,
    /// The domains of its addresses.
    pub domains: &'static [&'static str],
    /// The ends of its mail exchangers' names, for domains of its customers' own.
    mx: &'static [&'static str],
    imap: &'static str,
    pop3: &'static str,
    smtp: &'static str,
    smtp_port: u16,
    login: Login,
    /// Megabytes that files of one message may have, as its help pages say; 0 = they do not, or it can be changed.
    most_files: u64,
}

impl Provider {
    /// Returns its servers for an address.
    pub(super) fn discovery(&'static self, address: &Mailbox) -> Discovery {
        let user_name = match self.login {
            Login::Address => &address.whole,
            Login::LocalPart => &address.local,
        };
        let candidate = |protocol, host: &str, port, encryption| Candidate {
            server: ServerAddress { protocol, host: host.to_owned(), port, encryption },
            user_name: user_name.clone(),
            found_by: Step::Provider,
        };
        let is_bridge = matches!(self.advice, Advice::Bridge { .. });
        let (imap, smtp) = if is_bridge {
            ((1143, Encryption::StartTls), (self.smtp_port, Encryption::StartTls))
        } else {
            let smtp = if self.smtp_port == 465 { Encryption::Tls } else { Encryption::StartTls };
            ((993, Encryption::Tls), (self.smtp_port, smtp))
        };
        let mut incoming = vec![candidate(Protocol::Imap, self.imap, imap.0, imap.1)];
        if !self.pop3.is_empty() {
            incoming.push(candidate(Protocol::Pop3, self.pop3, 995, Encryption::Tls));
        }
        let outgoing = vec![candidate(Protocol::Smtp, self.smtp, smtp.0, smtp.1)];
        Discovery { incoming, outgoing, provider: Some(self), ..Discovery::default() }
    }
}

/// Returns the provider whose addresses have this domain.
pub(super) fn by_domain(domain: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.domains.contains(&domain))
}

/// Returns the provider that receives mail at this host.
pub(super) fn by_mx(host: &str) -> Option<&'static Provider> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |end: &&str| {
        host == **end || host.strip_suffix(*end).is_some_and(|front| front.ends_with('.'))
    };
    PROVIDERS.iter().find(|provider| provider.mx.iter().any(is_below))
}

/// Bytes of a file in a line of base64, and bytes of the line (RFC 2045 section 6.8).
const BASE64_LINE: (u64, u64) = (57, 78);

/// Returns the largest message that a provider's submission server is known to take, in bytes as sent; absent where nothing
/// is known of this host. Meant to be no less than what is really taken: files up to the limit that its help pages give, in
/// base64, and a little for the rest.
pub fn message_limit(smtp_host: &str) -> Option<u64> {
    let host = smtp_host.trim_end_matches('.').to_ascii_lowercase();
    let known = PROVIDERS.iter().find(|one| one.smtp == host && one.most_files > 0)?;
    let (bytes, line) = BASE64_LINE;
    Some((known.most_files << 20).div_ceil(bytes) * line + (64 << 10))
}

/// Returns all providers.
pub fn providers() -> &'static [Provider] {
    PROVIDERS
}

const AUTH_CODE: &str = "Switch IMAP and SMTP on in the web mail's settings and use the authorisation code shown there.";

/// A provider that speaks TLS on the usual ports and takes the address as the name.
const fn plain(
    id: &'static str,
    name: &'static str,
    domains: &'static [&'static str],
    mx: &'static [&'static str],
    hosts: [&'static str; 3],
    advice: Advice,
) -> Provider {
    let [imap, pop3, smtp] = hosts;
    Provider {
        id,
        name,
        advice,
        domains,
        mx,
        imap,
        pop3,
        smtp,
        smtp_port: 465,
        login: Login::Address,
        most_files: 0,
    }
}

static PROVIDERS: &[Provider] = &[
    Provider {
        most_files: 25,
        ..plain(
            "gmail",
            "Gmail",
            &["gmail.com", "googlemail.com"],
            &[],
            ["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"],
            GOOGLE,
        )
    },
    Provider {
        most_files: 25,
        ..plain(
            "google-workspace",
            "Google Workspace",
            &[],
            &["google.com", "googlemail.com", "smtp.goog"],
            ["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"],
            GOOGLE,
        )
    },
    Provider {
        smtp_port: 587,
        ..plain(
            "microsoft",
            "Microsoft Outlook",
            &[
                "outlook.com",
                "hotmail.com",
                "live.com",
                "msn.com",
                "passport.com",
                "hotmail.co.uk",
                "hotmail.fr",
                "hotmail.de",
                "hotmail.it",
                "hotmail.es",
                "live.co.uk",
                "live.fr",
                "live.nl",
                "live.de",
                "outlook.de",
                "outlook.fr",
                "outlook.jp",
                "outlook.es",
                "outlook.it",
                "office365.com",
            ],
            &["outlook.com", "office365.us", "hotmail.com", "mx.microsoft"],
            ["outlook.office365.com", "outlook.office365.com", "smtp.office365.com"],
            Advice::NoPasswords,
        )
    },
    Provider {
        most_files: 25,
        ..plain(
            "yahoo",
            "Yahoo Mail",
            &[
                "yahoo.com",
                "ymail.com",
                "rocketmail.com",
                "yahoo.co.uk",
                "yahoo.fr",
                "yahoo.de",
                "yahoo.it",
                "yahoo.es",
                "yahoo.ca",
                "yahoo.co.in",
                "yahoo.in",
                "yahoo.com.br",
                "yahoo.com.au",
                "yahoo.com.hk",
                "yahoo.com.tw",
                "yahoo.com.sg",
                "myyahoo.com",
            ],
            &["yahoodns.net"],
            ["imap.mail.yahoo.com", "pop.mail.yahoo.com", "smtp.mail.yahoo.com"],
            Advice::AppPassword {
                url: "https://login.yahoo.com/account/security/app-passwords",
                note: "Make an app password for Posthorn in the account's security settings.",
            },
        )
    },
    Provider {
        most_files: 20,
        smtp_port: 587,
        ..plain(
            "icloud",
            "iCloud Mail",
            &["icloud.com", "me.com", "mac.com"],
            &["mail.icloud.com"],
            ["imap.mail.me.com", "", "smtp.mail.me.com"],
            Advice::AppPassword {
                url: "https://account.apple.com/account/manage",
                note: "Make an app-specific password for Posthorn under Sign-In and Security.",
            },
        )
    },
    plain(
        "fastmail",
        "Fastmail",
        &["fastmail.com", "fastmail.fm", "sent.com", "messagingengine.com"],
        &["messagingengine.com"],
        ["imap.fastmail.com", "pop.fastmail.com", "smtp.fastmail.com"],
        Advice::AppPassword {
            url: "https://app.fastmail.com/settings/security/tokens",
            note: "Make an app password with access to mail (IMAP, POP and SMTP).",
        },
    ),
    Provider {
        smtp_port: 587,
        ..plain(
            "gmx",
            "GMX",
            &["gmx.net", "gmx.de", "gmx.at", "gmx.ch"],
            &["gmx.net"],
            ["imap.gmx.net", "pop.gmx.net", "mail.gmx.net"],
            Advice::AppPassword {
                url: "https://www.gmx.net/mail/imap/",
                note: "Switch POP3 and IMAP on in the web mail's settings; with two-factor sign-in also make an app password.",
            },
        )
    },
    plain(
        "gmx-com",
        "GMX",
        &["gmx.com", "gmx.us", "gmx.co.uk"],
        &["gmx.com"],
        ["imap.gmx.com", "pop.gmx.com", "mail.gmx.com"],
        Advice::AppPassword {
            url: "https://support.gmx.com/pop-imap/toggle.html",
            note: "Switch POP3 and IMAP on in the web mail's settings; with two-factor sign-in also make an app password.",
        },
    ),
    Provider {
        smtp_port: 587,
        ..plain(
            "web.de",
            "WEB.DE",
            &["web.de"],
            &["web.de"],
            ["imap.web.de", "pop3.web.de", "smtp.web.de"],
            Advice::AppPassword {
                url: "https://hilfe.web.de/pop-imap/einschalten.html",
                note: "Switch POP3 and IMAP on in the web mail's settings; with two-factor sign-in also make an app password.",
            },
        )
    },
    Provider {
        login: Login::LocalPart,
        ..plain(
            "yandex",
            "Yandex Mail",
            &["yandex.ru", "yandex.com", "ya.ru", "yandex.by", "yandex.kz", "yandex.ua"],
            &[],
            ["imap.yandex.com", "pop.yandex.com", "smtp.yandex.com"],
            YANDEX,
        )
    },
    plain(
        "yandex-360",
        "Yandex 360",
        &[],
        &["yandex.net", "yandex.ru"],
        ["imap.yandex.com", "pop.yandex.com", "smtp.yandex.com"],
        YANDEX,
    ),
    plain(
        "qq",
        "QQ 邮箱",
        &["qq.com", "vip.qq.com", "foxmail.com"],
        &[],
        ["imap.qq.com", "pop.qq.com", "smtp.qq.com"],
        Advice::AppPassword { url: "https://wx.mail.qq.com/account", note: AUTH_CODE },
    ),
    plain(
        "exmail",
        "腾讯企业邮箱",
        &["exmail.qq.com"],
        &["mxbiz1.qq.com", "mxbiz2.qq.com", "exmail.qq.com"],
        ["imap.exmail.qq.com", "pop.exmail.qq.com", "smtp.exmail.qq.com"],
        Advice::AppPassword { url: "https://exmail.qq.com/", note: AUTH_CODE },
    ),
    plain(
        "163",
        "网易 163 邮箱",
        &["163.com"],
        &[],
        ["imap.163.com", "pop.163.com", "smtp.163.com"],
        Advice::AppPassword { url: "https://mail.163.com/", note: AUTH_CODE },
    ),
    plain(
        "126",
        "网易 126 邮箱",
        &["126.com"],
        &[],
        ["imap.126.com", "pop.126.com", "smtp.126.com"],
        Advice::AppPassword { url: "https://mail.126.com/", note: AUTH_CODE },
    ),
    plain(
        "yeah",
        "网易 yeah.net 邮箱",
        &["yeah.net"],
        &[],
        ["imap.yeah.net", "pop.yeah.net", "smtp.yeah.net"],
        Advice::AppPassword { url: "https://mail.yeah.net/", note: AUTH_CODE },
    ),
    plain(
        "zoho",
        "Zoho Mail",
        &["zohomail.com", "zoho.com"],
        &["zoho.com"],
        ["imap.zoho.com", "pop.zoho.com", "smtp.zoho.com"],
        Advice::AppPassword {
            url: "https://accounts.zoho.com/home#security/app_password",
            note: "Switch IMAP on in the web mail's settings; with two-factor sign-in also make an app password.",
        },
    ),
    plain(
        "mail.ru",
        "Mail.ru",
        &["mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru"],
        &["mail.ru"],
        ["imap.mail.ru", "pop.mail.ru", "smtp.mail.ru"],
        Advice::AppPassword {
            url: "https://account.mail.ru/user/2-step-auth/passwords/",
            note: "Make a password for external applications in the security settings.",
        },
    ),
    Provider {
        smtp_port: 1025,
        ..plain(
            "proton",
            "Proton Mail",
            &["proton.me", "protonmail.com", "protonmail.ch", "pm.me"],
            &["protonmail.ch"],
            ["127.0.0.1", "", "127.0.0.1"],
            Advice::Bridge {
                url: "https://proton.me/mail/bridge",
                note: "Start Proton Mail Bridge and use the name and password that it shows.",
            },
        )
    },
];

const GOOGLE: Advice = Advice::AppPassword {
    url: "https://myaccount.google.com/apppasswords",
    note: "Switch two-step verification on and make an app password for Posthorn.",
};

const YANDEX: Advice = Advice::AppPassword {
    url: "https://id.yandex.com/security/app-passwords",
    note: "Switch mail programs on in the web mail's settings and make an app password for mail.",
};

#[cfg(test)]
mod tests {
    use super::message_limit;

    #[test]
    fn what_a_provider_takes_is_counted_as_it_is_sent() {
        // 25 MiB of files fit, in lines of base64; 27 MiB do not.
        let lines = |mebibytes: u64| (mebibytes << 20) / 57 * 78;
        let gmail = message_limit("SMTP.gmail.com.").unwrap();
        assert!(lines(25) < gmail && gmail < lines(27), "{gmail}");
        assert!(message_limit("smtp.mail.me.com").is_some_and(|limit| limit < gmail));
        assert_eq!(message_limit("smtp.office365.com"), None, "its administrators choose");
        assert_eq!(message_limit("127.0.0.1"), None);
    }
}
