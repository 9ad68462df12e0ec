//! Who signs users in: Google, Microsoft, and the providers of a file.
//!
//! A client id says which program asks; it is no secret. It comes from the file (`oauth.json` in the profile, or the one
//! named on the command line), else from what the build was given. Without one nothing can be asked.

use std::path::Path;

use posthorn_net::Secret;
use serde_json::Value;
use url::Url;

use crate::Error;

/// Largest file that is read, bytes.
const MAX_FILE: usize = 256 << 10;
/// Providers of a file: more are a mistake.
const MAX_OWN: usize = 50;

/// This program, as a provider knows it.
#[derive(Clone, Debug)]
pub struct Client {
    /// Client id.
    pub id: String,
    /// Client secret. Google gives one to desktop programs too, where it is none (RFC 8252 section 8.5). `None`: without.
    pub secret: Option<Secret>,
}

/// One provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// A word for the store; never changed.
    pub id: String,
    /// Its name as people know it.
    pub name: String,
    /// Domains in lower case whose addresses it signs in; empty for those that discovery knows.
    pub domains: Vec<String>,
    /// This program there. `None`: not configured, nobody can sign in.
    pub client: Option<Client>,
    pub(crate) authorization: Url,
    pub(crate) token: Url,
    pub(crate) scopes: Vec<String>,
    /// How the provider's registration spells this computer in the redirect address.
    pub(crate) redirect_host: &'static str,
    /// Further parameters of the authorization request.
    pub(crate) extra: Vec<(&'static str, &'static str)>,
    /// `http` is allowed to this computer itself: a provider that runs here.
    pub(crate) is_loopback: bool,
}

/// All providers.
#[derive(Clone, Debug, Default)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// Reads a file; one that is missing where `is_optional` brings nothing. Blocks.
    pub fn read(file: &Path, is_optional: bool) -> Result<Self, Error> {
        let failed = |error: String| Error::File(format!("{}: {error}", file.display()));
        let bytes = match std::fs::read(file) {
            Ok(bytes) if bytes.len() <= MAX_FILE => bytes,
            Ok(_) => return Err(failed("it is too large".to_owned())),
            Err(error) if is_optional && error.kind() == std::io::ErrorKind::NotFound => {
                return Self::parse("{}");
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        let text = std::str::from_utf8(&bytes).map_err(|error| failed(error.to_string()))?;
        Self::parse(text).map_err(|error| failed(error.to_string()))
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: Value =
            serde_json::from_str(text).map_err(|error| Error::File(error.to_string()))?;
        let Value::Object(fields) = &file else { return Err(wrong("it is no object")) };
        if let Some(other) =
            fields.keys().find(|key| !["google", "microsoft", "own"].contains(&key.as_str()))
        {
            return Err(Error::File(format!("{other:?} is not known")));
        }
        let mut all = vec![google(file.get("google"))?, microsoft(file.get("microsoft"))?];
        let own = match file.get("own") {
            None => &[][..],
            Some(Value::Array(own)) if own.len() <= MAX_OWN => own,
            Some(_) => return Err(wrong("own is a list of providers")),
        };
        for entry in own {
            let provider = own_provider(entry)?;
            if all.iter().any(|other| other.id == provider.id) {
                return Err(Error::File(format!("{:?} is named twice", provider.id)));
            }
            all.push(provider);
        }
        Ok(Self(all))
    }

    /// Returns the provider of this id.
    pub fn get(&self, id: &str) -> Result<&Provider, Error> {
        let found = self.0.iter().find(|provider| provider.id == id);
        found.ok_or_else(|| Error::UnknownProvider(id.to_owned()))
    }

    /// Returns the provider that a file names for addresses of this domain (lower case).
    pub fn by_domain(&self, domain: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.domains.iter().any(|known| known == domain))
    }
}

fn wrong(text: &str) -> Error {
    Error::File(text.to_owned())
}

/// Returns a text field; an empty one is none.
fn text<'v>(entry: &'v Value, name: &str) -> Option<&'v str> {
    entry.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Returns the client of a file's entry, else the one that the build was given.
fn client(
    entry: Option<&Value>,
    built_in: (Option<&'static str>, Option<&'static str>),
) -> Option<Client> {
    let of_file = entry.and_then(|entry| {
        let secret = text(entry, "clientSecret").map(Secret::new);
        text(entry, "clientId").map(|id| Client { id: id.to_owned(), secret })
    });
    let (id, secret) = built_in;
    let of_build = id.filter(|id| !id.is_empty()).map(|id| Client {
        id: id.to_owned(),
        secret: secret.filter(|secret| !secret.is_empty()).map(Secret::new),
    });
    of_file.or(of_build)
}

fn url(text: &str) -> Result<Url, Error> {
    Url::parse(text).map_err(|error| Error::File(format!("{text}: {error}")))
}

fn google(entry: Option<&Value>) -> Result<Provider, Error> {
    let built_in =
        (option_env!("POSTHORN_GOOGLE_CLIENT_ID"), option_env!("POSTHORN_GOOGLE_CLIENT_SECRET"));
    Ok(Provider {
        id: "google".to_owned(),
        name: "Google".to_owned(),
        domains: Vec::new(),
        client: client(entry, built_in),
        authorization: url("https://accounts.google.com/o/oauth2/v2/auth")?,
        token: url("https://oauth2.googleapis.com/token")?,
        scopes: ["openid", "email", "https://mail.google.com/"].map(str::to_owned).to_vec(),
        redirect_host: "127.0.0.1",
        // Without both a second sign-in gives no refresh token.
        extra: vec![("access_type", "offline"), ("prompt", "consent")],
        is_loopback: false,
    })
}

