//! Which whales are to be graded now, and their grades.

use std::collections::BTreeMap;

use domain::{ConditionId, Price, TokenId, UnixMillis, Usd};
use engine::whales::{
    Entry, Grade, GradeDue, Horizon, Stake, grade_at_market, grade_at_settlement,
};
use store::{GradeRow, GradeState, WhaleRow};

/// What markets say that have ended: each token's payout.
pub(super) type Payouts = BTreeMap<TokenId, Usd>;

fn place(horizon: Horizon) -> usize {
    match horizon {
        Horizon::OneHour => 0,
        Horizon::OneDay => 1,
        Horizon::Settlement => 2,
    }
}

fn grade_of(row: &WhaleRow, horizon: Horizon) -> GradeRow {
    row.grades.get(place(horizon)).copied().unwrap_or_default()
}

fn set(row: &mut WhaleRow, horizon: Horizon, grade: GradeRow) {
    if let Some(place) = row.grades.get_mut(place(horizon)) {
        *place = grade;
    }
}

/// Horizons of a row that wait for a price now.
fn due(row: &WhaleRow, now: UnixMillis) -> impl Iterator<Item = Horizon> {
    let waits = [Horizon::OneHour, Horizon::OneDay].map(|horizon| {
        let waits = grade_of(row, horizon).state == GradeState::Waiting;
        (waits && horizon.due(row.told_at, now) == GradeDue::Now).then_some(horizon)
    });
    waits.into_iter().flatten()
}

/// Tokens whose best bid is needed now.
pub(super) fn tokens_due<'a>(
    rows: impl Iterator<Item = &'a WhaleRow>,
    now: UnixMillis,
) -> Vec<TokenId> {
    let wanted = rows.filter(|row| due(row, now).next().is_some());
    let mut tokens: Vec<TokenId> = wanted.filter_map(|row| row.stake_token).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Markets of which somebody must ask whether they have paid, without those that are known to go on.
pub(super) fn conditions_due<'a>(
    rows: impl Iterator<Item = &'a WhaleRow>,
    goes_on: impl Fn(&ConditionId) -> bool,
) -> Vec<ConditionId> {
    let mut conditions: Vec<ConditionId> =
        rows.map(|row| row.condition).filter(|condition| !goes_on(condition)).collect();
    conditions.sort_unstable();
    conditions.dedup();
    conditions
}

/// Takes every grade that can be taken now; whether anything changed.
pub(super) fn grade(
    row: &mut WhaleRow,
    bids: &BTreeMap<TokenId, Price>,
    payouts: &Payouts,
    now: UnixMillis,
) -> bool {
    let before = row.grades;
    let paid = row.stake_token.and_then(|token| payouts.get(&token).copied());
    let ready: Vec<Horizon> = due(row, now).collect();
    for horizon in ready {
        let bid = row.stake_token.and_then(|token| bids.get(&token).copied());
        let grade = stake(row).and_then(|stake| match (paid, bid) {
            (Some(paid), _) => grade_at_settlement(stake, paid),
            (None, Some(bid)) => grade_at_market(stake, bid),
            (None, None) => None,
        });
        if let Some(grade) = grade {
            set(row, horizon, taken(grade, now));
        }
    }
    if let (Some(paid), Some(stake)) = (paid, stake(row))
        && let Some(grade) = grade_at_settlement(stake, paid)
    {
        for horizon in Horizon::ALL {
            // A market that has paid is worth the same at every horizon that is still to come.
            let is_later = horizon.due(row.told_at, now) != GradeDue::Missed;
            if grade_of(row, horizon).state == GradeState::Waiting && is_later {
                set(row, horizon, taken(grade, now));
            }
        }
    }
    for horizon in [Horizon::OneHour, Horizon::OneDay] {
        let is_missed = horizon.due(row.told_at, now) == GradeDue::Missed;
        if grade_of(row, horizon).state == GradeState::Waiting && is_missed {
            let missed =
                GradeRow { state: GradeState::Missed, at: Some(now), ..Default::default() };
            set(row, horizon, missed);
        }
    }
    row.grades != before
}

