//! What the tests share: endpoints, a prompt, and a server that answers what it is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use forecasters::{ApiKey, Compatible, Endpoint, Prompt, TokenLimit};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub(crate) const LIMIT: Duration = Duration::from_secs(20);
pub(crate) const TOKENS_MAX: u32 = 400;

pub(crate) fn model(base_url: String) -> Compatible {
    let key = ApiKey::new("test-key");
    let endpoint =
        Endpoint { base_url, model: "sim".into(), key, token_limit: TokenLimit::MaxTokens };
    Compatible::new(endpoint).unwrap()
}

pub(crate) fn prompt(question: &str) -> Prompt {
    let form = json!({
        "type": "object",
        "properties": {"probability": {"type": "number"}},
        "required": ["probability"],
        "additionalProperties": false,
    });
    Prompt {
        system: "You forecast. Answer with JSON.".into(),
        user: question.into(),
        form_name: "forecast",
        form: Arc::new(form),
    }
}

/// Answers each connection with the next of these texts, and keeps what was asked.
pub(crate) struct Scripted {
    pub(crate) addr: SocketAddr,
    pub(crate) asked: Arc<tokio::sync::Mutex<Vec<String>>>,
}

impl Scripted {
    pub(crate) async fn serve(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked = Arc::<tokio::sync::Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let Ok((mut socket, _)) = listener.accept().await else { return };
                let request = read_request(&mut socket).await;
                kept.lock().await.push(request);
                let _ = socket.write_all(answer.as_bytes()).await;
                let _ = socket.shutdown().await;
            }
        });
        Self { addr, asked }
    }
    pub(crate) fn model(&self) -> Compatible {
        model(format!("http://{}/v1", self.addr))
    }
}

async fn read_request(socket: &mut tokio::net::TcpStream) -> String {
    let (mut text, mut part) = (Vec::new(), [0; 4_096]);
    loop {
        let count = socket.read(&mut part).await.unwrap_or(0);
        text.extend_from_slice(&part[..count]);
        let so_far = String::from_utf8_lossy(&text);
        let whole = so_far.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.to_ascii_lowercase();
            let length = length.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
            body.len() >= length.unwrap_or(0)
        });
        if count == 0 || whole {
            return so_far.into_owned();
        }
    }
}

pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}
