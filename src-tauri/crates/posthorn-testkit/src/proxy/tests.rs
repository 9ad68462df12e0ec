//! The proxy between a scripted server and a client.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Cut, Direction, Proxy};
use crate::{Script, ScriptedServer};

async fn heard_through(cut: Option<Cut>) -> (String, Proxy) {
    let script = Script::parse("S: one\nC: ask\nS: two\nS: three\n!drain\n").unwrap();
    let server = ScriptedServer::start(vec![script]).await.unwrap();
    let proxy = Proxy::start(server.port()).await.unwrap();
    if let Some(cut) = cut {
        proxy.arm(cut);
    }
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    client.write_all(b"ask\r\n").await.unwrap();
    // Without a cut the server drains until we are done speaking.
    client.shutdown().await.unwrap();
    let mut heard = Vec::new();
    // A cut may arrive as a reset, which is an end as well.
    let _ = client.read_to_end(&mut heard).await;
    (String::from_utf8(heard).unwrap(), proxy)
}

#[tokio::test]
async fn cuts_fall_where_they_were_armed() {
    let table = [
        (None, "one\r\ntwo\r\nthree\r\n", 0),
        (Some(Cut::After(Direction::ToClient, 2)), "one\r\ntwo\r\n", 1),
        (Some(Cut::Before(Direction::ToClient, 2)), "one\r\n", 1),
        (Some(Cut::BeforeText(Direction::ToClient, "hre".to_owned())), "one\r\ntwo\r\n", 1),
        (Some(Cut::AfterText(Direction::ToClient, "one".to_owned())), "one\r\n", 1),
        (Some(Cut::BeforeLine(Direction::ToClient, "t".to_owned())), "one\r\ntwo\r\nthree\r\n", 0),
        (Some(Cut::BeforeLine(Direction::ToClient, "two".to_owned())), "one\r\n", 1),
    ];
    for (cut, wanted, cuts) in table {
        let name = format!("{cut:?}");
        let (heard, proxy) = heard_through(cut).await;
        assert_eq!(
            (heard.as_str(), proxy.cuts(), proxy.connections()),
            (wanted, cuts, 1),
            "{name}"
        );
        assert_eq!(proxy.bytes(Direction::ToClient), wanted.len() as u64, "{name}");
    }
}

#[tokio::test]
async fn a_refusing_proxy_closes_at_once() {
    let server = ScriptedServer::start(vec![]).await.unwrap();
    let proxy = Proxy::start(server.port()).await.unwrap();
    proxy.set_refusing(true);
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let mut heard = Vec::new();
    let _ = client.read_to_end(&mut heard).await;
    assert!(heard.is_empty());
}

#[tokio::test]
async fn a_connection_is_held_until_it_is_cut() {
    let script = Script::parse("S: one\nC: ask\nS: two\n!drain\n").unwrap();
    let server = ScriptedServer::start(vec![script]).await.unwrap();
    let proxy = Proxy::start(server.port()).await.unwrap();
    proxy.arm_hold(Cut::Before(Direction::ToClient, 2));
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    client.write_all(b"ask\r\n").await.unwrap();
    let mut first = [0; 5];
    client.read_exact(&mut first).await.unwrap();
    while proxy.cuts() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!((&first, proxy.bytes(Direction::ToClient)), (b"one\r\n", 5));
    proxy.cut_now();
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn bytes_are_cut_where_no_line_ends_and_only_of_the_connection_that_is_meant() {
    let echo = || Script::parse("S- open\nC= one\nS- 12345678\n!drain\n").unwrap();
    let server = ScriptedServer::start(vec![echo(), echo()]).await.unwrap();
    let proxy = Proxy::start(server.port()).await.unwrap();
    let mut open = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    open.read_exact(&mut [0; 4]).await.unwrap();
    proxy.arm_next(Cut::Within(Direction::ToClient, 7));

    // The first was there before, and goes on.
    open.write_all(b"one").await.unwrap();
    open.read_exact(&mut [0; 8]).await.unwrap();
    assert_eq!(proxy.cuts(), 0);
    // The server plays one dialogue after the other.
    drop(open);

    let mut next = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    next.write_all(b"one").await.unwrap();
    let mut heard = Vec::new();
    // A cut may arrive as a reset, which is an end as well.
    let _ = next.read_to_end(&mut heard).await;
    assert_eq!((heard.as_slice(), proxy.cuts()), (b"open123".as_slice(), 1));
    assert_eq!(proxy.forwarded(1, Direction::ToClient), b"open12345678");
    assert_eq!(proxy.forwarded(2, Direction::ToServer), b"one");
    assert!(proxy.forwarded(3, Direction::ToServer).is_empty());
}
