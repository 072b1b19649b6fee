#!/usr/bin/env python3
"""Secrets in histories: `python3 benches/secrets.py REPOSITORY [A..B]`, after `cargo build --release`.

Prints CPU seconds (user and system), wall and peak memory of a search of the whole history beside those of git
unpacking the same objects, in one run, and as ratios; then of a staged change of 20 files, of a range of commits, and
of one file beside the bare start of the process. Peers that are installed (kingfisher, gitleaks) are run too.
"""
import os, shutil, subprocess, sys, tempfile, time
from pathlib import Path

HULLGUARD = str(Path(__file__).resolve().parent.parent / "target/release/hullguard")


def run(command, cwd=None, times=1):
    """The best of several runs: (CPU s, wall s, peak MB)."""
    best = None
    for _ in range(times):
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        found = (used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)
        best = min(best or found, found)
    return best


def show(name, found, base=None):
    ratio = f"   {found[0] / base[0]:.2f} x the CPU" if base else ""
    print(f"{name:34} {found[0]:8.3f} CPU s {found[1]:8.3f} s {found[2]:7.0f} MB{ratio}")


repository = os.path.abspath(sys.argv[1])
unpack = ["git", "-C", repository, "cat-file", "--batch-all-objects", "--batch", "--unordered"]
base = run(unpack, times=2)
show("git cat-file, all objects", base)
show("hullguard check --history", run([HULLGUARD, "check", "--history", repository], times=2), base)
for peer in ["kingfisher", "gitleaks"]:
    if shutil.which(peer):
        command = {
            "kingfisher": [peer, "scan", repository, "--no-validate"],
            "gitleaks": [peer, "git", repository, "--no-banner"],
        }[peer]
        show(peer, run(command), base)
if len(sys.argv) > 2:
    show(f"--commits {sys.argv[2]}", run([HULLGUARD, "check", "--commits", sys.argv[2], repository], times=3))
with tempfile.TemporaryDirectory() as folder:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q", folder], check=True)
    for n in range(20):
        Path(folder, f"f{n}.py").write_text("".join(f"value_{i} = compute({i}, key=other)\n" for i in range(200)))
    subprocess.run([*git, "-C", folder, "add", "-A"], check=True)
    bare = run([HULLGUARD, "--version"], times=20)
    show("bare start", bare)
    one = run([HULLGUARD, "check", "f1.py"], cwd=folder, times=20)
    show("one file of 7 kB", one)
    show("20 staged files", run([HULLGUARD, "check", "--staged"], cwd=folder, times=20))
