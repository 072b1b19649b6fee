#!/usr/bin/env python3
"""Fails if the places that name the version do not agree: `python3 packaging/agree.py [--release VERSION] [--dist DIST] [ROOT]`.

Compared are Cargo.toml, Cargo.lock, the shim that pre-commit installs (pyproject.toml), the newest entry of CHANGELOG.md
and what documents tell people to copy. With --release, all must be VERSION, the changelog must have its date, and README
must not say that it is not released yet. With --dist, the folder must hold an archive and a wheel of that version for
each platform, and nothing of another version. Needs Python 3.8 and nothing else.
"""
import argparse
import pathlib
import re
import sys

# Target of the archive, and the platform tags of the wheel.
PLATFORMS = {
    "x86_64-unknown-linux-musl": r"manylinux[\w.]+musllinux\w+_x86_64",
    "aarch64-unknown-linux-musl": r"manylinux[\w.]+musllinux\w+_aarch64",
    "x86_64-apple-darwin": r"macosx\w+x86_64",
    "aarch64-apple-darwin": r"macosx\w+arm64",
    "x86_64-pc-windows-msvc": r"win_amd64",
}
VERSION = r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?"


def named(root):
    """(place, version) of everything in the repository that names the version."""

    def every(path, pattern, least=1):
        text = (root / path).read_text(encoding="utf-8")
        found = re.findall(pattern, text, re.M)
        if len(found) < least:
            yield path, "no version"
        for version in found:
            yield path, version

    yield from every("Cargo.toml", rf'\A\[package\]\n(?:.+\n)*?version = "({VERSION})"')
    yield from every("Cargo.lock", rf'^name = "hullguard"\nversion = "({VERSION})"')
    yield from every("pyproject.toml", rf'^version = "({VERSION})"')
    yield from every("pyproject.toml", rf'"hullguard==({VERSION})"')
    yield "CHANGELOG.md", changes(root)[0]
    documents = ["README.md", "hooks/README.md", *sorted(str(p.relative_to(root)) for p in root.glob("docs/*.md"))]
    for path in documents:
        yield from every(path, rf"^\s*rev: v({VERSION})", 0)
        yield from every(path, rf"ghcr\.io/hullguard/hullguard:({VERSION})", 0)


def changes(root):
    """Version and date of the newest entry of the changelog; the date is None while it is not released."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    head = re.search(rf"^## ({VERSION}) \((\d{{4}}-\d\d-\d\d|not released)\)$", text, re.M)
    if not head:
        return "no entry like `## 1.2.3 (2026-12-31)`", None
    return head[1], None if head[2] == "not released" else head[2]


def built(dist, version):
    """What is wrong with a folder of archives and wheels."""
    names = sorted(path.name for path in dist.iterdir())
    # A wheel's name has a version as Python writes it: 1.0.0-rc.1 is 1.0.0rc1.
    python = re.escape(re.sub(r"-([a-z]+)\.?(\d*)", r"\1\2", version))
    for target, tags in PLATFORMS.items():
        for pattern in (rf"hullguard-{re.escape(version)}-{target}\.tar\.gz", rf"hullguard-{python}-py3-none-{tags}\.whl"):
            if not any(re.fullmatch(pattern, name) for name in names):
                yield f"{dist}: no file {pattern}"
    for name in names:
        if name.endswith((".whl", ".tar.gz")) and not re.match(rf"hullguard-({re.escape(version)}|{python})-", name):
            yield f"{dist}/{name}: not of version {version}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--release", metavar="VERSION")
    options.add_argument("--dist", metavar="DIST", type=pathlib.Path)
    options.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    options = options.parse_args()
    places = list(named(options.root))
    version = options.release or places[0][1]
    wrong = [f"{place}: {other}, not {version}" for place, other in places if other != version]
    if options.release and changes(options.root)[1] is None:
        wrong.append(f"CHANGELOG.md: give the entry of {version} its date")
    if options.release and "not released yet" in (options.root / "README.md").read_text(encoding="utf-8"):
        wrong.append(f"README.md: take out that {version} is not released yet")
    if options.dist:
        wrong += built(options.dist, version)
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    if not wrong:
        print(f"{len(places)} places say {version}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
