#!/usr/bin/env python3
"""What surfaces cost where there are none: `python3 benches/unrelated.py [BINARY]`.

Writes a folder of 10,000 files that configure no container: half of them have names that may (scripts, JSON, YAML, Markdown,
Terraform, Makefiles), half have not, with the same texts. The first half may cost at most MARGIN percent more CPU time than
the second, with one thread, the best of RUNS runs.

Exit code: 0 it does not; 1 it costs more; 2 a run failed.
"""
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MARGIN = 10.0
RUNS = 5
COUNT = 5000
# Names that may have containers, each with a sibling of which only secrets are searched.
NAMES = [("run.sh", "run.py"), ("data.json", "data.csv"), ("app.yaml", "app.txt"), ("notes.md", "notes.rst"),
         ("main.tf", "main.go"), ("rules.mk", "rules.cmake"), ("tool", "tool.pl"), ("app.service", "app.rs")]
TEXT = "".join(f"line {number}: value = {number * 7919 % 10007} # nothing that runs a container\n" for number in range(40))


def write(folder, side):
    for number in range(COUNT):
        place = folder / f"{number // 100}" / f"{number % 100}"
        place.mkdir(parents=True)
        (place / NAMES[number % len(NAMES)][side]).write_text(TEXT)


def seconds(binary, folder):
    """User and system time, the best of RUNS."""
    environment = {"RAYON_NUM_THREADS": "1", "HULLGUARD_SHELLCHECK": "off"}
    best = None
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([binary, "check", "--quiet", "."], cwd=folder, env=environment, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode > 1:
            print(done.stderr.decode(), file=sys.stderr)
            sys.exit(2)
        taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = taken if best is None else min(best, taken)
    return best


def main():
    binary = str(Path(sys.argv[1] if len(sys.argv) > 1 else "target/release/hullguard").resolve())
    times = []
    for side in (0, 1):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), side)
            times.append(seconds(binary, folder))
    percent = (times[0] / times[1] - 1) * 100
    print(f"{times[0]:.2f} and {times[1]:.2f} s of CPU: {percent:+.1f} % (at most {MARGIN} %)")
    sys.exit(percent > MARGIN)


if __name__ == "__main__":
    main()
