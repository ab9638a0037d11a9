//! A WebSocket client of the fewest possible lines, so that a test can misbehave with it.

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use crate::service::TOKEN;

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const TEXT_FRAGMENT: u8 = 0x01;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;

/// Asks for an upgrade; gives the head of the answer and the connection.
pub(crate) async fn upgrade(
    port: u16,
    receive_buffer_bytes: Option<u32>,
) -> (String, BufReader<TcpStream>) {
    upgrade_at(port, "/ws", receive_buffer_bytes).await
}

/// The same at a path with a query.
pub(crate) async fn upgrade_at(
    port: u16,
    path: &str,
    receive_buffer_bytes: Option<u32>,
) -> (String, BufReader<TcpStream>) {
    upgrade_showing(port, path, TOKEN, receive_buffer_bytes).await
}

/// The same with a token of one's own.
pub(crate) async fn upgrade_as(port: u16, token: &str) -> (String, BufReader<TcpStream>) {
    upgrade_showing(port, "/ws", token, None).await
}

async fn upgrade_showing(
    port: u16,
    path: &str,
    token: &str,
    receive_buffer_bytes: Option<u32>,
) -> (String, BufReader<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    if let Some(bytes) = receive_buffer_bytes {
        socket.set_recv_buffer_size(bytes).unwrap();
    }
    let mut stream = socket.connect(([127, 0, 0, 1], port).into()).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n\
         Authorization: Bearer {token}\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    (String::from_utf8(head).unwrap(), BufReader::new(stream))
}

/// The first byte of the next frame, and its payload.
pub(crate) async fn frame(stream: &mut BufReader<TcpStream>) -> std::io::Result<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await?;
    let length = match stream.read_u8().await? {
        126 => u64::from(stream.read_u16().await?),
        127 => stream.read_u64().await?,
        short => u64::from(short),
    };
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut payload).await?;
    Ok((kind, payload))
}

/// The next frame, which must be a text.
pub(crate) async fn text(stream: &mut BufReader<TcpStream>) -> String {
    let (kind, payload) = frame(stream).await.unwrap();
    assert_eq!(kind, TEXT);
    String::from_utf8(payload).unwrap()
}

/// Sends a frame of up to 125 bytes, masked with zeros.
pub(crate) async fn send(stream: &mut BufReader<TcpStream>, kind: u8, payload: &[u8]) {
    let mut bytes = vec![kind, 0x80 | u8::try_from(payload.len()).unwrap(), 0, 0, 0, 0];
    bytes.extend_from_slice(payload);
    stream.get_mut().write_all(&bytes).await.unwrap();
}
