//! A way to a server that can be slow, or hold back everything.

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
pub(crate) struct Strait {
    address: SocketAddr,
    delay_ms: Arc<AtomicU64>,
}

impl Strait {
    pub(crate) async fn to(port: u16) -> Self {
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
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
    /// Nothing passes until [`Self::let_go`], and nobody is told so.
    pub(crate) fn hold(&self) {
        self.delay_ms.store(HELD, Ordering::Relaxed);
    }
    pub(crate) fn let_go(&self) {
        self.delay_ms.store(0, Ordering::Relaxed);
    }
    pub(crate) fn delay(&self, by: Duration) {
        self.delay_ms.store(by.as_millis() as u64, Ordering::Relaxed);
    }
}

/// No delay: what is held waits until it is let go.
const HELD: u64 = u64::MAX;
const LOOK: Duration = Duration::from_millis(20);

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Arc<AtomicU64>) {
    let (put, mut taken) = mpsc::channel::<(Instant, Vec<u8>)>(4_096);
    let way = Arc::clone(&delay);
    actix_rt::spawn(async move {
        while let Some((due, bytes)) = taken.recv().await {
            tokio::time::sleep_until(due).await;
            while way.load(Ordering::Relaxed) == HELD {
                tokio::time::sleep(LOOK).await;
            }
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read) = from.read(&mut buffer).await {
        let delay_ms = delay.load(Ordering::Relaxed);
        let delay_ms = if delay_ms == HELD { 0 } else { delay_ms };
        let due = Instant::now() + Duration::from_millis(delay_ms);
        if read == 0 || put.send((due, buffer[..read].to_vec())).await.is_err() {
            return;
        }
    }
}
