//! As whom a container's program runs: by `user:`, by USER of the stage that it is built from, by what is known of the
//! image.

use super::{in_file, place};
use crate::container::ContainerSpec;
use crate::dockerfile::{Base, Kind};
use crate::image;
use crate::privilege::Place;
use crate::rule::Context;
use crate::rules::dockerfile::root;
use crate::rules::runtime::image_needs::{self, Start};
use crate::rules::runtime::{known_images, settings};

/// How an image starts its program: by what is known of it, then by what is known of its kind.
fn start(image: &image::ImageRef) -> Option<Start> {
    if let Some(needs) = image_needs::of(image) {
        Some(needs.start)
    } else if known_images::drops_privileges(image) {
        Some(Start::Drops)
    } else if root::is_of_other(image) {
        Some(Start::User)
    } else {
        known_images::runs_as_root(image).map(|is_root| if is_root { Start::Root } else { Start::User })
    }
}

/// Who a program is to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Root,
    /// It starts as root, and what answers requests goes on as somebody else.
    RootAtFirst,
    Other,
    Unknown,
}

#[derive(Debug)]
pub(super) struct User {
    pub(super) who: Who,
    /// As a table shows it.
    pub(super) what: String,
    pub(super) places: Vec<Place>,
}

impl User {
    pub(super) fn of(cx: &Context, spec: &ContainerSpec) -> Self {
        if let Some(user) = &spec.user {
            return Self::written(user.value(), &user.raw, vec![place(cx, user.at)]);
        }
        if spec.build.is_some() {
            return Self::built(cx, spec)
                .unwrap_or_else(|| Self::unknown("its Dockerfile could not be followed", Vec::new()));
        }
        let places = spec.image.iter().map(|text| place(cx, text.at)).collect();
        match known_images::of(spec) {
            Some(image) => Self::image(&image, places),
            None => Self::unknown("the image does not say", places),
        }
    }

    /// `value` of a setting that is written as `raw`.
    fn written(value: Option<&str>, raw: &str, places: Vec<Place>) -> Self {
        match value {
            Some(value) if settings::is_root(value) => {
                Self { who: Who::Root, what: "root".to_owned(), places }
            }
            Some(value) => Self { who: Who::Other, what: value.to_owned(), places },
            None => Self { who: Who::Unknown, what: raw.to_owned(), places },
        }
    }

    fn built(cx: &Context, spec: &ContainerSpec) -> Option<Self> {
        let edge = cx.project.build_of(spec)?;
        let (file, stage) = (edge.dockerfile?, edge.stage?);
        let mut user = if let Some(instruction) = file.user_of(stage) {
            let Kind::User(word) = &instruction.kind else { return None };
            let value = (!word.has_variable()).then(|| word.text.trim_matches(['"', '\'']));
            Self::written(value, &word.text, vec![in_file(file.source, word.span.start)])
        } else {
            let places = file.ancestry(stage).last().and_then(|first| file.from_of(first));
            let places = places.map(|from| in_file(file.source, from.image.span.start)).into_iter().collect();
            match file.root_base(stage) {
                Base::Image(base) => Self::image(&image::parse(base).ok()?, places),
                Base::Scratch => {
                    Self { who: Who::Root, what: "root, as in every `scratch`".to_owned(), places }
                }
                Base::Unknown | Base::Stage(_) => return None,
            }
        };
        if user.who == Who::Root && root::gives_up_root(file, stage) {
            user.who = Who::RootAtFirst;
            user.what.push_str(", given up by its entrypoint");
        }
        Some(user)
    }

    fn image(image: &image::ImageRef, places: Vec<Place>) -> Self {
        let name = image.familiar_name();
        let (who, what) = match start(image) {
            Some(Start::Drops) => (Who::RootAtFirst, format!("root, given up by the entrypoint of `{name}`")),
            Some(Start::Root) => (Who::Root, format!("root, as `{name}` has no other user")),
            Some(Start::User) => (Who::Other, format!("the user of `{name}`, not root")),
            None => return Self::unknown(&format!("that of `{name}`"), places),
        };
        Self { who, what, places }
    }

    fn unknown(why: &str, places: Vec<Place>) -> Self {
        Self { who: Who::Unknown, what: format!("not known: {why}"), places }
    }
}
