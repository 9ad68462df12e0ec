//! Documents: what is fetched, what is refused.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::authority::Authority;
use crate::Failure;
use crate::http::{Hosts, Limits, Schemes, get, post_form};

/// Answers each request with what `page` says for its path. The requests' heads come back over the channel.
async fn serve(
    page: fn(&str, u16) -> String,
) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heads, seen) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if tcp.read_exact(&mut byte).await.is_err() {
                    break;
                }
                head.extend_from_slice(&byte);
            }
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let _ = heads.send(head);
            let _ = tcp.write_all(page(&path, port).as_bytes()).await;
        }
    });
    (port, seen)
}

fn page(path: &str, port: u16) -> String {
    let to = |location: &str| {
        format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
    };
    match path {
        "/picture" => {
            "HTTP/1.1 200 OK\r\nContent-Type: Image/PNG; x=y\r\nContent-Length: 3\r\n\r\nPNG"
                .to_owned()
        }
        "/chunked" => {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nPN\r\n1\r\nG\r\n0\r\n\r\n"
                .to_owned()
        }
        "/until-close" => "HTTP/1.0 200 OK\r\n\r\nPNG".to_owned(),
        "/cut" => "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nPNG".to_owned(),
        "/large" => format!("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{}", "x".repeat(5000)),
        "/moved" => to("/picture"),
        "/loop" => to("/loop"),
        "/inside" => to(&format!("http://127.0.0.1:{port}/picture")),
        "/file" => to("file:///etc/passwd"),
        "/busy" => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/junk" => "what\r\n\r\n".to_owned(),
        _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
    }
}

const LIMITS: Limits = Limits { size: 1000, ..Limits::PICTURE };

#[tokio::test]
async fn documents_come_in_every_framing_and_tell_nothing_about_the_reader() {
    let (port, mut heads) = serve(page).await;
    let dialer = Authority::new().dialer(&["pictures.example"]);
    for path in ["picture", "chunked", "until-close", "moved"] {
        let document =
            get(&dialer, &format!("http://pictures.example:{port}/{path}"), LIMITS).await.unwrap();
        assert_eq!(document.bytes.as_ref(), b"PNG", "{path}");
        let head = heads.recv().await.unwrap().to_lowercase();
        assert!(
            !head.contains("cookie")
                && !head.contains("referer")
                && head.contains("host: pictures.example"),
            "{head}"
        );
    }
    let document =
        get(&dialer, &format!("http://pictures.example:{port}/picture?a=b"), LIMITS).await;
    assert!(matches!(*document.unwrap_err().failure, Failure::Http(404)));
    let picture =
        get(&dialer, &format!("http://pictures.example:{port}/moved"), LIMITS).await.unwrap();
    assert_eq!(
        (picture.content_type.as_str(), picture.url.ends_with("/picture")),
        ("image/png", true)
    );
}

#[tokio::test]
async fn what_is_not_allowed_is_refused() {
    let (port, _heads) = serve(page).await;
    let dialer = Authority::new().dialer(&["pictures.example"]);
    let cases = [
        ("large", "larger"),
        ("loop", "too often"),
        ("inside", "not allowed"),
        ("file", "not allowed"),
        ("busy", "503"),
        ("junk", "cannot be used"),
        ("cut", "cannot be used"),
    ];
    for (path, words) in cases {
        let error = get(&dialer, &format!("http://pictures.example:{port}/{path}"), LIMITS)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(words), "{path}: {error}");
        assert_eq!(error.is_transient(), path == "busy", "{path}: {error}");
    }
    for url in [
        format!("http://127.0.0.1:{port}/picture"),
        format!("http://[::ffff:127.0.0.1]:{port}/picture"),
    ] {
        let error = get(&dialer, &url, LIMITS).await.unwrap_err();
        assert!(matches!(*error.failure, Failure::Forbidden), "{error}");
    }
    let strict = Limits { schemes: Schemes::Https, hosts: Hosts::Any, ..LIMITS };
    for url in ["http://pictures.example/", "ftp://pictures.example/", "pictures", "https://"] {
        assert!(get(&dialer, url, strict).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn https_never_leads_to_http() {
    let authority = Authority::new();
    let (acceptor, _) = authority.acceptor("pictures.example");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for answer in [page("/picture", 0), page("/inside", 1)] {
            let mut tls = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
            let _ = tls.read(&mut [0; 1000]).await;
            let _ = tls.write_all(answer.as_bytes()).await;
            let _ = tls.shutdown().await;
        }
    });
    let dialer = authority.dialer(&["pictures.example"]);
    let url = format!("https://pictures.example:{port}/x");
    assert_eq!(get(&dialer, &url, LIMITS).await.unwrap().bytes.as_ref(), b"PNG");
    let error = get(&dialer, &url, LIMITS).await.unwrap_err();
    assert!(error.to_string().contains("unprotected"), "{error}");
}

#[tokio::test]
async fn a_form_is_sent_once_over_https_and_its_answer_is_not_read() {
    let authority = Authority::new();
    let (acceptor, _) = authority.acceptor("list.example");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (requests, mut seen) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        for status in ["200 OK\r\nContent-Length: 999999", "302 Found\r\nLocation: /x", "404 Gone"]
        {
            let mut tls = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"One-Click") {
                request.push(tls.read_u8().await.unwrap());
            }
            let _ = requests.send(String::from_utf8(request).unwrap().to_lowercase());
            let _ = tls.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).await;
            let _ = tls.shutdown().await;
        }
    });
    let dialer = authority.dialer(&["list.example"]);
    let url = format!("https://list.example:{port}/off?u=1");
    let body = "List-Unsubscribe=One-Click";
    post_form(&dialer, &url, body, Limits::UNSUBSCRIBE).await.unwrap();
    let request = seen.recv().await.unwrap();
    assert!(request.starts_with("post /off?u=1 http/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/x-www-form-urlencoded"), "{request}");
    assert!(!request.contains("cookie") && !request.contains("referer"), "{request}");
    for status in [302, 404] {
        let error = post_form(&dialer, &url, body, Limits::UNSUBSCRIBE).await.unwrap_err();
        assert!(matches!(*error.failure, Failure::Http(known) if known == status), "{error}");
    }
    for url in ["http://list.example/", "https://127.0.0.1/", "mailto:a@b.example"] {
        assert!(post_form(&dialer, url, body, Limits::UNSUBSCRIBE).await.is_err(), "{url}");
    }
}
