#!/usr/bin/env python3
"""Follows the documents word for word: every command of README.md, hooks/README.md and docs/*.md.

    python3 tests/readme.py --program target/debug/hullguard      what needs no network: cargo test runs this
    python3 tests/readme.py --wheels dist [--tools VENV/bin]      besides, all that is installed by pip: see below

The commands are taken from the `sh` and `console` blocks of the documents, line by line. Each document gets a fresh HOME
and a fresh git repository with a Dockerfile, a Compose file, a remote and a branch, and its commands run there in their
order. A command that cannot run here is in SKIPPED with the reason; one that is in neither way known fails. Then every
example of a hullguard.yaml is used once.

With --wheels, hullguard comes from a wheel in that folder, installed by README's own command into a fresh virtual
environment; a clone of this repository with the tag of the version stands for GitHub (git's `insteadOf`), so that
pre-commit and prek run README's own configuration. pip takes everything from that folder; it must also have a wheel of
setuptools. --tools names a folder with pre-commit, prek and uv, which are put on PATH.

Printed are a line for each command, with its time. The exit code is 1 if one of them did not do what it should.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "hooks/README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]

# What does not run here: the beginning of a command, and why.
SKIPPED = [
    ("npm install --global hullguard", "needs the npm registry; tests/packaging.rs installs the packages from files"),
    ("brew ", "needs Homebrew and GitHub"),
    ("cargo binstall ", "needs GitHub"),
    ("docker run ", "needs a daemon and the registry"),
    ("cargo run --release ", "a release build; .ci/run runs the same program on this repository"),
    ("cargo test", "this is run by it"),
    ("jq -r '.findings[]", "needs kingfisher, which asks the providers of secrets"),
]
# What needs a wheel, or tools from a registry.
INSTALLS = ("pip install ", "pre-commit ", "prek ", "uvx ")
# The exit codes that are right, if not those of a check: 0 for nothing found, 1 for findings.
CHECK = (0, 1)

DOCKERFILE = "FROM node:latest\nMAINTAINER someone\nCOPY . /app\nCMD node /app\n"
COMPOSE = 'services:\n  api:\n    build: ./api\n    ports: ["8080:8080"]\n'


def commands(path):
    """(line, command) of each command in a document."""
    found, kind, heredoc = [], None, None
    for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
        fence = re.match(r"\s*```(\w*)", line)
        if fence:
            kind = fence[1] if kind is None else None
        elif kind == "console" and line.startswith("$ "):
            found.append((number, line[2:]))
        elif kind in ("sh", "bash", "shell"):
            if heredoc or (found and found[-1][1].endswith("\\")):
                found[-1] = found[-1][0], f"{found[-1][1]}\n{line}"
            elif line.strip() and not line.startswith("#"):
                found.append((number, line))
            opened = re.search(r"<<-?\s*['\"]?(\w+)", line)
            heredoc = None if line.strip() == heredoc else heredoc or (opened and opened[1])
    return found


def configurations(path):
    """(line, text) of each example of hullguard.yaml in a document; its first line says that it is one."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for block in re.finditer(r"```yaml\n(# hullguard\.yaml.+?)```", text, re.S):
        yield text.count("\n", 0, block.start()) + 2, block[1]


