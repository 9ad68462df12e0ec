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
