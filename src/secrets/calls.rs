//! Passwords that no name announces, only what takes them: `login("u", "p")`, `connect("host", "u", "p")`,
//! `jwt.sign(x, "p")`, `u:p@tcp(host)`, `IDENTIFIED BY 'p'`, `echo u:p | chpasswd`, and what [`commands`] finds among
//! arguments.

use std::ops::Range;

use super::about::{About, Kind};
use super::cursor::{Cursor, blank};
use super::hit::{Hit, Rank};
use super::strength::{Strength, strength};
use super::{commands, cookies, random, values};
use crate::rule::Confidence::{High, Low, Medium};
use crate::table;
use crate::trust::{Sign, Trust};

/// What such lines begin with; in small letters. Names that end in `auth` or `credentials` come by themselves.
pub(super) const ANCHORS: [&str; 29] = [
    "login(",
    "authenticate(",
    "user(",
    "connect",
    "mysqli(",
    "pdo(",
    "identified ",
    "chpasswd",
    "@tcp(",
    "jwt.sign(",
    "jwt.verify(",
    "jwt.encode(",
    "to-securestring ",
    "btoa(",
    "b64encode(",
    "buffer.from(",
    "encodetostring(",
    "oracle:thin:",
    "sqlplus ",
    "stats auth ",
    "rocommunity ",
    "rwcommunity ",
    "server community ",
    "totp(",
    "hotp(",
    "-stdin",
    "sudo -s",
    cookies::COLUMNS[0],
    cookies::COLUMNS[1],
];

/// The password behind the anchor at `anchor`, or before it.
pub(super) fn at(text: &[u8], anchor: Range<usize>, about: About) -> Option<Hit> {
    let cursor = Cursor { text, at: anchor.end };
    let opening = text[anchor.clone()].to_ascii_lowercase();
    let (user, value) = match opening.as_slice() {
        b"identified " => (None, identified(cursor).or_else(|| of_a_user(text, &anchor))?),
        b"to-securestring " => (None, secured(cursor)?),
        b"btoa(" | b"b64encode(" => both(text, cursor.blanks().quoted()?.range)?,
        b"buffer.from(" | b"encodetostring(" => encoded(cursor)?,
        b"oracle:thin:" => of_oracle(cursor)?,
        b"sqlplus " => of_sqlplus(cursor)?,
        b"stats auth " => both(text, word(cursor.blanks())?)?,
        community if community.ends_with(b"community ") => {
            let value = cursor.blanks().until(|b| b.is_ascii_whitespace(), false)?.range;
            (None, Some(value).filter(|value| !matches!(&text[value.clone()], b"public" | b"private"))?)
        }
        b"totp(" | b"hotp(" => return one_time(text, cursor.blanks().quoted()?.range, about),
        b"chpasswd" => (None, piped(text, anchor.start).or_else(|| fed(cursor))?),
        b"-stdin" => (None, echoed(text, anchor.start)?),
        b"sudo -s" => (None, echoed(text, anchor.start).filter(|_| text[anchor.end - 1] == b'S')?),
        columns if columns.starts_with(b"\t") => return cookies::exported(text, anchor.end - 1, about),
        b"@tcp(" => pair_before(text, anchor.start)?,
        b"connect" => {
            let open = ["(", "ion("].into_iter().find(|open| cursor.rest().starts_with(open.as_bytes()))?;
            let inside = cursor.skip(open.len());
            let login = inside
                .blanks()
                .quoted()
                .and_then(|value| of_oracle(Cursor { at: value.range.start, ..cursor }));
            login.or_else(|| arguments(inside.argument()?.0))?
        }
        b"mysqli(" | b"pdo(" => arguments(cursor.argument()?.0)?,
        shown if shown.starts_with(b"jwt.") => (None, behind_payload(cursor)?),
        _ => with_user(cursor)?,
    };
    // What sets a password leaves no doubt that it is one.
    let sets = matches!(opening.as_slice(), b"identified " | b"chpasswd");
    let shown = opening.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let (id, name) = match opening.as_slice() {
        b"@tcp(" | b"oracle:thin:" | b"sqlplus " => ("url-credentials", None),
        call => {
            let id = if call.starts_with(b"jwt.") { "assigned-secret" } else { "assigned-password" };
            (id, Some(anchor.start..anchor.start + shown))
        }
    };
    judged(text, (id, name), user, value, sets, about)
}

