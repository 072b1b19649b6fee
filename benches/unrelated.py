#!/usr/bin/env python3
"""What surfaces cost where there are none: `python3 benches/unrelated.py [BINARY]`.

Writes a folder of 10,000 files that configure no container: half of them have names that may (scripts, JSON, YAML, Markdown,
Terraform, Makefiles), half have not, with the same texts. The processor instructions of a run over each half are counted by
`perf stat`, with one thread; the first half may cost at most MARGIN percent more.

Exit code: 0 it does not; 1 it costs more; 2 a run failed.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

MARGIN = 10.0
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


def instructions(binary, folder):
    command = ["perf", "stat", "-e", "instructions:u", "-x", ",", binary, "check", "--quiet", "."]
    environment = {"RAYON_NUM_THREADS": "1", "HULLGUARD_SHELLCHECK": "off"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    count = re.search(r"^(\d+),", done.stderr, re.MULTILINE)
    if done.returncode > 1 or not count:
        print(done.stderr, file=sys.stderr)
        sys.exit(2)
    return int(count[1])


def main():
    binary = str(Path(sys.argv[1] if len(sys.argv) > 1 else "target/release/hullguard").resolve())
    counts = []
    for side in (0, 1):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), side)
            counts.append(instructions(binary, folder))
    percent = (counts[0] / counts[1] - 1) * 100
    print(f"{counts[0] / 1e6:.0f} and {counts[1] / 1e6:.0f} million instructions: {percent:+.1f} % (at most {MARGIN} %)")
    sys.exit(percent > MARGIN)


if __name__ == "__main__":
    main()
