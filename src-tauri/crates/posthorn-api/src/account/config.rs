//! Between an account as the page edits it and as the store keeps it.

use posthorn_model::{AccountId, Protocol as ModelProtocol, ServerAddress};
use posthorn_store::WriteTx;
use posthorn_store::account::{self, AccountSettings, Identity, Login, PopPolicy};

use super::pop::{self, leave};
use crate::contract::{
    Account, AccountConfig, Address, Error, LeaveOnServer, Protocol, Server, SignInProvider,
};
use crate::engine::Engine;
use crate::error::Result;

/// Aliases of one account: more are a mistake.
const ALIAS_LIMIT: usize = 100;
/// Longest name, host or user name, bytes.
pub(super) const FIELD_LIMIT: usize = 1000;
/// Longest signature, bytes.
pub(super) const SIGNATURE_LIMIT: usize = 64 << 10;

/// Refuses what no account can be.
pub(super) fn check(config: &AccountConfig) -> Result<()> {
    let fields =
        [&config.label, &config.sender_name, &config.incoming.username, &config.outgoing.username];
    if fields.iter().any(|field| field.len() > FIELD_LIMIT || field.contains(char::is_control)) {
        return Err(Error::invalid("A name is too long or contains a control character"));
    }
    let addresses =
        std::iter::once(&config.email).chain(config.aliases.iter().map(|alias| &alias.email));
    for email in addresses {
        posthorn_message::check_address(email)
            .map_err(|error| Error::invalid(error.to_string()).with(email))?;
    }
    if config.aliases.len() > ALIAS_LIMIT {
        return Err(Error::invalid("These are too many aliases"));
    }
    if config.signature.len() > SIGNATURE_LIMIT {
        return Err(Error::invalid("The signature is too long"));
    }
    check_server(&config.incoming, &[Protocol::Imap, Protocol::Pop3])?;
    check_server(&config.outgoing, &[Protocol::Smtp])?;
    if config.incoming.username.is_empty() {
        return Err(Error::invalid("The incoming server needs a user name"));
    }
    if let Some(rules) = &config.pop3 {
        super::pop::check(rules)?;
    }
    if !(least_minutes(config.incoming.protocol)..=1440).contains(&config.check_interval_minutes) {
        return Err(Error::invalid("Mail is fetched every 1 to 1440 minutes"));
    }
    if !(1..=6).contains(&config.colour) {
        return Err(Error::invalid("The mark's hue is 1 to 6"));
    }
    Ok(())
}

/// Fewest minutes between checks: a maildrop may also be looked into only when the user asks (0).
fn least_minutes(protocol: Protocol) -> u32 {
    u32::from(protocol != Protocol::Pop3)
}

/// Refuses what no server can be.
pub(super) fn check_any_server(server: &Server) -> Result<()> {
    check_server(server, &[Protocol::Imap, Protocol::Pop3, Protocol::Smtp])
}

/// Refuses what no submission server can be.
pub(super) fn check_outgoing(server: &Server) -> Result<()> {
    if server.username.len() > FIELD_LIMIT || server.username.contains(char::is_control) {
        return Err(Error::invalid("A name is too long or contains a control character"));
    }
    check_server(server, &[Protocol::Smtp])
}

fn check_server(server: &Server, protocols: &[Protocol]) -> Result<()> {
    let is_host = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':' | '[' | ']')
    };
    if !protocols.contains(&server.protocol) {
        return Err(Error::invalid("This server speaks another protocol"));
    }
    if server.host.is_empty()
        || server.host.len() > FIELD_LIMIT
        || !server.host.chars().all(is_host)
    {
        return Err(Error::invalid("This is not the name of a server").with(&server.host));
    }
    if server.port == 0 {
        return Err(Error::invalid("A port is between 1 and 65535").with(&server.host));
    }
    Ok(())
}

/// Returns where a server is.
pub(super) fn server_address(server: &Server) -> ServerAddress {
    ServerAddress {
        protocol: server.protocol.into(),
        host: server.host.trim().to_owned(),
        port: server.port,
        encryption: server.encryption.into(),
    }
}

/// Returns a server as the store keeps it.
pub(super) fn login(server: &Server, before: Option<&Login>) -> Login {
    let address = server_address(server);
    // An exception was made for one server; another one has none.
    let fingerprint =
        before.filter(|before| before.server == address).map(|before| before.fingerprint.clone());
    Login {
        server: address,
        user: server.username.clone(),
        fingerprint: fingerprint.unwrap_or_default(),
    }
}

