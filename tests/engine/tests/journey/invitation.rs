//! Journey: an invitation is told in words and answered from the address that was invited; the answer reaches the organiser
//! as programs read it, is remembered, can be changed, and can be taken back before it leaves.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Delivery, Maildir};
use serde_json::{Value, json};

/// An invitation as a calendar program mails it.
fn invite(subject: &str, method: &str, sequence: u32, guest: &str, organizer: &str) -> Delivery {
    let calendar = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{guest}-plan@cal.test\r\nSEQUENCE:{sequence}\r\n\
         DTSTAMP:20260401T080000Z\r\nDTSTART;TZID=Asia/Shanghai:20260424T160000\r\nDURATION:PT1H\r\nSUMMARY:Plan\\, part 2\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n\
         ORGANIZER;CN=Bert:mailto:{organizer}\r\nATTENDEE;CN=Anna;RSVP=TRUE:mailto:{guest}\r\nATTENDEE;CN=Clara:mailto:clara@posthorn.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let mail = format!(
        "From: Bert <bert@posthorn.test>\r\nTo: {guest}\r\nSubject: {subject}\r\nDate: Wed, 01 Apr 2026 08:00:00 +0000\r\nMessage-ID: <{}@journey.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease come.\r\n--b\r\n\
         Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\n{calendar}--b--\r\n",
        subject.replace(' ', "-")
    );
    Delivery::new(mail.into_bytes())
}

async fn message(desk: &Desk, subject: &str) -> anyhow::Result<Value> {
    let rows = desk.rows("inbox").await?;
    let row = rows.iter().find(|row| row["subject"] == subject);
    Ok(row.ok_or_else(|| anyhow::anyhow!("no {subject} in {rows:?}"))?["message"].clone())
}

async fn invitation(desk: &Desk, message: &Value) -> anyhow::Result<Value> {
    let open = json!({ "id": message, "remote": false, "theme": "light" });
    Ok(desk.ask("messages.open", open).await?["invitation"].clone())
}

async fn answer(desk: &Desk, message: &Value, choice: &str, undo: u32) -> anyhow::Result<Value> {
    let request = json!({ "message": message, "choice": choice, "comment": "On time,\nor nearly", "undoSeconds": undo });
    desk.ask("invitations.answer", request).await
}

