//! Certificates that nobody vouches for, on a real Dovecot: refused, looked at, accepted, changed, taken back.

#![expect(clippy::indexing_slicing, reason = "JSON answers `null` for what is not there")]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, account, numbered, until};
use posthorn_testkit::{
    CertificateAuthority, Dovecot, DovecotOptions, Exim, EximOptions, ServerCertificate,
};
use serde_json::{Value, json};

struct Servers {
    dovecot: Dovecot,
    exim: Exim,
}

fn start(certificate: &ServerCertificate) -> anyhow::Result<Servers> {
    let certificate = Some(certificate.clone());
    let dovecot =
        Dovecot::start(DovecotOptions { certificate: certificate.clone(), ..Default::default() })?;
    let options = EximOptions { certificate, ..EximOptions::delivering_to(dovecot.lmtp_port()) };
    Ok(Servers { exim: Exim::start(options)?, dovecot })
}

impl Servers {
    /// An account inside TLS, from the first byte or behind STARTTLS.
    fn account(&self, incoming: Incoming, encryption: &str) -> Value {
        let mut draft = account("anna", incoming, Ports { incoming: 0, outgoing: 0 });
        let is_imap = incoming == Incoming::Imap;
        let (dovecot, exim) = (&self.dovecot, &self.exim);
        let (into, out) = match (encryption, is_imap) {
            ("tls", true) => (dovecot.imaps_port(), exim.smtps_port()),
            ("tls", false) => (dovecot.pop3s_port(), exim.smtps_port()),
            (_, true) => (dovecot.imap_port(), exim.smtp_port()),
            (_, false) => (dovecot.pop3_port(), exim.smtp_port()),
        };
        for (side, port) in [("incoming", into), ("outgoing", out)] {
            let server = &mut draft["config"][side];
            server["host"] = json!("localhost");
            server["port"] = json!(port);
            server["encryption"] = json!(encryption);
        }
        draft
    }
}

async fn look(desk: &Desk, server: &Value, accepted: &str) -> anyhow::Result<Value> {
    desk.ask("certificates.look", json!({ "server": server, "accepted": accepted })).await
}

