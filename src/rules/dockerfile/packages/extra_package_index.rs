use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Flag, Manager};
use crate::text::Span;

/// Public indexes with packages of their own names, whose owners are those of the packages. Source: their documentation.
const PUBLIC: [&str; 20] = [
    "abetlen.github.io",
    "data.pyg.org",
    "developer.download.nvidia.com",
    "download.pytorch.org",
    "flashinfer.ai",
    "mirrors.aliyun.com",
    "pypi.jetson-ai-lab.dev",
    "pypi.mirrors.ustc.edu.cn",
    "pypi.ngc.nvidia.com",
    "pypi.nvidia.com",
    "pypi.org",
    "pypi.python.org",
    "pypi.tuna.tsinghua.edu.cn",
    "repo.radeon.com",
    "storage.googleapis.com",
    "wheels.vllm.ai",
    "wheels.home-assistant.io",
    "www.paddlepaddle.org.cn",
    "www.piwheels.org",
    "piwheels.org",
];

const MESSAGE: &str = "pip takes a package from the index with the highest version, so anyone can replace a private package by a public one; use one `--index-url` that has both";

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        for (span, address) in addresses(instruction) {
            let known = file.expand_in_script(address, instruction);
            if host(known.as_deref().unwrap_or(address)).is_some_and(|host| !PUBLIC.contains(&host)) {
                out.at(file.source, span, MESSAGE);
            }
        }
    }
}

/// The extra indexes that an instruction names, by a flag or by a variable.
fn addresses<'f>(instruction: &'f Instruction) -> Vec<(Span, &'f str)> {
    match &instruction.kind {
        Kind::Run(_) => {
            let calls = instruction.package_calls();
            let calls = calls.filter(|call| matches!(call.manager, Manager::Pip | Manager::Pipx));
            let extra = |flag: &&Flag| &*flag.name == "extra-index-url";
            let flags = calls.flat_map(|call| &call.flags).filter(extra);
            flags.filter_map(|flag| Some((flag.span, flag.value.as_deref()?))).collect()
        }
        Kind::Env(pairs) => {
            let pairs = pairs.iter().filter(|pair| pair.key.text == "PIP_EXTRA_INDEX_URL");
            pairs.filter_map(|pair| pair.value.as_ref().map(|value| (value.span, &*value.text))).collect()
        }
        _ => Vec::new(),
    }
}

/// The host of an address; `None` where a variable may be it.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.trim_matches(['"', '\'']).split_once("://")?;
    let authority = rest.split('/').next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty() && !host.contains('$')).then_some(host)
}
