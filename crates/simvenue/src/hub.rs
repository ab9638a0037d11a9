//! Who listens on which socket, and the faults that befall frames on their way.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::Shutdown;
use std::sync::Arc;

use bytestring::ByteString;
use socket2::Socket;
use tokio::sync::mpsc;

use crate::exchange::OwnerId;
use crate::fault::FaultPlan;
use crate::matching::Outcome;
use crate::rng::Rng;
use crate::universe::MarketIndex;
use crate::world::{Audience, Emission, World};

/// Frames waiting for one socket; a socket that falls behind by more is cut.
const QUEUE_MAX: usize = 2_048;
/// Assets of one connection beyond which a subscription gets no snapshots.
const SNAPSHOT_ASSETS_MAX: usize = 500;

/// A connection's number.
pub(crate) type ClientId = u64;
type Asset = (MarketIndex, usize);

/// What a socket listens to.
#[derive(Debug)]
enum Interest {
    Market {
        assets: HashSet<Asset>,
        custom: bool,
    },
    Activity {
        on: bool,
        event_slug: Option<String>,
    },
    /// Nothing is sent before the socket has said whose it is.
    User {
        owner: Option<OwnerId>,
        markets: Option<HashSet<MarketIndex>>,
    },
}

#[derive(Debug)]
struct Client {
    sender: mpsc::Sender<ByteString>,
    connection: Option<Arc<Socket>>,
    interest: Interest,
    frozen_until_ms: i64,
    held: Option<ByteString>,
}

/// Frames still to be tampered with on command.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tampering {
    pub(crate) lose: u32,
    pub(crate) duplicate: u32,
    pub(crate) reorder: u32,
}

impl Tampering {
    fn strike(&mut self) -> Option<Fate> {
        let Self { lose, duplicate, reorder } = self;
        for (count, fate) in [(lose, Fate::Lost), (duplicate, Fate::Doubled), (reorder, Fate::Held)]
        {
            if *count > 0 {
                *count -= 1;
                return Some(fate);
            }
        }
        None
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    Lost,
    Doubled,
    Held,
}

/// All sockets.
#[derive(Debug)]
pub(crate) struct Hub {
    clients: BTreeMap<ClientId, Client>,
    listeners: HashMap<Asset, BTreeSet<ClientId>>,
    next: ClientId,
    plan: FaultPlan,
    rng: Rng,
    pub(crate) tampering: Tampering,
    /// Of user sockets alone, and before the one of all.
    pub(crate) user_tampering: Tampering,
    activity_frozen_until_ms: i64,
    pub(crate) evicted: u64,
    pub(crate) delivered: u64,
}

impl Hub {
    pub(crate) fn new(seed: u64, plan: FaultPlan) -> Self {
        Self {
            clients: BTreeMap::new(),
            listeners: HashMap::new(),
            next: 1,
            plan,
            rng: Rng::new(seed, "frames"),
            tampering: Tampering::default(),
            user_tampering: Tampering::default(),
            activity_frozen_until_ms: 0,
            evicted: 0,
            delivered: 0,
        }
    }
    /// Changes what happens by chance, from a seed where one is given.
    pub(crate) fn replan(&mut self, plan: FaultPlan, seed: Option<u64>) {
        self.plan = plan;
        if let Some(seed) = seed {
            self.rng = Rng::new(seed, "frames");
        }
    }
    pub(crate) fn join_market(&mut self, connection: Option<Arc<Socket>>) -> Joined {
        self.join(Interest::Market { assets: HashSet::new(), custom: false }, connection)
    }
    pub(crate) fn join_activity(&mut self, connection: Option<Arc<Socket>>) -> Joined {
        self.join(Interest::Activity { on: false, event_slug: None }, connection)
    }
    pub(crate) fn join_user(&mut self, connection: Option<Arc<Socket>>) -> Joined {
        self.join(Interest::User { owner: None, markets: None }, connection)
    }
    /// Lets a socket hear about an account; in some markets alone where they are named.
    pub(crate) fn authorise(
        &mut self,
        id: ClientId,
        account: OwnerId,
        wanted: Option<HashSet<MarketIndex>>,
    ) {
        if let Some(Client { interest: Interest::User { owner, markets }, .. }) =
            self.clients.get_mut(&id)
        {
            *owner = Some(account);
            *markets = wanted;
        }
    }
    /// Adds markets to those a socket hears of, or takes them away.
    pub(crate) fn choose(&mut self, id: ClientId, wanted: bool, chosen: &[MarketIndex]) {
        let Some(Client { interest: Interest::User { markets, .. }, .. }) =
            self.clients.get_mut(&id)
        else {
            return;
        };
        match (markets.as_mut(), wanted) {
            (Some(markets), true) => markets.extend(chosen),
            (Some(markets), false) => markets.retain(|market| !chosen.contains(market)),
            // Whoever hears of all markets hears of these too.
            (None, _) => {}
        }
    }
    fn join(&mut self, interest: Interest, connection: Option<Arc<Socket>>) -> Joined {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        let id = self.next;
        self.next += 1;
        let client = Client { sender, connection, interest, frozen_until_ms: 0, held: None };
        self.clients.insert(id, client);
        Joined { id, receiver }
    }
    pub(crate) fn leave(&mut self, id: ClientId) {
        let Some(client) = self.clients.remove(&id) else { return };
        let Interest::Market { assets, .. } = client.interest else { return };
        for asset in assets {
            self.forget(id, asset);
        }
    }
    fn forget(&mut self, id: ClientId, asset: Asset) {
        if let Some(listeners) = self.listeners.get_mut(&asset) {
            listeners.remove(&id);
            if listeners.is_empty() {
                self.listeners.remove(&asset);
            }
        }
    }

