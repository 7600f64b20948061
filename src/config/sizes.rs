//! Sizes that follow the machine: where such a setting is 0, its number is made here.

use std::thread::available_parallelism;

use super::error::ConfigError;
use super::sources::{Effective, Flags, given};

/// Batches that may wait for each thread of the lane.
const BATCHES_WAITING: usize = 8;
/// What may wait at least, however small a batch is.
const LEAST_QUEUE: usize = 64;
/// What may wait at most.
const MOST_QUEUE: usize = 1_000_000;
/// Threads of one kind at most.
const MOST_THREADS: usize = 256;

/// All settings in force.
///
/// # Errors
/// A settings file that cannot be read.
pub fn effective(flags: &Flags) -> Result<Vec<Effective>, ConfigError> {
    let mut settings = given(flags)?;
    follow_cores(&mut settings, available_parallelism().map_or(1, usize::from));
    Ok(settings)
}

/// Puts numbers in the place of zeros.
fn follow_cores(settings: &mut [Effective], cores: usize) {
    put(settings, "workers", cores);
    put(settings, "db_pool", (2 * cores).max(4));
    put(settings, "db_lanes", cores.max(2));
    let url = text(settings, "database_url");
    // SQLite has one writer, whatever `db_lanes` says: no other slows it down, and it counts as two.
    let lanes = if url.starts_with("postgres") { number(settings, "db_lanes") } else { 2 };
    let queue = BATCHES_WAITING * number(settings, "batch") * lanes;
    replace(settings, "queue", queue.clamp(LEAST_QUEUE, MOST_QUEUE));
}

fn put(settings: &mut [Effective], name: &str, threads: usize) {
    replace(settings, name, threads.min(MOST_THREADS));
}

fn replace(settings: &mut [Effective], name: &str, number: usize) {
    if let Some(setting) = settings.iter_mut().find(|setting| setting.name == name)
        && setting.value == "0"
    {
        setting.value = number.to_string();
    }
}

fn text<'s>(settings: &'s [Effective], name: &str) -> &'s str {
    let setting = settings.iter().find(|setting| setting.name == name);
    setting.map(|setting| setting.value.as_str()).unwrap_or_default()
}

/// A number, or 1 where there is none within reason: its own check will refuse it.
fn number(settings: &[Effective], name: &str) -> usize {
    text(settings, name).parse().ok().filter(|number| (1..=1024).contains(number)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(cores: usize, given: &[(&'static str, &str)]) -> [String; 4] {
        let defaults = [
            ("database_url", ""),
            ("workers", "0"),
            ("db_pool", "0"),
            ("db_lanes", "0"),
            ("batch", "64"),
            ("queue", "0"),
        ];
        let setting = |(name, default): (&'static str, &str)| {
            let value =
                given.iter().find(|(of, _)| *of == name).map_or(default, |(_, value)| value);
            Effective { name, value: value.to_owned(), source: String::new(), meaning: "" }
        };
        let mut settings: Vec<Effective> = defaults.into_iter().map(setting).collect();
        follow_cores(&mut settings, cores);
        ["workers", "db_pool", "db_lanes", "queue"].map(|name| text(&settings, name).to_owned())
    }

    #[test]
    fn sizes_that_are_not_given_follow_the_cores() {
        let postgres = ("database_url", "postgres://db.example/tickets");
        assert_eq!(sizes(1, &[]), ["1", "4", "2", "1024"]);
        assert_eq!(sizes(2, &[]), ["2", "4", "2", "1024"]);
        assert_eq!(sizes(16, &[]), ["16", "32", "16", "1024"]);
        assert_eq!(sizes(16, &[postgres]), ["16", "32", "16", "8192"]);
        assert_eq!(sizes(300, &[postgres]), ["256", "256", "256", "131072"]);
    }

    #[test]
    fn sizes_that_are_given_stay() {
        let given = [("workers", "3"), ("db_pool", "5"), ("db_lanes", "7"), ("queue", "11")];
        assert_eq!(sizes(2, &given), ["3", "5", "7", "11"]);
    }

    #[test]
    fn a_queue_follows_the_batch_and_the_threads_of_the_lane() {
        let postgres = ("database_url", "postgresql://db.example/tickets");
        let queue = |given: &[(&'static str, &str)]| sizes(2, given)[3].clone();
        assert_eq!(queue(&[("batch", "128"), ("db_lanes", "4")]), "2048");
        assert_eq!(queue(&[postgres, ("batch", "128"), ("db_lanes", "4")]), "4096");
        assert_eq!(queue(&[("batch", "1")]), "64");
        assert_eq!(queue(&[postgres, ("batch", "1024"), ("db_lanes", "256")]), "1000000");
        assert_eq!(queue(&[("batch", "many")]), "64");
    }
}
