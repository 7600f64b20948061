//! Runs a plan against a server: each workload is warmed up, supplied with what it needs, and measured.

use std::time::Duration;

use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::error::BenchError;
use super::load::{Span, Tally, load};
use super::model::{Figure, Plan, Progress, Target, Workload};
use super::report::mean;
use super::supply::Supply;
use super::work::{Step, Visit, Work};

/// Visits of a warm-up at most, where each needs something made for it.
const WARM_UP_VISITS: usize = 2000;
/// Visits that are supplied at most for one workload.
const MOST_VISITS: usize = 500_000;
/// When all must be as before an overload.
const BACK_TO_NORMAL: Duration = Duration::from_secs(1);
/// Tickets and codes that are used again and again.
const REUSED: usize = 1000;

/// Measures what the plan says, and gives the figures in its order.
///
/// # Errors
/// The server is not there, or refuses what has to be made ready.
pub(super) fn run(
    plan: &Plan,
    target: &Target,
    stock: Vec<String>,
    progress: Progress<'_>,
    memory: &dyn Fn() -> Option<f64>,
) -> Result<Vec<Figure>, BenchError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let measuring = async {
        let mut supply = Supply::new(target, stock);
        let mut figures = Vec::new();
        for &workload in &plan.workloads {
            let by_share = rate_by_share(workload, &figures)?;
            let connections =
                if by_share.is_some() { &[Workload::CROWD] } else { &plan.connections[..] };
            for &connections in connections {
                let rate = by_share.or(plan.rate);
                let cell = Cell { plan, target, workload, connections, rate, progress };
                let tally = cell.measure(&mut supply).await?;
                let mut figure = tally.figure(workload, connections);
                figure.server_mib = memory();
                figures.push(figure);
            }
        }
        Ok(figures)
    };
    LocalSet::new().block_on(&runtime.map_err(BenchError::Runtime)?, measuring)
}

/// The rate of a workload that follows from how fast scans came before it.
fn rate_by_share(workload: Workload, figures: &[Figure]) -> Result<Option<f64>, BenchError> {
    let Some(share) = workload.share() else { return Ok(None) };
    let scans = mean(figures, (Workload::Scan, Workload::BASE), |scan| scan.per_second);
    if let Some(scans) = scans.filter(|scans| *scans > 0.0) {
        return Ok(Some(share * scans));
    }
    let is_scan = |figure: &&Figure| figure.workload == Workload::Scan;
    let answer = figures.iter().filter(is_scan).find_map(|figure| figure.first_error.clone());
    let answer = answer.unwrap_or_else(|| "none".to_owned());
    Err(BenchError::ScansFailed { workload: workload.name(), answer })
}

/// One workload at so many connections.
struct Cell<'c> {
    plan: &'c Plan,
    target: &'c Target,
    workload: Workload,
    connections: usize,
    rate: Option<f64>,
    progress: Progress<'c>,
}

impl Cell<'_> {
    async fn measure(&self, supply: &mut Supply<'_>) -> Result<Tally, BenchError> {
        let Cell { plan, workload, connections, progress, .. } = self;
        let name = format!("{workload}, {connections} connections");
        let tell = |stage: &str, share: f64| progress(&format!("{name}: {stage}"), share);
        tell("making ready", 0.0);
        let overload = self.overload(supply).await?;
        let (visits, span) = if let Some(rate) = self.rate {
            let warm_up = if overload.is_some() { Duration::ZERO } else { plan.warm_up };
            let span = Span { warm_up, window: plan.window };
            (expected(rate, span.whole()), span)
        } else {
            let warm_up = self.work(supply, WARM_UP_VISITS.max(4 * connections)).await?;
            let (least, span) = (warm_up.visits(), Span::of(plan.warm_up));
            let pace = self.load(warm_up, span, &|share| tell("warm-up", share)).await?;
            let visits = expected(pace.per_second() * 1.5, plan.window);
            (visits.max(least), Span::of(plan.window))
        };
        tell("making ready", 1.0);
        let work = self.work(supply, visits).await?.at_rate(self.rate);
        // What was made ready, and the server's log of it, would be written meanwhile: where the server and its database
        // share this machine, it is on the disk before.
        rustix::fs::sync();
        if let Some((work, span)) = overload {
            self.load(work, span, &|share| tell("overload", share)).await?;
            tokio::time::sleep(BACK_TO_NORMAL).await;
        }
        let told = |share: f64| tell("measuring", share);
        let measuring = self.load(work, span, &told);
        if *workload != Workload::ScanWhileGenerating {
            return measuring.await;
        }
        let order = Work::endless(vec![vec![supply.requests().generate(5000)]]);
        let (scans, orders) =
            tokio::join!(measuring, load(&self.target.address, order, 1, span, &|_| {}));
        let mut scans = scans?;
        scans.failed_beside(orders?);
        Ok(scans)
    }

    /// The overload behind which scans are measured, where they are.
    async fn overload(&self, supply: &mut Supply<'_>) -> Result<Option<(Work, Span)>, BenchError> {
        let (Workload::ScanAfterOverload, Some(half)) = (self.workload, self.rate) else {
            return Ok(None);
        };
        let rate = half / Workload::HALF_LOAD * Workload::OVERLOAD;
        let span = Span::of(self.plan.window);
        let work = self.work(supply, expected(rate, span.whole())).await?;
        Ok(Some((work.at_rate(Some(rate)), span)))
    }

    async fn load(
        &self,
        work: Work,
        span: Span,
        progress: &dyn Fn(f64),
    ) -> Result<Tally, BenchError> {
        load(&self.target.address, work, self.connections, span, progress).await
    }

    /// Work of this kind: with an end where each visit needs something of its own.
    async fn work(&self, supply: &mut Supply<'_>, visits: usize) -> Result<Work, BenchError> {
        let again = |step: Step| Work::endless(vec![vec![step]]);
        Ok(match self.workload {
            Workload::Health => again(supply.requests().health()),
            Workload::Generate1 => again(supply.requests().generate(1)),
            Workload::Generate100 => again(supply.requests().generate(100)),
            Workload::Generate5000 => again(supply.requests().generate(5000)),
            Workload::Look => Work::endless(looks(supply, REUSED).await?),
            Workload::LookNew => Work::once(looks(supply, visits).await?),
            Workload::QrNone => Work::endless(issues(supply, "none").await?),
            Workload::QrPng => Work::endless(issues(supply, "png").await?),
            Workload::QrSvg => Work::endless(issues(supply, "svg").await?),
            Workload::Scan
            | Workload::ScanWhileGenerating
            | Workload::ScanHalfLoad
            | Workload::ScanOverload
            | Workload::ScanAfterOverload => Work::once(scans(supply, visits).await?),
            Workload::Mixed => Work::once(customers(supply, visits / 2).await?),
        })
    }
}

