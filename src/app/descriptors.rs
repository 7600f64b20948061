//! The limit of open files: raised to what the connections need, as far as the system lets it be.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Settings;

/// Descriptors of a connection: its socket, and the duplicate by which it can be cut off.
const PER_CONNECTION: usize = 2;
/// Descriptors of a database thread: SQLite's file, its log and its index.
const PER_THREAD: usize = 3;
/// Descriptors of everything else: runtime, listeners, logs, and connections that are still being closed.
const BESIDES: usize = 256;

/// What the settings need, and what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Need {
    files: u64,
    connections: usize,
    besides: u64,
}

impl Need {
    fn of(settings: &Settings) -> Self {
        let threads = settings.db.pool + settings.db.lanes + 1;
        let besides = count(PER_THREAD * threads + BESIDES);
        let connections = settings.max_connections;
        Self { files: count(PER_CONNECTION * connections) + besides, connections, besides }
    }

    /// The new soft limit, where there has to be one.
    fn soft_limit(self, limit: Rlimit) -> Option<u64> {
        let soft = limit.current?;
        let wanted = limit.maximum.map_or(self.files, |hard| hard.min(self.files));
        (wanted > soft).then_some(wanted)
    }

    /// What is told where this limit is too low.
    fn warning(self, limit: u64) -> Option<String> {
        let Self { files, connections, besides } = self;
        let fit = limit.saturating_sub(besides) / count(PER_CONNECTION);
        (limit < files).then(|| {
            format!(
                "max_connections = {connections} needs {files} open files, and the limit is {limit}: raise the hard \
                 limit (LimitNOFILE={files} in a systemd unit, ulimit -n {files} in a shell), or set max_connections \
                 to {fit}"
            )
        })
    }
}

/// Raises the limit, and says in the log where that was not enough.
pub(super) fn raise_file_limit(settings: &Settings) {
    let (need, mut limit) = (Need::of(settings), getrlimit(Resource::Nofile));
    if let Some(soft) = need.soft_limit(limit) {
        let raised = Rlimit { current: Some(soft), maximum: limit.maximum };
        match setrlimit(Resource::Nofile, raised) {
            Ok(()) => limit = raised,
            Err(error) => log::warn!("failed to raise the limit of open files to {soft}: {error}"),
        }
    }
    if let Some(warning) = limit.current.and_then(|limit| need.warning(limit)) {
        log::warn!("{warning}");
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEED: Need = Need { files: 20_274, connections: 10_000, besides: 274 };

    fn limit(current: u64, maximum: Option<u64>) -> Rlimit {
        Rlimit { current: Some(current), maximum }
    }

    #[test]
    fn the_soft_limit_is_raised_to_the_need_and_the_hard_limit_at_most() {
        assert_eq!(NEED.soft_limit(limit(1024, None)), Some(20_274));
        assert_eq!(NEED.soft_limit(limit(1024, Some(1_048_576))), Some(20_274));
        assert_eq!(NEED.soft_limit(limit(1024, Some(4096))), Some(4096));
        assert_eq!(NEED.soft_limit(limit(4096, Some(4096))), None);
        assert_eq!(NEED.soft_limit(limit(30_000, Some(30_000))), None);
        assert_eq!(NEED.soft_limit(Rlimit { current: None, maximum: None }), None);
    }

    #[test]
    fn a_limit_that_is_too_low_is_told_with_the_ways_out() {
        assert_eq!(NEED.warning(20_274), None);
        let expected = "max_connections = 10000 needs 20274 open files, and the limit is 4096: raise the hard limit \
                        (LimitNOFILE=20274 in a systemd unit, ulimit -n 20274 in a shell), or set max_connections to \
                        1911";
        assert_eq!(NEED.warning(4096).as_deref(), Some(expected));
        assert!(NEED.warning(10).unwrap().ends_with("max_connections to 0"));
    }
}