async fn only_account(desk: &Desk) -> anyhow::Result<Value> {
    Ok(desk.ask("accounts.list", json!({})).await?[0].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_certificate_is_told_and_exactly_it_can_be_accepted()
-> anyhow::Result<()> {
    let authority = CertificateAuthority::create()?;
    let names = ["localhost", "127.0.0.1"];
    let table = [
        ("certificateIssuer", CertificateAuthority::self_signed(&names)?),
        ("certificateIssuer", authority.issue(&names)?),
        ("certificateIssuer", authority.issue(&["mail.elsewhere.example"])?),
    ];
    for (code, certificate) in table {
        let servers = start(&certificate)?;
        let desk = Desk::empty().await?;
        for (incoming, encryption) in [
            (Incoming::Imap, "tls"),
            (Incoming::Imap, "starttls"),
            (Incoming::PopLeave, "tls"),
            (Incoming::PopLeave, "starttls"),
        ] {
            let draft = servers.account(incoming, encryption);
            let proof = desk.ask("accounts.verify", draft.clone()).await?;
            for side in ["incoming", "outgoing"] {
                assert_eq!(proof[side]["code"], code, "{encryption} {side}: {proof}");
                let shown = look(&desk, &draft["config"][side], "").await?;
                let fingerprint = shown["certificate"]["fingerprint"].clone();
                assert_eq!(shown["problem"]["code"], code, "{shown}");
                assert_eq!(fingerprint.as_str().map(str::len), Some(95), "{shown}");
                let again =
                    look(&desk, &draft["config"][side], fingerprint.as_str().unwrap()).await?;
                assert_eq!(again, json!({ "problem": null, "certificate": null }), "{side}");
            }
        }
    }
    Ok(())
}

/// What is wrong where the authority itself is trusted.
#[tokio::test(flavor = "multi_thread")]
async fn the_reason_is_the_right_one() -> anyhow::Result<()> {
    let authority = CertificateAuthority::create()?;
    let table = [
        ("certificateHost", authority.issue(&["mail.elsewhere.example"])?),
        ("certificateExpired", authority.issue_expired(&["localhost", "127.0.0.1"])?),
        ("certificateEarly", authority.issue_early(&["localhost", "127.0.0.1"])?),
    ];
    for (code, certificate) in table {
        let servers = start(&certificate)?;
        let desk = Desk::trusting(authority.pem()).await?;
        let draft = servers.account(Incoming::Imap, "starttls");
        let shown = look(&desk, &draft["config"]["incoming"], "").await?;
        assert_eq!(shown["problem"]["code"], code, "{shown}");
        let said = &shown["certificate"];
        assert!(said["notBeforeAt"].is_i64() && said["notAfterAt"].is_i64(), "{said}");
        assert_eq!(said["issuer"], "Posthorn test authority");
        let names = said["names"].as_array().cloned().unwrap_or_default();
        assert_eq!(names.contains(&json!("localhost")), code != "certificateHost", "{said}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_certificate_is_good_until_it_changes() -> anyhow::Result<()> {
    let authority = CertificateAuthority::create()?;
    let [first, second] = [authority.issue(&["localhost"])?, authority.issue(&["localhost"])?];
    let mut servers = start(&first)?;
    servers.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    let desk = Desk::empty().await?;
    let mut draft = servers.account(Incoming::Imap, "tls");
    let mut pins = Vec::new();
    for side in ["incoming", "outgoing"] {
        let shown = look(&desk, &draft["config"][side], "").await?;
        let fingerprint = shown["certificate"]["fingerprint"].clone();
        draft[format!("{side}Certificate")] = fingerprint.clone();
        pins.push(json!({ "side": side, "fingerprint": fingerprint }));
    }
    let saved = desk.ask("accounts.add", draft.clone()).await?;
    assert_eq!(saved["account"]["pins"], json!(pins), "{saved}");
    desk.settle().await?;
    assert_eq!(desk.rows("inbox").await?.len(), 1);

    // It outlives the program; another certificate does not get the password, and the pin stays what it was.
    let desk = desk.reopen().await?;
    desk.settle().await?;
    let status = only_account(&desk).await?["status"].clone();
    assert_eq!(status["state"], "upToDate", "{status}");
    servers.dovecot.restart_with(|options| options.certificate = Some(second.clone()))?;
    until("the change is told", async || {
        desk.ask("accounts.checkNow", json!({ "account": null })).await?;
        desk.settle().await?;
        Ok(only_account(&desk).await?["status"]["problem"]["code"] == "certificateChanged")
    })
    .await?;
    let one = only_account(&desk).await?;
    assert_eq!((&one["status"]["state"], &one["pins"]), (&json!("failed"), &json!(pins)));
    let accepted = pins[0]["fingerprint"].as_str().unwrap_or_default().to_owned();
    let shown = look(&desk, &one["config"]["incoming"], &accepted).await?;
    assert_eq!(shown["problem"]["code"], "certificateChanged");
    let new = shown["certificate"]["fingerprint"].clone();
    assert_ne!(new, json!(accepted));

    // The user accepts the new one; then takes it back.
    let pin = |fingerprint: &Value| json!({ "id": one["id"], "side": "incoming", "fingerprint": fingerprint });
    desk.ask("certificates.pin", pin(&new)).await?;
    desk.settle().await?;
    assert_eq!(only_account(&desk).await?["status"]["state"], "upToDate");
    let bare = desk.ask("certificates.pin", pin(&json!(""))).await?;
    assert_eq!(bare["pins"].as_array().map(Vec::len), Some(1), "{bare}");
    desk.settle().await?;
    assert_eq!(only_account(&desk).await?["status"]["problem"]["code"], "certificateIssuer");
    assert!(desk.ask("certificates.pin", pin(&json!("nonsense"))).await.is_err());
    Ok(())
}
