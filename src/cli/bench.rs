//! `bench`: how fast a server is.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::BenchArguments;
use super::error::CliError;
use super::{print, store};
use crate::bench::{Figure, OwnPlan, Plan, Report, Target, Workload, run_own, run_target};
use crate::config::{Flags, Settings};
use crate::kernel::Secret;

/// Steps of the progress bar.
const STEPS: u64 = 1000;

const COLUMNS: &[&str] = &[
    "workload",
    "connections",
    "requests",
    "per_second",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "p999_ms",
    "max_ms",
    "errors",
    "server_mib",
];

/// Measures, with a progress bar where somebody looks on, and prints what was found.
pub(super) fn bench(flags: Flags, arguments: &BenchArguments, json: bool) -> Result<(), CliError> {
    let bar = ProgressBar::new(STEPS);
    let style = ProgressStyle::with_template("{elapsed_precise} {bar:30} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let progress = |text: &str, share: f64| {
        bar.set_message(text.to_owned());
        // Rounded to steps: a share is from 0 to 1.
        bar.set_position(
            Duration::from_secs_f64(share.clamp(0.0, 1.0)).as_millis().try_into().unwrap_or(STEPS),
        );
    };
    let plan = plan(arguments);
    let report = if let Some(target) = target(arguments)? {
        run_target(&plan, &target, &progress)?
    } else {
        let own = own(flags, arguments, plan)?;
        let (session, _) = store::open(&own.settings)?;
        run_own(&own, session, &progress)?
    };
    bar.finish_and_clear();
    print_report(&report, json);
    Ok(())
}

fn plan(arguments: &BenchArguments) -> Plan {
    let number = |number: &u32| usize::try_from(*number).unwrap_or(usize::MAX);
    Plan {
        workloads: arguments.workloads.clone().unwrap_or_else(|| Workload::ALL.to_vec()),
        connections: arguments.connections.iter().map(number).collect(),
        window: Duration::from_secs(arguments.seconds),
        warm_up: Duration::from_secs(arguments.warm_up),
        rate: arguments.rate.map(f64::from),
    }
}

fn target(arguments: &BenchArguments) -> Result<Option<Target>, CliError> {
    let Some(url) = &arguments.url else { return Ok(None) };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(Some(Target {
        address: Target::address_in(url)?,
        api_key: Secret::new(text(&arguments.api_key)),
        terminal_key: Secret::new(text(&arguments.terminal_key)),
        terminal_device_id: text(&arguments.terminal),
        product_id: arguments.product_id.unwrap_or_default(),
        function_code: text(&arguments.function),
    }))
}

fn own(flags: Flags, arguments: &BenchArguments, plan: Plan) -> Result<OwnPlan, CliError> {
    let config = flags.config.clone();
    let settings = Settings::load(&flags.or_default("data_dir", "./data/bench"))?;
    let folder = settings.data_dir.display().to_string();
    let mut serve: Vec<String> =
        ["serve", "--bind", "127.0.0.1:0", "--data-dir", &folder].map(str::to_owned).to_vec();
    if let Some(config) = config {
        serve.extend(["--config".to_owned(), config.display().to_string()]);
    }
    Ok(OwnPlan {
        plan,
        settings,
        tickets: arguments.tickets,
        program: std::env::current_exe().map_err(CliError::OwnProgram)?,
        arguments: serve,
    })
}

fn print_report(report: &Report, json: bool) {
    if json {
        print::line(&serde_json::to_string(report).unwrap_or_default());
        return;
    }
    print::list(&report.figures, COLUMNS, false);
    print::line("");
    let failed: Vec<&Figure> = report.figures.iter().filter(|figure| figure.errors > 0).collect();
    if !failed.is_empty() {
        print::list(&failed, &["workload", "connections", "first_error"], false);
        print::line("");
    }
    print::list(&report.ratios, &["figure", "reference", "ratio"], false);
    print::line("");
    let parts =
        ["server", "cores", "tickets", "database_mib", "lane_per_second", "inserts_per_second"];
    print::one(report, &parts, false);
}
