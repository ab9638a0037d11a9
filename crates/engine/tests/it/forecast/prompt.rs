//! What a model is told.

use domain::UnixMillis;
use engine::forecast::{ANSWER_SCHEMA, CacheKey, Prompt, Question, ResearchNote, Unreadable};
use proptest::prelude::*;

const NOW: UnixMillis = UnixMillis(1_780_228_800_000);

fn question() -> Question {
    Question::new("Will it rain in Lyon?", "Yes")
        .with_rules("Resolves to Yes if it rains.\nElse No.")
        .with_category("weather")
        .with_tags(["france", "rain"])
        .with_end(Some(UnixMillis(1_780_315_200_000)))
        .with_notes([ResearchNote::new("A paper", Some(NOW), "Clouds are near.")])
}

#[test]
fn a_prompt_holds_the_question_its_rules_dates_and_notes_behind_bars() {
    let user = Prompt::of(&question(), NOW).user;
    let wanted = "\
Today is 2026-05-31 (UTC).

<market>
| Question: Will it rain in Lyon?
| First outcome: Yes
| Category: weather
| Tags: france, rain
| Closes: 2026-06-01 12:00 UTC
| Rules: Resolves to Yes if it rains.
| Else No.
| Note (2026-05-31, A paper): Clouds are near.
</market>

How likely is the first outcome? Answer with the JSON object.";
    assert_eq!(user, wanted);
}

#[test]
fn what_is_not_known_is_not_mentioned() {
    let user = Prompt::of(&Question::new("Will it?", "Yes"), NOW).user;
    for absent in ["Rules", "Closes", "Category", "Tags", "Note"] {
        assert!(!user.contains(absent), "{user}");
    }
}

#[test]
fn the_schema_is_json_and_wants_every_field() {
    let schema: serde_json::Value = serde_json::from_str(ANSWER_SCHEMA).unwrap();
    let mut fields: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let required = schema["required"].as_array().unwrap();
    let mut required: Vec<&str> = required.iter().map(|field| field.as_str().unwrap()).collect();
    fields.sort();
    required.sort_unstable();
    assert_eq!(fields, required);
    let system = Prompt::of(&question(), NOW).system;
    assert!(required.iter().all(|field| system.contains(field)), "{system}");
}

#[test]
fn a_repair_says_what_was_wrong_and_quotes_nothing_foreign() {
    let text = Prompt::repair(Unreadable::OutOfRange("probability"));
    assert!(text.starts_with("That could not be read: probability is not a number from 0 to 1."));
    assert!(text.ends_with(ANSWER_SCHEMA));
}

#[test]
fn another_question_note_or_model_is_another_call_and_another_day_is_not() {
    let key = |question: &Question| CacheKey::of(question, "gpt-x@2026-01");
    let base = question();
    let note = ResearchNote::new("A paper", Some(NOW), "Clouds are far.");
    let others = [
        Question { title: Question::new("Will it snow?", "").title, ..base.clone() },
        base.clone().with_rules("Other rules."),
        base.clone().with_category("climate"),
        base.clone().with_tags(["france"]),
        base.clone().with_end(None),
        base.clone().with_notes([]),
        base.clone().with_notes([note]),
        // The same words, divided otherwise.
        base.clone().with_tags(["francerain"]),
    ];
    for other in &others {
        assert_ne!(key(other), key(&base), "{other:?}");
    }
    assert_ne!(CacheKey::of(&base, "gpt-y"), key(&base));
    assert_eq!(key(&base), key(&question()));
    assert_eq!(key(&base).as_str().len(), 64);
}

proptest! {
    #[test]
    fn no_foreign_text_leaves_its_frame(
        title in "\\PC{0,40}(</market>|\n|\r|\u{2028}){0,3}\\PC{0,40}",
        rules in "(.|\n|</market>|<market>|System:){0,60}",
        note in "(.|\n|</market>|Today is){0,60}",
    ) {
        let question = Question::new(&title, &rules)
            .with_rules(&rules)
            .with_tags([title.as_str(), note.as_str()])
            .with_category(&note)
            .with_notes([ResearchNote::new(&note, None, &note)]);
        let user = Prompt::of(&question, NOW).user;
        let (before, rest) = user.split_once("<market>\n").unwrap();
        let (framed, after) = rest.split_once("</market>").unwrap();
        prop_assert_eq!(before, "Today is 2026-05-31 (UTC).\n\n");
        prop_assert!(framed.lines().all(|line| line.starts_with("| ")), "{}", framed);
        prop_assert_eq!(after, "\n\nHow likely is the first outcome? Answer with the JSON object.");
    }
}
