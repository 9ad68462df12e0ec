//! What the listener believes, and what it turns away.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use super::endpoint::{Endpoint, dialer};
use crate::{Error, Pages, SignIn};

fn pages() -> Pages {
    Pages {
        language: "zh-CN".to_owned(),
        done_title: "已登录 <b>".to_owned(),
        done_text: "可以关闭此页。".to_owned(),
        denied_title: "未登录".to_owned(),
        denied_text: "请返回。".to_owned(),
    }
}

fn parameter(url: &str, name: &str) -> String {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

/// Asks the listener as a browser does; returns the whole answer.
async fn ask(redirect: &Url, target: &str, host: &str) -> String {
    let address = (redirect.host_str().unwrap(), redirect.port().unwrap());
    let mut tcp = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = tcp.read_to_string(&mut answer).await;
    answer
}

fn given(_: &str, _: usize) -> (u16, String) {
    // {"email":"ann@x.org"}
    let id = "e30.eyJlbWFpbCI6ImFubkB4Lm9yZyJ9.s";
    let text = format!(
        r#"{{"access_token":"at","expires_in":60,"refresh_token":"rt","token_type":"Bearer","id_token":"{id}"}}"#
    );
    (200, text)
}

#[tokio::test]
async fn only_the_right_answer_of_the_browser_ends_the_waiting() {
    let endpoint = Endpoint::start(given).await;
    let begun = SignIn::begin(&endpoint.provider, Some("ann@x.org")).await.unwrap();
    let url = begun.url().to_owned();
    let redirect = Url::parse(&parameter(&url, "redirect_uri")).unwrap();
    let state = parameter(&url, "state");
    assert_eq!(redirect.host_str(), Some("127.0.0.1"));
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "posthorn"),
        ("code_challenge_method", "S256"),
        ("login_hint", "ann@x.org"),
        ("scope", "openid offline_access"),
    ] {
        assert_eq!(parameter(&url, name), value);
    }
    let host = format!("127.0.0.1:{}", redirect.port().unwrap());
    let dialer = dialer();
    let waiting = tokio::spawn(async move { begun.finish(&dialer, &pages()).await });
    // A connection that the browser opened ahead and says nothing on.
    let _ahead = TcpStream::connect(("127.0.0.1", redirect.port().unwrap())).await.unwrap();
    for (target, host) in [
        ("/favicon.ico".to_owned(), host.as_str()),
        (format!("/?code=x&state={state}x"), &host),
        ("/?code=x".to_owned(), &host),
        (format!("/?code=x&state={state}"), "evil.example"),
        (format!("/other?code=x&state={state}"), &host),
        (format!("/?code=x&code=y&state={state}"), &host),
        (format!("/?state={state}"), &host),
    ] {
        let answer = ask(&redirect, &target, host).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{target}: {answer}");
        assert!(!waiting.is_finished(), "{target}");
    }
    let answer = ask(&redirect, &format!("/?code=abc%2Fd&state={state}"), &host).await;
    for words in ["HTTP/1.1 200", "lang=\"zh-CN\"", "已登录 &lt;b&gt;", "可以关闭此页", "no-store"]
    {
        assert!(answer.contains(words), "{words}: {answer}");
    }
    let grant = waiting.await.unwrap().unwrap();
    assert_eq!((grant.access.expose(), grant.refresh.expose()), ("at", "rt"));
    assert_eq!(grant.address.as_deref(), Some("ann@x.org"));
    assert!(!format!("{grant:?}").contains("rt\""), "{grant:?}");
    let form = endpoint.forms.lock().unwrap().concat();
    for part in
        ["grant_type=authorization_code", "code=abc%2Fd", "code_verifier=", "client_id=posthorn"]
    {
        assert!(form.contains(part), "{form}");
    }
    let closed = TcpStream::connect(("127.0.0.1", redirect.port().unwrap())).await;
    assert!(closed.is_err(), "the listener is closed");
}

#[tokio::test]
async fn a_no_in_the_browser_is_told_and_shown() {
    let endpoint = Endpoint::start(given).await;
    let begun = SignIn::begin(&endpoint.provider, None).await.unwrap();
    let url = begun.url().to_owned();
    let redirect = Url::parse(&parameter(&url, "redirect_uri")).unwrap();
    let dialer = dialer();
    let waiting = tokio::spawn(async move { begun.finish(&dialer, &pages()).await });
    let target = format!(
        "/?error=access_denied&error_description=No%0Athanks&state={}",
        parameter(&url, "state")
    );
    let host = format!("127.0.0.1:{}", redirect.port().unwrap());
    assert!(ask(&redirect, &target, &host).await.contains("未登录"));
    let error = waiting.await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Denied(said) if said == "access_denied No thanks"), "{error}");
    assert_eq!(endpoint.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever() {
    let endpoint = Endpoint::start(given).await;
    let begun = SignIn::begin(&endpoint.provider, None).await.unwrap();
    let error = begun.finish(&dialer(), &pages()).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut(_)) && !error.needs_credentials(), "{error}");
}

#[tokio::test]
async fn a_code_that_is_refused_asks_for_no_second_sign_in() {
    let refused = |_: &str, _| (400, r#"{"error":"invalid_grant"}"#.to_owned());
    let endpoint = Endpoint::start(refused).await;
    let begun = SignIn::begin(&endpoint.provider, None).await.unwrap();
    let url = begun.url().to_owned();
    let redirect = Url::parse(&parameter(&url, "redirect_uri")).unwrap();
    let dialer = dialer();
    let waiting = tokio::spawn(async move { begun.finish(&dialer, &pages()).await });
    let host = format!("127.0.0.1:{}", redirect.port().unwrap());
    ask(&redirect, &format!("/?code=c&state={}", parameter(&url, "state")), &host).await;
    let error = waiting.await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Refused { .. }) && error.is_permanent(), "{error}");
}
