//! What is sent again, what is not, and what becomes of the token.

use std::time::{Duration, Instant};

use hullguard::github::{Delivery, Reporter, deliver};

use super::server::{Answer, Server};
use super::{diff, outcome, plan, story, target, token};

const CHECK: &[Reporter] = &[Reporter::Check];

fn answer(status: u16, headers: &'static str, message: &str) -> Answer {
    (status, headers, format!(r#"{{"message": "{message}"}}"#))
}

/// Delivers one finding to a server with these answers. The last way is the log, whatever happens.
fn told_to(answers: Vec<Answer>, reporters: &[Reporter]) -> (Delivery, Server) {
    let server = Server::start(answers);
    let mut plan = plan(reporters);
    plan.diff = Some(diff(1..=100));
    let delivery = deliver(&target(&server.url), &outcome(1), &plan);
    let told = delivery.told.as_ref().expect("somebody was told");
    assert_eq!(told.findings, 1);
    let log = String::from_utf8_lossy(&delivery.log);
    assert_eq!(told.reporter == Reporter::Log, log.starts_with("::error file=d0/Dockerfile,line=1"), "{log}");
    for said in [format!("{delivery:?}"), log.into_owned()] {
        assert!(!said.contains(&token()), "{said}");
    }
    (delivery, server)
}

fn lines(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|asked| asked.line).collect()
}

#[test]
fn the_request_is_as_github_wants_it() {
    let (delivery, server) = told_to(vec![], CHECK);
    assert_eq!(story(&delivery).1, Some(Reporter::Check));
    let asked = server.asked().remove(0);
    assert_eq!(asked.line, "POST /repos/octo/hull/check-runs HTTP/1.1");
    for header in ["accept: application/vnd.github+json", "x-github-api-version: 2022-11-28"] {
        assert!(asked.headers.iter().any(|line| line == header), "{:?}", asked.headers);
    }
    let sent = format!("authorization: bearer {}", token().to_lowercase());
    assert_eq!(asked.headers.iter().filter(|line| **line == sent).count(), 1);
    assert!(!asked.body.contains(&token()));
}

#[test]
fn an_enterprise_server_has_its_api_below_a_path() {
    let server = Server::start([]);
    deliver(&target(&format!("{}/api/v3", server.url)), &outcome(1), &plan(CHECK));
    assert_eq!(lines(&server), ["POST /api/v3/repos/octo/hull/check-runs HTTP/1.1"]);
}

/// A 502 may come from before GitHub or from behind it.
#[test]
fn what_may_have_been_done_is_not_done_again() {
    for status in [500, 502, 503, 504] {
        let (delivery, server) = told_to(vec![answer(status, "", "Bad Gateway")], CHECK);
        assert_eq!(lines(&server).len(), 1);
        let (fell, told) = story(&delivery);
        assert_eq!((fell.len(), told), (1, Some(Reporter::Log)));
        assert!(fell[0].1.contains(&format!("{status}: Bad Gateway")), "{fell:?}");
    }
}

#[test]
fn what_changes_nothing_is_asked_again() {
    let empty = || (200, "", "[]".to_owned());
    let answers = vec![answer(502, "", "Bad Gateway"), empty(), empty()];
    let (delivery, server) = told_to(answers, &[Reporter::Review]);
    assert_eq!(story(&delivery).1, Some(Reporter::Review), "{delivery:?}");
    let comments = "GET /repos/octo/hull/pulls/7/comments?per_page=100&page=1 HTTP/1.1";
    assert_eq!(lines(&server)[..2], [comments, comments]);
    assert_eq!(lines(&server).iter().filter(|line| line.starts_with("POST")).count(), 1);
}

#[test]
fn a_rate_limit_is_waited_for_if_it_is_short() {
    let (delivery, server) = told_to(vec![answer(429, "retry-after: 1\r\n", "slower")], CHECK);
    assert_eq!(story(&delivery).1, Some(Reporter::Check));
    let asked = server.asked();
    assert_eq!((asked.len(), &asked[0].body), (2, &asked[1].body));

    let start = Instant::now();
    let (delivery, server) = told_to(vec![answer(403, "retry-after: 3600\r\n", "slower")], CHECK);
    assert_eq!((story(&delivery).1, lines(&server).len()), (Some(Reporter::Log), 1));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn other_hosts_get_no_token() {
    let other = Server::start([]);
    // Leaked once, for the answer's headers are static.
    let to: &'static str = Box::leak(format!("location: {}/x\r\n", other.url).into_boxed_str());
    let (delivery, _) = told_to(vec![answer(307, to, "moved")], CHECK);
    assert_eq!(story(&delivery).1, Some(Reporter::Log));
    assert!(other.asked().is_empty());
}

#[test]
fn hostile_answers_stay_text_and_give_nothing_away() {
    let message = format!("your {} \\n::error::x ##[error]y \\u001b[31m", token());
    let (delivery, _) = told_to(vec![answer(403, "", &message)], CHECK);
    let why = &delivery.fell[0].why;
    assert!(why.contains("your ***") && !why.contains(['\n', '\u{1b}']) && !why.contains("##["), "{why}");
    for body in ["", "[", "[1]", "{\"id\": \"../../x\"}", "null"] {
        let answers = vec![(201, "", body.to_owned())];
        let (delivery, _) = told_to(answers, CHECK);
        assert_eq!(story(&delivery).1, Some(Reporter::Log), "{body}");
    }
}

#[test]
fn nobody_there_and_nothing_to_say_it_with() {
    let nobody =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
    let mut aim = target(&format!("http://{nobody}"));
    let delivery = deliver(&aim, &outcome(3), &plan(CHECK));
    assert!(delivery.fell[0].why.contains("GitHub cannot be reached"), "{delivery:?}");
    assert_eq!(delivery.told.expect("the log was told").findings, 3);

    let server = Server::start([]);
    aim = target(&server.url);
    aim.token = None;
    let delivery = deliver(&aim, &outcome(3), &plan(&[Reporter::Sarif, Reporter::Check, Reporter::Review]));
    assert_eq!(delivery.fell.len(), 3);
    assert!(delivery.fell.iter().all(|fell| fell.why == "there is no token"), "{delivery:?}");
    aim = target("http://github.example");
    let delivery = deliver(&aim, &outcome(3), &plan(CHECK));
    assert!(delivery.fell[0].why.contains("not https"), "{delivery:?}");
    assert!(server.asked().is_empty());

    let delivery = deliver(&aim, &outcome(3), &plan(&[]));
    assert!(delivery.told.is_none() && delivery.log.is_empty());
}
