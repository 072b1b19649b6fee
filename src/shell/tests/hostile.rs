//! Nothing that stands in a file may make the reader panic, recurse without end, or take more than linear time.

use super::{Script, parse, script};
use crate::shell::{Command, CommandKind, Redirect, Word};
use crate::text::{Joined, Span};

/// A little random generator (xorshift), so that the tests see the same texts every time.
struct Dice(u64);
impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Checks the spans of words and takes out the scripts in them.
fn scripts<'s>(words: &'s [Word], out: &mut Vec<&'s Script>, within: &dyn Fn(Span)) {
    for word in words {
        within(word.span);
        word.parameters.iter().for_each(|parameter| within(parameter.span));
        word.substitutions.iter().for_each(|found| within(found.span));
        out.extend(word.substitutions.iter().map(|found| &found.script));
    }
}

/// Checks every span against the source.
fn check(script: &Script, source: &str) {
    let within = |span: Span| {
        assert!(span.start <= span.end && span.end as usize <= source.len(), "{span:?} in {source:?}");
        assert!(source.get(span.range()).is_some(), "{span:?} cuts a character of {source:?}");
    };
    let mut left = vec![script];
    while let Some(script) = left.pop() {
        for pipeline in &script.pipelines {
            within(pipeline.span);
            assert!(!pipeline.commands.is_empty());
            for Command { span, kind, redirects } in &pipeline.commands {
                within(*span);
                match kind {
                    CommandKind::Simple { assignments, words, inner, .. } => {
                        scripts(assignments, &mut left, &within);
                        scripts(words, &mut left, &within);
                        left.extend(inner);
                    }
                    CommandKind::Subshell(script) | CommandKind::Group(script) => left.push(script),
                    CommandKind::Compound { words, bodies, .. } => {
                        scripts(words, &mut left, &within);
                        left.extend(bodies);
                    }
                }
                for Redirect { span, target, body, .. } in redirects {
                    within(*span);
                    scripts(std::slice::from_ref(target), &mut left, &within);
                    scripts(body.as_slice(), &mut left, &within);
                }
            }
        }
    }
    let facts = script.facts();
    facts.packages.iter().for_each(|call| within(call.span));
    facts.piped_scripts.iter().for_each(|found| within(found.span));
    facts.removals.iter().for_each(|found| within(found.span));
    script.calls().iter().for_each(|call| within(call.span()));
}

const PIECES: &[&str] = &[
    "apt-get install -y gcc",
    "curl -k https://x",
    " | ",
    " && ",
    " || ",
    "; ",
    " & ",
    "sh -c ",
    "eval ",
    "'",
    "\"",
    "`",
    "$(",
    ")",
    "${",
    "}",
    "$((",
    "))",
    "((",
    "(",
    "{ ",
    "if ",
    "then ",
    "fi",
    "for x in ",
    "do ",
    "done ",
    "case x in ",
    "a) ",
    ";;",
    "esac ",
    "<<EOF",
    "\nEOF\n",
    "<<-'E'",
    "\nE\n",
    "<<<",
    "<(",
    ">",
    "2>&1",
    "&>",
    "[[ ",
    " ]]",
    "a=(",
    "x=1 ",
    "\\",
    "\n",
    "\r\n",
    "\\\n",
    " ",
    "\t",
    "#",
    "!",
    "$x",
    "$'",
    "\\x",
    "é",
    "\u{1f433}",
    "f() ",
    "function g ",
    "while ",
    "rm -rf {a,b}/",
    "sudo ",
    "find . -exec ",
    "chmod 777 ",
    "adduser ",
    "python3 -m pip install a==1 ",
    "=~ ",
    "\u{1a}",
    "\0",
    "@",
    "^",
    "%PATH%",
    "-",
    "--",
    "=",
];

#[test]
fn no_text_makes_it_panic() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for _ in 0..20_000 {
        let count = 1 + dice.roll(24);
        let source: String = (0..count).map(|_| PIECES[dice.roll(PIECES.len())]).collect();
        check(&script(&source), &source);
        // The same with holes, as continuations leave them.
        let mut joined = Joined::empty(0);
        let mut at = 0;
        while at < source.len() {
            let mut next = (at + 1 + dice.roll(9)).min(source.len());
            while !source.is_char_boundary(next) {
                next += 1;
            }
            if dice.roll(4) > 0 {
                joined.push(&source[at..next], at);
            }
            at = next;
        }
        check(&parse(&joined), &source);
    }
}

#[test]
fn depth_and_length_are_survived() {
    let nest: &[&str] = &[
        "(",
        "$(",
        "${a:-",
        "((",
        "$((",
        "`",
        "`\\`\\\\",
        "\"$(",
        "{ ",
        "if ",
        "while ",
        "case x in a) ",
        "a() ",
        "function a ",
        "a=(",
        "eval ",
        "sh -c \"",
        "sh -c \"$(",
        "sh <<A\n",
        "cat <<A $(",
        "<<a ",
        "<(",
        "sudo ",
        "((x);",
        "a(",
        "[[ ( ",
        "\\",
        "$'\\",
        "! ",
        "a | (",
        "a=$(",
        "for x in ",
        "x; ",
        "find -exec ",
        "echo ${x",
        "<<a\n",
        "'",
        "rm {a,b}{c,d} ",
        "bash <(curl ",
    ];
    // A small stack, and a limit on time that only something quadratic would miss.
    let run = move || {
        for piece in nest {
            let source = piece.repeat(60_000 / piece.len());
            let begin = std::time::Instant::now();
            let script = script(&source);
            check(&script, &source);
            assert!(begin.elapsed().as_secs() < 10, "{piece:?} takes {:?}", begin.elapsed());
        }
        let flat = "(".repeat(100_000) + "a" + &")".repeat(100_000);
        check(&script(&flat), &flat);
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).expect("a thread");
    thread.join().expect("no overflow, no panic");
}
