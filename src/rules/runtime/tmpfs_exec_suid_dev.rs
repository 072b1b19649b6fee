use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for tmpfs in &spec.tmpfs {
        let Some((target, options)) = tmpfs.value().and_then(|value| value.split_once(':')) else { continue };
        let Some(option) =
            options.split(',').map(str::trim).find(|option| ["exec", "suid", "dev"].contains(option))
        else {
            continue;
        };
        let lets = match option {
            "exec" => "programs can be run from it",
            "suid" => "programs in it can gain privileges",
            _ => "device files in it work",
        };
        let message = format!(
            "the temporary file system `{target}` of {} is mounted with `{option}`, so {lets}; remove the option",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, tmpfs.at, message);
    }
}