/// The password in the command whose anchor stands at `anchor`.
pub(super) fn in_command(text: &[u8], anchor: Range<usize>, about: About) -> Option<Hit> {
    let (user, value) = commands::password(text, &anchor)?;
    if text[value.clone()].contains(&b'$') {
        return None;
    }
    let is_pair = text[anchor.clone()].eq_ignore_ascii_case(b"curl");
    let told = if is_pair { ("url-credentials", None) } else { ("assigned-password", Some(anchor)) };
    judged(text, told, user, value, false, about)
}

/// The password of `BasicAuth("u", "p")`, `auth=("u", "p")`, `NetworkCredential("u", "p")`.
pub(super) fn of_name(text: &[u8], name: Range<usize>, about: About) -> Option<Hit> {
    let written = &text[name.clone()];
    let ends = |word: &&[u8]| {
        let end = written.len().checked_sub(word.len()).map(|at| &written[at..]);
        end.is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    if ![&b"auth"[..], b"credential", b"credentials"].iter().any(ends) {
        return None;
    }
    let cursor = Cursor { text, at: name.end }.blanks();
    let cursor = cursor.skip_one(b'=').map_or(cursor, Cursor::blanks).skip_one(b'(')?;
    let (user, value) = with_user(cursor)?;
    judged(text, ("assigned-password", Some(name)), user, value, false, about)
}

/// Without a user's name it is any call.
fn with_user(cursor: Cursor) -> Option<(Option<Range<usize>>, Range<usize>)> {
    arguments(cursor).filter(|(user, _)| user.is_some())
}

/// A hit of a rule, under a name, if the value is a literal that is one.
fn judged(
    text: &[u8],
    (id, name): (&str, Option<Range<usize>>),
    user: Option<Range<usize>>,
    value: Range<usize>,
    sets: bool,
    about: About,
) -> Option<Hit> {
    let shown = std::str::from_utf8(&text[value.clone()]).ok()?;
    let user = user.and_then(|user| std::str::from_utf8(&text[user]).ok());
    let strength = strength(shown);
    // Not a piece of a text that is put together: `BY '"$PASSWORD"'`, `'{}'`, `'%s'`, `':password'`.
    let open = shown.starts_with(['$', '%', '{', ':', '<', '?', '@']) || shown.contains(['"', '\'']);
    if open || shown.len() < 4 || strength == Strength::Text || values::judge(shown) != values::Value::Literal
    {
        return None;
    }
    let trust = grade(shown, strength, user, sets, about);
    let hit = Hit::new(table::find(id)?, value, trust, Rank::Assigned);
    Some(Hit { guessable: strength != Strength::Drawn, name, ..hit })
}

fn grade(password: &str, strength: Strength, user: Option<&str>, sets: bool, about: About) -> Trust {
    let lower = password.to_ascii_lowercase();
    let same = user.is_some_and(|user| user.eq_ignore_ascii_case(password));
    let sample = same || lower.starts_with("pass") || lower.starts_with("pw") || lower.contains("user");
    let trust = |confidence| Trust::of(&[Sign::Call, strength.sign()], confidence);
    match strength {
        Strength::Drawn if password.len() >= 16 => about.weigh(trust(High)),
        Strength::Drawn => about.weigh(trust(Medium).and(Sign::Short)),
        _ if sample => trust(Low).and(Sign::Sample),
        _ if about.staged => trust(Low).and(Sign::Staged),
        _ if about.kind == Kind::Docs => trust(Low).and(Sign::Docs),
        Strength::Chosen => about.weigh(trust(Medium)),
        Strength::Word if sets && about.is_written() => trust(Medium).and(Sign::SetsPassword),
        Strength::Word | Strength::Text => trust(Low),
    }
}

/// The user, if it is a literal, and the password behind it, past a mail address.
fn arguments(cursor: Cursor) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let (mut next, mut user) = cursor.argument()?;
    if user.as_ref().is_some_and(|user| cursor.text[user.clone()].iter().any(u8::is_ascii_whitespace)) {
        user = None;
    }
    for _ in 0..2 {
        let (behind, value) = next.argument()?;
        let value = value?;
        if !cursor.text[value.clone()].contains(&b'@') || !cursor.text[value.clone()].contains(&b'.') {
            return Some((user, value));
        }
        next = behind;
    }
    None
}

