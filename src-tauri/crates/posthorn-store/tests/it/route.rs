//! Identities with a submission server of their own, and what goes through it.

use posthorn_model::{
    AccountId, Address, BodyId, Encryption, MessageIdHeader, OutboxId, Protocol, ServerAddress,
    Timestamp,
};
use posthorn_store::account::{self, Identity, Login};
use posthorn_store::outbox::{self, NewOutbox, OutboxState, Route};
use posthorn_store::{Error, Origin};

use crate::fixture::{Fixture, NOW, fixture};

fn shop(account: AccountId, server: Option<Login>) -> Identity {
    Identity {
        id: 0,
        account,
        name: "The shop".to_owned(),
        email: "shop@example.org".to_owned(),
        reply_to: String::new(),
        signature: String::new(),
        bcc: Vec::new(),
        sent_mailbox: None,
        server,
    }
}

fn login(host: &str) -> Login {
    Login {
        server: ServerAddress {
            protocol: Protocol::Smtp,
            host: host.to_owned(),
            port: 587,
            encryption: Encryption::StartTls,
        },
        user: "shop".to_owned(),
        fingerprint: "ab".to_owned(),
    }
}

fn letter(account: AccountId, identity: Option<i64>, body: BodyId) -> NewOutbox {
    NewOutbox {
        account,
        identity,
        draft: None,
        message_id: MessageIdHeader("m@x".to_owned()),
        sender: "shop@example.org".to_owned(),
        subject: String::new(),
        body,
        bcc_line: String::new(),
        size: 4,
        not_before: Timestamp::from_seconds(NOW),
        is_held: false,
        stop_on_refused: false,
        needs_filing: false,
        sent_mailbox: None,
        recipients: vec![Address::bare("ann@x")],
    }
}

impl Fixture {
    /// An identity with a server, and three messages: of the account, of the identity, of the account.
    async fn routed(&self) -> (i64, [OutboxId; 3]) {
        let body = self.store.bodies().put(b"hi\r\n".to_vec(), Origin::Local).await.unwrap();
        let account = self.account;
        let write = self.store.write(move |tx| {
            let own = account::put_identity(tx, &shop(account, Some(login("smtp.shop.example"))))?;
            let first = account::identities(tx, account)?[0].id;
            let add = |identity| outbox::add(tx, &letter(account, identity, body));
            Ok((own, [add(None)?, add(Some(own))?, add(Some(first))?]))
        });
        write.await.unwrap()
    }
}

#[tokio::test]
async fn what_is_sent_as_an_identity_goes_through_its_server() {
    let fixture = fixture().await;
    let account = fixture.account;
    let (own, [first, second, third]) = fixture.routed().await;
    let read = fixture.store.read(move |tx| {
        let routes = [first, second, third].map(|id| outbox::get(tx, id).unwrap().route);
        assert_eq!(routes, [Route::Account, Route::Identity(own), Route::Account]);
        let due =
            |without: &[Route]| outbox::first_due(tx, account, without).unwrap().map(|row| row.id);
        assert_eq!(due(&[]), Some(first));
        assert_eq!(due(&[Route::Account]), Some(second), "another server waits for nobody");
        assert_eq!(due(&[Route::Account, Route::Identity(own)]), None);
        let at = Timestamp::from_seconds(NOW);
        let next = [(Route::Account, at), (Route::Identity(own), at)];
        assert_eq!(outbox::next_due(tx, account)?, next);
        assert_eq!(account::identity_server(tx, own)?, Some(login("smtp.shop.example")));
        Ok(())
    });
    read.await.unwrap();
    // The server is the one that the identity has when the message leaves.
    let write = fixture.store.write(move |tx| {
        account::put_identity(tx, &Identity { id: own, ..shop(account, None) })?;
        Ok(outbox::get(tx, second)?.route)
    });
    assert_eq!(write.await.unwrap(), Route::Account);
}

#[tokio::test]
async fn an_identity_is_kept_while_its_server_has_something_to_send() {
    let fixture = fixture().await;
    let account = fixture.account;
    let (own, [_, waiting, _]) = fixture.routed().await;
    let remove =
        async || fixture.store.write(move |tx| account::remove_identity(tx, account, own)).await;
    assert!(matches!(remove().await, Err(Error::Invalid(_))));
    let step = move |tx: &posthorn_store::WriteTx<'_>| {
        [OutboxState::Connecting, OutboxState::Failed, OutboxState::Cancelled]
            .into_iter()
            .try_for_each(|to| outbox::step(tx, waiting, to, ""))
    };
    fixture.store.write(move |tx| step(tx)).await.unwrap();
    remove().await.unwrap();
    let row = fixture.store.read(move |tx| outbox::get(tx, waiting)).await.unwrap();
    assert_eq!((row.request.identity, row.route), (None, Route::Account));
}

#[tokio::test]
async fn the_accounts_own_name_sends_through_the_accounts_own_server() {
    let fixture = fixture().await;
    let account = fixture.account;
    let write = fixture.store.write(move |tx| {
        let first = account::identities(tx, account)?.remove(0);
        account::put_identity(tx, &Identity { server: Some(login("x.example")), ..first })?;
        Ok(account::identities(tx, account)?.remove(0).server)
    });
    assert_eq!(write.await.unwrap(), None);
}
