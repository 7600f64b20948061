//! A whole run over a database of the benchmark's own: fill it, measure the references, then a server over it.

use std::path::PathBuf;
use std::thread::available_parallelism;

use super::drive::run;
use super::error::BenchError;
use super::fill::{Filler, Stock};
use super::model::{Figure, Plan, Progress, Report, Target, Workload};
use super::number::{float, rounded};
use super::reference;
use super::report::ratios;
use super::server::OwnServer;
use super::world::World;
use crate::config::{KeyFile, Settings};
use crate::db::{Session, database_size};
use crate::kernel::Clock;
use crate::token::Tokens;

/// Unused tickets that one run hands out at most; others are made when they are used up.
const MOST_STOCK: i64 = 400_000;

/// A run over a database of the benchmark's own.
#[derive(Debug)]
pub struct OwnPlan {
    /// What to measure.
    pub plan: Plan,
    /// Where the database and the keys are. Its folder is there.
    pub settings: Settings,
    /// Fill the database up to so many tickets first.
    pub tickets: i64,
    /// This program.
    pub program: PathBuf,
    /// What makes it `serve` with these settings on a free port.
    pub arguments: Vec<String>,
}

/// What figures are compared with, where those are asked for.
#[derive(Default)]
struct References {
    lane: Option<f64>,
    inserts: Option<f64>,
}

impl References {
    fn of(
        workloads: &[Workload],
        filler: &mut Filler<'_>,
        progress: Progress<'_>,
    ) -> Result<Self, BenchError> {
        let mut references = Self::default();
        if workloads.contains(&Workload::Scan) {
            progress("the lane alone", 0.0);
            references.lane = Some(reference::lane(filler)?);
        }
        if workloads.contains(&Workload::Generate5000) {
            progress("multi-row inserts", 0.0);
            references.inserts = Some(reference::inserts(filler)?);
        }
        Ok(references)
    }
}

/// Makes a world in a database that is open for production, fills it, measures what the figures are compared with, and then a server.
///
/// # Errors
/// The plan is a bad one; the database is somebody else's, or cannot be used; the server does not start.
pub fn run_own(
    own: &OwnPlan,
    mut session: Session,
    progress: Progress<'_>,
) -> Result<Report, BenchError> {
    own.plan.check()?;
    let now = Clock::System.now();
    let ring = match own.settings.keys.clone() {
        Some(ring) => ring,
        None => KeyFile::at(own.settings.key_file()).load_or_make(now)?,
    };
    let tokens = Tokens::new(ring, 0);
    let world = World::make(&mut session, now)?;
    let stock_file = own.settings.data_dir.join("bench.json");
    let mut stock = Stock::read(&stock_file, world.is_new);
    let missing = own.tickets - stock.tickets();
    let mut filler = Filler { session: &mut session, world: &world, tokens: &tokens, now };
    if missing > 0 {
        let text = format!("filling the database up to {} tickets", own.tickets);
        stock.add(filler.used(missing, &|share| progress(&text, share))?);
        stock.write(&stock_file)?;
    }
    let references = References::of(&own.plan.workloads, &mut filler, progress)?;
    let size = database_size(&mut session)?;
    let ready = stock.take(MOST_STOCK);
    stock.write(&stock_file)?;
    drop(session);
    let log = own.settings.data_dir.join("bench-server.log");
    let server = OwnServer::start(&own.program, &own.arguments, &log)?;
    let target = world.target(server.address.clone());
    let figures = run(&own.plan, &target, ready, progress, &|| server.memory())?;
    let name = own.settings.db.target.to_string();
    Ok(Report {
        tickets: u64::try_from(stock.tickets()).ok(),
        database_mib: Some(float(size / 1024 / 1024)),
        ..report(name, figures, &references)
    })
}

/// Measures a server that runs already.
///
/// # Errors
/// The plan is a bad one; the server is not there, or refuses what has to be made ready.
pub fn run_target(
    plan: &Plan,
    target: &Target,
    progress: Progress<'_>,
) -> Result<Report, BenchError> {
    plan.check()?;
    let figures = run(plan, target, Vec::new(), progress, &|| None)?;
    Ok(report(target.address.clone(), figures, &References::default()))
}

fn report(server: String, figures: Vec<Figure>, references: &References) -> Report {
    let References { lane, inserts } = *references;
    Report {
        server,
        cores: available_parallelism().map_or(1, usize::from),
        tickets: None,
        database_mib: None,
        lane_per_second: lane.map(|rate| rounded(rate, 1)),
        inserts_per_second: inserts.map(|rate| rounded(rate, 1)),
        ratios: ratios(&figures, lane, inserts),
        figures,
    }
}