/// Returns the account's settings for the store. What the page cannot edit is kept.
pub(super) fn to_settings(
    config: &AccountConfig,
    before: Option<&AccountSettings>,
) -> AccountSettings {
    let chosen = match config.leave_on_server {
        LeaveOnServer::Keep => PopPolicy::Leave,
        LeaveOnServer::RemoveAfterDownload => PopPolicy::AtOnce,
    };
    let kept = before
        .map(|before| before.pop_policy)
        .filter(|policy| leave(*policy) == config.leave_on_server);
    let policy = config.pop3.as_ref().map(pop::policy).or(kept).unwrap_or(chosen);
    let before_limit = before.map_or(0, |before| before.pop_size_limit);
    AccountSettings {
        name: config.label.trim().to_owned(),
        email: config.email.clone(),
        sender_name: config.sender_name.trim().to_owned(),
        incoming: login(&config.incoming, before.map(|before| &before.incoming)),
        outgoing: login(&config.outgoing, before.map(|before| &before.outgoing)),
        is_enabled: before.is_none_or(|before| before.is_enabled),
        color: config.colour.to_string(),
        mark: before.map(|before| before.mark.clone()).unwrap_or_default(),
        pop_policy: policy,
        pop_size_limit: config.pop3.map_or(before_limit, |rules| rules.head_only_above),
        pop_keep_starred: config.pop3.map_or_else(
            || before.is_some_and(|before| before.pop_keep_starred),
            |rules| rules.keep_starred,
        ),
        pop_apop: config
            .pop3
            .map_or_else(|| before.is_some_and(|before| before.pop_apop), |rules| rules.allow_apop),
        pop_rests_at_start: config.pop3.map_or_else(
            || before.is_some_and(|before| before.pop_rests_at_start),
            |rules| !rules.look_at_start,
        ),
        check_minutes: config.check_interval_minutes,
        keep_days: before.map_or(0, |before| before.keep_days),
        server_files_sent: config.server_files_sent,
    }
}

/// Brings the account's identities in line: its own first, then the aliases in their order. Returns those that went.
pub(super) fn put_identities(
    tx: &WriteTx<'_>,
    id: AccountId,
    config: &AccountConfig,
) -> posthorn_store::Result<Vec<i64>> {
    let known = account::identities(tx, id)?;
    let before = known.first().map(|first| first.signature.clone()).unwrap_or_default();
    let signature = changed(&before, &config.signature);
    if let Some(first) = known.first() {
        account::put_identity(tx, &Identity { signature: signature.clone(), ..first.clone() })?;
    }
    let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    // A signature of its own stays; one that was the account's goes with it.
    let signed = |one: &Identity| {
        if one.signature == before { signature.clone() } else { one.signature.clone() }
    };
    let is_wanted =
        |one: &Identity| config.aliases.iter().any(|alias| same(&alias.email, &one.email));
    let gone: Vec<i64> =
        known.iter().skip(1).filter(|one| !is_wanted(one)).map(|one| one.id).collect();
    for one in &gone {
        account::remove_identity(tx, id, *one)?;
    }
    for alias in config.aliases.iter().filter(|alias| !same(&alias.email, &config.email)) {
        let others = || known.iter().skip(1).filter(|one| same(&alias.email, &one.email));
        // One address may have several names: each is known by both.
        let old = others().find(|one| one.name == alias.name).or_else(|| others().next());
        let identity = match old {
            Some(old) => {
                Identity { name: alias.name.clone(), signature: signed(old), ..old.clone() }
            }
            None => Identity {
                id: 0,
                account: id,
                name: alias.name.clone(),
                email: alias.email.clone(),
                reply_to: String::new(),
                signature: signature.clone(),
                bcc: Vec::new(),
                sent_mailbox: None,
                server: None,
            },
        };
        account::put_identity(tx, &identity)?;
    }
    Ok(gone)
}

/// Returns a signature after somebody saw it as text and gave it back: what was not changed keeps its form.
pub(super) fn changed(before: &str, text: &str) -> String {
    if to_text(before).trim_end() == text.trim_end() { before.to_owned() } else { to_html(text) }
}

/// The store keeps signatures as HTML; an account's settings name them as text.
pub(crate) fn to_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>")
}

/// The way back of [`to_html`]; of what was formatted, its words.
pub(super) fn to_text(html: &str) -> String {
    let text =
        html.replace("<br>", "\n").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    if to_html(&text) == html {
        return text;
    }
    posthorn_message::text::from_html(html).trim_end().to_owned()
}

/// Returns a server as the page shows it.
pub(super) fn server(login: Login) -> Server {
    Server {
        protocol: login.server.protocol.into(),
        host: login.server.host,
        port: login.server.port,
        encryption: login.server.encryption.into(),
        username: login.user,
    }
}

/// How an account sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// One refused recipient stops a message for all.
    pub(super) all_or_nothing: bool,
    /// What its messages ask for.
    pub(super) wishes: posthorn_store::draft::Wishes,
}

