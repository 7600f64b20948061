//! Figures against their references: on another machine the figures are others, the ratios hold.

use super::model::{Figure, Ratio, Workload};
use super::number::{float, rounded};

/// Tickets of one request of [`Workload::Generate5000`].
const ORDER: f64 = 5000.0;

/// Every ratio whose two sides were measured.
pub(super) fn ratios(figures: &[Figure], lane: Option<f64>, inserts: Option<f64>) -> Vec<Ratio> {
    let mut all: Vec<Ratio> = Vec::new();
    let mut put = |figure: String, reference: String, sides: Option<(f64, f64)>| {
        if let Some((measured, against)) = sides
            && against > 0.0
        {
            all.push(Ratio { figure, reference, ratio: rounded(measured / against, 3) });
        }
    };
    for figure in figures {
        let Figure { workload, connections, per_second, .. } = figure;
        let rate_of = |workload: Workload, connections: usize| {
            mean(figures, (workload, connections), |reference| reference.per_second)
        };
        let health = rate_of(Workload::Health, *connections).map(|health| (*per_second, health));
        let name = format!("{workload}, {connections} connections");
        match workload {
            Workload::Scan => {
                put(
                    name.clone(),
                    "the lane alone".to_owned(),
                    lane.map(|lane| (*per_second, lane)),
                );
                put(name.clone(), "health".to_owned(), health);
                let base = Workload::BASE;
                let fewer = rate_of(Workload::Scan, base).filter(|_| *connections > base);
                let rates = fewer.map(|fewer| (*per_second, fewer));
                put(name, format!("scan, {base} connections"), rates);
            }
            Workload::Look | Workload::LookNew => put(name, "health".to_owned(), health),
            Workload::Generate5000 => {
                let sides = inserts.map(|inserts| (*per_second * ORDER, inserts));
                put(name, "multi-row inserts".to_owned(), sides);
            }
            Workload::ScanWhileGenerating
            | Workload::ScanOverload
            | Workload::ScanAfterOverload => {
                let is_beside = *workload == Workload::ScanWhileGenerating;
                let calm = if is_beside { Workload::Scan } else { Workload::ScanHalfLoad };
                let p99 = mean(figures, (calm, *connections), |reference| reference.p99_ms);
                let sides = p99.map(|p99| (figure.p99_ms, p99));
                put(format!("p99 of {name}"), format!("p99 of {calm}"), sides);
            }
            Workload::Health
            | Workload::ScanHalfLoad
            | Workload::QrNone
            | Workload::QrPng
            | Workload::QrSvg
            | Workload::Generate1
            | Workload::Generate100
            | Workload::Mixed => {}
        }
    }
    all
}

/// The mean of a figure over the times that it was measured: before and after what is compared with it, say, since the
/// machine does not stay as quick.
pub(super) fn mean(
    figures: &[Figure],
    (workload, connections): (Workload, usize),
    value: fn(&Figure) -> f64,
) -> Option<f64> {
    let is_it = |figure: &&Figure| figure.workload == workload && figure.connections == connections;
    let values: Vec<f64> = figures.iter().filter(is_it).map(value).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / float(values.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(workload: Workload, connections: usize, per_second: f64, p99_ms: f64) -> Figure {
        Figure {
            workload,
            connections,
            requests: 1,
            per_second,
            p50_ms: 1.0,
            p95_ms: 1.0,
            p99_ms,
            p999_ms: 1.0,
            max_ms: 1.0,
            errors: 0,
            first_error: None,
            server_mib: None,
        }
    }

    #[test]
    fn ratios_are_of_figures_that_were_measured_at_as_many_connections() {
        let figures = [
            figure(Workload::Health, 64, 80_000.0, 1.0),
            figure(Workload::Scan, 64, 12_000.0, 8.0),
            figure(Workload::Scan, 256, 9_000.0, 30.0),
            figure(Workload::ScanWhileGenerating, 64, 10_000.0, 12.0),
            figure(Workload::Generate5000, 1, 5.0, 300.0),
            figure(Workload::Look, 16, 20_000.0, 1.0),
            figure(Workload::Health, 64, 40_000.0, 1.0),
            figure(Workload::ScanHalfLoad, 640, 6_000.0, 10.0),
            figure(Workload::ScanOverload, 640, 7_000.0, 70.0),
            figure(Workload::ScanAfterOverload, 640, 6_000.0, 11.0),
        ];
        let found = ratios(&figures, Some(24_000.0), Some(50_000.0));
        let lines: Vec<String> = found
            .iter()
            .map(|one| format!("{} / {} = {}", one.figure, one.reference, one.ratio))
            .collect();
        assert_eq!(
            lines,
            [
                "scan, 64 connections / the lane alone = 0.5",
                "scan, 64 connections / health = 0.2",
                "scan, 256 connections / the lane alone = 0.375",
                "scan, 256 connections / scan, 64 connections = 0.75",
                "p99 of scan-while-generating, 64 connections / p99 of scan = 1.5",
                "generate-5000, 1 connections / multi-row inserts = 0.5",
                "p99 of scan-overload, 640 connections / p99 of scan-half-load = 7",
                "p99 of scan-after-overload, 640 connections / p99 of scan-half-load = 1.1",
            ]
        );
        assert_eq!(ratios(&figures[..1], None, None), []);
    }
}
