//! `/openapi.json` and `/docs`: all of it out of the binary.

use serde_json::Value;

use crate::support::TestApp;

/// The values of every `href` and `src` in a page.
fn links(page: &str) -> Vec<&str> {
    let after = |name: &'static str| page.split(name).skip(1);
    let all = after("href=\"").chain(after("src=\""));
    all.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn the_documentation_page_loads_with_everything_in_it() {
    let app = TestApp::closed();
    for path in ["/docs", "/docs/"] {
        let page = app.client().get(path).expect(200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        let links = links(&page.text);
        assert!(links.len() >= 5, "{links:?}");
        for link in links {
            assert!(link.starts_with("/docs/"), "{link} is not in the binary");
            let file = app.client().get(link).expect(200);
            assert!(!file.text.is_empty(), "{link}");
            let kind = file.header("content-type").unwrap();
            let expected = match link.rsplit('.').next() {
                Some("css") => "text/css",
                Some("js") => "javascript",
                _ => "image/",
            };
            assert!(kind.contains(expected), "{link}: {kind}");
        }
    }
}

#[test]
fn the_documentation_page_shows_this_servers_document() {
    let app = TestApp::closed();
    let page = app.client().get("/docs/swagger-initializer.js").expect(200);
    assert!(page.text.contains("\"/openapi.json\""), "{}", page.text);
    assert_eq!(app.client().get("/docs/nothing.js").verdict(), (404, "NOT_FOUND"));
    assert_eq!(app.client().get("/docs/..%2f..%2fCargo.toml").verdict(), (404, "NOT_FOUND"));
}

#[test]
fn the_document_that_is_served_is_the_committed_one() {
    let app = TestApp::closed();
    let reply = app.client().get("/openapi.json").expect(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.text, include_str!("../../../openapi.json"));
    assert!(reply.body["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn every_operation_of_the_document_is_there_at_the_root_and_under_api() {
    let app = TestApp::closed();
    let document = app.client().get("/openapi.json").expect(200).body;
    for (path, item) in document["paths"].as_object().unwrap() {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "X" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        for method in item.as_object().unwrap().keys() {
            for prefix in ["", "/api"] {
                let url = format!("{prefix}{path}");
                let reply = match method.as_str() {
                    "get" => app.client().get(&url),
                    "patch" => app.client().patch(&url, &Value::Null),
                    _ => app.client().post(&url, &Value::Null),
                };
                assert!(![404, 405].contains(&reply.status), "{method} {url}: {}", reply.text);
            }
        }
    }
}
