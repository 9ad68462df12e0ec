//! An example of every method, asked of an empty profile: the parameters fit, and what is missing is said in words.

use serde_json::{Value, json};

use super::{NAMES, of_command};
use crate::contract::{Code, Settings};
use crate::{Engine, Options, SecretsKind};

#[expect(clippy::too_many_lines, reason = "a table: one line a method")]
fn examples() -> Vec<(&'static str, Value)> {
    let none = || json!({});
    let id = || json!({ "id": 7 });
    let selection = json!({ "kind": "messages", "messages": [7] });
    let server = |protocol: &str| json!({ "protocol": protocol, "host": "127.0.0.1", "port": 9, "encryption": "plaintext", "username": "a" });
    let account = |id: Value| {
        json!({
            "id": id, "incomingPassword": "p", "outgoingPassword": null, "signIn": null, "ticket": "t",
            "config": {
                "label": "A", "senderName": "A", "email": "a@b.example", "incoming": server("imap"), "outgoing": server("smtp"),
                "aliases": [], "leaveOnServer": "keep", "checkIntervalMinutes": 5, "colour": 1, "signature": "", "serverFilesSent": false
            }
        })
    };
    let view = json!({
        "source": { "kind": "role", "role": "inbox" }, "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": true
    });
    let draft = json!({
        "id": 7, "revision": 1, "account": 1, "from": { "name": "", "email": "a@b.example" }, "to": [], "cc": [], "bcc": [],
        "subject": "", "html": "", "text": "", "plain": true, "includeOriginal": false
    });
    vec![
        ("app.info", none()),
        ("app.unlockSecrets", json!({ "passphrase": "x" })),
        ("app.setOffline", json!({ "offline": true })),
        ("accounts.list", none()),
        ("accounts.discover", json!({ "email": "nobody", "ticket": "t" })),
        ("accounts.verify", account(Value::Null)),
        ("accounts.add", account(Value::Null)),
        ("accounts.update", account(json!(7))),
        (
            "accounts.setPassword",
            json!({ "id": 7, "incomingPassword": "p", "outgoingPassword": null }),
        ),
        ("accounts.setEnabled", json!({ "id": 7, "enabled": false })),
        ("accounts.removalPreview", id()),
        ("accounts.remove", json!({ "id": 7, "onlyHereConfirmed": 0 })),
        (
            "accounts.previewPopRules",
            json!({ "id": 7, "rules": { "policy": "afterDays", "days": 7, "keepStarred": true, "headOnlyAbove": 0, "allowApop": false, "lookAtStart": true } }),
        ),
        ("accounts.openLocal", none()),
        ("accounts.setAllOrNothing", json!({ "id": 7, "value": true })),
        ("accounts.setWishes", json!({ "id": 7, "wishes": { "report": true, "receipt": false } })),
        (
            "identities.save",
            json!({
                "identity": {
                    "id": 0, "account": 7, "name": "A", "email": "a@b.example", "replyTo": "", "signature": "",
                    "bcc": [], "sentMailbox": null, "main": false, "server": server("smtp"), "pin": ""
                },
                "password": "p", "certificate": null
            }),
        ),
        ("identities.remove", json!({ "account": 7, "id": 7 })),
        ("signatures.list", id()),
        (
            "signatures.save",
            json!({ "id": 0, "identity": 7, "name": "", "html": "<p>A</p>", "text": "", "plain": "" }),
        ),
        ("signatures.readPicture", json!({ "path": "/nowhere/a.png" })),
        ("signatures.remove", json!({ "identity": 7, "id": 7 })),
        ("signatures.choose", json!({ "identity": 7, "forNew": null, "forAnswers": null })),
        ("accounts.checkNow", json!({ "account": null })),
        ("network.get", none()),
        (
            "network.set",
            json!({ "mode": "direct", "kind": "socks5", "host": "", "port": 1080, "user": "", "password": null }),
        ),
        ("certificates.look", json!({ "server": server("imap"), "accepted": "" })),
        ("certificates.pin", json!({ "id": 7, "side": "incoming", "fingerprint": "" })),
        (
            "signIn.begin",
            json!({ "provider": "google", "email": "a@b.example", "words": { "language": "en", "doneTitle": "", "doneText": "", "deniedTitle": "", "deniedText": "" } }),
        ),
        ("signIn.wait", json!({ "ticket": "t" })),
        ("signIn.cancel", json!({ "ticket": "t" })),
        ("sync.wait", json!({ "account": null, "timeoutMs": 10 })),
        ("mailboxes.list", none()),
        ("mailboxes.create", json!({ "account": 7, "parent": 7, "name": "Bills" })),
        ("mailboxes.rename", json!({ "id": 7, "name": "Bills" })),
        ("mailboxes.delete", id()),
        ("mailboxes.move", json!({ "id": 7, "parent": null })),
        ("mailboxes.setSubscribed", json!({ "id": 7, "value": false })),
        ("mailboxes.setRole", json!({ "id": 7, "role": "sent" })),
        ("mailboxes.setLook", json!({ "id": 7, "favourite": true, "colour": null })),
        ("mailboxes.order", json!({ "ids": [7], "byName": false })),
        ("mailboxes.properties", id()),
        ("mailboxes.facts", id()),
        ("mailboxes.empty", id()),
        ("mailboxes.markAllRead", id()),
        ("ledger.read", json!({ "account": null })),
        ("ledger.prove", json!({ "account": 7, "mailbox": 7 })),
        ("ledger.cancel", id()),
        ("bodies.get", json!({ "account": 7, "mailbox": null })),
        ("bodies.set", json!({ "account": 7, "mailbox": 7, "policy": null })),
        ("console.read", json!({ "after": 0, "waitMs": 0 })),
        ("console.close", none()),
        ("console.save", json!({ "path": "/nowhere/a.txt", "connections": [], "words": "" })),
        ("console.commands", none()),
        ("console.run", json!({ "account": 7, "line": "NOOP" })),
        ("views.open", view),
        ("views.range", json!({ "view": 7, "start": 0, "len": 50 })),
        ("views.find", json!({ "view": 7, "message": 7 })),
        ("views.close", id()),
        ("threads.open", json!({ "message": 7, "single": false })),
        ("threads.files", json!({ "message": 7, "single": false })),
        ("threads.split", json!({ "message": 7, "reach": "fromHere" })),
        ("threads.merge", json!({ "selection": selection })),
        ("threads.restore", id()),
        ("messages.open", json!({ "id": 7, "remote": false, "theme": "light" })),
        ("messages.fetchRest", id()),
        ("messages.source", id()),
        ("messages.structure", id()),
        ("messages.save", json!({ "message": 7, "path": "/nowhere/a.eml" })),
        ("messages.print", json!({ "id": 7, "title": "A", "lines": [] })),
        ("messages.setCharset", json!({ "message": 7, "charset": "gb18030" })),
        ("messages.allowRemote", json!({ "message": 7, "domain": false, "allow": true })),
        ("messages.setLook", json!({ "message": 7, "look": "dark" })),
        ("messages.unsubscribe", id()),
        ("invitations.read", id()),
        (
            "invitations.answer",
            json!({ "message": 7, "choice": "accepted", "comment": "", "undoSeconds": 0 }),
        ),
        ("messages.setRead", json!({ "selection": selection, "value": true })),
        ("messages.setStarred", json!({ "selection": selection, "value": true })),
        ("messages.move", json!({ "selection": selection, "mailbox": 7 })),
        ("messages.copy", json!({ "selection": selection, "mailbox": 7 })),
        ("messages.archive", json!({ "selection": selection })),
        ("messages.trash", json!({ "selection": selection })),
        ("messages.delete", json!({ "selection": selection })),
        ("messages.junk", json!({ "selection": selection })),
        ("messages.notJunk", json!({ "selection": { "kind": "all", "view": 7, "except": [] } })),
        ("messages.receipts", id()),
        (
            "messages.answerReceipt",
            json!({ "message": 7, "send": true, "subject": "Read", "text": "Read" }),
        ),
        (
            "messages.redirect",
            json!({
                "message": 7, "account": 7, "identity": 7, "to": [{ "name": "", "email": "a@b.example" }], "undoSeconds": 5
            }),
        ),
        ("operations.undo", id()),
        ("operations.deleteInstead", id()),
        ("attachments.save", json!({ "message": 7, "part": null, "path": "/nowhere" })),
        (
            "attachments.preview",
            json!({ "message": 7, "part": 0, "inside": [1], "theme": "light" }),
        ),
        ("attachments.stage", json!({ "message": 7, "part": 0 })),
        ("downloads.list", json!({})),
        ("downloads.begin", json!({ "message": 7, "section": "2" })),
        ("downloads.cancel", json!({ "message": 7, "section": "2" })),
        ("drafts.create", json!({ "kind": "reply", "message": 7, "all": true })),
        ("drafts.get", id()),
        ("drafts.list", none()),
        ("drafts.save", draft),
        (
            "drafts.chooseIdentity",
            json!({ "draft": 7, "revision": 1, "account": 7, "identity": 7 }),
        ),
        ("drafts.signatures", id()),
        ("drafts.chooseSignature", json!({ "draft": 7, "revision": 1, "signature": 7 })),
        ("drafts.setWishes", json!({ "id": 7, "wishes": { "report": true, "receipt": true } })),
        (
            "drafts.setFollowUp",
            json!({ "id": 7, "when": { "kind": "after", "wait": 172_800_000 } }),
        ),
        ("followUps.list", none()),
        ("followUps.set", json!({ "message": 7, "at": 1 })),
        ("followUps.remove", id()),
        ("drafts.discard", id()),
        ("drafts.leave", id()),
        ("drafts.versions", id()),
        ("drafts.restore", json!({ "draft": 7, "revision": 1, "version": 7 })),
        ("drafts.attachPaths", json!({ "draft": 7, "paths": ["/nowhere/a"], "inline": false })),
        (
            "drafts.attachBytes",
            json!({ "draft": 7, "name": "a.png", "contentType": "image/png", "data": "AA==", "inline": true }),
        ),
        ("drafts.removeAttachment", json!({ "draft": 7, "attachment": 7 })),
        ("drafts.check", id()),
        ("drafts.send", json!({ "id": 7, "revision": 1, "undoSeconds": 0 })),
        ("outbox.list", none()),
        ("outbox.undo", id()),
        ("outbox.sendNow", id()),
        (
            "outbox.resend",
            json!({ "id": 7, "corrections": [{ "from": "a@b", "to": "a@b.example" }] }),
        ),
        ("outbox.receipt", id()),
        ("outbox.hold", json!({ "id": 7, "hold": true })),
        ("outbox.schedule", json!({ "id": 7, "at": 0 })),
        ("outbox.restore", id()),
        ("outbox.discard", id()),
        ("outbox.resolveUnknown", json!({ "id": 7, "answer": "sendAgain" })),
        ("outbox.unsent", none()),
        ("contacts.complete", json!({ "text": "a", "limit": 5 })),
        ("contacts.parse", json!({ "text": "Anna <anna@b.example>, nonsense" })),
        ("people.search", json!({ "text": "a", "limit": 50 })),
        ("people.find", json!({ "email": "a@b.example" })),
        ("people.save", person()),
        ("people.remove", id()),
        ("people.import", json!({ "path": "/nowhere/a.vcf" })),
        ("people.export", json!({ "path": "/nowhere/a.vcf" })),
        ("groups.list", none()),
        ("groups.complete", json!({ "text": "a", "limit": 5 })),
        (
            "groups.save",
            json!({ "id": 0, "name": "Team", "members": [{ "name": "", "email": "a@b.example" }] }),
        ),
        ("groups.remove", id()),
        ("templates.list", none()),
        (
            "templates.save",
            json!({ "id": null, "name": "Thanks", "subject": "", "html": "<p>Dear {name},</p>" }),
        ),
        ("templates.remove", id()),
        ("archives.import", json!({ "paths": ["/nowhere"], "mailbox": 7 })),
        (
            "archives.export",
            json!({ "mailbox": 7, "path": "/nowhere", "format": "mbox", "below": true }),
        ),
        ("archives.list", none()),
        ("archives.cancel", id()),
        ("archives.forget", id()),
        ("storage.overview", id()),
        ("storage.propose", json!({ "account": 7, "bytes": 1_000_000, "order": "oldest" })),
        ("maildrops.look", id()),
        ("maildrops.read", json!({ "account": 7, "after": 0, "waitMs": 0 })),
        ("maildrops.download", json!({ "account": 7, "uidls": ["a"] })),
        ("maildrops.remove", json!({ "account": 7, "uidls": ["a"] })),
        ("maildrops.keep", json!({ "account": 7, "uidls": ["a"], "keep": true })),
        ("maildrops.preview", json!({ "account": 7, "uidl": "a" })),
        ("maildrops.stop", id()),
        ("maildrops.close", id()),
        ("maildrops.rules", id()),
        ("maildrops.setRules", drop_rules()),
        ("maildrops.tryRules", drop_rules()),
        ("settings.get", none()),
        ("settings.set", json!(Settings::default())),
    ]
}