/// `IDENTIFIED BY 'p'`, `IDENTIFIED WITH plugin BY 'p'`.
fn identified(cursor: Cursor) -> Option<Range<usize>> {
    let rest = cursor.rest();
    let rest = &rest[..rest.len().min(64)];
    let by = rest.windows(3).position(|three| three.eq_ignore_ascii_case(b"by "))?;
    let value = cursor.skip(by + 3).blanks().quoted()?.range;
    // `identified by "(\d+)"`, and what prose puts between backticks, is somebody's speaking.
    let plain = |b: &u8| !matches!(b, b'(' | b'\\' | b'`');
    (cursor.text[value.start - 1..value.end].iter().all(plain)).then_some(value)
}

/// `CREATE USER u IDENTIFIED BY p`, without quotes: prose says "identified by", too, but not behind that.
fn of_a_user(text: &[u8], anchor: &Range<usize>) -> Option<Range<usize>> {
    let before = &text[anchor.start.saturating_sub(96)..anchor.start];
    let before = before.rsplit(|&b| b == b'\n').next()?.to_ascii_lowercase();
    let of_user = [&b"create user "[..], b"alter user "]
        .iter()
        .any(|sql| before.windows(sql.len()).any(|there| there == *sql));
    let cursor = Cursor { text, at: anchor.end };
    let by = cursor.rest().get(..3).filter(|by| of_user && by.eq_ignore_ascii_case(b"by "))?;
    let ends = |b: u8| b.is_ascii_whitespace() || matches!(b, b';' | b'"' | b'\'' | b')');
    Some(cursor.skip(by.len()).blanks().until(ends, false)?.range)
}

/// User and password before a database of Oracle's: `ann/P@host`.
fn of_oracle(cursor: Cursor) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let is_of_user = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'#' | b'-');
    let user = cursor.rest().iter().take(64).take_while(|b| is_of_user(b)).count();
    let behind = cursor.skip(user).skip_one(b'/').filter(|_| user > 0)?;
    let password =
        behind.until(|b| b.is_ascii_whitespace() || matches!(b, b'@' | b'"' | b'\''), false)?.range;
    (cursor.text.get(password.end) == Some(&b'@')).then(|| (Some(cursor.at..cursor.at + user), password))
}

/// The same among the arguments of sqlplus, behind its options.
fn of_sqlplus(cursor: Cursor) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let mut at = cursor.blanks();
    while at.peek() == Some(b'-') {
        at = Cursor { at: at.until(blank, false)?.range.end, ..at }.blanks();
    }
    of_oracle(at.skip_one(b'"').unwrap_or(at))
}

/// A literal pair that code makes base64 of.
fn encoded(cursor: Cursor) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let start = cursor.rest().strip_prefix(b"[]byte(").map_or(cursor, |_| cursor.skip(7)).blanks();
    let literal = start.quoted()?.range;
    let line = &cursor.rest()[..cursor.rest().len().min(512)];
    let base64 = memchr::memmem::find(line.split(|&b| b == b'\n').next()?, b"base64").is_some();
    let before = &cursor.text[cursor.at.saturating_sub(48)..cursor.at].to_ascii_lowercase();
    (base64 || memchr::memmem::find(before, b"base64").is_some())
        .then(|| both(cursor.text, literal))
        .flatten()
}

