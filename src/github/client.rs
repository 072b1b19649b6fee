//! GitHub's REST API through octocrab: one client, made when it is first needed.
//!
//! Of octocrab's features none is on but rustls with ring: its own retries repeat a POST that a 502 may have hidden
//! the success of, which makes a second review (measured: three), it waits for a rate limit as long as an hour, and
//! its typed models are newer or older than the server. So what is sent and read is JSON, and what may be sent again
//! is decided here: a request that GitHub refused for its rate, or that never left, and a GET. Redirects are not
//! followed, so the token goes to no other host.
//!
//! Its own client knows no proxy, and a self-hosted runner may have no other way out. So the client is put together
//! here, of hyper and octocrab's layers; `HTTPS_PROXY` and `NO_PROXY` mean what they mean to curl.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, Response, Uri, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioExecutor;
use octocrab::service::middleware::{base_uri::BaseUriLayer, extra_headers::ExtraHeadersLayer};
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::refused::{Again, Refused};
use super::target::Target;

/// What an answer may cost. Whoever answers may be no GitHub, or be slow, or never end.
#[derive(Clone, Copy)]
struct Limits {
    /// How long one request may take; ten megabytes may have to go up.
    request: Duration,
    /// How long all requests of a run may take together.
    all: Duration,
    /// The bytes of an answer, and of all pages of a list. A hundred comments of 64 KB are 7 MB.
    answer: usize,
    list: usize,
}

const LIMITS: Limits = Limits {
    request: Duration::from_secs(60),
    all: Duration::from_secs(10 * 60),
    answer: 16 << 20,
    list: 64 << 20,
};
/// How long all waits together may take before a request is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a request is repeated.
const REPEATS: u32 = 3;
/// GitHub's largest page.
const PER_PAGE: usize = 100;
/// GitHub lists no more files of a pull request; nobody reads more comments.
const PAGES: usize = 30;

pub(super) struct Client<'t> {
    pub(super) target: &'t Target,
    api: OnceCell<Result<Api, Refused>>,
    waited: Cell<Duration>,
    /// When the first request was made.
    start: OnceCell<Instant>,
    limits: Limits,
}

/// The client lives on its runtime and goes first.
struct Api {
    octocrab: Octocrab,
    runtime: Runtime,
}

impl<'t> Client<'t> {
    pub(super) fn new(target: &'t Target) -> Self {
        Self { target, api: OnceCell::new(), waited: Cell::default(), start: OnceCell::new(), limits: LIMITS }
    }
    /// Below the repository, as all routes here.
    pub(super) fn get(&self, route: &str) -> Result<Value, Refused> {
        Ok(self.call(&Method::GET, route, None)?.0)
    }
    pub(super) fn post(&self, route: &str, body: &Value) -> Result<Value, Refused> {
        Ok(self.call(&Method::POST, route, Some(body))?.0)
    }
    pub(super) fn patch(&self, route: &str, body: &Value) -> Result<Value, Refused> {
        Ok(self.call(&Method::PATCH, route, Some(body))?.0)
    }
    pub(super) fn put(&self, route: &str, body: &Value) -> Result<Value, Refused> {
        Ok(self.call(&Method::PUT, route, Some(body))?.0)
    }
    pub(super) fn delete(&self, route: &str) -> Result<(), Refused> {
        self.call(&Method::DELETE, route, None).map(drop)
    }
    /// All entries of a list that GitHub hands out in pages.
    pub(super) fn pages(&self, route: &str) -> Result<Vec<Value>, Refused> {
        let mut all = Vec::new();
        let mut size = 0;
        for page in 1..=PAGES {
            let route = format!("{route}?per_page={PER_PAGE}&page={page}");
            let (answer, bytes) = self.call(&Method::GET, &route, None)?;
            let Value::Array(mut entries) = answer else { return Err(Refused::odd()) };
            size += bytes;
            // A page that holds more than was asked for is none.
            let count = entries.len();
            if size > self.limits.list || count > PER_PAGE {
                return Err(Refused::here("GitHub's list is too long"));
            }
            all.append(&mut entries);
            if count < PER_PAGE {
                break;
            }
        }
        Ok(all)
    }

    /// The answer, and how many bytes it had.
    fn call(&self, method: &Method, route: &str, body: Option<&Value>) -> Result<(Value, usize), Refused> {
        let route = self.target.route(route)?;
        let api = self.api.get_or_init(|| connect(self.target)).as_ref().map_err(Clone::clone)?;
        let mut repeats = 0;
        loop {
            let limits = self.left()?;
            let refused = match api.once(method, &route, body, limits) {
                Ok(answer) => return Ok(answer),
                Err(refused) => self.without_token(refused),
            };
            let pause = match refused.again {
                Again::After(pause) => pause,
                Again::IfGet if method == Method::GET => Duration::from_secs(1 << repeats),
                _ => return Err(refused),
            };
            if repeats >= REPEATS || !self.may_wait(pause) {
                return Err(refused);
            }
            repeats += 1;
        }
    }

