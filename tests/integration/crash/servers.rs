//! Several servers over one PostgreSQL, with the same tokens at all of them, one of which is killed.

use super::load::Load;
use super::rounds::rounds;
use crate::support::database::{is_postgres, not_run};
use crate::support::{ServerProcess, Site};

fn kill_one_of(count: usize) {
    if !is_postgres() {
        return not_run("several servers over one database", "SQLite serves one server");
    }
    rounds(|dice| {
        let site = Site::new();
        let mut servers: Vec<ServerProcess> = (0..count).map(|_| site.serve()).collect();
        let mut load = Load::new(&site.tokens(&servers[0], 150));
        let killed = dice.below(count);
        let kill_at = 1 + dice.below(300);
        let all: Vec<&ServerProcess> = servers.iter().collect();
        load.run(&site, &all, |counts| {
            counts.until_answers(kill_at);
            dice.dawdle();
            all[killed].signal("KILL");
        });
        assert_eq!(load.unanswered(), 0, "the others go on");
        servers.remove(killed).kill();
        load.audit_to_the_end(&site, &servers[0]);
    });
}

#[test]
fn of_two_servers_one_is_killed_and_nothing_is_lost() {
    kill_one_of(2);
}

#[test]
fn of_three_servers_one_is_killed_and_nothing_is_lost() {
    kill_one_of(3);
}
