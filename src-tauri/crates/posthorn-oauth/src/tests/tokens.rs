//! Renewal: when, how often, and what is written down before what.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use posthorn_model::{AccountId, Clock, Timestamp};
use posthorn_net::{Secret, SecretError, SecretKind, SecretSource, SecretStore, choose};
use tokio::sync::Semaphore;

use super::endpoint::{Endpoint, dialer};
use crate::{Error, Grant, Tokens, secret_key};

const ACCOUNT: AccountId = AccountId(7);

#[derive(Debug, Default)]
struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A store that refuses to keep anything while it is told to, and remembers what it kept.
#[derive(Debug)]
struct Store {
    inner: Arc<dyn SecretStore>,
    is_broken: AtomicBool,
    kept: Mutex<Vec<String>>,
}

impl SecretStore for Store {
    fn kind(&self) -> SecretKind {
        SecretKind::Memory
    }

    fn get(&self, key: &str) -> Result<Option<Secret>, SecretError> {
        self.inner.get(key)
    }

    fn set(&self, key: &str, secret: &Secret) -> Result<(), SecretError> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(SecretError::Unavailable("locked".to_owned()));
        }
        self.kept.lock().unwrap().push(secret.expose().to_owned());
        self.inner.set(key, secret)
    }

    fn delete(&self, key: &str) -> Result<(), SecretError> {
        self.inner.delete(key)
    }
}

struct Rig {
    endpoint: Endpoint,
    clock: Arc<TestClock>,
    store: Arc<Store>,
    tokens: Tokens,
}

impl Rig {
    async fn start(answer: impl Fn(&str, usize) -> (u16, String) + Send + Sync + 'static) -> Self {
        let endpoint = Endpoint::start(answer).await;
        let clock = Arc::new(TestClock::default());
        let store = Arc::new(Store {
            inner: choose(SecretSource::Memory).unwrap(),
            is_broken: AtomicBool::new(false),
            kept: Mutex::default(),
        });
        let tokens =
            Tokens::new(endpoint.providers.clone(), store.clone(), dialer(), clock.clone());
        let rig = Self { endpoint, clock, store, tokens };
        let grant = Grant {
            provider: "own".to_owned(),
            access: Secret::new("a0"),
            life: std::time::Duration::from_hours(1),
            refresh: Secret::new("r0"),
            address: None,
        };
        rig.tokens.keep(ACCOUNT, &grant).await.unwrap();
        rig
    }

    fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    async fn access(&self) -> Result<String, Error> {
        self.tokens.access(ACCOUNT, "own").await.map(|token| token.expose().to_owned())
    }

    fn stored(&self) -> String {
        self.store.get(&secret_key(ACCOUNT)).unwrap().unwrap().expose().to_owned()
    }
}

