//! What may not be said together: keys that exclude each other, and values that must be equal.
//!
//! Compose refuses such a project. Facts are those of compose-go's `checkConsistency` and of its package `validation`.
//! Values with variables are not compared.

use std::collections::HashMap;

use super::read::{bytes, int, truth};
use super::value::{Field, Value};
use super::{Problem, ProblemKind};
use crate::container::At;

/// Looks at services, volumes, secrets and configurations, in the order of the sections.
pub(super) fn exclusive(sections: &[Vec<Field<'_>>; 5], problems: &mut Vec<Problem>) {
    let [services, _, volumes, secrets, configs] = sections;
    let mut found = Found { problems };
    for field in services {
        found.service(field);
    }
    for field in volumes {
        found.external(field);
    }
    for field in secrets {
        found.one_of(field, &["environment", "file"], "driver");
    }
    for field in configs {
        found.one_of(field, &["content", "environment", "file"], "driver");
    }
}

/// The old key of a limit, where below `deploy.resources` the new one is, and how both are read.
type Limit = (&'static str, &'static str, &'static str, fn(&str) -> Option<i64>);

struct Found<'p> {
    problems: &'p mut Vec<Problem>,
}

impl Found<'_> {
    fn refuse(&mut self, at: At, message: String, also: Option<(At, &'static str)>) {
        let kind = ProblemKind::Conflict;
        self.problems.push(Problem { kind, at, message: message.into(), also });
    }

    fn service(&mut self, field: &Field<'_>) {
        let service = &field.value;
        if let (Some(mode), Some(networks)) = (service.field("network_mode"), service.field("networks"))
            && fixed(&mode.value).is_some_and(|mode| !mode.is_empty())
            && !is_empty(&networks.value)
        {
            let message = "`network_mode` and `networks` exclude each other; remove one of them".to_owned();
            self.refuse(networks.at, message, Some((mode.at, "the mode is set here")));
        }
        if let Some(build) = service.get("build")
            && let (Some(file), Some(inline)) = (build.field("dockerfile"), build.field("dockerfile_inline"))
            && [&file.value, &inline.value]
                .iter()
                .all(|value| fixed(value).is_none_or(|text| !text.is_empty()))
        {
            let message =
                "`dockerfile` and `dockerfile_inline` exclude each other; remove one of them".to_owned();
            self.refuse(inline.at, message, Some((file.at, "the other one is here")));
        }
        self.replicas(service);
        self.limits(service);
        self.targets(service);
    }

    /// A container name is for one container.
    fn replicas(&mut self, service: &Value<'_>) {
        let deployed = service.get("deploy").and_then(|deploy| deploy.field("replicas"));
        let scale = service.field("scale");
        let count = |field: &Field<'_>| fixed(&field.value).and_then(int);
        if let (Some(scale), Some(replicas)) = (scale, deployed)
            && let (Some(one), Some(other)) = (count(scale), count(replicas))
            && one != other
        {
            let message = "`scale` and `deploy.replicas` differ; remove one of them".to_owned();
            self.refuse(scale.at, message, Some((replicas.at, "the other one is here")));
        }
        let name = service.field("container_name").filter(|name| fixed(&name.value) != Some(""));
        if let (Some(name), Some(many)) = (name, scale.or(deployed))
            && count(many).is_some_and(|count| count > 1)
        {
            let message =
                "only one container can have this name, but the service has several; remove `container_name`";
            self.refuse(name.at, message.to_owned(), Some((many.at, "their number is set here")));
        }
    }

    /// A limit is said twice, in the old key and below `deploy`.
    fn limits(&mut self, service: &Value<'_>) {
        let resources = service.get("deploy").and_then(|deploy| deploy.get("resources"));
        let part = |name: &str| resources.and_then(|resources| resources.get(name));
        let number = |text: &str| text.parse::<f64>().ok().map(|number| (number * 1e9) as i64);
        let pairs: [Limit; 4] = [
            ("mem_limit", "limits", "memory", bytes),
            ("mem_reservation", "reservations", "memory", bytes),
            ("pids_limit", "limits", "pids", int),
            ("cpus", "limits", "cpus", number),
        ];
        for (old, within, new, read) in pairs {
            let value = |field: &Field<'_>| fixed(&field.value).and_then(|text| read(text.trim()));
            let Some(one) = service.field(old) else { continue };
            let Some(other) = part(within).and_then(|part| part.field(new)) else { continue };
            if let (Some(first), Some(second)) = (value(one), value(other))
                && first != 0
                && first != second
            {
                let message =
                    format!("`{old}` and `deploy.resources.{within}.{new}` differ; remove one of them");
                self.refuse(one.at, message, Some((other.at, "the other one is here")));
            }
        }
    }

    /// Two mounts at one place. Of two entries of `volumes` with the same target Compose takes the last.
    fn targets(&mut self, service: &Value<'_>) {
        let Some(tmpfs) = service.get("tmpfs") else { return };
        let mut known: HashMap<&str, At> = HashMap::new();
        let single = std::slice::from_ref(tmpfs);
        let items = if tmpfs.items().is_empty() { single } else { tmpfs.items() };
        for item in items {
            let Some(path) = fixed(item).and_then(|text| text.split(':').next()) else { continue };
            if let Some(&first) = known.get(path) {
                self.twice(item.at, path, first);
            } else {
                known.insert(path, item.at);
            }
        }
        for item in service.get("volumes").map_or(&[][..], Value::items) {
            let target = match item.get("target") {
                Some(target) => fixed(target),
                None => fixed(item).and_then(|text| text.split(':').nth(1)),
            };
            if let Some((path, &first)) = target.and_then(|path| Some((path, known.get(path)?))) {
                self.twice(item.at, path, first);
            }
        }
    }

    fn twice(&mut self, at: At, path: &str, first: At) {
        let shown: String = path.chars().take(60).collect();
        let message = format!("something is mounted at `{shown}` already; remove one of the mounts");
        self.refuse(at, message, Some((first, "the other mount is here")));
    }

    /// A volume that exists already takes no settings.
    fn external(&mut self, field: &Field<'_>) {
        let external = field.value.get("external").and_then(fixed);
        if external.and_then(truth) != Some(true) {
            return;
        }
        let is_setting =
            |field: &&Field<'_>| !["external", "name"].contains(&field.name) && !field.name.starts_with("x-");
        if let Some(setting) = field.value.fields().iter().find(is_setting) {
            let message =
                format!("an external volume exists already, so `{}` excludes it; remove it", setting.name);
            self.refuse(setting.at, message, None);
        }
    }

    /// A secret or a configuration has one source.
    fn one_of(&mut self, field: &Field<'_>, sources: &[&str], unless: &str) {
        let value = &field.value;
        let mut written = sources.iter().filter_map(|name| value.field(name));
        let names = || sources.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match (written.next(), written.next()) {
            (Some(first), Some(second)) => {
                let message = format!("only one of {} may be set; remove the others", names());
                self.refuse(second.at, message, Some((first.at, "the first one is here")));
            }
            (None, _)
                if !value.fields().is_empty()
                    && value.field("external").is_none()
                    && value.field(unless).is_none() =>
            {
                let message = format!("`{}` has no source; set one of {}", field.name, names());
                self.refuse(field.at, message, None);
            }
            _ => {}
        }
    }
}

/// The text of a value without variables.
fn fixed<'y>(value: &Value<'y>) -> Option<&'y str> {
    value.str().filter(|text| !text.contains('$'))
}

fn is_empty(value: &Value<'_>) -> bool {
    value.fields().is_empty() && value.items().is_empty()
}
