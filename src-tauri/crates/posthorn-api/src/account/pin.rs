//! Certificates that the user accepts: one for each server of an account, and no other.
//!
//! Invariant: a fingerprint is taken only from the user, who saw it; it is good for the host and port that it was
//! accepted for, and goes when either changes.

use posthorn_model::{AccountId, Timestamp};
use posthorn_net::Fingerprint;
use posthorn_store::account::{self, AccountSettings, Login};

use super::config;
use crate::contract::{
    Account, AccountDraft, Certificate, Error, LookAtCertificate, Pin, PinCertificate,
    PresentedCertificate, ServerSide,
};
use crate::engine::Engine;
use crate::error::Result;

/// Reads a fingerprint of the page; an empty one stays empty.
pub(super) fn read(text: &str) -> Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let fingerprint = Fingerprint::parse(text);
    let fingerprint = fingerprint.ok_or_else(|| Error::invalid("This is no fingerprint"))?;
    Ok(fingerprint.to_string().replace(':', "").to_lowercase())
}

/// Returns the fingerprint that the user accepted for a server, as it is shown; empty when there is none.
pub(super) fn shown(login: &Login) -> String {
    Fingerprint::parse(&login.fingerprint).map_or_else(String::new, |found| found.to_string())
}

/// Returns what the user accepted for the servers of an account.
pub(super) fn pins(settings: &AccountSettings) -> Vec<Pin> {
    let pin = |side, login: &Login| {
        let fingerprint = Fingerprint::parse(&login.fingerprint)?.to_string();
        Some(Pin { side, fingerprint })
    };
    [pin(ServerSide::Incoming, &settings.incoming), pin(ServerSide::Outgoing, &settings.outgoing)]
        .into_iter()
        .flatten()
        .collect()
}

/// Puts what a draft accepts into the settings.
pub(super) fn accept(draft: &AccountDraft, settings: &mut AccountSettings) -> Result<()> {
    for (accepted, login) in [
        (&draft.incoming_certificate, &mut settings.incoming),
        (&draft.outgoing_certificate, &mut settings.outgoing),
    ] {
        if let Some(fingerprint) = accepted {
            login.fingerprint = read(fingerprint)?;
        }
    }
    Ok(())
}

impl From<posthorn_net::Certificate> for Certificate {
    fn from(certificate: posthorn_net::Certificate) -> Self {
        let at = |time: Option<Timestamp>| time.map(|time| time.0);
        Self {
            fingerprint: certificate.fingerprint.to_string(),
            subject: certificate.subject,
            issuer: certificate.issuer,
            names: certificate.names,
            not_before_at: at(certificate.not_before),
            not_after_at: at(certificate.not_after),
        }
    }
}

/// Asks a server for its certificate; nothing secret is sent.
pub(crate) async fn certificates_look(
    engine: &Engine,
    request: LookAtCertificate,
) -> Result<PresentedCertificate> {
    config::check_any_server(&request.server)?;
    let login = Login {
        server: config::server_address(&request.server),
        user: String::new(),
        fingerprint: read(&request.accepted)?,
    };
    let presented = posthorn_sync::look(engine.dialer(), &login).await;
    Ok(PresentedCertificate {
        problem: presented.problem.map(Error::from),
        certificate: presented.certificate.map(Certificate::from),
    })
}

/// Accepts exactly one certificate for a server of an account, or takes that back; then it is tried again.
pub(crate) async fn certificates_pin(engine: &Engine, request: PinCertificate) -> Result<Account> {
    let (id, side) = (AccountId(request.id), request.side);
    let fingerprint = read(&request.fingerprint)?;
    let job = move |tx: &posthorn_store::WriteTx<'_>| {
        let mut settings = account::get(tx, id)?.settings;
        match side {
            ServerSide::Incoming => settings.incoming.fingerprint = fingerprint,
            ServerSide::Outgoing => settings.outgoing.fingerprint = fingerprint,
        }
        account::update(tx, id, &settings)
    };
    engine.store().write(job).await?;
    engine.sync().account_changed(id).await;
    super::get(engine, id).await
}
