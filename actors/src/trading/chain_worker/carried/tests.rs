use polymarket::chain::{ContractCall, Fees, Prepared, PreparedTransaction, RevertReason};
use polymarket::http::Excerpt;

use super::*;

const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

fn transaction(nonce: u64, number: u64) -> Prepared {
    Prepared::Transaction(PreparedTransaction {
        nonce,
        hash: ethers_hash(number),
        raw: Default::default(),
        call: ContractCall {
            to: Default::default(),
            value: Default::default(),
            data: Default::default(),
        },
        gas_limit: 0,
        fees: Fees { total_max: 1, tip: 1 },
    })
}

/// Whatever type a hash has there.
fn ethers_hash<T: From<[u8; 32]>>(number: u64) -> T {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes.into()
}

fn carried() -> Carried {
    let signed = Signed::new(transaction(3, 1));
    Carried::new(signed.text().unwrap(), signed, Told::Nothing, NOW)
}

fn after(seconds: i64) -> UnixMillis {
    NOW.plus(DurationMillis(seconds * 1_000))
}

fn mined() -> ChainStatus {
    ChainStatus::Mined { hash: ethers_hash(1), block: 7, confirmations: 1 }
}

#[test]
fn only_changes_are_told_and_what_was_not_heard_is_told_again() {
    let (settings, mut carried) = (ChainWorkerSettings::default(), carried());
    let see = |carried: &mut Carried, status| carried.seen(&status, &settings, NOW);
    assert_eq!(see(&mut carried, ChainStatus::Pending), Word::Silent);
    let in_block = Word::Changed(TaskSight::Mined);
    assert_eq!(see(&mut carried, mined()), in_block);
    assert_eq!(see(&mut carried, mined()), in_block, "nobody heard it");
    carried.was_told(&TaskSight::Mined);
    assert_eq!(see(&mut carried, mined()), Word::Silent);
    let gone = Word::Changed(TaskSight::Reorganised);
    assert_eq!(see(&mut carried, ChainStatus::Pending), gone);
    carried.was_told(&TaskSight::Reorganised);
    assert_eq!(see(&mut carried, ChainStatus::Pending), Word::Silent);
    assert_eq!(see(&mut carried, mined()), in_block);
    let (text, signed) = (carried.text().to_owned(), carried.signed().clone());
    carried.was_told(&TaskSight::Mined);
    carried.asked_again(text, signed, Told::Nothing, NOW);
    assert_eq!(see(&mut carried, mined()), in_block, "the desk has forgotten it");
    let (hash, block) = (ethers_hash(1), 7);
    let done = see(&mut carried, ChainStatus::Confirmed { hash, block });
    assert_eq!(done, Word::Ended(TaskSight::Confirmed));
}

#[test]
fn only_what_can_never_happen_any_more_has_failed() {
    let settings = ChainWorkerSettings::default();
    let reason = RevertReason::Text("too few".to_owned());
    for (status, is_over) in [
        (ChainStatus::Unknown, false),
        (ChainStatus::Pending, false),
        (ChainStatus::Reverted { hash: ethers_hash(1), reason }, true),
        (ChainStatus::Superseded, true),
        (ChainStatus::Expired, true),
    ] {
        let word = carried().seen(&status, &settings, NOW);
        let failed = matches!(word, Word::Ended(TaskSight::Failed { .. }));
        assert_eq!(failed, is_over, "{status:?}: {word:?}");
    }
}

#[test]
fn the_same_bytes_are_sent_again_only_where_nobody_tells_of_them_and_not_at_once() {
    let (settings, mut carried) = (ChainWorkerSettings::default(), carried());
    assert!(carried.is_to_be_sent(NOW));
    let why = Excerpt::of(b"cut off");
    assert!(carried.sent(SubmitOutcome::Ambiguous { why }, &settings, NOW).is_some());
    assert!(!carried.is_to_be_sent(after(60)), "first it is asked for");
    carried.seen(&ChainStatus::Pending, &settings, NOW);
    assert!(!carried.is_to_be_sent(after(60)));
    carried.seen(&ChainStatus::Unknown, &settings, NOW);
    assert!(!carried.is_to_be_sent(after(3)));
    assert!(carried.is_to_be_sent(after(4)));
    let after_long = Some(Duration::from_secs(30));
    carried.sent(SubmitOutcome::Later { after: after_long }, &settings, NOW);
    carried.seen(&ChainStatus::Unknown, &settings, NOW);
    assert!(!carried.is_to_be_sent(after(29)));
    assert!(carried.is_to_be_sent(after(30)));
}

#[test]
fn looks_become_rarer_and_a_change_makes_them_frequent_again() {
    let (settings, mut carried) = (ChainWorkerSettings::default(), carried());
    carried.sent(SubmitOutcome::AlreadyKnown, &settings, NOW);
    let mut pauses = Vec::new();
    for _ in 0..5 {
        carried.seen(&ChainStatus::Pending, &settings, NOW);
        pauses.push(carried.look_at.since(NOW).0);
    }
    assert_eq!(pauses, [1_000, 2_000, 4_000, 5_000, 5_000]);
    carried.seen(&mined(), &settings, NOW);
    assert_eq!(carried.look_at.since(NOW).0, 1_000);
}

#[test]
fn what_waits_too_long_offers_more_a_few_times() {
    let settings = ChainWorkerSettings { attempts_max: 2, ..ChainWorkerSettings::default() };
    let mut carried = carried();
    assert!(!carried.is_stuck(&settings, after(600)), "it was never sent");
    let ticket = Ticket::Hash(ethers_hash(1));
    carried.sent(SubmitOutcome::Accepted(ticket), &settings, NOW);
    assert!(!carried.is_stuck(&settings, after(59)));
    assert!(carried.is_stuck(&settings, after(60)));
    carried.replacing(after(60));
    assert!(!carried.is_stuck(&settings, after(61)), "it is being written down");
    assert!(carried.is_stuck(&settings, after(91)), "that was lost");
    let dearer = carried.signed().with(transaction(3, 2));
    let text = dearer.text().unwrap();
    carried.asked_again(text, dearer, Told::Nothing, after(92));
    assert!(carried.is_to_be_sent(after(92)));
    carried.sent(SubmitOutcome::AlreadyKnown, &settings, after(92));
    assert!(!carried.is_stuck(&settings, after(600)), "that was the last one");
}

#[test]
fn a_record_survives_text_and_one_of_two_transactions_is_refused() {
    let signed = Signed::new(transaction(3, 1)).with(transaction(3, 2));
    let again = Signed::read(&signed.text().unwrap()).unwrap();
    assert_eq!(again, signed);
    assert_eq!(again.nonce(), Some(3));
    assert_eq!(again.newest(), Some(&transaction(3, 2)));
    let two = signed.with(transaction(4, 3)).text().unwrap();
    assert!(Signed::read(&two).is_err());
    for bad in ["", "{}", r#"{"attempts":[]}"#] {
        assert!(Signed::read(bad).is_err(), "{bad}");
    }
}
