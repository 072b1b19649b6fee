//! As whom a container's program runs: by `user:`, by USER of the stage that it is built from, by what is known of the
//! image.

use std::sync::Arc;

use crate::container::ContainerSpec;
use crate::dockerfile::{Base, Kind};
use crate::image;
use crate::rule::Context;
use crate::rules::dockerfile::root;
use crate::rules::runtime::image_needs::{self, Start};
use crate::rules::runtime::{known_images, settings};
use crate::text::{Span, Spot};

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
    pub(super) places: Vec<Spot>,
    /// A file says so, and not only what is known of an image.
    pub(super) is_written: bool,
}

impl User {
    pub(super) fn of(cx: &Context, spec: &ContainerSpec) -> Self {
        if let Some(user) = &spec.user {
            return Self::written(user.value(), &user.raw, cx.project.spot(user.at));
        }
        if spec.build.is_some() {
            return Self::built(cx, spec)
                .unwrap_or_else(|| Self::unknown("its Dockerfile could not be followed", Vec::new()));
        }
        let places = spec.image.iter().map(|text| cx.project.spot(text.at)).collect();
        match known_images::of(spec) {
            Some(image) => Self::image(&image, places),
            None => Self::unknown("the image does not say", places),
        }
    }

    /// `value` of a setting that is written as `raw`.
    fn written(value: Option<&str>, raw: &str, spot: Spot) -> Self {
        let (who, what) = match value {
            Some(value) if settings::is_root(value) => (Who::Root, "root"),
            Some(value) => (Who::Other, value),
            None => (Who::Unknown, raw),
        };
        Self { who, what: what.to_owned(), places: vec![spot], is_written: true }
    }

    fn built(cx: &Context, spec: &ContainerSpec) -> Option<Self> {
        let edge = cx.project.build_of(spec)?;
        let (file, stage) = (edge.dockerfile?, edge.stage?);
        let spot = |span: Span| Spot { source: Arc::clone(file.source), span };
        let mut user = if let Some(instruction) = file.user_of(stage) {
            let Kind::User(word) = &instruction.kind else { return None };
            let value = (!word.has_variable()).then(|| word.text.trim_matches(['"', '\'']));
            Self::written(value, &word.text, spot(word.span))
        } else {
            let places = file.ancestry(stage).last().and_then(|first| file.from_of(first));
            let places: Vec<Spot> = places.map(|from| spot(from.image.span)).into_iter().collect();
            let user = match file.root_base(stage) {
                Base::Image(base) => Self::image(&image::parse(base).ok()?, places),
                Base::Scratch => {
                    let what = "root, as in every `scratch`".to_owned();
                    Self { who: Who::Root, what, places, is_written: true }
                }
                Base::Unknown | Base::Stage(_) => return None,
            };
            Self { is_written: true, ..user }
        };
        if user.who == Who::Root && root::gives_up_root(file, stage) {
            user.who = Who::RootAtFirst;
            user.what.push_str(", given up by its entrypoint");
        }
        Some(user)
    }

    fn image(image: &image::ImageRef, places: Vec<Spot>) -> Self {
        let name = image.familiar_name();
        let (who, what) = match start(image) {
            Some(Start::Drops) => (Who::RootAtFirst, format!("root, given up by the entrypoint of `{name}`")),
            Some(Start::Root) => (Who::Root, format!("root, as `{name}` has no other user")),
            Some(Start::User) => (Who::Other, format!("the user of `{name}`, not root")),
            None => return Self::unknown(&format!("that of `{name}`"), places),
        };
        Self { who, what, places, is_written: false }
    }

    fn unknown(why: &str, places: Vec<Spot>) -> Self {
        Self { who: Who::Unknown, what: format!("not known: {why}"), places, is_written: false }
    }
}
