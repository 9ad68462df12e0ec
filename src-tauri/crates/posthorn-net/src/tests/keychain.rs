//! The keychain: a real Secret Service on a session bus of its own, and the case that there is none.
//!
//! The bus address is an environment variable of the process, so the checks run in a child: this test binary again.

use std::process::Command;

use crate::{Secret, SecretError, SecretKind, SecretSource, choose};

/// Set in the child.
const INSIDE: &str = "POSTHORN_TEST_KEYCHAIN";

fn keychain() -> SecretSource {
    SecretSource::Keychain { service: "Posthorn test".to_owned() }
}

#[test]
fn secrets_live_in_the_secret_service() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let folder = tempfile::tempdir().unwrap();
    let me = std::env::current_exe().unwrap();
    let script = "printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$0\" --exact \"$1\" --nocapture";
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script])
        .arg(me)
        .arg("tests::keychain::secrets_live_in_the_secret_service")
        .env(INSIDE, "1")
        .env("HOME", folder.path())
        .env("XDG_DATA_HOME", folder.path().join("data"))
        .env("XDG_RUNTIME_DIR", folder.path())
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn inside() {
    let store = choose(keychain()).unwrap();
    assert_eq!(store.kind(), SecretKind::Keychain);
    assert!(store.get("account/1").unwrap().is_none());
    store.set("account/1", &Secret::new("first")).unwrap();
    store.set("account/1", &Secret::new("zweites Paßwort")).unwrap();
    drop(store);
    let store = choose(keychain()).unwrap();
    assert_eq!(store.get("account/1").unwrap().unwrap().expose(), "zweites Paßwort");
    store.delete("account/1").unwrap();
    store.delete("account/1").unwrap();
    assert!(store.get("account/1").unwrap().is_none());
}

#[test]
fn a_missing_keychain_is_said_at_once() {
    if std::env::var_os(INSIDE).is_some() {
        let error = choose(keychain()).unwrap_err();
        assert!(matches!(error, SecretError::Unavailable(_)) && error.is_transient(), "{error}");
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::keychain::a_missing_keychain_is_said_at_once", "--nocapture"])
        .env(INSIDE, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn secrets_do_not_print_themselves() {
    let secret = Secret::new("hunter2");
    assert_eq!(
        format!(
            "{secret} {secret:?} {:?}",
            SecretSource::File { path: "x".into(), passphrase: secret.clone() }
        ),
        "••• ••• File { path: \"x\", passphrase: ••• }"
    );
    let store = choose(SecretSource::Memory).unwrap();
    store.set("a", &secret).unwrap();
    assert!(!format!("{store:?}").contains("hunter2"));
    assert_eq!(store.get("a").unwrap().unwrap().expose(), "hunter2");
}
