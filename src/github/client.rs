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
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, Method, Uri, header};
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

use super::target::Target;
use crate::report::escape;

/// How long one request may take; ten megabytes may have to go up.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long all waits together may take before a request is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a request is repeated.
const REPEATS: u32 = 3;
/// GitHub's largest page.
const PER_PAGE: usize = 100;
/// GitHub lists no more files of a pull request; nobody reads more comments.
const PAGES: usize = 30;
/// How much of GitHub's own words is told.
const TOLD: usize = 300;

/// Why something could not be told.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// GitHub's answer, if there was one.
    pub(super) status: Option<u16>,
    /// A sentence, with nothing in it that a terminal obeys.
    why: String,
    again: Again,
}

/// Whether the same request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Never,
    /// It was not acted upon: it never left, or came too early.
    After(Duration),
    /// Only if it changes nothing.
    IfGet,
}

impl Refused {
    /// Something here speaks against it.
    pub(super) fn here(why: impl Into<String>) -> Self {
        Self { status: None, why: why.into(), again: Again::Never }
    }
    /// GitHub's answer is not the one that its documentation promises.
    pub(super) fn odd() -> Self {
        Self::here("GitHub's answer is not understood")
    }
    /// The reason, and what to do about it.
    pub(super) fn advice(&self, permission: &str) -> String {
        let is_off = self.why.contains("must be enabled") || self.why.contains("is not enabled");
        match self.status {
            Some(403 | 404) if !is_off && !permission.is_empty() => format!(
                "{}; the job needs `permissions: {permission}`, which pull requests from forks never get",
                self.why
            ),
            _ => self.why.clone(),
        }
    }

    fn from(error: &octocrab::Error) -> Self {
        let octocrab::Error::GitHub { source, .. } = error else {
            return Self::unanswered(error);
        };
        let status = source.status_code.as_u16();
        let message: String = source.message.chars().take(TOLD).collect();
        let mut why = format!("GitHub answered {status}: {}", escape::line(&message));
        for error in source.errors.iter().flatten().take(3) {
            let text = error.get("message").and_then(Value::as_str).or(error.as_str());
            let text: String = text.unwrap_or_default().chars().take(TOLD).collect();
            if !text.is_empty() {
                why = format!("{why}; {}", escape::line(&text));
            }
        }
        let again = match status {
            403 | 429 => source.headers.as_ref().and_then(wait).map_or(Again::Never, Again::After),
            500 | 502..=504 => Again::IfGet,
            _ => Again::Never,
        };
        Self { status: Some(status), why, again }
    }

    fn unanswered(error: &octocrab::Error) -> Self {
        let mut cause: &(dyn std::error::Error + 'static) = error;
        let mut never_left = false;
        while let Some(next) = cause.source() {
            cause = next;
            let io = cause.downcast_ref::<io::Error>();
            never_left |= io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused);
        }
        let again = if never_left { Again::After(Duration::from_secs(1)) } else { Again::IfGet };
        let why = format!("GitHub cannot be reached: {}", escape::line(&cause.to_string()));
        Self { status: None, why, again }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

/// How long GitHub wants us to wait, if it is for the rate of our requests that it refused one.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let until_reset = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let reset = number("x-ratelimit-reset").filter(|_| number("x-ratelimit-remaining") == Some(0));
        Some(reset?.saturating_sub(now).max(1))
    };
    number("retry-after").or_else(until_reset).map(Duration::from_secs)
}

pub(super) struct Client<'t> {
    pub(super) target: &'t Target,
    api: OnceCell<Result<Api, Refused>>,
    waited: Cell<Duration>,
}

/// The client lives on its runtime and goes first.
struct Api {
    octocrab: Octocrab,
    runtime: Runtime,
}