/// The `n`th renewal gives `an` and `rn`.
fn rotating(_: &str, number: usize) -> (u16, String) {
    (
        200,
        format!(r#"{{"access_token":"a{number}","expires_in":3600,"refresh_token":"r{number}"}}"#),
    )
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end_and_not_sooner() {
    let rig = Rig::start(rotating).await;
    rig.pass(3600 - 301);
    assert_eq!((rig.access().await.unwrap().as_str(), rig.endpoint.count()), ("a0", 0));
    rig.pass(1);
    assert_eq!(rig.access().await.unwrap(), "a1");
    assert_eq!(rig.stored(), "own r1");
    assert!(rig.endpoint.forms.lock().unwrap()[0].contains("refresh_token=r0"));
    assert_eq!((rig.access().await.unwrap().as_str(), rig.endpoint.count()), ("a1", 1));
    // What a restart finds.
    let again =
        Tokens::new(rig.endpoint.providers.clone(), rig.store.clone(), dialer(), rig.clock.clone());
    assert_eq!(again.access(ACCOUNT, "own").await.unwrap().expose(), "a2");
    assert!(rig.endpoint.forms.lock().unwrap()[1].contains("refresh_token=r1"));
    assert!(matches!(again.access(ACCOUNT, "google").await, Err(Error::NotSignedIn)));
    assert!(matches!(again.access(AccountId(8), "own").await, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn many_who_ask_at_once_cost_one_renewal() {
    let rig = Arc::new(Rig::start(rotating).await);
    rig.pass(3600);
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let rig = rig.clone();
            tokio::spawn(async move { rig.access().await.unwrap() })
        })
        .collect();
    for one in asking {
        assert_eq!(one.await.unwrap(), "a1");
    }
    assert_eq!(rig.endpoint.count(), 1);
}

#[tokio::test]
async fn a_renewal_ends_well_when_the_one_who_asked_has_gone() {
    let rig = Arc::new(Rig::start(rotating).await);
    rig.endpoint.gate.forget_permits(Semaphore::available_permits(&rig.endpoint.gate));
    rig.pass(3600);
    let asking = tokio::spawn({
        let rig = rig.clone();
        async move { rig.access().await }
    });
    while rig.endpoint.count() == 0 {
        tokio::task::yield_now().await;
    }
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    rig.endpoint.gate.add_permits(1);
    rig.tokens.settle().await;
    assert_eq!((rig.stored().as_str(), rig.access().await.unwrap().as_str()), ("own r1", "a1"));
}

#[tokio::test]
async fn a_new_refresh_token_is_kept_before_anything_is_used() {
    let rig = Rig::start(rotating).await;
    rig.pass(3600);
    rig.store.is_broken.store(true, Ordering::SeqCst);
    let error = rig.access().await.unwrap_err();
    assert!(matches!(error, Error::Secrets(_)) && error.is_transient(), "{error}");
    assert_eq!(rig.stored(), "own r0");
    assert!(rig.access().await.is_err(), "nothing is used while nothing can be kept");
    assert_eq!(rig.endpoint.count(), 1, "and the provider is not asked again");
    rig.store.is_broken.store(false, Ordering::SeqCst);
    assert_eq!(rig.access().await.unwrap(), "a2");
    assert_eq!(*rig.store.kept.lock().unwrap(), ["own r0", "own r1", "own r2"]);
    assert!(rig.endpoint.forms.lock().unwrap()[1].contains("refresh_token=r1"));
}

#[tokio::test]
async fn a_refused_refresh_token_is_shown_once() {
    let refused =
        |_: &str, _| (400, r#"{"error":"invalid_grant","error_description":"revoked"}"#.to_owned());
    let rig = Rig::start(refused).await;
    rig.pass(3600);
    for _ in 0..3 {
        let error = rig.access().await.unwrap_err();
        assert!(error.needs_credentials(), "{error}");
        assert_eq!(error.to_string(), "the sign-in is over: invalid_grant: revoked");
    }
    assert_eq!(rig.endpoint.count(), 1);
}

#[tokio::test]
async fn a_provider_that_is_ill_is_asked_again() {
    let ill = |form: &str, number: usize| {
        if number == 1 { (503, "busy".to_owned()) } else { rotating(form, number) }
    };
    let rig = Rig::start(ill).await;
    rig.pass(3600);
    assert!(rig.access().await.unwrap_err().is_transient());
    assert_eq!(rig.access().await.unwrap(), "a2");
}

#[tokio::test]
async fn a_token_that_a_mail_server_refused_is_replaced() {
    let rig = Rig::start(rotating).await;
    rig.tokens.distrust(ACCOUNT, &Secret::new("another")).await;
    assert_eq!(rig.access().await.unwrap(), "a0");
    rig.tokens.distrust(ACCOUNT, &Secret::new("a0")).await;
    assert_eq!(rig.access().await.unwrap(), "a1");
    rig.tokens.forget(ACCOUNT).await.unwrap();
    assert!(matches!(rig.access().await, Err(Error::NotSignedIn)));
    assert!(!format!("{:?}", rig.tokens).contains("a1"));
}