fn newest(folder: &Maildir) -> anyhow::Result<String> {
    let last = folder.messages()?.pop().ok_or_else(|| anyhow::anyhow!("an empty folder"))?;
    let text = String::from_utf8(last.bytes()?)?.replace("\r\n", "\n");
    // Lines of calendars are folded on their way.
    Ok(text.replace("\n ", ""))
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn an_answer_reaches_the_organiser_and_can_be_changed() -> anyhow::Result<()> {
    let provider = provider()?;
    let (anna, bert) = ("anna@posthorn.test", "bert@posthorn.test");
    provider.dovecot.mailbox("anna", "INBOX").fill(&[
        invite("First", "REQUEST", 0, anna, bert),
        invite("Changed", "REQUEST", 1, anna, bert),
        invite("Alias", "REQUEST", 0, "shop@posthorn.test", bert),
        invite("Off", "CANCEL", 2, anna, bert),
        invite("Own", "REQUEST", 0, anna, anna),
        invite("Other", "REQUEST", 0, "somebody@elsewhere.test", bert),
    ])?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    let shop = json!({
        "id": 0, "account": account["id"], "name": "Anna's shop", "email": "shop@posthorn.test", "replyTo": "",
        "signature": "", "bcc": [], "sentMailbox": null, "main": false, "server": null, "pin": ""
    });
    let shop = json!({ "identity": shop, "password": null, "certificate": null });
    desk.ask("identities.save", shop).await?;

    // Told in words.
    let first = message(&desk, "First").await?;
    let told = invitation(&desk, &first).await?;
    assert_eq!((&told["method"], &told["summary"]), (&json!("request"), &json!("Plan, part 2")));
    assert_eq!((&told["canAnswer"], &told["answer"]), (&json!(true), &Value::Null), "{told}");
    assert_eq!(told["me"]["email"], anna);
    assert_eq!(
        (&told["start"]["at"], &told["start"]["zone"]),
        (&json!(1_777_017_600_000_i64), &json!("Asia/Shanghai"))
    );
    assert_eq!(told["end"]["at"], json!(1_777_021_200_000_i64));
    assert_eq!(
        (&told["recurrence"]["frequency"], &told["recurrence"]["count"]),
        (&json!("weekly"), &json!(4))
    );
    for subject in ["Off", "Own", "Other"] {
        let message = message(&desk, subject).await?;
        assert_eq!(invitation(&desk, &message).await?["canAnswer"], false, "{subject}");
        assert!(answer(&desk, &message, "accepted", 0).await.is_err(), "{subject}");
    }

    // Taken back in time, nothing was answered.
    let given = answer(&desk, &first, "declined", 60).await?;
    assert_eq!(given["invitation"]["answer"]["choice"], "declined");
    assert_eq!(given["invitation"]["answer"]["way"], "waiting");
    desk.ask("outbox.discard", json!({ "id": given["item"]["id"] })).await?;
    let read = desk.ask("invitations.read", json!({ "id": first })).await?;
    assert_eq!(read["invitation"]["answer"], Value::Null, "{read}");

    // Answered, it arrives with the organiser once, and there alone.
    answer(&desk, &first, "tentative", 0).await?;
    let inbox = provider.dovecot.mailbox("bert", "INBOX");
    until("the answer arrived", async || Ok(inbox.exists() && inbox.count()? == 1)).await?;
    let raw = newest(&inbox)?;
    for line in [
        "Subject: Tentative: Plan, part 2",
        "In-Reply-To: <First@journey.test>",
        "METHOD:REPLY",
        "UID:anna@posthorn.test-plan@cal.test",
        "DTSTART;TZID=Asia/Shanghai:20260424T160000",
        "ORGANIZER;CN=Bert:mailto:bert@posthorn.test",
        "PARTSTAT=TENTATIVE",
        ":mailto:anna@posthorn.test",
        "COMMENT:On time\\,\\nor nearly",
    ] {
        assert!(raw.contains(line), "{line} in {raw}");
    }
    assert!(raw.contains("text/calendar") && raw.contains("method=\"REPLY\""), "{raw}");
    assert!(!raw.contains("clara@") && !raw.contains("DECLINED"), "{raw}");
    assert!(!provider.dovecot.mailbox("clara", "INBOX").exists());
    let sent = provider.dovecot.mailbox("anna", "Sent");
    until("its copy is filed", async || Ok(sent.count()? == 1)).await?;
    until("it is known to be sent", async || {
        let read = desk.ask("invitations.read", json!({ "id": first })).await?;
        Ok(read["invitation"]["answer"]["way"] == "sent")
    })
    .await?;

    // The changed invitation knows what was answered to the one before, and takes another answer.
    let changed = message(&desk, "Changed").await?;
    let told = invitation(&desk, &changed).await?;
    assert_eq!(
        (&told["updated"], &told["answer"]["outdated"]),
        (&json!(true), &json!(true)),
        "{told}"
    );
    answer(&desk, &changed, "accepted", 0).await?;
    until("the change arrived", async || Ok(inbox.count()? == 2)).await?;
    let desk = desk.reopen().await?;
    let told = desk.ask("invitations.read", json!({ "id": first })).await?["invitation"].clone();
    assert_eq!(
        (&told["answer"]["choice"], &told["answer"]["outdated"]),
        (&json!("accepted"), &json!(false))
    );

    // An alias was invited: the answer is the alias's.
    let alias = message(&desk, "Alias").await?;
    assert_eq!(invitation(&desk, &alias).await?["me"]["email"], "shop@posthorn.test");
    answer(&desk, &alias, "accepted", 0).await?;
    until("the alias answered", async || Ok(inbox.count()? == 3)).await?;
    let all = inbox.messages()?;
    let from_shop = all.iter().filter_map(|one| String::from_utf8(one.bytes().ok()?).ok());
    let from_shop = from_shop.filter(|raw| {
        raw.contains("<shop@posthorn.test>") && raw.contains("mailto:shop@posthorn.test")
    });
    assert_eq!(from_shop.count(), 1);
    desk.engine.shutdown().await;
    Ok(())
}
