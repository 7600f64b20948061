//! Nothing is lost: servers, databases and disks fail under load, and every terminal's memory is held against the tables.

mod disk;
mod kill;
mod load;
mod outage;
mod rounds;
mod servers;
mod stop;
mod unread;