class Ground:
    """A fresh HOME and a repository in which the commands of one document run."""

    def __init__(self, folder, first_on_path):
        self.home, self.work, remote = folder / "home", folder / "work", folder / "remote.git"
        self.home.mkdir(parents=True)
        self.env = {
            "HOME": str(self.home),
            "PATH": os.pathsep.join([*map(str, first_on_path), os.environ["PATH"]]),
            "HULLGUARD_SHELLCHECK": "off",
            "LANG": "C.UTF-8",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        (self.home / ".gitconfig").write_text("[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n")
        self.git("init", "-q", "--bare", str(remote), at=folder)
        self.git("init", "-q", str(self.work), at=folder)
        self.git("remote", "add", "origin", str(remote))
        self.write("api/Dockerfile", DOCKERFILE)
        self.write("compose.yaml", COMPOSE)
        # README's example of an ignore is of this file.
        self.write("tools/Dockerfile", 'FROM node:22.4.1\nCOPY . /app\nCMD ["node", "/app/tool.js"]\n')
        # Its patterns match something.
        self.write("prod/Dockerfile", DOCKERFILE)
        self.write("vendor/notes.md", "of others\n")
        self.git("add", "-A")
        self.git("commit", "-qm", "first")
        self.git("push", "-q", "-u", "origin", "main")
        self.git("checkout", "-q", "-b", "topic")
        self.write("api/server.js", "// server\n")
        self.git("add", "-A")
        self.git("commit", "-qm", "second")

    def git(self, *arguments, at=None):
        subprocess.run(["git", *arguments], cwd=at or self.work, env=self.env, check=True, capture_output=True)

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, command):
        """Exit code, output and seconds of a line of shell."""
        start = time.perf_counter()
        done = subprocess.run(
            ["sh", "-c", command], cwd=self.work, env=self.env, stdin=subprocess.DEVNULL, timeout=600,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        return done.returncode, done.stdout, time.perf_counter() - start


class Report:
    def __init__(self):
        self.ran = self.skipped = self.failed = 0

    def line(self, place, word, command, rest=""):
        print(f"{place:24} {word:9} {command.splitlines()[0]}{rest}", flush=True)

    def follow(self, ground, path, number, command, codes):
        code, said, seconds = ground.run(command)
        self.ran += 1
        # 127 and Python's traceback would otherwise pass for a finding.
        right = code in codes and "command not found" not in said and "Traceback" not in said
        self.failed += not right
        self.line(f"{path}:{number}", "ok" if right else "FAILED", command, f"  [{code}, {seconds:.2f} s]")
        if not right:
            print(said)
        return said

    def skip(self, path, number, command, why):
        self.skipped += 1
        self.line(f"{path}:{number}", "skipped", command, f"  ({why})")


def follow(path, ground, report, installs):
    for number, command in commands(path):
        why = next((why for begin, why in SKIPPED if command.startswith(begin)), None)
        if command.startswith(INSTALLS) and not installs:
            why = "needs a wheel: --wheels"
        if why:
            report.skip(path, number, command, why)
        elif command.startswith(INSTALLS):
            # Hooks that find something end with 1, as checks do.
            said = report.follow(ground, path, number, command, CHECK if " run" in command else (0,))
            assert " run" not in command or "hullguard" in said, said
        elif command.startswith(("hullguard", "git ", "printf ", "chmod ", "cat ")):
            report.follow(ground, path, number, command, CHECK if "hullguard" in command else (0,))
        else:
            report.ran, report.failed = report.ran + 1, report.failed + 1
            report.line(f"{path}:{number}", "UNKNOWN", command, "  (say in tests/readme.py how it runs, or why not)")


def configure(path, ground, report):
    """The examples of configurations are read without an error."""
    for number, text in configurations(path):
        ground.write("hullguard.yaml", text)
        said = report.follow(ground, path, number, "hullguard check", CHECK)
        if "hullguard.yaml" in said:
            report.failed += 1
            print(said)


def published(folder, ground):
    """A clone of this repository, its work tree committed, tagged as a release; git takes it for the one on GitHub."""
    clone = folder / "hullguard"
    version = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    for name in ("pyproject.toml", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, clone)
    ground.git("add", "-A", at=clone)
    ground.git("commit", "-q", "--allow-empty", "-m", "release", at=clone)
    ground.git("tag", "-f", f"v{version}", at=clone)
    ground.git("config", "--global", f"url.{clone}.insteadOf", "https://github.com/hullguard/hullguard")


def installed(folder, wheels, tools, report):
    """README from pip on, with pre-commit and with prek."""
    venv = folder / "venv"
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    print(f"a fresh virtual environment  [{time.perf_counter() - start:.2f} s]")
    ground = Ground(folder / "installed", [venv / "bin", *tools])
    ground.env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(wheels)}
    ground.env |= {"UV_OFFLINE": "1", "PRE_COMMIT_HOME": str(folder / "pre-commit"), "PREK_HOME": str(folder / "prek")}
    published(folder, ground)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    config = re.search(r"```yaml\n(# \.pre-commit-config\.yaml.+?)```", text, re.S)[1]
    ground.write(".pre-commit-config.yaml", config)
    ground.git("add", "-A")
    follow("README.md", ground, report, True)
    if tools:
        report.follow(ground, "README.md", 0, "uvx hullguard --version", (0,))
        for tool in ("pre-commit", "prek"):
            shutil.rmtree(folder / tool, ignore_errors=True)
            for what in ("cold", "warm", "warm"):
                report.follow(ground, f"{tool}, {what}", 0, f"{tool} run hullguard --all-files", CHECK)
        report.follow(ground, "bare start", 0, "hullguard --version", (0,))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", type=pathlib.Path)
    options.add_argument("--wheels", type=pathlib.Path)
    options.add_argument("--tools", type=pathlib.Path)
    options = options.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as temp:
        temp = pathlib.Path(temp)
        if options.program:
            # Alone in a folder, so that nothing else of a build is on PATH.
            (temp / "bin").mkdir()
            (temp / "bin/hullguard").symlink_to(options.program.resolve())
            for path in DOCUMENTS:
                ground = Ground(temp / path.replace("/", "-"), [temp / "bin"])
                follow(path, ground, report, False)
                configure(path, ground, report)
        if options.wheels:
            tools = [options.tools.resolve()] if options.tools else []
            installed(temp, options.wheels.resolve(), tools, report)
    print(f"{report.ran - report.failed} passed, {report.failed} failed, {report.skipped} skipped")
    sys.exit(report.failed > 0 or report.ran == 0)


if __name__ == "__main__":
    main()