/// PowerShell's `ConvertTo-SecureString 'p' -AsPlainText`, `-String 'p'`.
fn secured(cursor: Cursor) -> Option<Range<usize>> {
    let start = cursor.blanks();
    let named = start.rest().get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"-string "));
    let value = start.skip(if named { 8 } else { 0 }).blanks().quoted()?.range;
    // An encrypted one is longer, and no plain text.
    let line = Cursor { at: value.end, ..cursor }.rest().split(|&b| b == b'\n').next()?.to_ascii_lowercase();
    line.windows(8).any(|there| there == b"-asplain").then_some(value)
}

/// User and password of a literal pair.
fn both(text: &[u8], literal: Range<usize>) -> Option<(Option<Range<usize>>, Range<usize>)> {
    pair(text, literal).map(|(user, password)| (Some(user), password))
}

/// The seed of one-time passwords: base32.
fn one_time(text: &[u8], value: Range<usize>, about: About) -> Option<Hit> {
    let seed = &text[value.clone()];
    let is_base32 = seed.len() >= 16 && seed.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7' | b'='));
    let told = is_base32 && random::entropy(seed) > 3.0 && !random::is_pattern(seed);
    let trust = about.weigh(Trust::of(&[Sign::OneTimeSeed], Medium));
    told.then(|| Some(Hit::new(table::find("assigned-secret")?, value, trust, Rank::Assigned)))?
}

/// `echo "u:p" | chpasswd`: the password that is piped to the program at `program`.
fn piped(text: &[u8], program: usize) -> Option<Range<usize>> {
    Some(pair(text, echoed(text, program)?)?.1)
}

/// `echo "p" | docker login --password-stdin`, `echo p | sudo -S`: the last word that is echoed before the pipe of the
/// command at `pipe`.
fn echoed(text: &[u8], pipe: usize) -> Option<Range<usize>> {
    let from = pipe.saturating_sub(256);
    let line = text[from..pipe].rsplit(|&b| b == b'\n').next()?;
    let echoed = &line[..line.iter().rposition(|&b| b == b'|')?];
    // Nothing but the way to the program and its options may stand between.
    let between = &line[echoed.len() + 1..];
    if !between.iter().all(|&b| b.is_ascii_alphanumeric() || b" /-_.$\"{}=:".contains(&b)) {
        return None;
    }
    let echoed = echoed.trim_ascii_end();
    let quote = echoed.last().copied().filter(|b| matches!(b, b'"' | b'\''));
    let echoed = &echoed[..echoed.len() - usize::from(quote.is_some())];
    let end = pipe - line.len() + echoed.len();
    let start = echoed.iter().rposition(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''))? + 1;
    let whole = quote.is_none_or(|quote| echoed[start - 1] == quote);
    let echo = [&b"echo"[..], b"printf"].iter().any(|word| echoed.windows(word.len()).any(|w| w == *word));
    (echo && whole).then_some(end - (echoed.len() - start)..end)
}

/// `chpasswd <<< "u:p"`.
fn fed(cursor: Cursor) -> Option<Range<usize>> {
    let fed = word(cursor.blanks().skip_one(b'<')?.skip_one(b'<')?.skip_one(b'<')?.blanks())?;
    Some(pair(cursor.text, fed)?.1)
}

/// `u:p` that ends at `end`, in a literal.
fn pair_before(text: &[u8], end: usize) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let from = end.saturating_sub(128);
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'/' | b'=');
    let start = text[from..end].iter().rposition(ends).map(|at| from + at + 1)?;
    pair(text, start..end).map(|(user, password)| (Some(user), password))
}

/// User and password on both sides of the first colon.
fn pair(text: &[u8], both: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let colon = both.start + text[both.clone()].iter().position(|&b| b == b':')?;
    (colon > both.start).then(|| (both.start..colon, colon + 1..both.end))
}

/// The literal behind what is signed or read: `(x, "p"`, `({ a: 1 }, "p"`.
fn behind_payload(cursor: Cursor) -> Option<Range<usize>> {
    let open = cursor.blanks();
    let object = open.skip_one(b'{').and_then(|inside| inside.behind(b'}'));
    let (next, _) = object.unwrap_or(cursor).argument()?;
    next.argument()?.1
}

/// A word of shell, perhaps in quotes, that holds no variable.
fn word(cursor: Cursor) -> Option<Range<usize>> {
    let value = cursor.value(false)?;
    (!cursor.text[value.range.clone()].contains(&b'$')).then_some(value.range)
}