    /// What is left to the next request.
    fn left(&self) -> Result<Limits, Refused> {
        let limits = self.limits;
        let left = limits.all.saturating_sub(self.start.get_or_init(Instant::now).elapsed());
        if left.is_zero() {
            return Err(Refused::here(format!("GitHub took longer than {} s", limits.all.as_secs())));
        }
        Ok(Limits { request: limits.request.min(left), ..limits })
    }

    /// Waits, unless all waits together would take too long.
    fn may_wait(&self, pause: Duration) -> bool {
        let waited = self.waited.get().saturating_add(pause);
        if waited > PATIENCE {
            return false;
        }
        self.waited.set(waited);
        self.pause(pause);
        true
    }

    /// Sleeps on the runtime, so that a connection which is closed meanwhile is not taken for an open one.
    pub(super) fn pause(&self, pause: Duration) {
        if let Some(Ok(api)) = self.api.get() {
            api.runtime.block_on(async { tokio::time::sleep(pause).await });
        }
    }

    /// Whoever answered may have sent back what it was sent.
    fn without_token(&self, mut refused: Refused) -> Refused {
        if let Some(token) = &self.target.token {
            refused.why = refused.why.replace(token.expose(), "***");
        }
        refused
    }
}

impl Api {
    fn once(
        &self,
        method: &Method,
        route: &str,
        body: Option<&Value>,
        limits: Limits,
    ) -> Result<(Value, usize), Refused> {
        let sent = async {
            let request = http::Request::builder().method(method).uri(route);
            let request =
                self.octocrab.build_request(request, body).map_err(|error| Refused::from(&error))?;
            let response = self.octocrab.execute(request).await.map_err(|error| Refused::from(&error))?;
            let bytes = read(response, limits.answer).await?;
            // An answer without a body, or one that is no JSON, has no fields.
            Ok((serde_json::from_slice(&bytes).unwrap_or(Value::Null), bytes.len()))
        };
        let late = |_| {
            let why = format!("GitHub did not answer within {} s", limits.request.as_secs());
            Refused { status: None, why, again: Again::IfGet }
        };
        self.runtime.block_on(async { tokio::time::timeout(limits.request, sent).await }).map_err(late)?
    }
}

/// The body of an answer, if it is one of success and ends. Nothing is decompressed: what claims to be is no JSON.
async fn read(response: Response<BoxBody<Bytes, octocrab::Error>>, most: usize) -> Result<Bytes, Refused> {
    let (head, body) = response.into_parts();
    let (status, is_done) = (head.status.as_u16(), head.status.is_success());
    let body = match Limited::new(body, most).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            let why = match error.downcast_ref::<octocrab::Error>() {
                Some(error) => return Err(Refused::unanswered(error)),
                None => format!("GitHub's answer is larger than {most} bytes"),
            };
            return Err(Refused { status: Some(status), why, again: Again::Never });
        }
    };
    if is_done {
        return Ok(body);
    }
    let whole = Full::new(body).map_err(|never| match never {});
    match octocrab::map_github_error(Response::from_parts(head, BoxBody::new(whole))).await {
        Ok(_) => Err(Refused::odd()),
        Err(error) => Err(Refused::from(&error)),
    }
}

fn connect(target: &Target) -> Result<Api, Refused> {
    let token = target.token.as_ref().ok_or_else(|| Refused::here("there is no token"))?;
    let uri: Uri = target.api_url.parse().map_err(|_| Refused::here("the API's address is not valid"))?;
    if !is_safe(&uri) {
        return Err(Refused::here("the API's address is not https, and a token is sent over https only"));
    }
    let broken = |error: &dyn fmt::Display| Refused::here(format!("no connection can be made: {error}"));
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| broken(&error))?;
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|e| broken(&e))?;
    bearer.set_sensitive(true);
    let headers = vec![
        (header::ACCEPT, HeaderValue::from_static("application/vnd.github+json")),
        (header::USER_AGENT, HeaderValue::from_static("hullguard")),
        (header::AUTHORIZATION, bearer),
    ];
    let mut http = HttpConnector::new();
    http.enforce_http(false); // what is https is decided a layer above
    let https = HttpsConnectorBuilder::new().with_native_roots().map_err(|error| broken(&error))?;
    let https = https.https_or_http().enable_http1();
    let entered = runtime.enter();
    // A proxy passes on what it cannot read: TLS is spoken with the server through it.
    let octocrab = match Matcher::from_env().intercept(&uri).filter(|_| !is_local(&uri)) {
        Some(proxy) => {
            let tunnel = Tunnel::new(proxy.uri().clone(), http);
            let tunnel = match proxy.basic_auth() {
                Some(known) => tunnel.with_auth(known.clone()),
                None => tunnel,
            };
            client(https.wrap_connector(tunnel), uri, headers)
        }
        None => client(https.wrap_connector(http), uri, headers),
    };
    drop(entered);
    Ok(Api { octocrab, runtime })
}

