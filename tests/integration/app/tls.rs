//! HTTPS by the server itself, with a certificate from files or one of its own making.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, SupportedProtocolVersion,
};

use crate::support::process::failure;
use crate::support::socket::exchange;
use crate::support::{Client, ServerProcess, Site};

/// A certificate for this machine, in files.
struct Files {
    certificate: String,
    chain: PathBuf,
    key: PathBuf,
}

impl Files {
    /// Writes a new one; the second of one name takes the first one's place.
    fn write(site: &Site, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]);
        let certificate = params.unwrap().self_signed(&key).unwrap().pem();
        let at = |end: &str| site.database.folder.path().join(format!("{name}.{end}"));
        let files = Self { certificate, chain: at("crt"), key: at("key") };
        fs::write(&files.chain, &files.certificate).unwrap();
        fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }

    fn command(&self, site: &Site) -> Command {
        serve(site, &self.chain, &self.key)
    }
}

fn serve(site: &Site, chain: &Path, key: &Path) -> Command {
    let (chain, key) = (chain.to_str().unwrap(), key.to_str().unwrap());
    site.command(&["serve", "--bind", "127.0.0.1:0", "--tls-cert", chain, "--tls-key", key])
}

fn self_signed(site: &Site, names: &[&str]) -> Command {
    site.command(&[&["serve", "--bind", "127.0.0.1:0", "--tls-self-signed"], names].concat())
}

/// The certificate that a server made for itself.
fn made(site: &Site) -> String {
    fs::read_to_string(site.database.folder.path().join("tls-self-signed.crt")).unwrap()
}

#[test]
fn a_server_with_a_certificate_speaks_https() {
    let site = Site::new();
    let files = Files::write(&site, "gate");
    let server = ServerProcess::spawn(files.command(&site));
    assert!(server.base.starts_with("https://127.0.0.1:"), "{}", server.base);
    let client = Client::trusting(&server.base, &files.certificate);
    let reply = client.with("X-API-Key", &site.api_key).get("/venue").expect(200);
    assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000"));
    let by_name = server.base.replace("127.0.0.1", "localhost");
    Client::trusting(&by_name, &files.certificate).get("/healthz").expect(200);
    let stranger = Files::write(&site, "stranger");
    let distrusting = Client::trusting(&server.base, &stranger.certificate);
    assert!(distrusting.try_get("/healthz").is_err());
    client.get("/healthz").expect(200);
}

/// What a client of one version of TLS gets over one connection, asking twice, and what it offers beside HTTP/1.1.
fn ask_twice(
    base: &str,
    certificate: &str,
    version: &'static SupportedProtocolVersion,
) -> (Option<ProtocolVersion>, Option<Vec<u8>>, String) {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(base.strip_prefix("https://").unwrap()).unwrap();
    let mut stream = rustls::StreamOwned::new(session, socket);
    let ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";
    stream.write_all(format!("{ask}\r\n{ask}Connection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    (stream.conn.protocol_version(), stream.conn.alpn_protocol().map(<[u8]>::to_vec), answers)
}

#[test]
fn both_versions_of_tls_carry_http_1_1_and_its_connections_stay_open() {
    let site = Site::new();
    let files = Files::write(&site, "gate");
    let server = ServerProcess::spawn(files.command(&site));
    for (version, expected) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let (spoken, protocol, answers) = ask_twice(&server.base, &files.certificate, version);
        assert_eq!(spoken, Some(expected));
        assert_eq!(protocol.as_deref(), Some(&b"http/1.1"[..]));
        assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answers}");
    }
}