fn microsoft(entry: Option<&Value>) -> Result<Provider, Error> {
    let tenant = entry.and_then(|entry| text(entry, "tenant")).unwrap_or("common");
    if !tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)) {
        return Err(wrong("a tenant is a name or a number"));
    }
    let base = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0");
    let scopes = [
        "openid",
        "email",
        "offline_access",
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/POP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
    ];
    Ok(Provider {
        id: "microsoft".to_owned(),
        name: "Microsoft".to_owned(),
        domains: Vec::new(),
        client: client(entry, (option_env!("POSTHORN_MICROSOFT_CLIENT_ID"), None)),
        authorization: url(&format!("{base}/authorize"))?,
        token: url(&format!("{base}/token"))?,
        scopes: scopes.map(str::to_owned).to_vec(),
        // Its portal registers `http://localhost` for desktop programs, and then takes any port.
        redirect_host: "localhost",
        extra: Vec::new(),
        is_loopback: false,
    })
}

fn own_provider(entry: &Value) -> Result<Provider, Error> {
    let needed = |name: &str| {
        text(entry, name).ok_or_else(|| Error::File(format!("a provider needs {name}")))
    };
    let texts = |name: &str| -> Vec<String> {
        let values = entry.get(name).and_then(Value::as_array).map(Vec::as_slice);
        let values = values.unwrap_or_default().iter();
        values.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let id = needed("id")?;
    if id.len() > 40 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(wrong("an id has letters, digits and hyphens"));
    }
    let is_loopback = entry.get("allowLoopbackHttp").and_then(Value::as_bool).unwrap_or(false);
    let (authorization, token) =
        (url(needed("authorizationEndpoint")?)?, url(needed("tokenEndpoint")?)?);
    for endpoint in [&authorization, &token] {
        let is_here =
            matches!(endpoint.host_str(), Some("127.0.0.1" | "[::1]" | "localhost")) && is_loopback;
        let is_fine = endpoint.scheme() == "https" || (is_here && endpoint.scheme() == "http");
        if !is_fine {
            return Err(Error::File(format!("{endpoint} is not https")));
        }
    }
    Ok(Provider {
        id: id.to_owned(),
        name: text(entry, "name").unwrap_or(id).to_owned(),
        domains: texts("domains").into_iter().map(|domain| domain.to_lowercase()).collect(),
        client: client(Some(entry), (None, None)),
        authorization,
        token,
        scopes: texts("scopes"),
        redirect_host: "127.0.0.1",
        // OpenID Connect Core section 11: offline access needs consent.
        extra: vec![("prompt", "consent")],
        is_loopback,
    })
}

#[cfg(test)]
mod tests {
    use super::Providers;

    #[test]
    fn the_scopes_are_those_that_the_providers_document() {
        let providers = Providers::parse(
            r#"{"google":{"clientId":"g","clientSecret":"s"},"microsoft":{"clientId":"m","tenant":"contoso.example"}}"#,
        )
        .unwrap();
        let google = providers.get("google").unwrap();
        assert!(google.scopes.iter().any(|scope| scope == "https://mail.google.com/"));
        assert_eq!(google.client.as_ref().unwrap().id, "g");
        assert!(!format!("{google:?}").contains("\"s\""));
        let microsoft = providers.get("microsoft").unwrap();
        for scope in ["IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send"] {
            assert!(microsoft.scopes.contains(&format!("https://outlook.office.com/{scope}")));
        }
        assert!(microsoft.scopes.iter().any(|scope| scope == "offline_access"));
        assert!(microsoft.token.path().starts_with("/contoso.example/"));
        assert!(providers.get("yahoo").is_err());
    }

    #[test]
    fn a_file_that_is_wrong_says_why() {
        let own = |fields: &str| {
            format!(
                r#"{{"own":[{{"id":"x","clientId":"c","scopes":[],"authorizationEndpoint":"https://x.example/a",{fields}}}]}}"#
            )
        };
        let table = [
            ("{}".to_owned(), true),
            (own(r#""tokenEndpoint":"https://x.example/t""#), true),
            (own(r#""tokenEndpoint":"http://127.0.0.1:1/t","allowLoopbackHttp":true"#), true),
            (own(r#""tokenEndpoint":"http://127.0.0.1:1/t""#), false),
            (own(r#""tokenEndpoint":"nowhere""#), false),
            (own(r#""name":"X""#), false),
            (r#"{"googel":{}}"#.to_owned(), false),
            (r#"{"microsoft":{"tenant":"a/b"}}"#.to_owned(), false),
            (r#"{"own":{}}"#.to_owned(), false),
            ("[]".to_owned(), false),
            ("{".to_owned(), false),
        ];
        for (text, is_fine) in table {
            assert_eq!(Providers::parse(&text).is_ok(), is_fine, "{text}");
        }
    }

    #[test]
    fn a_missing_file_is_fine_where_nobody_named_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("oauth.json");
        assert!(Providers::read(&file, true).unwrap().get("google").is_ok());
        assert!(Providers::read(&file, false).is_err());
    }
}
