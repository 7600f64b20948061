//! A connection to the server: HTTP/1.1 over a socket that is kept, one request at a time.
//!
//! As lean as it can be: whatever the load generator takes of the machine, the server has not.

use std::io;
use std::ops::Range;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Header fields of an answer that are read at most.
const MAX_FIELDS: usize = 64;

/// See the module.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    input: Vec<u8>,
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'w> {
    pub(super) status: u16,
    pub(super) body: &'w [u8],
}

struct Head {
    status: u16,
    body: Range<usize>,
}

fn not_understood(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

impl Wire {
    pub(super) async fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, input: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and waits for its answer.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.input.clear();
        let head = loop {
            self.read().await?;
            if let Some(head) = head(&self.input)? {
                break head;
            }
        };
        let missing = head.body.end.saturating_sub(self.input.len());
        self.input.reserve(missing);
        while self.input.len() < head.body.end {
            self.read().await?;
        }
        let body = self.input.get(head.body).unwrap_or_default();
        Ok(Answer { status: head.status, body })
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Reads the head of an answer, once it is there as a whole.
fn head(input: &[u8]) -> io::Result<Option<Head>> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let parsed = response.parse(input).map_err(|error| not_understood(&error.to_string()))?;
    let httparse::Status::Complete(start) = parsed else { return Ok(None) };
    let status = response.code.ok_or_else(|| not_understood("an answer without a status"))?;
    let length = response
        .headers
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case("content-length"))
        .and_then(|field| std::str::from_utf8(field.value).ok()?.parse::<usize>().ok())
        .ok_or_else(|| not_understood("an answer without its length"))?;
    Ok(Some(Head { status, body: start..start + length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 422 Unprocessable\r\nContent-LENGTH: 3\r\nX: y\r\n\r\nabc";
        let whole = head(answer).unwrap().unwrap();
        assert_eq!((whole.status, &answer[whole.body]), (422, b"abc".as_slice()));
        assert!(head(&answer[..40]).unwrap().is_none());
    }

    #[test]
    fn an_answer_of_unknown_length_is_not_understood() {
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(head(b"SSH-2.0-OpenSSH\r\n\r\n").is_err());
    }
}
