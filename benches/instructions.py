#!/usr/bin/env python3
"""Counts the processor instructions of the main uses: `python3 benches/instructions.py [BINARY] [--against OLD | --bless]`.

The binary is `target/release/hullguard`, built before. Each use runs in files that this script writes, the same to the byte
on every machine; with one thread, an empty environment and no configuration. callgrind counts (valgrind), else `perf stat`.
`instructions.json` has the counts of before; a use that grew by more than MARGIN fails, `--bless` writes new ones. Only
counts of one compiler, target and counter are compared: of another the script prints them, says so and ends with 0.
`--against OLD` compares with another binary instead, which was built like this one; so CI compares a change with its base.

Exit code: 0 nothing grew, or nothing can be compared; 1 something grew; 2 a run failed.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SNAPSHOT = HERE / "instructions.json"
# In percent. Measured: 0.02 from run to run on one machine (hash maps have random seeds), up to 2.5 where the C library
# takes other code because the processor lacks AVX2. So CI compares two binaries on one machine.
MARGIN = 3.0
GIT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
       (("NAME", "a"), ("EMAIL", "a@example.org"), ("DATE", "2026-01-01T00:00:00Z"))},
}


class Numbers:
    """Numbers that look random and are the same everywhere."""

    def __init__(self, seed):
        self.state = seed

    def below(self, end):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % end

    def of(self, choices):
        return choices[self.below(len(choices))]


BASES = ["node:22.4-slim", "python:3.12-slim", "golang:1.24", "debian:12", "alpine:3.20", "ubuntu:latest", "eclipse-temurin"]
STEPS = [
    "RUN apt-get update && apt-get install -y curl git \\\n    && rm -rf /var/lib/apt/lists/*",
    "RUN set -eux; \\\n    for tool in jq make; do \\\n        apt-get install -y --no-install-recommends \"$tool\"; \\\n    done",
    "RUN curl -fsSL https://example.org/install.sh | sh",
    "COPY . /app",
    "COPY --chown=app:app package.json package-lock.json ./",
    "ADD https://example.org/tool.tar.gz /opt/",
    "ENV PATH=/opt/bin:$PATH LANG=C.UTF-8",
    "ARG VERSION=1.2.3\nRUN pip install --no-cache-dir \"tool==${VERSION}\"",
    "RUN chmod 777 /data && useradd -r app",
    "EXPOSE 8080/tcp",
    "HEALTHCHECK CMD wget -qO- http://localhost:8080/health || exit 1",
]
IMAGES = ["nginx:1.27", "postgres:16", "redis", "ghcr.io/acme/api:2.1", "traefik:latest", "mysql:8.4"]
SETTINGS = [
    "    ports: [\"8080:80\", \"127.0.0.1:9000:9000\"]\n",
    "    environment:\n      LOG_LEVEL: ${LOG_LEVEL:-info}\n      DB_HOST: db\n",
    "    volumes:\n      - data:/var/lib/data\n      - ./config:/etc/app:ro\n",
    "    restart: unless-stopped\n    read_only: true\n",
    "    deploy:\n      resources:\n        limits: {memory: 256M}\n",
    "    healthcheck:\n      test: [\"CMD\", \"true\"]\n      interval: 30s\n",
    "    cap_drop: [ALL]\n    security_opt: [\"no-new-privileges:true\"]\n",
    "    <<: *common\n",
]


def dockerfile(numbers):
    steps = [numbers.of(STEPS) for _ in range(6 + numbers.below(12))]
    return "\n".join([
        "# syntax=docker/dockerfile:1", f"FROM {numbers.of(BASES)} AS build", "WORKDIR /src", *steps,
        f"FROM {numbers.of(BASES)}", "COPY --from=build /src/out /app", *steps[:3], 'CMD ["/app/run"]', "",
    ])


def compose(numbers):
    text = "x-common: &common\n  logging: {driver: json-file}\nservices:\n"
    for number in range(3 + numbers.below(8)):
        text += f"  service{number}:\n    image: {numbers.of(IMAGES)}\n"
        wanted = {numbers.below(len(SETTINGS)) for _ in range(4)}
        text += "".join(SETTINGS[setting] for setting in sorted(wanted))
    return text + "volumes:\n  data: {}\n"


def source(numbers, lines):
    """Code with no secret in it, in which the search has something to look at."""
    names = ["token", "key", "user", "password", "total", "index", "result"]
    line = lambda: f"    {numbers.of(names)}_{numbers.below(99)} = load(\"{numbers.of(names)}\", {numbers.below(10**6)})"
    return "\n".join(["def run():", *(line() for _ in range(lines)), ""])


def write(folder, name, text):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, newline="\n")


def git(folder, *arguments):
    # Nothing is compressed, so what the machine's zlib makes of it does not count.
    plain = ["-c", "core.compression=0", "-c", "pack.compression=0", "-c", "pack.threads=1", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *plain, *arguments], cwd=folder, env=GIT, check=True, capture_output=True)


def make(top):
    """The folders of all uses, and their command lines."""
    numbers = Numbers(12)
    write(top / "one", "Dockerfile", dockerfile(numbers))
    for number in range(60):
        write(top / "dockerfiles", f"image{number:02}/Dockerfile", dockerfile(numbers))
    for number in range(60):
        write(top / "compose", f"app{number:02}/compose.yaml", compose(numbers))
    repository = top / "history"
    repository.mkdir()
    git(repository, "init", "-q", ".")
    texts = {f"src/module{number}.py": source(numbers, 120) for number in range(12)}
    for _ in range(60):
        name = numbers.of(sorted(texts))
        lines = texts[name].split("\n")
        lines[1 + numbers.below(len(lines) - 2)] = source(numbers, 3).split("\n", 1)[1].rstrip("\n")
        texts[name] = "\n".join(lines)
        for path, text in texts.items():
            write(repository, path, text)
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", "change")
    git(repository, "repack", "-q", "-a", "-d", "-f")
    staged = top / "staged"
    shutil.copytree(repository, staged)
    write(staged, "Dockerfile", dockerfile(numbers))
    write(staged, "src/module3.py", source(numbers, 120))
    git(staged, "add", ".")
    check = ["check", "--no-config", "--no-baseline", "--fail-on", "never", "--threads", "1", "--format", "json"]
    return {
        "start": (top / "one", ["--version"]),
        "one Dockerfile": (top / "one", [*check, "Dockerfile"]),
        "60 Dockerfiles": (top / "dockerfiles", check),
        "60 Compose files": (top / "compose", check),
        "history of 60 commits": (repository, [*check, "--history"]),
        "staged": (staged, [*check, "--staged"]),
    }


def callgrind(command, folder):
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run([*tool, *command], cwd=folder, env=environment(), capture_output=True, text=True)
    found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    return done, int(found[1]) if found else None


def perf(command, folder):
    tool = ["perf", "stat", "-x,", "-e", "instructions:u", "--"]
    done = subprocess.run([*tool, *command], cwd=folder, env=environment(), capture_output=True, text=True)
    found = re.search(r"^(\d+),[^,]*,instructions", done.stderr, re.M)
    return done, int(found[1]) if found else None


def environment():
    return {"PATH": "/usr/bin:/bin", "RAYON_NUM_THREADS": "1", "HOME": "/nonexistent"}


def counter():
    """What counts here: its name and how, or None."""
    for name, count in (("callgrind", callgrind), ("perf", perf)):
        if shutil.which({"callgrind": "valgrind"}.get(name, name)) and count(["/bin/true"], "/")[1]:
            return name, count
    return None


def measure(binary, uses, count, runs):
    """The median count of each use."""
    print(binary)
    medians = {}
    for use, (folder, arguments) in uses.items():
        counts = []
        for _ in range(runs):
            done, instructions = count([str(binary), *arguments], folder)
            if done.returncode != 0 or instructions is None:
                raise RuntimeError(f"{use}: exit code {done.returncode}: {done.stderr[-2000:]}")
            counts.append(instructions)
        medians[use] = int(statistics.median(counts))
        spread = 100 * (max(counts) - min(counts)) / min(counts)
        print(f"  {use}: {medians[use]:,}, spread {spread:.2f} %")
    return medians


def compiler():
    said = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    found = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    return found["release"], found["host"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", type=Path, default=HERE.parent / "target/release/hullguard")
    parser.add_argument("--against", type=Path, metavar="OLD")
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    found = counter()
    if not found:
        print("skipped: instructions cannot be counted here; valgrind is not installed, and perf may not count")
        return 0
    name, count = found
    release, host = compiler()
    about = {"counter": name, "rustc": release, "target": host}
    with tempfile.TemporaryDirectory() as top:
        uses = make(Path(top).resolve())
        measured = lambda binary: {**about, "instructions": measure(binary.resolve(), uses, count, args.runs)}
        before = measured(args.against) if args.against else None
        now = measured(args.binary)
    if args.bless:
        SNAPSHOT.write_text(json.dumps(now, indent=2) + "\n")
        return 0
    before = before or json.loads(SNAPSHOT.read_text())
    same = ("counter", "rustc", "target")
    if any(before[key] != now[key] for key in same):
        were, are = (", ".join(run[key] for key in same) for run in (before, now))
        print(f"not compared: the counts in {SNAPSHOT.name} are of {were}; these are of {are}")
        return 0
    grown = []
    for use in sorted(before["instructions"].keys() | now["instructions"].keys()):
        was, is_ = before["instructions"].get(use), now["instructions"].get(use)
        if was is None or is_ is None:
            grown.append(f"{use}: not in both")
            continue
        change = 100 * (is_ - was) / was
        print(f"{use}: {change:+.2f} %")
        if change > MARGIN:
            grown.append(f"{use}: {was:,} → {is_:,}, {change:+.1f} %")
    if grown:
        print(f"grown by more than {MARGIN} %; make it faster, or explain it in the commit and run with --bless:", *grown, sep="\n  ")
    return int(bool(grown))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, RuntimeError, KeyError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
