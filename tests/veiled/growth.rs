//! What finds the places to hide, and what makes findings of them, takes time linear in a text, whatever stands in it.

use std::time::{Duration, Instant};

use hullguard::blob::Origin;
use hullguard::rule::{Policy, Profile};
use hullguard::shown::Veil;
use hullguard::shown::secrets;

use crate::clock::spent;
use crate::tokens;

fn time(work: &dyn Fn()) -> Duration {
    let once = || {
        let start = Instant::now();
        let before = spent(start);
        work();
        spent(start).saturating_sub(before)
    };
    once().min(once())
}

/// Twice the text twice the time; a square takes sixteen times as long for four times as much.
fn grows_linearly(name: &str, work: &dyn Fn(usize)) {
    for _ in 0..3 {
        let (one, four) = (time(&|| work(1)), time(&|| work(4)));
        if four < one * 9 + Duration::from_millis(20) {
            return;
        }
    }
    panic!("{name}: not linear");
}

#[test]
fn veils_are_made_in_linear_time() {
    for piece in [
        "password ",
        "password=",
        "password=x ",
        "password:\"",
        "password='x\" ",
        "\\\"password=",
        "password=\\\"x ",
        "password: |\n",
        "password:\n",
        "password:\n\n  - ",
        "- password:\n",
        "password=\"\"\"",
        "password='''' ",
        "password=`",
        "<password>",
        "authorization: x $",
        "password, ",
        "\"password\", ",
        "password \\\n",
        "password=a\\\n",
        "name: password\n",
        "password: $(echo ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----A\n",
        "-----END x",
        "<<a ",
        "cat <<E > token\n",
        "mysql -p1 ",
        "mysql | ",
        "docker login ",
        "echo x | chpasswd ",
        "- mysql\n",
        "[\"mysql\", ",
        "'mysql ",
        "\"mysql -px\" ",
        "curl -u ",
        "://a:b@",
        "://",
        "password_",
        "pass ",
        "ENV password a1b2c3 ",
        "password=k8s1 k8s1 ",
        "- password=a b\n",
        "key: &",
        "password: !a ",
    ] {
        let size = 4_000 / piece.len();
        grows_linearly(piece, &|n| {
            let text = piece.repeat(size * n);
            assert!(Veil::new(&text, &[]).spans().iter().all(|span| span.end as usize <= text.len()));
        });
    }
}

#[test]
fn findings_on_one_line_are_made_in_linear_time() {
    let token = tokens::github(tokens::RANDOM);
    let policy = Policy { profile: Profile::Strict, ..Policy::default() };
    let some = |text: String| {
        let found =
            secrets::some(&"a.txt".into(), text.into_bytes(), (&Origin::WorkTree, None), &policy, |_, _| {
                true
            });
        assert!(!found.findings.is_empty());
    };
    let pieces =
        [format!("{token} "), format!("PASSWORD={}x1! ", &tokens::RANDOM[..20]), format!("ä{token};")];
    for piece in &pieces {
        let size = 2_000 / piece.len();
        grows_linearly("on a line", &|n| some(piece.repeat(size * n)));
        grows_linearly("on lines", &|n| some(format!("{piece}\n").repeat(size * n)));
    }
}
