//! Which prints were seen before, within a bound.

use std::collections::{BTreeMap, VecDeque};

use domain::{DurationMillis, Shares, TokenId, TransactionHash, UnixMillis};

use super::{Print, PrintId, Source, ToldPrint};

/// Sources round an average price differently; within one transaction so much is the same price,
/// in millionths of a dollar.
const PRICE_SLACK_IN_TRANSACTION: i64 = 5_000;
/// Without a transaction to go by, only so much is.
const PRICE_SLACK: i64 = 100;
/// Shares that rounding may cost, in millionths.
const SIZE_SLACK: i64 = 10_000;

/// The bounds of the tape's memory.
#[derive(Clone, Copy, Debug)]
pub struct TapeSettings {
    /// Prints received longer ago are forgotten.
    pub window: DurationMillis,
    /// Prints remembered at most; the first received is forgotten first.
    pub prints_max: usize,
    /// A print without a name waits so long for its named twin before it is told as it is.
    pub patience: DurationMillis,
    /// Two sources that state no common transaction date the same print at most so far apart.
    pub twin_apart_max: DurationMillis,
}

impl Default for TapeSettings {
    fn default() -> Self {
        Self {
            window: DurationMillis(2 * 3_600_000),
            prints_max: 50_000,
            patience: DurationMillis(20_000),
            twin_apart_max: DurationMillis(30_000),
        }
    }
}

/// What a print is to the tape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Seen for the first time: to be told.
    New(ToldPrint),
    /// Told before without a name, which is known now: to be stored again, under its old id.
    Named(ToldPrint),
    /// Seen before.
    Known,
    /// Without a name: it waits for its twin.
    Waiting,
    /// Older than the memory reaches, so nobody knows whether it was told: to be stored, not told.
    Late(ToldPrint),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Told,
}

#[derive(Clone, Debug)]
struct Entry {
    told: ToldPrint,
    received_at: UnixMillis,
    state: State,
    /// The last walk that listed it: the next equal row of that walk is another print.
    walk: Option<u64>,
    /// Under which size it is found.
    shelf: i64,
    /// When the market socket told of it too: its next equal print is another one.
    echoed_at: Option<UnixMillis>,
}

/// The tape's memory.
#[derive(Clone, Debug)]
pub struct Tape {
    settings: TapeSettings,
    entries: VecDeque<Entry>,
    /// The number of the first entry.
    first: u64,
    by_transaction: BTreeMap<TransactionHash, Vec<u64>>,
    by_size: BTreeMap<(TokenId, i64), Vec<u64>>,
    waiting: VecDeque<u64>,
    /// Forgotten for want of room while they waited.
    overdue: Vec<ToldPrint>,
    /// The newest print that was forgotten for want of room.
    forgotten_to: UnixMillis,
}

impl Tape {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(settings: TapeSettings) -> Self {
        Self {
            settings,
            entries: VecDeque::new(),
            first: 0,
            by_transaction: BTreeMap::new(),
            by_size: BTreeMap::new(),
            waiting: VecDeque::new(),
            overdue: Vec::new(),
            forgotten_to: UnixMillis(i64::MIN),
        }
    }
    /// How many prints are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    /// Remembers a print that was told before this tape began.
    pub fn prime(&mut self, told: ToldPrint, now: UnixMillis) {
        self.add(told, State::Told, now);
    }

    /// Takes what a source said.
    pub fn take(&mut self, print: Print, now: UnixMillis) -> Verdict {
        self.forget(now);
        if let Some(number) = self.find(&print) {
            return self.meet(number, print);
        }
        let copy = self.copies(&print);
        let told = ToldPrint { id: PrintId::of(&print, copy), print };
        if told.print.source == Source::Book {
            self.add(told, State::Waiting, now);
            return Verdict::Waiting;
        }
        let reach = UnixMillis(now.0.saturating_sub(self.settings.window.0)).max(self.forgotten_to);
        if told.print.at <= reach {
            return Verdict::Late(told);
        }
        self.add(told.clone(), State::Told, now);
        Verdict::New(told)
    }