// hullguard: ignore-file=assigned-password,assigned-secret,url-credentials the tests' samples
#[cfg(test)]
mod tests {
    use super::super::find;
    use super::About;
    use crate::rule::Confidence;

    /// What is told of a line of code, and how sure.
    fn told(line: &str) -> Vec<(String, Confidence)> {
        let hits = find(line.as_bytes(), About::path("app.py"));
        hits.into_iter().map(|hit| (line[hit.span.clone()].to_owned(), hit.confidence())).collect()
    }

    #[test]
    fn passwords_without_a_name_are_found() {
        for line in [
            "login(\"ann\", \"s3cr3t!\")",
            "r = get(url, auth = ('ann', 's3cr3t!'))",
            "new NetworkCredential(\"ann\", \"s3cr3t!\")",
            "create_user('ann', 'ann@host.invalid', 's3cr3t!')",
            "mysqli_connect('db', 'ann', 's3cr3t!', 'shop')",
            "DriverManager.getConnection(url, \"ann\", \"s3cr3t!\");",
            "CREATE USER ann IDENTIFIED BY 's3cr3t!'",
            "CREATE USER ann IDENTIFIED WITH plugin BY 's3cr3t!'",
            "mysql -u ann -ps3cr3t! shop",
            "sshpass -p s3cr3t! ssh host",
            "sshpass -ps3cr3t! ssh host",
            "RUN [\"sshpass\", \"-p\", \"s3cr3t!\", \"ssh\", \"host\"]",
            "CMD [\"mysql\",\"-uroot\",\"-ps3cr3t!\"]",
            "test: ['CMD', 'mysqladmin', 'ping', '-uroot', '-ps3cr3t!']",
            "mysqldump --all-databases -u root -p's3cr3t!' > dump.sql",
            "test: [\"CMD\",\"curl\",\"-u\",\"elastic:s3cr3t!\",\"localhost:9200\"]",
            "curl -fsu ann:s3cr3t! https://host.invalid",
            "curl -fsS --user 'ann:s3cr3t!' https://host.invalid",
            "/usr/bin/curl -u ann:s3cr3t! https://host.invalid",
            "redis-cli -h db -a s3cr3t! ping",
            "test: [\"CMD\", \"redis-cli\", \"-a\", \"s3cr3t!\", \"ping\"]",
            "redis-server --appendonly yes --requirepass s3cr3t!",
            "command: [\"redis-server\", \"--requirepass\", \"s3cr3t!\"]",
            "mongosh -u root -p s3cr3t! --eval 1",
            "mongodump -u root --password=s3cr3t!",
            "ldapsearch -x -D cn=admin -w s3cr3t! -b dc=x",
            "rabbitmqctl add_user ann s3cr3t!",
            "net user ann s3cr3t! /add",
            "htpasswd -bc /etc/nginx/users ann s3cr3t!",
            "zip -r -P s3cr3t! a.zip dir",
            "7z x -ps3cr3t! a.7z",
            "http -a ann:s3cr3t! https://host.invalid",
            "lftp -u ann,s3cr3t! host.invalid",
            "snmpwalk -v2c -c s3cr3t! 10.0.0.1",
            "docker login -u ann --password s3cr3t! registry.invalid",
            "docker login --password=s3cr3t! -u ann",
            "helm registry login host.invalid -u ann -p s3cr3t!",
            "[\"docker\", \"login\", \"-u\", \"ann\", \"-p\", \"s3cr3t!\"]",
            "ENTRYPOINT [\"app\", \"--password\", \"s3cr3t!\"]",
            "docker login -u ann -p s3cr3t! registry.invalid",
            "RUN echo 'ann:s3cr3t!' | chpasswd",
            "RUN echo \"ann:s3cr3t!\" | sudo /usr/sbin/chpasswd -e",
            "RUN echo ann:s3cr3t!|chpasswd",
            "chpasswd <<< 'ann:s3cr3t!'",
            "sql.Open(\"mysql\", \"ann:s3cr3t!@tcp(db:3306)/shop\")",
            "url=jdbc:oracle:thin:ann/s3cr3t!@db:1521:x",
            "cx_Oracle.connect(\"ann/s3cr3t!@db/x\")",
            "sqlplus -s ann/s3cr3t!@db @run.sql",
            "stats auth ann:s3cr3t!",
            "rocommunity s3cr3t! 10.0.0.0/8",
            "snmp-server community s3cr3t! RO",
            "Buffer.from('ann:s3cr3t!').toString('base64')",
            "base64.StdEncoding.EncodeToString([]byte(\"ann:s3cr3t!\"))",
            "jwt.sign({ id: 1 }, 's3cr3t!')",
            "jwt.verify(token, \"s3cr3t!\", options)",
            "echo 's3cr3t!' | docker login -u \"$USER\" --password-stdin registry.invalid",
            "echo s3cr3t! | sudo -S apt-get update",
            "echo \"s3cr3t!\" | passwd --stdin ann",
        ] {
            assert_eq!(told(line), [("s3cr3t!".to_owned(), Confidence::Medium)], "{line}");
        }
    }

