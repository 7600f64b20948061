//! A client that writes bytes as it likes, and reads what comes back until the server closes.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use ticketgate::kernel::Stopwatch;

/// How long between two bytes of a client that trickles.
const PACE: Duration = Duration::from_millis(50);
/// When a test has waited long enough.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connects to a server at `http://ADDRESS` or `https://ADDRESS`, in the clear.
pub fn connect(base: &str) -> TcpStream {
    let (_, address) = base.split_once("://").unwrap();
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends bytes, and reads all that comes until the server closes.
pub fn exchange(base: &str, bytes: &[u8]) -> String {
    let mut socket = connect(base);
    socket.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A server that does not want the rest may reset the connection behind its answer.
    drop(socket.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

/// Writes a beginning at once and then one more byte again and again, until the server closes. Gives what came back,
/// and how long it took.
#[track_caller]
pub fn trickle(base: &str, beginning: &str, byte: u8) -> (String, Duration) {
    let mut socket = connect(base);
    let watch = Stopwatch::start();
    socket.write_all(beginning.as_bytes()).unwrap();
    socket.set_read_timeout(Some(PACE)).unwrap();
    let (mut answer, mut part) = (Vec::new(), [0; 4096]);
    while watch.elapsed() < PATIENCE {
        match socket.read(&mut part) {
            Ok(0) => return (String::from_utf8_lossy(&answer).into_owned(), watch.elapsed()),
            Ok(length) => answer.extend_from_slice(&part[..length]),
            // Where the server has closed, writing fails, and reading tells.
            Err(error) if error.kind() == ErrorKind::WouldBlock => drop(socket.write(&[byte])),
            Err(_) => return (String::from_utf8_lossy(&answer).into_owned(), watch.elapsed()),
        }
    }
    panic!("the server still waits; it said {}", String::from_utf8_lossy(&answer));
}

/// Reads one answer whose body is JSON without nesting.
pub fn read_answer(socket: &mut TcpStream) -> std::io::Result<String> {
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"}") {
        socket.read_exact(&mut byte)?;
        answer.extend_from_slice(&byte);
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Waits, while the server must say nothing and must not close.
#[track_caller]
pub fn pause(socket: &mut TcpStream, time: Duration) {
    socket.set_read_timeout(Some(time)).unwrap();
    assert_eq!(socket.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
}
