//! Charts as inline SVG, in whole numbers.

use std::fmt::Write as _;

use super::text::{dollars, escaped, grouped};
use crate::bounds::Bound;
use crate::machine::CurvePoint;

const WIDTH: i64 = 960;
const HEIGHT: i64 = 260;
const LEFT: i64 = 90;
const BOTTOM: i64 = 30;

/// The stroke of a bound's line. Told apart by dashes as well: colour alone is not for everybody.
const fn stroke(bound: Bound) -> &'static str {
    match bound {
        Bound::Pessimistic => "stroke=\"#c4671b\" stroke-dasharray=\"8 4\"",
        Bound::Realistic => "stroke=\"#2f6fd0\"",
        Bound::Optimistic => "stroke=\"#7a8799\" stroke-dasharray=\"2 4\"",
    }
}

/// Equity over time, one step line a bound.
pub(super) fn equity(curves: &[(Bound, &[CurvePoint])]) -> String {
    let points = || curves.iter().flat_map(|(_, points)| points.iter());
    let (Some(from), Some(to)) =
        (points().map(|it| it.at.0).min(), points().map(|it| it.at.0).max())
    else {
        return String::new();
    };
    let low = points().map(|it| it.equity).min().unwrap_or_default();
    let high = points().map(|it| it.equity).max().unwrap_or_default();
    let x = |at: i64| LEFT + scaled(at - from, to - from, WIDTH - LEFT - 10);
    let floor = HEIGHT - BOTTOM;
    let y = |micros: i64| {
        floor - scaled(micros - low.micros(), high.micros() - low.micros(), floor - 20)
    };
    let mut svg = open("Equity over time, by bound");
    axis(&mut svg, &[(y(low.micros()), dollars(low)), (y(high.micros()), dollars(high))]);
    for (bound, points) in curves {
        let mut path = String::new();
        let mut before = None;
        for point in *points {
            let (x, y) = (x(point.at.0), y(point.equity.micros()));
            match before {
                None => {
                    let _ = write!(path, "M{x} {y}");
                }
                Some(last) => {
                    let _ = write!(path, "L{x} {last}L{x} {y}");
                }
            }
            before = Some(y);
        }
        if let Some(last) = before {
            let _ = write!(path, "L{} {last}", WIDTH - 10);
        }
        let _ = write!(
            svg,
            "<path d=\"{path}\" fill=\"none\" {} stroke-width=\"2\"><title>{}</title></path>",
            stroke(*bound),
            bound.code()
        );
    }
    legend(&mut svg);
    svg.push_str("</svg>");
    svg
}

/// Horizontal bars, the longest first as they come.
pub(super) fn bars(title: &str, rows: &[(String, u64)]) -> String {
    const ROW: i64 = 24;
    const LABEL: i64 = 420;
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    let height = rows.len() as i64 * ROW + 10;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escaped(title)
    );
    for (at, (label, count)) in rows.iter().enumerate() {
        let y = at as i64 * ROW + 5;
        let length = scaled(
            i64::try_from(*count).unwrap_or(i64::MAX),
            i64::try_from(most).unwrap_or(i64::MAX),
            WIDTH - LABEL - 120,
        );
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"{LABEL}\" y=\"{y}\" \
             width=\"{}\" height=\"16\" class=\"bar\"/><text x=\"{}\" y=\"{}\">{}</text>",
            LABEL - 8,
            y + 13,
            escaped(label),
            length.max(1),
            LABEL + length + 8,
            y + 13,
            grouped(*count)
        );
    }
    svg.push_str("</svg>");
    svg
}

fn open(label: &str) -> String {
    format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">", escaped(label))
}

fn axis(svg: &mut String, marks: &[(i64, String)]) {
    for (y, text) in marks {
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\" class=\"grid\"/><text \
             x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 8,
            y + 4,
            escaped(text)
        );
    }
}

fn legend(svg: &mut String) {
    for (at, bound) in Bound::ALL.into_iter().enumerate() {
        let (x, y) = (LEFT + at as i64 * 150, HEIGHT - 8);
        let _ = write!(
            svg,
            "<line x1=\"{x}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\" {} stroke-width=\"2\"/><text x=\"{}\" \
             y=\"{}\">{}</text>",
            x + 26,
            stroke(bound),
            x + 32,
            HEIGHT - 4,
            bound.code()
        );
    }
}

/// `part` of `whole` on a line of that length.
fn scaled(part: i64, whole: i64, length: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let at = i128::from(part) * i128::from(length) / i128::from(whole);
    i64::try_from(at).unwrap_or(length).clamp(0, length)
}