impl<'t> Client<'t> {
    pub(super) fn new(target: &'t Target) -> Self {
        Self { target, api: OnceCell::new(), waited: Cell::default() }
    }
    /// Below the repository, as all routes here.
    pub(super) fn get(&self, route: &str) -> Result<Value, Refused> {
        self.call(&Method::GET, route, None)
    }
    pub(super) fn post(&self, route: &str, body: &Value) -> Result<Value, Refused> {
        self.call(&Method::POST, route, Some(body))
    }
    pub(super) fn patch(&self, route: &str, body: &Value) -> Result<Value, Refused> {
        self.call(&Method::PATCH, route, Some(body))
    }
    pub(super) fn put(&self, route: &str, body: &Value) -> Result<Value, Refused> {
        self.call(&Method::PUT, route, Some(body))
    }
    pub(super) fn delete(&self, route: &str) -> Result<(), Refused> {
        self.call(&Method::DELETE, route, None).map(drop)
    }
    /// All entries of a list that GitHub hands out in pages.
    pub(super) fn pages(&self, route: &str) -> Result<Vec<Value>, Refused> {
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let answer = self.get(&format!("{route}?per_page={PER_PAGE}&page={page}"))?;
            let Value::Array(mut entries) = answer else { return Err(Refused::odd()) };
            let count = entries.len();
            all.append(&mut entries);
            if count < PER_PAGE {
                break;
            }
        }
        Ok(all)
    }

    fn call(&self, method: &Method, route: &str, body: Option<&Value>) -> Result<Value, Refused> {
        let route = self.target.route(route)?;
        let api = self.api.get_or_init(|| connect(self.target)).as_ref().map_err(Clone::clone)?;
        let mut repeats = 0;
        loop {
            let refused = match api.once(method, &route, body) {
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
    fn once(&self, method: &Method, route: &str, body: Option<&Value>) -> Result<Value, Refused> {
        let sent = async {
            let request = http::Request::builder().method(method).uri(route);
            let response = self.octocrab.execute(self.octocrab.build_request(request, body)?).await?;
            let response = octocrab::map_github_error(response).await?;
            self.octocrab.body_to_string(response).await
        };
        match self.runtime.block_on(async { tokio::time::timeout(TIMEOUT, sent).await }) {
            // An answer without a body, or one that is no JSON, has no fields.
            Ok(Ok(text)) => Ok(serde_json::from_str(&text).unwrap_or(Value::Null)),
            Ok(Err(error)) => Err(Refused::from(&error)),
            Err(_) => {
                let why = format!("GitHub did not answer within {} s", TIMEOUT.as_secs());
                Err(Refused { status: None, why, again: Again::IfGet })
            }
        }
    }
}

fn connect(target: &Target) -> Result<Api, Refused> {
    let token = target.token.as_ref().ok_or_else(|| Refused::here("there is no token"))?;
    let uri: Uri = target.api_url.parse().map_err(|_| Refused::here("the API's address is none"))?;
    if !is_safe(&uri) {
        return Err(Refused::here("the API's address is not https, and a token goes nowhere else"));
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

    #[test]
    fn waits_are_read_from_the_answer() {
        let wait_of = |pairs: &[(&'static str, String)]| {
            wait(&pairs.iter().map(|(name, v)| (name.parse().unwrap(), v.parse().unwrap())).collect())
        };
        let soon = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 5;
        assert_eq!(wait_of(&[("retry-after", "7".into())]), Some(Duration::from_secs(7)));
        assert_eq!(wait_of(&[("x-ratelimit-reset", soon.to_string())]), None, "the limit is not reached");
        let reset = [("x-ratelimit-reset", soon.to_string()), ("x-ratelimit-remaining", "0".into())];
        assert!(wait_of(&reset).is_some_and(|pause| (3..=5).contains(&pause.as_secs())));
        assert_eq!(wait_of(&[]), None);
    }

    #[test]
    fn advice_names_the_permission_where_one_is_missing() {
        let refused = |status, why: &str| Refused { status, why: why.into(), again: Again::Never };
        let fork = refused(Some(403), "Resource not accessible by integration").advice("checks: write");
        assert!(fork.contains("`permissions: checks: write`"), "{fork}");
        let off = refused(Some(403), "Code scanning is not enabled for this repository");
        assert_eq!(off.advice("x"), off.to_string());
        assert_eq!(refused(Some(502), "Bad Gateway").advice("x"), "Bad Gateway");
    }
}
