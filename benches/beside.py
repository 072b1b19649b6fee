#!/usr/bin/env python3
"""hullguard, kingfisher and detect-secrets on the same trees: `python3 benches/beside.py MIRRORS [--unlabelled]`, after
`cargo build --release`.

MIRRORS is a folder of bare clones, `owner+name/repo`. The trees are those named in `beside.tsv`, at the commits named
there. Of the places (file and line) that each tool tells, a seeded sample is compared with the labels in that file, which
a person gave by reading the lines: `real` (a literal that somebody uses to log in, sign or decrypt, or the hash of one,
tests included), `made` (a placeholder, a documented sample, a word like `secret` in a test) or `false` (no credential).
Printed are counts; values never are. `--unlabelled` lists the places of the samples that have no label yet.
"""
import collections, json, os, random, shutil, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
HULLGUARD = str(HERE.parent / "target/release/hullguard")
SAMPLE, SEED = 80, 4


def read_labels():
    """The trees with their commits, and the label of each place."""
    trees, labels = {}, {}
    for line in (HERE / "beside.tsv").read_text().splitlines():
        fields = line.split("\t")
        if fields[0] == "tree":
            trees[fields[1]] = fields[2]
        elif len(fields) == 3:
            labels[fields[0], int(fields[1])] = fields[2]
    return trees, labels


def output(command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, errors="replace").stdout


def hullguard(folder):
    flags = ["--no-config", "--no-baseline", "--no-inline-ignore", "--format", "json"]
    for finding in json.loads(output([HULLGUARD, "check", *flags, "."], folder))["findings"]:
        if "confidence" in finding or finding["rule"] in ("env-secret-literal", "secret-in-arg-env-name"):
            yield finding["path"], finding["start"]["line"]
            for other in finding["related"]:
                yield other["path"], other["start"]["line"]


def kingfisher(folder):
    command = ["kingfisher", "scan", ".", "--no-validate", "--git-history", "none", "--no-update-check"]
    for line in output([*command, "--format", "jsonl"], folder).splitlines():
        finding = json.loads(line).get("finding") if line.startswith("{") else None
        if finding:
            yield os.path.normpath(finding["path"]), int(finding["line"])


def detect_secrets(folder):
    found = json.loads(output(["detect-secrets", "scan", "--all-files", "--no-verify", "."], folder))
    for path, places in found["results"].items():
        for place in places:
            yield os.path.normpath(path), place["line_number"]


def main():
    trees, labels = read_labels()
    mirrors = Path(sys.argv[1]).resolve()
    names = {"hullguard": hullguard, "kingfisher": kingfisher, "detect-secrets": detect_secrets}
    tools = {name: tool for name, tool in names.items() if name == "hullguard" or shutil.which(name)}
    found = {name: set() for name in tools}
    with tempfile.TemporaryDirectory() as top:
        for tree, commit in trees.items():
            folder = Path(top, tree)
            folder.mkdir()
            archive = subprocess.run(["git", "-C", mirrors / tree / "repo", "archive", commit], capture_output=True, check=True)
            subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
            for name, tool in tools.items():
                found[name] |= {(f"{tree}/{path}", line) for path, line in tool(folder)}
    print(f"{'':16}{'told':>6}{'alone':>7}{'sample':>8}{'real':>6}{'made':>6}{'false':>7}{'unlabelled':>12}")
    missing = set()
    for name, places in found.items():
        others = set().union(*(found[other] for other in found if other != name))
        sample = random.Random(SEED).sample(sorted(places), min(SAMPLE, len(places)))
        counts = collections.Counter(labels.get(place, "unlabelled") for place in sample)
        missing |= {place for place in sample if place not in labels}
        shown = [counts[label] for label in ("real", "made", "false", "unlabelled")]
        print(f"{name:16}{len(places):6}{len(places - others):7}{len(sample):8}{shown[0]:6}{shown[1]:6}{shown[2]:7}{shown[3]:12}")
    if "--unlabelled" in sys.argv:
        for path, line in sorted(missing):
            print(f"{path}\t{line}")


main()
