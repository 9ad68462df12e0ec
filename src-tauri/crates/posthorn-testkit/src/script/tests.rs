//! Scripts played against clients that behave and that do not.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Script;

#[tokio::test]
async fn a_script_answers_the_clients_own_tag() {
    let script = Script::parse(
        r"
        # a greeting, a login and a literal
        S: * OK ready
        C: {tag} LOGIN * *
        S: {tag} OK done \Seen \xE4
        C: {second} APPEND INBOX {3}
        S: + go
        !bytewise
        C+ 3
        C:
        S- {second} OK
        ",
    );
    let (mut client, server) = script.unwrap().serve();
    client.write_all(b"a1 LOGIN anna test\r\na2 APPEND INBOX {3}\r\nabc\r\n").await.unwrap();
    let mut answers = Vec::new();
    client.read_to_end(&mut answers).await.unwrap();
    assert_eq!(answers, b"* OK ready\r\na1 OK done \\Seen \xE4\r\n+ go\r\na2 OK");
    let played = server.await.unwrap().unwrap();
    assert_eq!(played.lines(), ["a1 LOGIN anna test", "a2 APPEND INBOX {3}", "abc", ""]);
}

#[tokio::test]
async fn a_client_that_says_something_else_is_told_where() {
    let (mut client, server) = Script::parse("S: hello\nC: NOOP\n").unwrap().serve();
    client.write_all(b"QUIT\r\n").await.unwrap();
    let error = format!("{:#}", server.await.unwrap().unwrap_err());
    assert!(
        error.contains("line 2") && error.contains("NOOP") && error.contains("QUIT"),
        "{error}"
    );
}

#[tokio::test]
async fn a_port_serves_one_script_after_the_other() {
    let cut = Script::parse("S- half a li\n!cut\n").unwrap();
    let stall = Script::parse("S: hello\n!stall\n").unwrap();
    let server = super::ScriptedServer::start(vec![cut, stall]).await.unwrap();
    let mut heard = String::new();
    let mut first = tokio::net::TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
    first.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "half a li");
    let mut second = tokio::net::TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
    second.write_all(b"NOOP\r\nQUIT\r\n").await.unwrap();
    second.shutdown().await.unwrap();
    let played = server.finish().await.unwrap();
    assert_eq!(played[1].lines(), ["NOOP", "QUIT"]);
}

#[test]
fn a_wrong_script_names_its_line() {
    for (text, wanted) in [("S: a\nX: b", "line 2"), ("C+ many", "line 1"), ("S: \\xZZ", "line 1")]
    {
        assert!(format!("{:#}", Script::parse(text).unwrap_err()).contains(wanted), "{text}");
    }
}

#[tokio::test]
async fn a_peer_answers_by_command_and_the_last_word_counts() {
    let honest = "?\nS: * OK hello\n? $ NOOP\nS: $ OK honest\n? $ APPEND *\nS: $ OK stored {tag}\n";
    let lying = "?1 $ NOOP\nS* 2 * {n} EXISTS\nS: $ NO lie\n";
    let peer = super::Peer::parse(honest).unwrap().with(lying).unwrap().listen().await.unwrap();
    for wanted in ["* 1 EXISTS\r\n* 2 EXISTS\r\na NO lie\r\n", "a OK honest\r\n"] {
        let mut client = tokio::net::TcpStream::connect(("127.0.0.1", peer.port())).await.unwrap();
        client.write_all(b"a NOOP\r\nb APPEND x {3+}\r\nabc\r\nc WHAT\r\n").await.unwrap();
        let mut heard = String::new();
        client.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, format!("* OK hello\r\n{wanted}b OK stored b\r\n"));
    }
    assert_eq!((peer.connections(), peer.said().len()), (2, 8));
    assert!(peer.failures().iter().all(|failure| failure.contains("c WHAT")));
}

#[tokio::test]
async fn bytes_are_cut_and_repeated_as_told() {
    let script = Script::parse("!exact\nC: * {x}\nS** 70000 ab\nS: end\n").unwrap();
    let (mut client, server) = script.clone().delivered(super::ScriptDelivery::Bytes).hear();
    client.write_all(b"* {x}\r\n").await.unwrap();
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).await.unwrap();
    assert_eq!((heard.len(), server.await.unwrap().as_str()), (140_005, "* {x}\r\n"));
    let (mut client, server) = script.delivered(super::ScriptDelivery::CutAt(7)).hear();
    client.write_all(b"* {y}\r\n").await.unwrap();
    heard.clear();
    client.read_to_end(&mut heard).await.unwrap();
    assert!(heard.is_empty() && server.await.unwrap() == "* {y}\r\n", "another line is no fit");
}

#[tokio::test]
async fn what_is_packed_can_be_unpacked() {
    let (mut client, _server) =
        Script::parse("S: * OK\n!deflate\nS** 1000000 ab\n").unwrap().serve();
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).await.unwrap();
    let packed = heard.strip_prefix(b"* OK\r\n").unwrap();
    assert!(packed.len() < 100_000, "{}", packed.len());
    let mut decoder = flate2::read::DeflateDecoder::new(packed);
    let mut text = vec![0; 2_000_000];
    std::io::Read::read_exact(&mut decoder, &mut text).unwrap();
    assert!(text.ends_with(b"abab"));
}