    #[test]
    fn what_is_no_password_is_left_alone() {
        for line in [
            "login(user, password)",
            "login(\"ann\", password)",
            "connect(\"clicked\", handler)",
            "IDENTIFIED BY '$PASSWORD'",
            "IDENTIFIED BY '\"$PASSWORD\"'",
            "the column is identified by `id_2`",
            "mysql -u ann -p$PASSWORD",
            "mysql -u ann -p shop",
            "sshpass -p \"$PASSWORD\" ssh host",
            "docker login -u ann -p \"$TOKEN\" registry.invalid",
            "docker login -u ann --password-stdin -p",
            "[\"mysql\", \"-u\", \"root\", \"-p\", \"shop\"]",
            "[\"mysql\", \"-uroot\", \"-p$MYSQL_ROOT_PASSWORD\"]",
            "[\"CMD-SHELL\", \"mysqladmin ping -p$$MYSQL_ROOT_PASSWORD\"]",
            "mysql-8.0.33-python.tar.gz -p1",
            "apt-get install mysql-client -y libpq-dev postgres-15",
            "curl -fsSL https://host.invalid/user:s3cr3t",
            "curl --max-time 5 -o out.txt -H 'Accept: a:b1!cd' https://host.invalid",
            "redis-cli -h db ping && echo -a s3cr3t!",
            "redis-server /etc/redis.conf --requirepass \"$REDIS_PASSWORD\"",
            "mongosh --port 27017 --eval 'db.x1!'",
            "ldapsearch -x -W -D cn=admin",
            "npm login --scope=@a1!bcd",
            "zip -r a1!b.zip dir",
            "gzip -Pa1!bcd",
            "7z x -p$PASS a.7z",
            "see http -a is short",
            "net user ann /active:yes",
            "net user /add ann1x2y /expire:never",
            "the net user growth was 5x, as planned",
            "[\"login\", \"--password\", \"$PASSWORD\"]",
            "echo \"ann:$PASSWORD\" | chpasswd",
            "echo \"the time: 12:30\" | tee log && chpasswd",
            "fmt.Sprintf(\"%s:%s@tcp(%s)/shop\", user, password, host)",
            "jwt.sign(payload, privateKey, { algorithm: 'RS256' })",
            "jwt.verify(token, process.env.SECRET)",
            "url=jdbc:oracle:thin:@db:1521:x1!",
            "url=jdbc:oracle:thin:${USER}/${PASS1}@db",
            "connect(\"https://acme/x1@db\")",
            "sqlplus / as sysdba",
            "stats auth ${USER1}:${PASS1}",
            "rocommunity public",
            "Buffer.from('ann:s3cr3t!').toString('hex')",
            "echo \"$TOKEN\" | docker login -u ann --password-stdin",
            "cat token.txt | docker login --password-stdin",
            "echo s3cr3t! | sudo -s",
            "echo 'two w0rds!' | sudo -S ls",
        ] {
            assert_eq!(told(line), [], "{line}");
        }
    }
}
