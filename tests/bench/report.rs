//! The table.

use crate::cases::{Row, Target};
use crate::process::Taken;

/// Prints the table and says how many targets were missed.
pub(crate) fn print(rows: &[Row]) -> usize {
    println!();
    println!(
        "{:<22} {:>9} {:>9} {:>9} {:>7} {:>7} {:>7}  targets",
        "case", "median ms", "min ms", "other ms", "ratio", "of min", "MiB"
    );
    rows.iter().map(|row| line(row, rows)).sum()
}

fn line(row: &Row, rows: &[Row]) -> usize {
    let other = row.other.as_ref().map(|(_, taken)| taken.as_slice());
    let ratio = other.map(|other| median(&row.ours) / median(other));
    let of_minima = other.map(|other| least(&row.ours) / least(other));
    let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
    let verdicts: Vec<(String, bool)> =
        row.targets.iter().filter_map(|target| verdict(*target, row, ratio, rows)).collect();
    let told: Vec<String> = verdicts
        .iter()
        .map(|(text, holds)| format!("{text} {}", if *holds { "holds" } else { "MISSED" }))
        .collect();
    println!(
        "{:<22} {:>9.2} {:>9.2} {:>9} {:>7} {:>7} {:>7.1}  {}",
        row.name,
        median(&row.ours),
        least(&row.ours),
        shown(other.map(median)),
        shown(ratio),
        shown(of_minima),
        peak(&row.ours),
        told.join(", ")
    );
    verdicts.iter().filter(|(_, holds)| !holds).count()
}

/// What a target says and whether it holds; `None` when the case that it compares with was not run.
fn verdict(target: Target, row: &Row, ratio: Option<f64>, rows: &[Row]) -> Option<(String, bool)> {
    Some(match target {
        Target::Ratio(most) => {
            let name = row.other.as_ref()?.0;
            (format!("≤ {most:.2} × {name}"), ratio? <= most)
        }
        Target::Millis(most) => (format!("≤ {most} ms"), median(&row.ours) <= most),
        Target::Peak(most) => (format!("≤ {most} MiB"), peak(&row.ours) <= most),
        Target::PeakTimes(most, name) => {
            let base = peak(&rows.iter().find(|row| row.name == name)?.ours);
            (format!("≤ {most} × memory of {name}"), peak(&row.ours) <= most * base)
        }
    })
}

fn millis(taken: &[Taken]) -> Vec<f64> {
    let mut millis: Vec<f64> = taken.iter().map(|one| one.elapsed.as_secs_f64() * 1000.0).collect();
    millis.sort_by(f64::total_cmp);
    millis
}

fn median(taken: &[Taken]) -> f64 {
    let millis = millis(taken);
    f64::midpoint(millis[(millis.len() - 1) / 2], millis[millis.len() / 2])
}

fn least(taken: &[Taken]) -> f64 {
    millis(taken)[0]
}

fn peak(taken: &[Taken]) -> f64 {
    let kib = taken.iter().map(|one| one.peak_kib).max().unwrap_or(0);
    f64::from(u32::try_from(kib).unwrap()) / 1024.0
}
