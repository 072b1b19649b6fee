use std::collections::HashMap;
use std::sync::LazyLock;

use super::{known, read};
use crate::finding::Findings;
use crate::project::{ImageRole, ImageUse};
use crate::rule::Context;

/// A product, and its releases that have ended.
struct Product {
    name: &'static str,
    /// `9.6=2021-11-11 10=2022-11-10`, as the table has it: most runs ask for few of them.
    releases: &'static str,
}

impl Product {
    /// The day of a release's last fix.
    fn last_day(&self, release: &str) -> Option<&'static str> {
        let mut all = self.releases.split(' ').filter_map(|one| one.split_once('='));
        all.find_map(|(name, day)| (name == release).then_some(day))
    }
}

/// By the name of the image. The first line of the table says where it is from.
static PRODUCTS: LazyLock<HashMap<&str, Product>> = LazyLock::new(|| {
    let lines = include_str!("ended.tsv").lines().filter(|line| !line.starts_with('#'));
    let product = |line: &'static str| {
        let mut cells = line.split('\t');
        let (name, images, releases) = (cells.next()?, cells.next()?, cells.next()?);
        Some(images.split(',').map(move |image| (image, Product { name, releases })))
    };
    lines.filter_map(product).flatten().collect()
});

pub fn image(_cx: &Context, image: &ImageUse, out: &mut Findings) {
    if image.role == ImageRole::Frontend {
        return;
    }
    let Some(reference) = read::outside(image) else { return };
    let Some((tag, range)) = reference.tag.zip(reference.tag_range()) else { return };
    let name = reference.familiar_name();
    let own = PRODUCTS.get(&*name).and_then(|product| ended(product, tag.split('-').next()?));
    let Some(end) = own.or_else(|| system(tag).filter(|_| known::is_official(&name))) else { return };
    let message = format!(
        "{} {} has had no security fixes since {}; use a release that is maintained",
        end.product, end.release, end.day
    );
    read::tell(image, read::place(image, &range), message, out);
}

/// A release that has ended.
struct Ended<'t> {
    product: &'static str,
    release: &'t str,
    day: &'static str,
}

/// `14.17` belongs to the release `14`, and `9.6.24` to `9.6`.
fn ended<'t>(product: &Product, version: &'t str) -> Option<Ended<'t>> {
    let shorter = |version: &&'t str| version.rsplit_once('.').map(|(release, _)| release);
    let mut releases = std::iter::successors(Some(version), shorter);
    let (release, day) = releases.find_map(|release| Some((release, product.last_day(release)?)))?;
    Some(Ended { product: product.name, release, day })
}

/// The system below an official image, by the end of the tag: `3.12-slim-buster`, `7-alpine3.12`.
fn system(tag: &str) -> Option<Ended<'_>> {
    let known = |image: &str, release| PRODUCTS.get(image).and_then(|product| ended(product, release));
    tag.split('-').skip(1).find_map(|part| match part.strip_prefix("alpine") {
        Some(release) => known("alpine", release),
        None if part.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            known("debian", part).or_else(|| known("ubuntu", part))
        }
        None => None,
    })
}
