//! A way to Redis that can be slow, or closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Passes bytes on, each after a delay.
pub(super) struct Strait {
    address: SocketAddr,
    delay_ms: Arc<AtomicU64>,
}

impl Strait {
    pub(super) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let delay_ms = Arc::new(AtomicU64::new(0));
        let delay = Arc::clone(&delay_ms);
        actix_rt::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                let ((near_in, near_out), (far_in, far_out)) =
                    (near.into_split(), far.into_split());
                actix_rt::spawn(carry(near_in, far_out, Arc::clone(&delay)));
                actix_rt::spawn(carry(far_in, near_out, Arc::clone(&delay)));
            }
        });
        Self { address, delay_ms }
    }
    pub(super) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }
    pub(super) fn delay(&self, by: Duration) {
        self.delay_ms.store(by.as_millis() as u64, Ordering::Relaxed);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Arc<AtomicU64>) {
    let (put, mut taken) = mpsc::channel::<(Instant, Vec<u8>)>(4_096);
    actix_rt::spawn(async move {
        while let Some((due, bytes)) = taken.recv().await {
            tokio::time::sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read) = from.read(&mut buffer).await {
        let due = Instant::now() + Duration::from_millis(delay.load(Ordering::Relaxed));
        if read == 0 || put.send((due, buffer[..read].to_vec())).await.is_err() {
            return;
        }
    }
}