#[test]
fn who_speaks_http_to_https_is_sent_away_and_nobody_else() {
    let site = Site::new();
    let files = Files::write(&site, "gate");
    let server = ServerProcess::spawn(files.command(&site));
    let answer = exchange(&server.base, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(!answer.contains("HTTP/1.1"), "{answer}");
    let plain = Client::new(&server.base.replace("https://", "http://"));
    assert!(plain.try_get("/healthz").is_err());
    Client::trusting(&server.base, &files.certificate).get("/healthz").expect(200);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[test]
fn a_new_certificate_is_shown_after_sighup_and_open_connections_go_on() {
    let site = Site::new();
    let first = Files::write(&site, "gate");
    let server = ServerProcess::spawn(first.command(&site));
    let before = Client::trusting(&server.base, &first.certificate);
    before.get("/healthz").expect(200);
    let second = Files::write(&site, "gate");
    assert!(Client::trusting(&server.base, &second.certificate).try_get("/healthz").is_err());
    server.signal("HUP");
    server.until_said("read the certificate again");
    Client::trusting(&server.base, &second.certificate).get("/healthz").expect(200);
    before.get("/healthz").expect(200);
    let late = Client::trusting(&server.base, &first.certificate);
    assert!(late.try_get("/healthz").is_err(), "a new connection has the new one");
}

#[test]
fn a_new_certificate_that_cannot_be_used_leaves_the_old_one() {
    let site = Site::new();
    let files = Files::write(&site, "gate");
    let stranger = Files::write(&site, "stranger");
    let server = ServerProcess::spawn(files.command(&site));
    let fresh =
        |files: &Files| Client::trusting(&server.base, &files.certificate).try_get("/healthz").ok();
    assert!(fresh(&files).is_some());
    let stays = "; the certificate stays as it is";
    let (chain, key) = (files.chain.display(), files.key.display());
    fs::copy(&stranger.key, &files.key).unwrap();
    server.signal("HUP");
    let refused = format!("failed to use the certificate in {chain}: the key in {key} belongs to");
    server.until_said(&refused);
    assert!(fresh(&files).is_some());
    fs::remove_file(&files.chain).unwrap();
    server.signal("HUP");
    server.until_said(&format!("failed to open {chain}: No such file or directory"));
    assert!(fresh(&files).is_some());
    fs::copy(&stranger.chain, &files.chain).unwrap();
    server.signal("HUP");
    server.until_said("read the certificate again");
    assert!(fresh(&stranger).is_some() && fresh(&files).is_none());
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(log.matches(stays).count(), 2, "{log}");
    assert!(!log.contains("PRIVATE KEY"), "{log}");
}

#[test]
fn a_certificate_that_cannot_be_used_is_refused_at_the_start_in_one_sentence() {
    let site = Site::new();
    let files = Files::write(&site, "gate");
    let stranger = Files::write(&site, "stranger");
    let folder = site.database.folder.path();
    let [junk, none, torn] = ["junk.crt", "none.crt", "torn.crt"].map(|name| folder.join(name));
    fs::write(&junk, "no certificate").unwrap();
    fs::write(&torn, files.certificate.replace("-----END CERTIFICATE-----", "")).unwrap();
    let (chain, key) = (files.chain.display(), files.key.display());
    let cases = [
        (
            serve(&site, &files.chain, &stranger.key),
            format!(
                "use the certificate in {chain}: the key in {} belongs to another one",
                stranger.key.display()
            ),
        ),
        (
            serve(&site, &none, &files.key),
            format!("open {}: No such file or directory (os error 2)", none.display()),
        ),
        (
            serve(&site, &junk, &files.key),
            format!(
                "find a certificate in {}: it must be PEM with -----BEGIN CERTIFICATE-----",
                junk.display()
            ),
        ),
        (
            serve(&site, &files.key, &files.key),
            format!("find a certificate in {key}: it must be PEM with -----BEGIN CERTIFICATE-----"),
        ),
        (
            serve(&site, &files.chain, &files.chain),
            format!(
                "find a private key in {chain}: it must be PEM with -----BEGIN PRIVATE KEY-----"
            ),
        ),
        (self_signed(&site, &["gate.example", "no name"]), {
            let must = "it must be a DNS name such as gate.example or an address";
            format!("make a certificate for \"no name\": {must}")
        }),
    ];
    for (command, expected) in cases {
        assert_eq!(failure(command), format!("ticketgate: failed to {expected}"));
    }
    let told = failure(serve(&site, &torn, &files.key));
    let beginning = format!("ticketgate: failed to read {} as PEM: ", torn.display());
    assert!(told.starts_with(&beginning), "{told}");
}

#[test]
fn a_certificate_needs_its_key_and_no_second_source() {
    let site = Site::new();
    let files = Files::write(&site, "gate");
    let (chain, key) = (files.chain.to_str().unwrap(), files.key.to_str().unwrap());
    for (arguments, expected) in [
        (
            vec!["serve", "--tls-cert", chain],
            format!("tls_cert = {chain:?} from flag: it needs the setting tls_key beside it"),
        ),
        (
            vec!["serve", "--tls-key", key],
            format!("tls_key = {key:?} from flag: it needs the setting tls_cert beside it"),
        ),
        (
            vec!["serve", "--tls-cert", chain, "--tls-key", key, "--tls-self-signed", "localhost"],
            "tls_self_signed = \"localhost\" from flag: it must not be there beside tls_cert and \
             tls_key"
                .to_owned(),
        ),
    ] {
        let told = failure(site.command(&arguments));
        assert_eq!(told, format!("ticketgate: failed to use the setting {expected}"));
    }
}

#[test]
fn a_certificate_for_a_trial_is_made_kept_and_made_anew_for_other_names() {
    let site = Site::new();
    let server = ServerProcess::spawn(self_signed(&site, &["localhost", "127.0.0.1"]));
    let first = made(&site);
    let reply = Client::trusting(&server.base, &first).get("/healthz").expect(200);
    assert_eq!(reply.header("strict-transport-security"), None, "it is for a trial");
    let by_name = server.base.replace("127.0.0.1", "localhost");
    Client::trusting(&by_name, &first).get("/healthz").expect(200);
    let kept = site.database.folder.path().join("tls-self-signed.json");
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!first.contains("PRIVATE KEY"));
    drop(server);

    let server = ServerProcess::spawn(self_signed(&site, &["localhost,127.0.0.1"]));
    Client::trusting(&server.base, &first).get("/healthz").expect(200);
    assert_eq!(made(&site), first);
    drop(server);

    let server = ServerProcess::spawn(self_signed(&site, &["127.0.0.1", "gate.example"]));
    assert!(Client::trusting(&server.base, &first).try_get("/healthz").is_err());
    Client::trusting(&server.base, &made(&site)).get("/healthz").expect(200);
}

#[test]
fn a_certificate_for_a_trial_is_made_anew_before_it_ends() {
    let site = Site::new();
    drop(ServerProcess::spawn(self_signed(&site, &["127.0.0.1"])));
    let first = made(&site);
    let kept = site.database.folder.path().join("tls-self-signed.json");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&kept).unwrap()).unwrap();
    let end = json["expires_at"].as_i64().unwrap();
    json["expires_at"] = (end - 367 * 24 * 3600).into();
    fs::write(&kept, json.to_string()).unwrap();
    let server = ServerProcess::spawn(self_signed(&site, &["127.0.0.1"]));
    assert_ne!(made(&site), first);
    Client::trusting(&server.base, &made(&site)).get("/healthz").expect(200);
    drop(server);
    fs::write(&kept, "{").unwrap();
    let told = failure(self_signed(&site, &["127.0.0.1"]));
    let expected = format!(
        "ticketgate: failed to read {}: it is damaged; remove it, and another certificate is made",
        kept.display()
    );
    assert!(told.starts_with(&expected), "{told}");
}
