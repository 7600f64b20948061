//! A disk that is full: a small file system of the test's own, which root may mount.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::load::Load;
use super::outage::{until_not_ready, until_ready};
use super::rounds::rounds;
use crate::support::cluster::Cluster;
use crate::support::database::{TestDatabase, is_postgres, not_run};
use crate::support::{Site, assert_unavailable};

/// What is said of a full disk.
const FULL: &str = "the server's storage is full; try again later";

/// A file system in memory; unmounted with the test.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// Of this size, where it may be mounted.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("ticketgate-disk-").tempdir().unwrap();
        let options = format!("size={size},mode=0755");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &options, "ticketgate-test"]).arg(folder.path());
        let done = command.output().is_ok_and(|output| output.status.success());
        done.then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.path().join("ballast")
    }

    fn open_ballast(&self) -> File {
        File::options().create(true).append(true).open(self.ballast()).unwrap()
    }

    /// Fills it but for so many MiB, so that the rest is filled in no time.
    fn fill_but(&self, left: usize) {
        let mut df = Command::new("df");
        df.args(["--output=avail", "--block-size=1M"]).arg(self.path());
        let output = String::from_utf8(df.output().unwrap().stdout).unwrap();
        let free: usize = output.lines().nth(1).unwrap().trim().parse().unwrap();
        self.open_ballast().write_all(&vec![b'x'; free.saturating_sub(left) << 20]).unwrap();
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = self.open_ballast();
        for size in [1 << 20, 1 << 12, 1] {
            while file.write(&vec![b'x'; size]).is_ok_and(|written| written == size) {}
        }
    }

    /// Gives the space back.
    fn clear(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let done = Command::new("umount").arg(self.path()).status();
        assert!(done.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// Fills the disk under load, sees what is said, and gives the space back.
fn fill_and_clear(site: &Site, disk: &SmallDisk) {
    let server = site.serve();
    let tokens = site.tokens(&server, 101);
    let (spare, tokens) = tokens.split_first().unwrap();
    let mut load = Load::new(tokens);
    let partner = site.partner(&server);
    // PostgreSQL has room in the pages of its tables for a row or two, but not for these.
    let order = json!({"product_id": 106, "quantity": 200, "batch_id": "FULL"});
    // The load is over soon: what is left must be filled before.
    disk.fill_but(24);
    load.run(site, &[&server], |counts| {
        counts.until_answers(30);
        disk.fill();
        counts.until_more_unavailable(20);
        assert_eq!(until_not_ready(&server), FULL);
        assert_eq!(assert_unavailable(&partner.order(&order)), FULL);
        server.client().get("/healthz").expect(200);
        site.gate(&server).look(&spare.1).expect(200);
        disk.clear();
        until_ready(&server);
    });
    assert_eq!(load.unanswered(), 0, "the server goes on by itself");
    assert_eq!(partner.order(&order).expect(201).body["total_generated"], 200);
    load.audit_to_the_end(site, &server);
}

#[test]
fn a_full_disk_is_told_and_over_once_there_is_space_again() {
    // SQLite's log may grow to 64 MiB and more before it is begun anew, and room is needed beside it.
    let Some(disk) = SmallDisk::mount("160m") else {
        return not_run("a full disk", "no file system could be mounted; root may");
    };
    rounds(|_| {
        if is_postgres() {
            let cluster = Cluster::start_in(disk.path());
            fill_and_clear(&Site::on(cluster.database()), &disk);
        } else {
            fill_and_clear(&Site::on(TestDatabase::sqlite_in(disk.path())), &disk);
        }
    });
}