fn person() -> Value {
    json!({
        "id": 0, "name": "Anna", "organization": "", "title": "", "emails": [{ "kind": "work", "value": "a@b.example" }],
        "phones": [], "addresses": [], "urls": [], "birthday": "", "note": ""
    })
}

fn drop_rules() -> Value {
    let rule =
        json!({ "on": true, "condition": "larger", "number": 1, "words": "", "action": "head" });
    json!({ "account": 7, "rules": [rule] })
}

async fn open(folder: &std::path::Path) -> Engine {
    let options = Options {
        profile: folder.join("profile"),
        secrets: SecretsKind::Memory,
        ..Options::default()
    };
    Engine::open(options).await.unwrap()
}

#[test]
fn every_method_has_an_example_and_a_command() {
    let named: Vec<&str> = examples().into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, NAMES);
    for name in NAMES {
        let command = name.replace('.', "_").chars().fold(String::new(), |mut snake, letter| {
            if letter.is_ascii_uppercase() {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
            snake
        });
        assert_eq!(of_command(&command), Some(*name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_are_understood_and_what_is_missing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    for (name, parameters) in examples() {
        let answer = engine.dispatch(name, parameters).await;
        let wrong = answer
            .as_ref()
            .err()
            .filter(|error| error.message == "The parameters do not fit the method");
        assert_eq!(wrong, None, "{name}");
        let code = answer.err().map(|error| error.code);
        assert!(!matches!(code, Some(Code::Internal | Code::Corrupt)), "{name}: {code:?}");
    }
    for (name, parameters) in [
        ("no.such", json!({})),
        ("views.range", json!({ "view": "x" })),
        ("views.range", json!(null)),
    ] {
        assert_eq!(engine.dispatch(name, parameters).await.unwrap_err().code, Code::Invalid);
    }
    engine.shutdown().await;
    assert_eq!(engine.dispatch("app.info", json!({})).await.unwrap_err().code, Code::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_one_engine_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    let second = Options {
        profile: folder.path().join("profile"),
        secrets: SecretsKind::Memory,
        ..Options::default()
    };
    let refused = Engine::open(second).await.unwrap_err();
    assert_eq!(refused.code, Code::ProfileInUse);
    engine.shutdown().await;
    open(folder.path()).await.shutdown().await;
}
