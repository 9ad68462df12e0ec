//! `GET /events`: the engine's events over a WebSocket. The first message is the token, as text or `{"token": …}`.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use tokio::sync::broadcast::error::RecvError;

use crate::Server;

/// Time for the token to come.
const TOKEN_TIME: Duration = Duration::from_secs(10);
/// Longest message that is read: a token.
const MESSAGE_LIMIT: usize = 1024;

/// Opens the stream.
pub(crate) async fn open(State(server): State<Server>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MESSAGE_LIMIT)
        .on_upgrade(move |socket| Box::pin(stream(server, socket)))
}

async fn stream(server: Server, mut socket: WebSocket) {
    let first = tokio::time::timeout(TOKEN_TIME, socket.recv()).await;
    let offered = match first {
        Ok(Some(Ok(Message::Text(text)))) => token_of(text.as_str()),
        _ => String::new(),
    };
    if !server.token.is(&offered) {
        close(&mut socket, close_code::POLICY, "the token is missing or wrong").await;
        return;
    }
    let mut events = server.engine.subscribe();
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => {
                    let Ok(text) = serde_json::to_string(&event) else { continue };
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        return;
                    }
                }
                // The page opens the stream again and asks for everything: nothing is silently missing.
                Err(RecvError::Lagged(_)) => {
                    close(&mut socket, close_code::AGAIN, "events were missed").await;
                    return;
                }
                Err(RecvError::Closed) => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            () = crate::ended(server.ending.clone()) => {
                close(&mut socket, close_code::AWAY, "the server ends").await;
                return;
            }
        }
    }
}

fn token_of(text: &str) -> String {
    let object = serde_json::from_str::<serde_json::Value>(text).ok();
    let token =
        object.as_ref().and_then(|value| value.get("token")).and_then(serde_json::Value::as_str);
    token.unwrap_or(text).to_owned()
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    // The other side may be gone already.
    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}