    /// Prints that waited long enough for a twin: to be told as they are, oldest first.
    pub fn due(&mut self, now: UnixMillis) -> Vec<ToldPrint> {
        self.forget(now);
        let mut due = std::mem::take(&mut self.overdue);
        while let Some(number) = self.waiting.front().copied() {
            let patience = self.settings.patience;
            let Some(entry) = self.entry(number) else {
                self.waiting.pop_front();
                continue;
            };
            if entry.state == State::Waiting {
                if now.since(entry.received_at).0 < patience.0 {
                    break;
                }
                entry.state = State::Told;
                due.push(entry.told.clone());
            }
            self.waiting.pop_front();
        }
        due
    }

    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.entries.get_mut(index)
    }
    fn peek(&self, number: u64) -> Option<&Entry> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.entries.get(index)
    }

    /// The entry that is this print.
    fn find(&self, print: &Print) -> Option<u64> {
        if let Some(transaction) = print.transaction {
            let mut numbers = self.by_transaction.get(&transaction).into_iter().flatten();
            let same = |number: &&u64| self.peek(**number).is_some_and(|it| it.is_listed(print));
            if let Some(number) = numbers.find(same) {
                return Some(*number);
            }
        }
        let apart = self.settings.twin_apart_max;
        let shelf = shelf(print.size);
        let shelves = [shelf - 1, shelf, shelf + 1];
        let near = |shelf: i64| self.by_size.get(&(print.token, shelf)).into_iter().flatten();
        let twin = |number: &&u64| self.peek(**number).is_some_and(|it| it.is_twin(print, apart));
        shelves.into_iter().flat_map(near).find(twin).copied()
    }

    /// Equal prints of the same transaction that are known already.
    fn copies(&self, print: &Print) -> u32 {
        let numbers =
            print.transaction.and_then(|transaction| self.by_transaction.get(&transaction));
        let equal = |number: &&u64| {
            self.peek(**number).is_some_and(
                |Entry { told: ToldPrint { print: known, .. }, .. }| {
                    (known.wallet, known.token, known.side, known.size, known.price)
                        == (print.wallet, print.token, print.side, print.size, print.price)
                },
            )
        };
        let count = numbers.into_iter().flatten().filter(equal).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// A known print was told of again, perhaps with more.
    fn meet(&mut self, number: u64, print: Print) -> Verdict {
        let Some(entry) = self.entry(number) else { return Verdict::Known };
        match print.source {
            Source::Walk(walk) => entry.walk = Some(walk),
            Source::Book => entry.echoed_at = Some(print.at),
            Source::Live => {}
        }
        let known = &entry.told.print;
        let is_richer = (known.wallet.is_none() && print.wallet.is_some())
            || (known.transaction.is_none() && print.transaction.is_some());
        if !is_richer {
            return Verdict::Known;
        }
        if known.source == Source::Book {
            entry.echoed_at = Some(known.at);
        }
        let was = std::mem::replace(&mut entry.state, State::Told);
        if was == State::Waiting {
            entry.told.id = PrintId::of(&print, 0);
        }
        let transaction = print.transaction.filter(|_| known.transaction.is_none());
        entry.told.print = print;
        let told = entry.told.clone();
        if let Some(transaction) = transaction {
            self.by_transaction.entry(transaction).or_default().push(number);
        }
        if was == State::Waiting { Verdict::New(told) } else { Verdict::Named(told) }
    }

    fn add(&mut self, told: ToldPrint, state: State, now: UnixMillis) {
        let number = self.first + self.entries.len() as u64;
        if let Some(transaction) = told.print.transaction {
            self.by_transaction.entry(transaction).or_default().push(number);
        }
        let shelf = shelf(told.print.size);
        self.by_size.entry((told.print.token, shelf)).or_default().push(number);
        if state == State::Waiting {
            self.waiting.push_back(number);
        }
        let walk = match told.print.source {
            Source::Walk(walk) => Some(walk),
            Source::Live | Source::Book => None,
        };
        self.entries.push_back(Entry {
            told,
            received_at: now,
            state,
            walk,
            shelf,
            echoed_at: None,
        });
        if self.entries.len() > self.settings.prints_max {
            let forgotten = self.entries.front().map(|entry| entry.told.print.at);
            self.forgotten_to = self.forgotten_to.max(forgotten.unwrap_or(self.forgotten_to));
            self.drop_first();
        }
    }

    fn forget(&mut self, now: UnixMillis) {
        let window = self.settings.window;
        while self.entries.front().is_some_and(|it| now.since(it.received_at).0 > window.0) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        let Some(entry) = self.entries.pop_front() else { return };
        let number = self.first;
        self.first += 1;
        let print = &entry.told.print;
        if let Some(transaction) = print.transaction
            && let Some(numbers) = self.by_transaction.get_mut(&transaction)
        {
            numbers.retain(|it| *it != number);
            if numbers.is_empty() {
                self.by_transaction.remove(&transaction);
            }
        }
        let place = (print.token, entry.shelf);
        if let Some(numbers) = self.by_size.get_mut(&place) {
            numbers.retain(|it| *it != number);
            if numbers.is_empty() {
                self.by_size.remove(&place);
            }
        }
        if entry.state == State::Waiting {
            self.overdue.push(entry.told);
        }
    }
}

impl Entry {
    /// The same print of the same transaction, unless this walk listed it already.
    fn is_listed(&self, print: &Print) -> bool {
        let known = &self.told.print;
        let is_claimed = matches!(print.source, Source::Walk(walk) if self.walk == Some(walk));
        !is_claimed
            && known.token == print.token
            && known.side == print.side
            && agree(known.wallet, print.wallet)
            && near(known.size.micros(), print.size.micros(), SIZE_SLACK)
            && near(known.price.micros(), print.price.micros(), PRICE_SLACK_IN_TRANSACTION)
    }

    /// The same print, told by sources of which one names no transaction.
    fn is_twin(&self, print: &Print, apart_max: DurationMillis) -> bool {
        let known = &self.told.print;
        if known.transaction.is_some() && print.transaction.is_some() {
            return false;
        }
        let fits = known.side == print.side
            && agree(known.wallet, print.wallet)
            && near(known.price.micros(), print.price.micros(), PRICE_SLACK)
            && near(known.size.micros(), print.size.micros(), SIZE_SLACK)
            && near(known.at.0, print.at.0, apart_max.0);
        fits && match (known.source, print.source) {
            // One socket: only the very same frame is the same print.
            (Source::Book, Source::Book) | (Source::Live, Source::Live) => known.at == print.at,
            (_, Source::Book) => self.echoed_at.is_none_or(|at| at == print.at),
            (_, Source::Walk(walk)) => self.walk != Some(walk),
            (Source::Book | Source::Walk(_), Source::Live) => true,
        }
    }
}

/// Sizes that rounding may have made of each other lie on the same shelf or on neighbours.
const fn shelf(size: Shares) -> i64 {
    size.micros().div_euclid(2 * SIZE_SLACK)
}

fn agree<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

const fn near(a: i64, b: i64, slack: i64) -> bool {
    a.abs_diff(b) <= slack.unsigned_abs()
}
