//! What was found, for people.

use std::io::{self, Write};
use std::path::Path;

use engine::forecast::{Bin, Evaluation, Skill, Source, Split};

use super::reading::Counts;

pub(super) fn print(
    file: &Path,
    read: &Counts,
    found: &Evaluation,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", file.display())?;
    writeln!(out, "  {}", read.text())?;
    if read.votes {
        writeln!(out, "  Votes, not probabilities: YES is read as 0.75, NO as 0.25.")?;
    }
    writeln!(out, "  {}", split(&found.split))?;
    writeln!(out)?;
    sources(&found.sources, out)?;
    contests(found, out)?;
    categories(found, out)?;
    standings(found, out)?;
    for source in found.sources.iter().filter(|source| is_calibrated(source)) {
        curve(&source.name, &source.report.curve, out)?;
    }
    writeln!(out)
}

fn split(split: &Split) -> String {
    let Split { cut, before, lessons, after } = split;
    let cut = cut.map_or_else(
        || "No times are recorded; the order of the lines stands for them".to_owned(),
        |cut| format!("Cut at {}", cut.to_rfc3339()),
    );
    format!(
        "{cut}: {before} before it, of which {lessons} teach (resolved by then, or nobody knows when); \
         the {after} from it on are scored."
    )
}

fn sources(sources: &[Source], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "  {:<28} {:>5} {:>7} {:>7} {:>8}  {:<32} {:>6}  against the market",
        "source", "n", "Brier", "log", "market", "gain on the market (95%)", "events"
    )?;
    for source in sources {
        let report = &source.report;
        let market = report.market.map_or_else(|| "-".to_owned(), |it| format!("{:.4}", it.brier));
        let (gain, events, verdict) = match &report.skill {
            Some(skill) => (gain(skill), skill.events.to_string(), skill.verdict()),
            None => ("-".to_owned(), "-".to_owned(), "no price is recorded"),
        };
        let score = &report.score;
        writeln!(
            out,
            "  {:<28} {:>5} {:>7.4} {:>7.4} {market:>8}  {gain:<32} {events:>6}  {verdict}",
            source.name, score.count, score.brier, score.log
        )?;
    }
    Ok(())
}

fn gain(skill: &Skill) -> String {
    let interval = skill.interval.map_or_else(
        || "too few".to_owned(),
        |interval| format!("{:+.4} to {:+.4}", interval.low, interval.high),
    );
    format!("{:+.4} ({interval})", skill.brier_gain)
}

fn contests(found: &Evaluation, out: &mut dyn Write) -> io::Result<()> {
    for contest in &found.contests {
        let told = match contest.skill.interval {
            None => "too few events to tell",
            Some(interval) if interval.low > 0.0 => "better",
            Some(interval) if interval.high < 0.0 => "worse",
            Some(_) => "not told apart",
        };
        let (ours, against, gain) = (contest.ours, contest.against, gain(&contest.skill));
        writeln!(out, "  {ours} against {against}: {gain}: {told}.")?;
    }
    Ok(())
}

fn categories(found: &Evaluation, out: &mut dyn Write) -> io::Result<()> {
    for category in &found.categories {
        let market = category
            .market
            .map_or_else(|| "no market".to_owned(), |market| format!("market {:.4}", market.brier));
        let (name, pool) = (&category.name, &category.pool);
        writeln!(out, "  {name}: our pool {:.4}, {market} (Brier, n {})", pool.brier, pool.count)?;
    }
    Ok(())
}

fn standings(found: &Evaluation, out: &mut dyn Write) -> io::Result<()> {
    if found.standings.is_empty() {
        return writeln!(out, "  The first half teaches nothing about any source.");
    }
    writeln!(out, "  learned:  weight   slope  intercept  outcomes")?;
    for standing in &found.standings {
        writeln!(
            out,
            "    {:<28} {:>5}% {:>7.2} {:>+10.2} {:>9}",
            standing.member.as_str(),
            standing.weight_ppm / 10_000,
            standing.slope,
            standing.intercept,
            standing.resolved
        )?;
    }
    Ok(())
}

/// The market and the pools; a member's curve is in the JSON.
fn is_calibrated(source: &Source) -> bool {
    source.name.starts_with('[')
}

fn curve(name: &str, bins: &[Bin], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  calibration of {name}: said, happened (95%), n")?;
    for bin in bins {
        writeln!(
            out,
            "    {:.3}  {:.3} ({:.2} to {:.2})  {}",
            bin.stated, bin.happened, bin.low, bin.high, bin.count
        )?;
    }
    Ok(())
}