    /// Adds assets to a socket and sends their books, as one array.
    pub(crate) fn subscribe(
        &mut self,
        world: &World,
        id: ClientId,
        tokens: &[String],
        wants_custom: Option<bool>,
    ) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        let Interest::Market { assets, custom } = &mut client.interest else { return };
        *custom = wants_custom.unwrap_or(*custom);
        let mut books = Vec::new();
        let found = tokens.iter().filter_map(|token| world.universe().find_token(token));
        for (market, outcome) in found {
            let asset = (market, outcome.index());
            assets.insert(asset);
            self.listeners.entry(asset).or_default().insert(id);
            books.push((market, outcome));
        }
        if assets.len() > SNAPSHOT_ASSETS_MAX || books.is_empty() {
            return;
        }
        let frames = books.into_iter().filter_map(|(market, it)| world.book_frame(market, it));
        let frames: Vec<String> = frames.collect();
        self.push(id, ByteString::from(format!("[{}]", frames.join(","))));
    }
    pub(crate) fn unsubscribe(&mut self, world: &World, id: ClientId, tokens: &[String]) {
        for token in tokens {
            let Some((market, outcome)) = world.universe().find_token(token) else { continue };
            let asset = (market, outcome.index());
            if let Some(Client { interest: Interest::Market { assets, .. }, .. }) =
                self.clients.get_mut(&id)
            {
                assets.remove(&asset);
            }
            self.forget(id, asset);
        }
    }
    /// Turns trading activity on or off for a socket of RTDS.
    pub(crate) fn listen(&mut self, id: ClientId, wanted: bool, slug: Option<String>) {
        if let Some(Client { interest: Interest::Activity { on, event_slug }, .. }) =
            self.clients.get_mut(&id)
        {
            *on = wanted;
            *event_slug = slug;
        }
    }

