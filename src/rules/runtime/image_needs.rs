//! What common images need to run: their user, capabilities, writable paths and ports.

use std::sync::LazyLock;

use crate::image::ImageRef;

/// How an image starts its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// As root, which it gives up.
    Drops,
    Root,
    /// As another user.
    User,
}

/// What an image needs as it comes. The first lines of the table say what its columns mean.
#[derive(Debug)]
pub struct Needs {
    names: Vec<Name>,
    pub start: Start,
    pub user: Option<&'static str>,
    /// Without those that a port needs; `None` if not known.
    pub capabilities: Option<Vec<&'static str>>,
    /// Those that the program's file has, so that it does not start without them, whoever starts it.
    pub of_file: Vec<&'static str>,
    pub volumes: Vec<&'static str>,
    /// `None` if not known.
    pub writes: Option<Vec<&'static str>>,
    pub ports: Vec<u16>,
    /// It also starts where no program can gain privileges.
    pub without_new_privileges: bool,
    pub unless: Vec<&'static str>,
    /// A repository on GitHub, and a file in it.
    pub source: &'static str,
}

#[derive(Debug)]
struct Name {
    /// `haproxy>=2.4`
    written: &'static str,
    /// As [`ImageRef::familiar_name`] has it.
    image: &'static str,
    /// The first release that the row is true of.
    since: Option<Vec<u32>>,
}

static TABLE: LazyLock<Vec<Needs>> = LazyLock::new(|| {
    let lines = include_str!("image_needs.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(row).collect()
});

fn row(line: &'static str) -> Option<Needs> {
    let cells: Vec<&'static str> = line.split('\t').collect();
    let [names, start, user, capabilities, volumes, writes, ports, nnp, unless, source] = cells[..] else {
        return None;
    };
    let words = |cell: &'static str| cell.split(' ').filter(|word| *word != "-").collect::<Vec<_>>();
    let known = |cell: &'static str| (cell != "?").then(|| words(cell));
    let start = match start {
        "drops" => Start::Drops,
        "user" => Start::User,
        _ => Start::Root,
    };
    let all = known(capabilities);
    let of_file = all.iter().flatten().filter_map(|name| name.strip_suffix('!')).collect();
    Some(Needs {
        names: names.split(',').map(Name::of).collect(),
        start,
        user: (user != "-").then_some(user),
        capabilities: all.map(|all| all.into_iter().map(|name| name.trim_end_matches('!')).collect()),
        of_file,
        volumes: words(volumes),
        writes: known(writes),
        ports: words(ports).into_iter().filter_map(|port| port.parse().ok()).collect(),
        without_new_privileges: nnp == "yes",
        unless: words(unless),
        source,
    })
}

impl Name {
    fn of(written: &'static str) -> Self {
        match written.split_once(">=") {
            Some((image, since)) => Self { written, image, since: release(since) },
            None => Self { written, image: written, since: None },
        }
    }

    fn is(&self, name: &str, tag: &str) -> bool {
        self.image == name && (self.since.is_none() || release(tag).is_none_or(|tag| Some(tag) >= self.since))
    }
}

/// The numbers that a tag begins with: `[8, 4]` of `8.4-alpine`.
fn release(tag: &str) -> Option<Vec<u32>> {
    let version = tag.split('-').next()?;
    version.split('.').map(|part| part.parse().ok()).collect()
}

impl Needs {
    /// It is not true of all releases.
    pub fn depends_on_release(&self) -> bool {
        self.names.iter().any(|name| name.since.is_some())
    }
}

/// What an image needs; `None` for a variant that is made otherwise than the image usually is.
pub fn of(image: &ImageRef) -> Option<&'static Needs> {
    let (name, tag) = (image.familiar_name(), image.tag.unwrap_or_default());
    let is_other =
        ["rootless", "nonroot", "unprivileged", "distroless"].iter().any(|mark| tag.contains(mark))
            || tag.split('-').next() == Some("cli");
    TABLE.iter().filter(|_| !is_other).find(|needs| needs.names.iter().any(|known| known.is(&name, tag)))
}

/// The table for people: a row of Markdown for each image.
pub fn rows() -> impl Iterator<Item = String> {
    TABLE.iter().map(|needs| {
        let list = |all: &[&str]| all.join(", ");
        let start = match needs.start {
            Start::Drops => "root at first",
            Start::Root => "root",
            Start::User => "another",
        };
        let user = needs.user.map_or(start.to_owned(), |user| format!("{start}, {user}"));
        let capabilities = needs.capabilities.as_ref().map_or("not known".to_owned(), |all| {
            let of_file = |name: &&str| if needs.of_file.contains(name) { " (*file*)" } else { "" };
            all.iter().map(|name| format!("{name}{}", of_file(name))).collect::<Vec<_>>().join(", ")
        });
        let writes = needs.writes.as_ref().map_or("not known".to_owned(), |all| list(all));
        let names: Vec<String> = needs.names.iter().map(|name| format!("`{}`", name.written)).collect();
        let ports: Vec<String> = needs.ports.iter().map(u16::to_string).collect();
        format!(
            "| {} | {user} | {capabilities} | {} | {writes} | {} | `{}` |",
            names.join(", "),
            list(&needs.volumes),
            ports.join(", "),
            needs.source
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image;

    fn needs(image: &str) -> Option<&'static Needs> {
        of(&image::parse(image).expect("it is an image"))
    }

    #[test]
    fn every_row_can_be_read() {
        let rows = include_str!("image_needs.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), TABLE.len());
        for needs in TABLE.iter() {
            let all = needs.capabilities.iter().flatten();
            for capability in all {
                assert!(super::super::capabilities::is_known(capability), "{capability}");
            }
            assert!(needs.volumes.iter().all(|path| path.starts_with('/')), "{needs:?}");
            assert!(needs.writes.iter().flatten().all(|path| path.starts_with('/')), "{needs:?}");
            assert!(needs.source.contains(' '), "{needs:?}");
        }
    }

    #[test]
    fn releases_and_variants_are_told_apart() {
        let start = |image| needs(image).map(|needs| needs.start);
        assert_eq!(start("elasticsearch:7.17.1"), Some(Start::Drops));
        assert_eq!(start("elasticsearch:8.4"), Some(Start::User));
        assert_eq!(start("elasticsearch:latest"), Some(Start::User));
        assert_eq!(start("haproxy:1.8-alpine"), None);
        assert_eq!(start("haproxy:lts"), Some(Start::User));
        assert_eq!(start("docker.io/library/postgres:17"), Some(Start::Drops));
        assert_eq!(start("gitea/gitea:1.22-rootless"), None);
        assert_eq!(start("bitnami/postgresql:17"), None);
    }
}
