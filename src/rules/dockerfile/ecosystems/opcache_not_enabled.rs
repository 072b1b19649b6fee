use crate::dockerfile::{Base, Dockerfile, Kind};
use crate::finding::Findings;
use crate::image;
use crate::rule::Context;
use crate::rules::dockerfile::purpose;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if purpose::is_workplace(cx, file.source.path()) || file.source.text().contains("opcache") {
        return;
    }
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Base::Image(base) = file.root_base(stage.index) else { continue };
        let (Ok(image), Some(from)) = (image::parse(base), file.from_of(stage.index)) else { continue };
        let Some(tag) = image.tag.filter(|_| image.familiar_name() == "php") else { continue };
        let serves = tag.split('-').any(|part| part == "fpm" || part.starts_with("apache"));
        // From 8.5 on it is part of PHP.
        let version = tag.split('-').next().unwrap_or_default();
        let is_older =
            matches!(version, "7" | "8.0" | "8.1" | "8.2" | "8.3" | "8.4") || version.starts_with("7.");
        let installs =
            file.ancestry(stage.index).flat_map(|stage| file.stage_instructions(stage)).any(|one| {
                matches!(one.kind, Kind::Run(_))
                    && file.source.slice(one.span).contains("docker-php-ext-install")
            });
        if serves && is_older && installs {
            let message = format!(
                "`{base}` does not enable OPcache, so PHP compiles every file again for each request; add \
                                   `docker-php-ext-install opcache`"
            );
            out.at(file.source, from.image.span, message);
        }
    }
}
