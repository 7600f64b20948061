//! An HTTP client that takes every status as an answer.

use std::sync::Arc;

use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::WithBody;
use ureq::{Agent, Body, RequestBuilder};

use super::records::{record_body, record_header};

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null where it is none.
    pub body: Value,
}

impl Reply {
    /// Reads an answer whole; a server that ends in the middle of it has given none.
    fn read(mut response: ureq::http::Response<Body>) -> Result<Self, ureq::Error> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut limit = response.body_mut().with_config().limit(64 * 1024 * 1024).reader();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut limit, &mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        record_body(&body);
        Ok(Self { status, headers, text, body })
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The names of all headers, sorted.
    pub fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The stable code of a problem, or the reason of a refused scan.
    pub fn code(&self) -> &str {
        let code = self.body.get("error").or_else(|| self.body.get("reason"));
        code.and_then(Value::as_str).unwrap_or_default()
    }

    /// The status and the stable code.
    pub fn verdict(&self) -> (u16, &str) {
        (self.status, self.code())
    }

    /// The one field that a problem is about.
    pub fn field(&self) -> &str {
        self.body["errors"][0]["field"].as_str().unwrap_or_default()
    }

    /// Expects a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A text field of the body.
    #[track_caller]
    pub fn text_at(&self, pointer: &str) -> String {
        let value = self.body.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{pointer} in {}", self.text)).to_owned()
    }
}

/// A body with some of its values made the same for every run: each pointer's value becomes `"*"` where it is there.
pub fn masked(body: &Value, pointers: &[&str]) -> Value {
    let mut body = body.clone();
    for pointer in pointers {
        if let Some(value) = body.pointer_mut(pointer).filter(|value| !value.is_null()) {
            *value = Value::from("*");
        }
    }
    body
}

/// The type of most bodies.
const JSON: &str = "application/json";

/// A client of one server, with headers that go with every request.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    headers: Vec<(String, String)>,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).build();
        Self { agent: config.into(), base: base.to_owned(), headers: Vec::new() }
    }

    /// A client of the server at `base`, such as `https://127.0.0.1:8443`, that trusts this certificate (PEM) alone.
    pub fn trusting(base: &str, certificate: &str) -> Self {
        let root = Certificate::from_pem(certificate.as_bytes()).unwrap();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&[root]))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder().http_status_as_error(false).tls_config(tls).build();
        Self { agent: config.into(), base: base.to_owned(), headers: Vec::new() }
    }

    /// The same client with one more header.
    pub fn with(&self, name: &str, value: &str) -> Self {
        record_header(name, value);
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client with an operator's token as well: whoever works at a terminal.
    #[track_caller]
    pub fn with_operator(&self, operator: &Self) -> Self {
        self.with("Authorization", &operator.header("Authorization"))
    }

    /// A header that goes with every request.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("no header {name}")).1.clone()
    }

    /// The request with the headers that go with every one.
    fn with_headers<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// GET.
    pub fn get(&self, path: &str) -> Reply {
        self.try_get(path).unwrap()
    }

    /// GET, where the server may be gone.
    pub fn try_get(&self, path: &str) -> Result<Reply, ureq::Error> {
        self.with_headers(self.agent.get(self.url(path))).call().and_then(Reply::read)
    }

    /// HEAD.
    pub fn head(&self, path: &str) -> Reply {
        self.with_headers(self.agent.head(self.url(path))).call().and_then(Reply::read).unwrap()
    }

    /// OPTIONS.
    pub fn options(&self, path: &str) -> Reply {
        self.with_headers(self.agent.options(self.url(path))).call().and_then(Reply::read).unwrap()
    }

    /// POST of a JSON value.
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.try_post(path, body).unwrap()
    }

    /// POST of a JSON value, where the server may be gone.
    pub fn try_post(&self, path: &str, body: &Value) -> Result<Reply, ureq::Error> {
        self.send(self.agent.post(self.url(path)), JSON, body.to_string().as_bytes())
    }

    /// POST of anything.
    pub fn post_raw(&self, path: &str, content_type: &str, body: &[u8]) -> Reply {
        self.send(self.agent.post(self.url(path)), content_type, body).unwrap()
    }

    /// POST without a body.
    pub fn post_nothing(&self, path: &str) -> Reply {
        self.with_headers(self.agent.post(self.url(path)))
            .send_empty()
            .and_then(Reply::read)
            .unwrap()
    }

    /// PATCH of a JSON value.
    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.patch_raw(path, JSON, body.to_string().as_bytes())
    }

    /// PATCH of anything.
    pub fn patch_raw(&self, path: &str, content_type: &str, body: &[u8]) -> Reply {
        self.send(self.agent.patch(self.url(path)), content_type, body).unwrap()
    }

    fn send(
        &self,
        request: RequestBuilder<WithBody>,
        content_type: &str,
        body: &[u8],
    ) -> Result<Reply, ureq::Error> {
        record_body(&serde_json::from_slice(body).unwrap_or_default());
        let request = self.with_headers(request).header("Content-Type", content_type);
        request.send(body).and_then(Reply::read)
    }
}
