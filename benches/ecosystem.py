#!/usr/bin/env python3
"""What changes for users between two binaries: `python3 benches/ecosystem.py OLD NEW [FOLDER…] [--patch] [--limit N]`.

Both check every FOLDER, in `default` and in `strict`, without configuration and baseline. Printed, as Markdown, are by rule
the findings that only one of them has, and those whose severity changed, with up to N examples of each kind (3) as the
program itself shows them, so no secret is in them. Without folders it is the corpus: `$HULLGUARD_CORPUS`, or `shared/corpus`
beside this repository or a folder above it.

Exit code: 0 nothing changed, 1 something did, 2 a run failed. With `--patch`, 1 only if `default` has findings that it had
not, or some that are more severe: what a patch release must not bring (docs/stability.md).
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROFILES = ("default", "strict")
SEVERITIES = ("note", "warning", "error")


def corpus():
    """The folders of the corpus that the tests use, too."""
    asked = os.environ.get("HULLGUARD_CORPUS")
    places = [Path(asked)] if asked else []
    places += [above / "shared/corpus" for above in Path(__file__).resolve().parents]
    found = next((place for place in places if (place / "compose").is_dir()), None)
    return [found / "compose", found / "dockerfiles"] if found else []


class Run:
    """The open findings of one binary in one folder."""

    def __init__(self, binary, folder, profile):
        with tempfile.TemporaryDirectory() as work:
            report = Path(work) / "report.json"
            command = [binary, "check", "--no-config", "--no-baseline", "--profile", profile]
            command += ["--color", "never", "--format", "human", "--format", f"json={report}", "."]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
            if done.returncode not in (0, 1) and not report.exists():
                raise RuntimeError(f"{binary} in {folder}: {done.stderr.strip()}")
            document = json.loads(report.read_text(errors="replace"))
        if document.get("error"):
            raise RuntimeError(f"{binary} in {folder}: {document['error']}")
        self.failed = {file["path"] for file in document["files"]["failed"]}
        self.findings = collections.defaultdict(list)
        for finding in document["findings"]:
            if finding["status"] == "open":
                place = finding["path"], finding["start"]["line"], finding["start"]["column"]
                self.findings[finding["rule"], *place].append(finding)
        self.frames = frames(done.stdout)

    def example(self, key):
        rule, path, line, column = key
        finding = self.findings[key][0]
        shown = f"{finding['severity']}[{rule}]: {finding['message']}\n --> {path}:{line}:{column}"
        return self.frames.get(key, shown)


def frames(text):
    """The blocks of the human report by rule and place."""
    found = {}
    for block in text.split("\n\n"):
        head = re.match(r"\w+\[([^\],]+)\]: .*\n *--> (.*):(\d+):(\d+)\n", block + "\n")
        if head:
            rule, path, line, column = head.groups()
            found.setdefault((rule, path, int(line), int(column)), block.strip("\n"))
    return found


def compare(old, new):
    """Pairs of kind and key, where a kind is `added`, `removed`, or two severities."""
    for key in sorted(old.findings.keys() | new.findings.keys()):
        was, now = (sorted(SEVERITIES.index(f["severity"]) for f in run.findings.get(key, ())) for run in (old, new))
        yield from (("added", key) for _ in range(len(now) - len(was)))
        yield from (("removed", key) for _ in range(len(was) - len(now)))
        for one, other in zip(was, now):
            if one != other:
                yield f"{SEVERITIES[one]} → {SEVERITIES[other]}", key


def is_louder(kind):
    if " → " in kind:
        one, other = kind.split(" → ")
        return SEVERITIES.index(other) > SEVERITIES.index(one)
    return kind == "added"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--patch", action="store_true")
    parser.add_argument("--limit", type=int, default=3, metavar="N")
    args = parser.parse_args()
    binaries = [str(Path(binary).resolve()) for binary in (args.old, args.new)]
    folders = args.folders or corpus()
    if not folders:
        sys.exit("no folder was named, and the corpus is not here: set HULLGUARD_CORPUS")
    changed = louder = False
    for profile in PROFILES:
        kinds = collections.defaultdict(list)
        totals = [0, 0]
        for folder in folders:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                old, new = pool.map(lambda binary: Run(binary, folder, profile), binaries)
            for at, run in enumerate((old, new)):
                totals[at] += sum(map(len, run.findings.values()))
            for path in sorted(old.failed ^ new.failed):
                side = "new" if path in new.failed else "old"
                kinds["", f"could not be checked by the {side} binary only"].append((None, f"{folder}/{path}"))
            for kind, key in compare(old, new):
                kinds[key[0], kind].append((old if kind == "removed" else new, key))
        print(f"## {profile}: {totals[0]} findings before, {totals[1]} now\n")
        if kinds:
            print("| rule | change | count |\n|---|---|---|")
            for (rule, kind), all_ in sorted(kinds.items()):
                print(f"| {rule} | {kind} | {len(all_)} |")
            print()
        for (rule, kind), all_ in sorted(kinds.items()):
            print(f"### {rule} {kind}: {len(all_)}\n")
            # Spread over the files, not the first of the first.
            step = max(1, len(all_) // max(1, args.limit))
            for run, key in all_[::step][: args.limit]:
                print("```text\n" + (run.example(key) if run else key).replace("```", "'''") + "\n```\n")
        changed |= bool(kinds)
        louder |= profile == "default" and any(is_louder(kind) for _, kind in kinds)
    if not changed:
        print("Nothing changed.")
    return int(louder if args.patch else changed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