/// Nothing more is to come of it.
pub(super) fn is_done(row: &WhaleRow) -> bool {
    row.grades.iter().all(|grade| grade.state != GradeState::Waiting)
}

fn stake(row: &WhaleRow) -> Option<Stake> {
    let entry = Entry { token: row.stake_token?, price: row.stake_price };
    Some(Stake { entry, fee: row.fee })
}

const fn taken(grade: Grade, now: UnixMillis) -> GradeRow {
    GradeRow {
        state: GradeState::Graded,
        at: Some(now),
        mark: Some(grade.mark),
        profit: Some(grade.profit),
        return_ppm: Some(grade.return_ppm),
    }
}

#[cfg(test)]
mod tests {
    use domain::{FeeTerms, Shares, Side};
    use store::Word;

    use super::*;

    const HOUR: i64 = 3_600_000;

    fn row() -> WhaleRow {
        let token = TokenId::from_words([0, 0, 0, 1]);
        WhaleRow {
            id: "w".to_owned(),
            kind: Word::new("large_print").unwrap(),
            fresh: None,
            told_at: UnixMillis(0),
            first_at: UnixMillis(0),
            last_at: UnixMillis(0),
            prints: 1,
            condition: ConditionId::from_bytes([1; 32]),
            token,
            side: Side::Buy,
            entry_price: Usd::from_micros(400_000),
            size: Shares::from_whole(30_000),
            value: Usd::from_whole(12_000),
            wallet: None,
            title: String::new(),
            slug: String::new(),
            event_slug: String::new(),
            outcome: String::new(),
            stake_token: Some(token),
            stake_price: Usd::from_micros(400_000),
            fee: FeeTerms::FREE,
            grades: [GradeRow::default(); 3],
        }
    }

    fn states(row: &WhaleRow) -> [&'static str; 3] {
        row.grades.map(|grade| grade.state.code())
    }

    #[test]
    fn a_whale_is_graded_at_its_hour_its_day_and_its_payout() {
        let mut row = row();
        let token = row.token;
        let bid = |cents| BTreeMap::from([(token, Price::from_cents(cents).unwrap())]);
        let none = Payouts::new();
        assert!(!grade(&mut row, &bid(50), &none, UnixMillis(HOUR - 1)));
        assert_eq!(tokens_due([&row].into_iter(), UnixMillis(HOUR)), [token]);
        assert!(grade(&mut row, &bid(50), &none, UnixMillis(HOUR)));
        assert_eq!(row.grades[0].profit, Some(Usd::from_micros(100_000)));
        assert_eq!(row.grades[0].return_ppm, Some(250_000));
        assert!(grade(&mut row, &bid(30), &none, UnixMillis(24 * HOUR)));
        assert_eq!(row.grades[1].return_ppm, Some(-250_000));
        assert_eq!(states(&row), ["graded", "graded", "waiting"]);
        assert!(!is_done(&row));
        let paid = Payouts::from([(token, Usd::from_whole(1))]);
        assert!(grade(&mut row, &bid(30), &paid, UnixMillis(99 * HOUR)));
        assert_eq!(row.grades[2].profit, Some(Usd::from_micros(600_000)));
        assert!(is_done(&row));
    }

    #[test]
    fn a_price_that_nobody_saw_in_time_is_missed_and_an_early_payout_counts_for_all() {
        let mut missed = row();
        assert!(grade(&mut missed, &BTreeMap::new(), &Payouts::new(), UnixMillis(2 * HOUR)));
        assert_eq!(states(&missed), ["missed", "waiting", "waiting"]);
        let mut early = row();
        let paid = Payouts::from([(early.token, Usd::ZERO)]);
        assert!(grade(&mut early, &BTreeMap::new(), &paid, UnixMillis(HOUR / 2)));
        assert_eq!(states(&early), ["graded", "graded", "graded"]);
        assert_eq!(early.grades[1].return_ppm, Some(-1_000_000));
    }
}