/// Returns an account as listed.
pub(super) fn convert(
    engine: &Engine,
    one: account::Account,
    identities: Vec<Identity>,
    habits: Habits,
) -> Account {
    let settings = one.settings;
    let is_pop = settings.incoming.server.protocol == ModelProtocol::Pop3;
    let pop3 = is_pop.then(|| pop::rules(&settings));
    let pins = super::pin::pins(&settings);
    let mark = if settings.mark.is_empty() {
        let letter = settings
            .name
            .chars()
            .chain(settings.email.chars())
            .find(|letter| letter.is_alphanumeric());
        letter.map(|letter| letter.to_uppercase().to_string()).unwrap_or_default()
    } else {
        settings.mark
    };
    let sign_in = one.sign_in.map(|id| {
        let known = engine.sync().tokens().providers().get(&id).ok().map(SignInProvider::from);
        let unknown = SignInProvider { name: id.clone(), id, configured: false };
        known.unwrap_or(unknown)
    });
    let own_hue = u8::try_from(one.place.rem_euclid(6) + 1).unwrap_or(1);
    let signature = identities.first().map(|first| to_text(&first.signature)).unwrap_or_default();
    debug_assert_ne!(settings.incoming.server.protocol, ModelProtocol::Smtp);
    let shown = super::identity::convert(&identities);
    Account {
        id: one.id.0,
        sign_in,
        pins,
        identities: shown,
        all_or_nothing: habits.all_or_nothing,
        wishes: habits.wishes.into(),
        config: AccountConfig {
            pop3,
            label: settings.name,
            sender_name: settings.sender_name,
            email: settings.email,
            incoming: server(settings.incoming),
            outgoing: server(settings.outgoing),
            aliases: identities
                .into_iter()
                .skip(1)
                .map(|one| Address { name: one.name, email: one.email })
                .collect(),
            leave_on_server: leave(settings.pop_policy),
            check_interval_minutes: settings.check_minutes.clamp(u32::from(!is_pop), 1440),
            colour: settings
                .color
                .parse()
                .ok()
                .filter(|hue| (1..=6).contains(hue))
                .unwrap_or(own_hue),
            signature,
            server_files_sent: settings.server_files_sent,
        },
        mark,
        enabled: settings.is_enabled,
        status: super::status(engine, one.id),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{check, to_html, to_settings, to_text};
    use crate::contract::{AccountConfig, Encryption, LeaveOnServer, Protocol, Server};
    use posthorn_store::account::PopPolicy;

    pub(crate) fn config() -> AccountConfig {
        let server = |protocol, port| Server {
            protocol,
            host: "mail.example.org".to_owned(),
            port,
            encryption: Encryption::Tls,
            username: "anna".to_owned(),
        };
        AccountConfig {
            label: "Work".to_owned(),
            sender_name: "Anna".to_owned(),
            email: "anna@example.org".to_owned(),
            incoming: server(Protocol::Imap, 993),
            outgoing: server(Protocol::Smtp, 465),
            aliases: Vec::new(),
            leave_on_server: LeaveOnServer::Keep,
            pop3: None,
            check_interval_minutes: 10,
            colour: 2,
            signature: String::new(),
            server_files_sent: false,
        }
    }

    #[test]
    fn signatures_come_back_as_they_were() {
        for text in ["", "Anna\n<b> & &lt; co", "--\nA"] {
            assert_eq!(to_text(&to_html(text)), text);
        }
    }

    #[test]
    fn nonsense_is_refused_before_anything_is_dialled() {
        assert!(check(&config()).is_ok());
        let mut smtp_in = config();
        smtp_in.incoming.protocol = Protocol::Smtp;
        let mut header = config();
        header.sender_name = "Anna\r\nBcc: x@example.org".to_owned();
        let mut host = config();
        host.outgoing.host = "mail example".to_owned();
        for broken in [
            smtp_in,
            header,
            host,
            AccountConfig { email: "anna".to_owned(), ..config() },
            AccountConfig { check_interval_minutes: 0, ..config() },
            AccountConfig { colour: 7, ..config() },
        ] {
            assert!(check(&broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn what_the_page_cannot_edit_is_kept_while_it_fits() {
        let mut before = to_settings(&config(), None);
        before.pop_policy = PopPolicy::AfterDays(14);
        before.incoming.fingerprint = "ab".to_owned();
        let same = to_settings(&config(), Some(&before));
        assert_eq!(
            (same.pop_policy, same.incoming.fingerprint.as_str()),
            (PopPolicy::AfterDays(14), "ab")
        );
        let mut moved =
            AccountConfig { leave_on_server: LeaveOnServer::RemoveAfterDownload, ..config() };
        moved.incoming.host = "other.example.org".to_owned();
        let moved = to_settings(&moved, Some(&before));
        assert_eq!(
            (moved.pop_policy, moved.incoming.fingerprint.as_str()),
            (PopPolicy::AtOnce, "")
        );
    }
}