/// Visits of a run at this pace, rounded up, as far as they are supplied.
fn expected(per_second: f64, window: Duration) -> usize {
    let seconds = Duration::from_secs_f64((per_second * window.as_secs_f64()).clamp(0.0, 1e9));
    usize::try_from(seconds.as_secs() + 1).unwrap_or(MOST_VISITS).min(MOST_VISITS)
}

async fn looks(supply: &mut Supply<'_>, quantity: usize) -> Result<Vec<Visit>, BenchError> {
    let tokens = supply.tokens(quantity).await?;
    Ok(tokens.iter().map(|token| vec![supply.requests().look(token)]).collect())
}

async fn issues(supply: &mut Supply<'_>, image: &str) -> Result<Vec<Visit>, BenchError> {
    let codes = supply.tickets(REUSED).await?;
    Ok(codes.iter().map(|code| vec![supply.requests().issue(code, image)]).collect())
}

async fn scans(supply: &mut Supply<'_>, quantity: usize) -> Result<Vec<Visit>, BenchError> {
    let tokens = supply.tokens(quantity).await?;
    let scan = |token: &String| {
        let scan_id = supply.scan_id();
        vec![supply.requests().scan(token, &scan_id, 200)]
    };
    Ok(tokens.iter().map(scan).collect())
}

/// Customers at the gate: each is looked at and let in; every 20th shows the code once more, and behind every 100th
/// comes one with a forged one.
async fn customers(supply: &mut Supply<'_>, quantity: usize) -> Result<Vec<Visit>, BenchError> {
    let tokens = supply.tokens(quantity).await?;
    let customer = |(number, token): (usize, &String)| {
        let mut visit = vec![supply.requests().look(token)];
        let scan_id = supply.scan_id();
        visit.push(supply.requests().scan(token, &scan_id, 200));
        if number % 20 == 0 {
            let scan_id = supply.scan_id();
            visit.push(supply.requests().scan(token, &scan_id, 422));
        }
        if number % 100 == 0 {
            let scan_id = supply.scan_id();
            visit.push(supply.requests().scan(&forged(token), &scan_id, 422));
        }
        visit
    };
    Ok(tokens.iter().enumerate().map(customer).collect())
}

/// A code with one character changed, in the part that is encrypted.
fn forged(token: &str) -> String {
    let other = |(place, letter): (usize, char)| match (place, letter) {
        (40, 'A') => 'B',
        (40, _) => 'A',
        _ => letter,
    };
    token.chars().enumerate().map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_code_differs_in_one_character() {
        let token = "A".repeat(221);
        let other = forged(&token);
        let changed = token.chars().zip(other.chars()).filter(|(left, right)| left != right);
        assert_eq!((changed.count(), other.len()), (1, 221));
    }

    #[test]
    fn work_is_supplied_for_the_whole_window() {
        assert_eq!(expected(1000.0, Duration::from_secs(5)), 5001);
    }
}
