use super::order;
use crate::compose::ComposeFile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        let own = service.value.raw_entries().find(|entry| entry.key_str() == "depends_on");
        let Some(needs) = own.map(|entry| entry.value).filter(|needs| !needs.is_alias()) else { continue };
        let listed = needs.items().filter_map(|item| Some((item.span(), item.as_str()?)));
        let mapped = needs.raw_entries().map(|entry| (entry.key_span(), entry.key_str()));
        let items = listed.chain(mapped).map(|(span, name)| (span, name.to_owned(), order::shown(name)));
        order::first(cx, file, out, items, "sort the services in `depends_on` by name");
    }
}