/// All requests go below `uri` and nowhere else, so these headers do.
fn client<C>(connector: C, uri: Uri, headers: Vec<(header::HeaderName, HeaderValue)>) -> Octocrab
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let built = OctocrabBuilder::new_empty()
        .with_service(Hyper::builder(TokioExecutor::new()).build(connector))
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
        .with_layer(&BaseUriLayer::new(uri))
        .with_auth(AuthState::None)
        .build();
    match built {
        Ok(octocrab) => octocrab,
        Err(never) => match never {},
    }
}

/// Nobody can listen on the way.
fn is_safe(uri: &Uri) -> bool {
    let plain_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    plain_host && (uri.scheme_str() == Some("https") || uri.scheme_str() == Some("http") && is_local(uri))
}

/// This machine, which is another one for a proxy.
fn is_local(uri: &Uri) -> bool {
    matches!(uri.host(), Some("127.0.0.1" | "[::1]" | "localhost"))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn a_token_goes_over_https_only() {
        let safe = |uri: &str| is_safe(&uri.parse().unwrap());
        assert!(safe("https://api.github.com") && safe("https://ghes.example/api/v3"));
        assert!(safe("http://127.0.0.1:4010") && safe("http://[::1]:1"));
        for wrong in ["http://ghes.example", "https://a@b", "/api", "http://127.0.0.1.example"] {
            assert!(!safe(wrong), "{wrong}");
        }
    }

    /// A server that does this with every connection, once it has read a request; and how often it was asked.
    fn served(answer: impl Fn(&mut TcpStream) + Send + 'static) -> (Target, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let api_url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut part = [0; 4096];
                let _ = stream.read(&mut part);
                count.fetch_add(1, Ordering::Relaxed);
                answer(&mut stream);
            }
        });
        let target = Target {
            api_url,
            server_url: String::new(),
            repository: "o/r".into(),
            head_sha: "a".repeat(40),
            git_ref: String::new(),
            pull_request: Some(7),
            token: super::super::Token::new("hush"),
            login: None,
        };
        (target, asked)
    }

    fn limited(target: &Target) -> Client<'_> {
        let request = Duration::from_millis(300);
        let limits = Limits { request, all: Duration::from_secs(2), answer: 10_000, list: 25_000 };
        Client { limits, ..Client::new(target) }
    }

    fn send(stream: &mut TcpStream, head: &str, body: &str) {
        let _ = write!(stream, "HTTP/1.1 {head}\r\nconnection: close\r\n\r\n{body}");
    }

    #[test]
    fn an_answer_without_end_is_given_up() {
        for head in ["200 OK", "403 Forbidden", "500 X", "200 OK\r\ncontent-encoding: gzip"] {
            let (target, asked) = served(move |stream| {
                send(stream, head, "");
                while stream.write_all(&[b'['; 4096]).is_ok() {}
            });
            let refused = limited(&target).get("/x").unwrap_err().to_string();
            assert_eq!(refused, "GitHub's answer is larger than 10000 bytes");
            assert_eq!(asked.load(Ordering::Relaxed), 1);
        }
        // It may say so beforehand.
        let (target, _) = served(|stream| send(stream, "200 OK\r\ncontent-length: 99999999999", "["));
        assert!(limited(&target).get("/x").is_err());
    }

    #[test]
    fn an_answer_that_drips_is_given_up() {
        let drips: [fn(&mut TcpStream); 3] = [
            |stream| {
                while stream.write_all(b"H").is_ok() {
                    thread::sleep(Duration::from_millis(50));
                }
            },
            |stream| {
                send(stream, "200 OK\r\ncontent-length: 9000", "");
                while stream.write_all(b" ").is_ok() {
                    thread::sleep(Duration::from_millis(50));
                }
            },
            |_| thread::sleep(Duration::from_secs(5)),
        ];
        for drip in drips {
            let (target, _) = served(drip);
            let start = Instant::now();
            let refused = limited(&target).get("/x").unwrap_err().to_string();
            // A GET is repeated, but all of it together ends, too.
            assert!(start.elapsed() < Duration::from_secs(5), "{refused}");
            assert!(refused.contains("GitHub "), "{refused}");
        }
    }

    #[test]
    fn a_list_without_end_is_given_up() {
        let full = format!("[{}1]", "1,".repeat(PER_PAGE - 1));
        let (target, asked) = served(move |stream| send(stream, "200 OK", &full));
        assert!(limited(&target).pages("/x").is_ok_and(|all| all.len() == PAGES * PER_PAGE));
        assert_eq!(asked.load(Ordering::Relaxed), PAGES);
        // Pages that are large, and one that holds more than was asked for.
        let large = format!("[{}1]", format!("\"{}\",", "x".repeat(90)).repeat(PER_PAGE - 1));
        let (target, asked) = served(move |stream| send(stream, "200 OK", &large));
        assert!(limited(&target).pages("/x").is_err());
        assert_eq!(asked.load(Ordering::Relaxed), 3);
        let more = format!("[{}1]", "1,".repeat(PER_PAGE));
        let (target, _) = served(move |stream| send(stream, "200 OK", &more));
        assert!(limited(&target).pages("/x").is_err());
    }
}
