#!/usr/bin/env python3
"""Makes the npm packages and the Homebrew formula of a release: `python3 packaging/channels.py DIST OUT`.

DIST holds the archives `hullguard-VERSION-TARGET.tar.gz` of one version, and SHA256SUMS, which must name each of them.
Written are OUT/npm/<package>/ (one package for each platform with the binary, and `hullguard`, which starts the one that
fits) and OUT/hullguard.rb. Nothing is downloaded when a package is installed. Needs Python 3.8 and nothing else.
"""
import hashlib
import json
import pathlib
import re
import shutil
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASES = "https://github.com/hullguard/hullguard/releases/download"
# Target of the archive: npm's words for system and processor.
NPM = {
    "x86_64-unknown-linux-musl": ("linux", "x64"),
    "aarch64-unknown-linux-musl": ("linux", "arm64"),
    "x86_64-apple-darwin": ("darwin", "x64"),
    "aarch64-apple-darwin": ("darwin", "arm64"),
    "x86_64-pc-windows-msvc": ("win32", "x64"),
}
LICENSES = ("LICENSE-APACHE", "LICENSE-MIT")
START = """\
#!/usr/bin/env node
// Starts the binary of the package for this platform, with the same arguments, input and output.
const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const name = `hullguard-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/hullguard${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  console.error(`error: the package ${name} is not installed; npm installs it with hullguard unless optional dependencies are off, or there is no binary for this platform`);
  process.exit(2);
}
const done = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (done.error) {
  console.error(`error: ${program} cannot be started: ${done.error.message}`);
  process.exit(2);
}
process.exit(done.signal ? 128 + constants.signals[done.signal] : done.status);
"""
FORMULA = """\
# Made by packaging/channels.py of hullguard.
class Hullguard < Formula
  desc "Lints Dockerfiles and Compose files, and finds secrets in files and git history"
  homepage "https://github.com/hullguard/hullguard"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
{aarch64-apple-darwin}
    end
    on_intel do
{x86_64-apple-darwin}
    end
  end

  on_linux do
    on_arm do
{aarch64-unknown-linux-musl}
    end
    on_intel do
{x86_64-unknown-linux-musl}
    end
  end

  def install
    bin.install "hullguard"
    generate_completions_from_executable(bin/"hullguard", "completions")
    (man1/"hullguard.1").write Utils.safe_popen_read(bin/"hullguard", "man")
  end

  test do
    (testpath/"Dockerfile").write "FROM alpine:latest\\n"
    assert_match "latest-tag", shell_output("#{{bin}}/hullguard check Dockerfile", 1)
    assert_match version.to_s, shell_output("#{{bin}}/hullguard -V")
  end
end
"""


def archives(dist):
    """The version, and of each target the archive and its SHA-256, as the table has it and as it is."""
    table = {}
    for line in (dist / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        table[name.lstrip("*")] = digest
    found, versions = {}, set()
    for target in NPM:
        names = [path for path in dist.glob(f"hullguard-*-{target}.tar.gz")]
        if len(names) != 1:
            sys.exit(f"error: {dist} holds {len(names)} archives for {target}, not one")
        [path] = names
        versions.add(re.fullmatch(rf"hullguard-(.+)-{target}\.tar\.gz", path.name)[1])
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if table.get(path.name) != digest:
            sys.exit(f"error: {path} has the checksum {digest}, SHA256SUMS has {table.get(path.name, 'none')}")
        found[target] = path, digest
    if len(versions) != 1:
        sys.exit(f"error: {dist} holds several versions: {', '.join(sorted(versions))}")
    return versions.pop(), found


def package(folder, fields):
    folder.mkdir(parents=True)
    common = {
        "description": "Lints Dockerfiles and Compose files, and finds secrets in files and in git history.",
        "license": "MIT OR Apache-2.0",
        "homepage": "https://github.com/hullguard/hullguard#readme",
        "repository": {"type": "git", "url": "git+https://github.com/hullguard/hullguard.git"},
    }
    (folder / "package.json").write_text(json.dumps({**fields, **common}, indent=2) + "\n")
    shutil.copy(ROOT / "packaging/wheel/README.md", folder)
    for name in LICENSES:
        shutil.copy(ROOT / name, folder)


def npm(out, version, found):
    for target, (path, _) in found.items():
        system, processor = NPM[target]
        name, exe = f"hullguard-{system}-{processor}", "hullguard.exe" if system == "win32" else "hullguard"
        package(out / name, {"name": name, "version": version, "os": [system], "cpu": [processor], "preferUnplugged": True})
        (out / name / "bin").mkdir()
        with tarfile.open(path) as archive, open(out / name / "bin" / exe, "wb") as file:
            shutil.copyfileobj(archive.extractfile(exe), file)
        (out / name / "bin" / exe).chmod(0o755)
    others = {f"hullguard-{system}-{processor}": version for system, processor in NPM.values()}
    fields = {"name": "hullguard", "version": version, "bin": {"hullguard": "bin/hullguard.js"}, "engines": {"node": ">=18"}}
    package(out / "hullguard", {**fields, "optionalDependencies": others})
    (out / "hullguard/bin").mkdir()
    (out / "hullguard/bin/hullguard.js").write_text(START)
    (out / "hullguard/bin/hullguard.js").chmod(0o755)


def formula(version, found):
    def source(path, digest):
        return f'      url "{RELEASES}/v{version}/{path.name}"\n      sha256 "{digest}"'

    return FORMULA.format_map({"version": version, **{target: source(*of) for target, of in found.items()}})


def main():
    dist, out = map(pathlib.Path, sys.argv[1:3])
    version, found = archives(dist)
    npm(out / "npm", version, found)
    (out / "hullguard.rb").write_text(formula(version, found))
    print(f"{len(found) + 1} npm packages and a formula of {version} are in {out}")


if __name__ == "__main__":
    main()