    /// Sends every frame to whom it concerns.
    pub(crate) fn deliver(&mut self, world: &World, emissions: &[Emission]) {
        let now_ms = world.now().0;
        for emission in emissions {
            for id in self.audience(world, emission.audience) {
                self.deliver_to(id, &emission.text, now_ms);
            }
        }
    }
    fn audience(&self, world: &World, audience: Audience) -> Vec<ClientId> {
        let of = |asset: Asset| self.listeners.get(&asset).into_iter().flatten().copied();
        match audience {
            Audience::Market(market) => {
                let both: BTreeSet<ClientId> =
                    Outcome::BOTH.into_iter().flat_map(|it| of((market, it.index()))).collect();
                both.into_iter().collect()
            }
            Audience::Token(market, outcome) => of((market, outcome.index())).collect(),
            Audience::TokenCustom(market, outcome) => {
                of((market, outcome.index())).filter(|id| self.is_custom(*id)).collect()
            }
            Audience::Everyone => {
                self.clients.keys().copied().filter(|id| self.is_custom(*id)).collect()
            }
            Audience::User(account, market) => {
                let hears = |client: &Client| match &client.interest {
                    Interest::User { owner, markets } => {
                        *owner == Some(account)
                            && markets.as_ref().is_none_or(|chosen| chosen.contains(&market))
                    }
                    Interest::Market { .. } | Interest::Activity { .. } => false,
                };
                let hearing = self.clients.iter().filter(|(_, client)| hears(client));
                hearing.map(|(id, _)| *id).collect()
            }
            Audience::Activity(_) if self.activity_frozen_until_ms > world.now().0 => Vec::new(),
            Audience::Activity(market) => {
                let event = world.listing(market).and_then(|it| world.universe().event_of(it));
                let slug = event.map(|event| event.slug.as_str());
                let hears = |client: &Client| match &client.interest {
                    Interest::Activity { on, event_slug } => {
                        *on && (event_slug.is_none() || event_slug.as_deref() == slug)
                    }
                    Interest::Market { .. } | Interest::User { .. } => false,
                };
                let hearing = self.clients.iter().filter(|(_, client)| hears(client));
                hearing.map(|(id, _)| *id).collect()
            }
        }
    }
    fn is_custom(&self, id: ClientId) -> bool {
        matches!(
            self.clients.get(&id),
            Some(Client { interest: Interest::Market { custom: true, .. }, .. })
        )
    }
    fn deliver_to(&mut self, id: ClientId, text: &ByteString, now_ms: i64) {
        if self.clients.get(&id).is_none_or(|client| client.frozen_until_ms > now_ms) {
            return;
        }
        let is_user =
            matches!(self.clients.get(&id), Some(Client { interest: Interest::User { .. }, .. }));
        let of_user = if is_user { self.fate_of_user_event() } else { None };
        let fate = of_user.unwrap_or_else(|| self.fate());
        let held = self.clients.get_mut(&id).and_then(|client| client.held.take());
        match fate {
            Fate::Lost => {}
            Fate::Held if held.is_none() => {
                if let Some(client) = self.clients.get_mut(&id) {
                    client.held = Some(text.clone());
                }
            }
            Fate::Doubled => {
                self.push(id, text.clone());
                self.push(id, text.clone());
            }
            Fate::Delivered | Fate::Held => self.push(id, text.clone()),
        }
        if let Some(held) = held {
            self.push(id, held);
        }
    }
    fn fate(&mut self) -> Fate {
        let plan = self.plan;
        let chances = [
            (plan.lose_frame_ppm, Fate::Lost),
            (plan.duplicate_frame_ppm, Fate::Doubled),
            (plan.reorder_frame_ppm, Fate::Held),
        ];
        self.tampering.strike().or_else(|| self.draw(chances)).unwrap_or(Fate::Delivered)
    }
    fn fate_of_user_event(&mut self) -> Option<Fate> {
        let plan = self.plan;
        let chances = [
            (plan.lose_user_event_ppm, Fate::Lost),
            (plan.duplicate_user_event_ppm, Fate::Doubled),
            (plan.reorder_user_event_ppm, Fate::Held),
        ];
        self.user_tampering.strike().or_else(|| self.draw(chances))
    }
    fn draw(&mut self, chances: [(u32, Fate); 3]) -> Option<Fate> {
        let strikes = |(ppm, _): &(u32, Fate)| *ppm > 0 && self.rng.chance_ppm(*ppm);
        chances.into_iter().find(strikes).map(|(_, fate)| fate)
    }
    /// Queues a frame; whoever does not read is cut off.
    fn push(&mut self, id: ClientId, text: ByteString) {
        let Some(client) = self.clients.get(&id) else { return };
        if client.sender.try_send(text).is_ok() {
            self.delivered += 1;
            return;
        }
        if let Some(connection) = &client.connection {
            let _ = connection.shutdown(Shutdown::Both);
        }
        self.evicted += 1;
        self.leave(id);
    }

    /// Sends one text to every market socket with a subscription.
    pub(crate) fn shout(&mut self, text: &ByteString) {
        let listening: BTreeSet<ClientId> = self.listeners.values().flatten().copied().collect();
        for id in listening {
            self.push(id, text.clone());
        }
    }
    pub(crate) fn freeze(&mut self, until_ms: i64) {
        for client in self.clients.values_mut() {
            client.frozen_until_ms = until_ms;
        }
    }
    /// Nothing is said to sockets of trading activity until then.
    pub(crate) const fn freeze_activity(&mut self, until_ms: i64) {
        self.activity_frozen_until_ms = until_ms;
    }
    pub(crate) fn disconnect_all(&mut self) {
        for client in std::mem::take(&mut self.clients).into_values() {
            if let Some(connection) = client.connection {
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
        self.listeners.clear();
    }
    pub(crate) fn disconnect_users(&mut self) {
        let is_user =
            |_: &ClientId, client: &mut Client| matches!(client.interest, Interest::User { .. });
        for (_, client) in self.clients.extract_if(.., is_user) {
            if let Some(connection) = client.connection {
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
    }
    /// Draws the faults of one second.
    pub(crate) fn draw_second(&mut self, now_ms: i64) {
        let plan = self.plan;
        if plan.disconnect_ppm > 0 && self.rng.chance_ppm(plan.disconnect_ppm) {
            self.disconnect_all();
        }
        if plan.disconnect_user_ppm > 0 && self.rng.chance_ppm(plan.disconnect_user_ppm) {
            self.disconnect_users();
        }
        if plan.freeze_ppm > 0 && self.rng.chance_ppm(plan.freeze_ppm) {
            self.freeze(now_ms + 60_000);
        }
    }
    /// Sockets and subscribed assets, for the control surface.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.clients.len(), self.listeners.len())
    }
}

/// A socket's place in the hub.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) id: ClientId,
    pub(crate) receiver: mpsc::Receiver<ByteString>,
}
