//! What stands where a web process looks for the leader.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use relay::testing::TestRedis;
use relay::{Leader, Relay};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Counts who comes.
pub(crate) struct StandIn {
    address: String,
    asked: Arc<AtomicUsize>,
    to: Arc<Mutex<Option<String>>>,
}

impl StandIn {
    /// Reads a request and hangs up.
    pub(crate) async fn hang_up() -> Self {
        Self::serve(|mut stream, _| async move {
            let _ = stream.read(&mut [0; 65_536]).await;
        })
        .await
    }
    /// Passes bytes on, each way so much later.
    pub(crate) async fn delay(by: Duration) -> Self {
        Self::serve(move |stream, to| async move {
            let Some(to) = to else { return };
            let Ok(there) = TcpStream::connect(to).await else { return };
            let (mut read, mut write) = stream.into_split();
            let (mut read_there, mut write_there) = there.into_split();
            let on = async { copy(&mut read, &mut write_there, by).await };
            let back = async { copy(&mut read_there, &mut write, by).await };
            tokio::select! { () = on => {}, () = back => {} }
        })
        .await
    }
    async fn serve<F>(answer: impl Fn(TcpStream, Option<String>) -> F + 'static) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (asked, to) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Option<String>>>::default());
        let (count, leads) = (Arc::clone(&asked), Arc::clone(&to));
        actix_rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, SeqCst);
                let to = leads.lock().unwrap().clone();
                actix_rt::spawn(answer(stream, to));
            }
        });
        Self { address, asked, to }
    }
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
    /// How many connections came.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }
    /// Bytes go to this address.
    pub(crate) fn lead_to(&self, address: &str) {
        let place = address.trim_start_matches("http://").to_owned();
        *self.to.lock().unwrap() = Some(place);
    }
    /// Says that it leads.
    pub(crate) async fn lead(&self, redis: &TestRedis, fence: u64) {
        let relay = Relay::connect(&redis.settings_in("main")).await.unwrap();
        let (name, mode) = ("stand-in".to_owned(), "demo".to_owned());
        let address = self.address.clone();
        let leader = Leader { name, fence, run: 1, address, mode, last_fact: 0 };
        relay.lead(&leader).await.unwrap();
    }
}

async fn copy(
    from: &mut (impl tokio::io::AsyncRead + Unpin),
    to: &mut (impl tokio::io::AsyncWrite + Unpin),
    by: Duration,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count) = from.read(&mut bytes).await {
        actix_rt::time::sleep(by).await;
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
