#!/usr/bin/env python3
"""hadolint, tally and hullguard on the same Dockerfiles: for each code, what only they say, only we say, and both say.

    python3 benches/besides_hadolint.py [--read N] [--sample N] FOLDER...

hullguard is $HULLGUARD or `target/release/hullguard`. hadolint and tally are taken from PATH or from $PEERS (a folder of
programs); one that is not there is left out. hullguard runs with `--profile style`, so that every rule counts. A code is
compared with the rules that name it in `aliases`, in the same file: a finding of theirs and one of ours agree if the
places are at most three lines apart, or if either is about the whole instruction. A rule that reports once for a file or
an instruction agrees with all of theirs there. Codes that no rule names are listed apart. `--read N` prints N places of
each side to be read, `--sample N` compares N of the files; both are picked by a fixed seed.
"""
import argparse, collections, json, os, random, shutil, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = os.environ.get("HULLGUARD", str(ROOT / "target/release/hullguard"))
NEAR, SEED, BATCH = 3, 13, 40
# What hullguard does not read: templates, and what is no Dockerfile.
OTHERS = (".dockerignore", ".template", ".tpl", ".tmpl", ".j2", ".jinja2", ".erb", ".in", ".m4", ".p2")


def program(name):
    below = Path(os.environ.get("PEERS", "/nowhere"), name)
    return str(below) if below.exists() else shutil.which(name)


def output(command, timeout=600):
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout).stdout
    except subprocess.TimeoutExpired:
        return ""


def parsed(text):
    """The JSON in an output, or nothing: a peer that fails on a file must not end the run."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def dockerfiles(folders):
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            name = path.name.lower()
            is_one = name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile")
            if is_one and not name.endswith(OTHERS) and path.is_file() and ".git" not in path.parts:
                yield str(path.resolve())


def hadolint(files):
    for finding in parsed(output([program("hadolint"), "--format", "json", "--no-fail", *files])) or []:
        yield finding["file"], int(finding["line"]), finding["code"]


def tally(files):
    report = parsed(output([program("tally"), "lint", "--no-config", "--format", "json", *files])) or {}
    for file in report.get("files", []):
        for one in file.get("violations", []):
            line = one.get("location", {}).get("start", {}).get("line", 1)
            yield os.path.abspath(file["file"]), int(line), one["rule"]


def batches(tool, files):
    """What a peer says of all files, many in one call. Where that fails, as on a file that it cannot read, of each half."""
    if len(files) > BATCH:
        for at in range(0, len(files), BATCH):
            yield from batches(tool, files[at : at + BATCH])
        return
    found = list(tool(files))
    if found or len(files) < 2:
        yield from found
    else:
        half = len(files) // 2
        yield from batches(tool, files[:half])
        yield from batches(tool, files[half:])


def hullguard(files):
    """Places by (file, code), each with the lines that it and its related places are on."""
    found = collections.defaultdict(list)
    for at in range(0, len(files), 200):
        flags = ["--no-config", "--no-baseline", "--profile", "style", "--preview", "--format", "json"]
        report = parsed(output([OURS, "check", *flags, *files[at : at + 200]])) or {"findings": []}
        for one in report["findings"]:
            if one["status"] != "open":
                continue
            path = os.path.abspath(one["path"])
            lines = [(one["start"]["line"], one["end"]["line"])]
            lines += [(o["start"]["line"], o["end"]["line"]) for o in one["related"] if os.path.abspath(o["path"]) == path]
            for alias in one["aliases"]:
                found[path, alias].append((one["rule"], lines))
    return found


def known_codes():
    rules = parsed(output([OURS, "rules", "--format", "json"])) or []
    rules = rules["rules"] if isinstance(rules, dict) else rules
    return {alias for rule in rules for alias in rule.get("aliases", [])}


def alias_of(peer, code, known):
    """How `aliases` names a code: ShellCheck's under its own name whoever reports it, and tally's copies of hadolint's."""
    names = [f"{peer}/{code}", f"shellcheck/{code}", code]
    return next((name for name in names if name in known), None)


def compare(peer, theirs, ours, known):
    """(both, only theirs, only ours) for each code that a rule of ours names, and counts of the others."""
    table, unknown = collections.defaultdict(lambda: ([], [], [])), collections.Counter()
    used, codes = set(), {}
    for path, line, code in sorted(set(theirs)):
        alias = alias_of(peer, code, known)
        if not alias:
            unknown[code] += 1
            continue
        codes[alias] = code
        near = [
            at
            for at, (_, lines) in enumerate(ours.get((path, alias), []))
            if any(start - NEAR <= line <= end + NEAR for start, end in lines)
        ]
        used.update((path, alias, at) for at in near)
        # One of our findings may stand for all that a peer says of the file.
        table[code][0 if near or ours.get((path, alias)) else 1].append((path, line))
        if not near:
            used.update((path, alias, at) for at in range(len(ours.get((path, alias), []))))
    for (path, alias), places in ours.items():
        # ShellCheck's codes that the peer never reports here are not the peer's to miss.
        code = codes.get(alias) or (alias.partition("/")[2] if alias.startswith(f"{peer}/") else None)
        if code:
            table[code][2].extend(
                (path, lines[0][0]) for at, (_, lines) in enumerate(places) if (path, alias, at) not in used
            )
    return table, unknown


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--read", type=int, default=0)
    options.add_argument("--sample", type=int)
    options.add_argument("folder", nargs="+")
    asked = options.parse_args()
    files = sorted(set(dockerfiles(asked.folder)))
    if asked.sample and asked.sample < len(files):
        files = sorted(random.Random(SEED).sample(files, asked.sample))
    print(f"{len(files)} Dockerfiles")
    ours, known = hullguard(files), known_codes()
    for peer, tool in (("hadolint", hadolint), ("tally", tally)):
        if not program(peer):
            print(f"\n{peer}: not here")
            continue
        table, unknown = compare(peer, batches(tool, files), ours, known)
        print(f"\n{peer:44}{'both':>8}{'theirs':>8}{'ours':>8}")
        for code, sides in sorted(table.items()):
            print(f"{code:44}{len(sides[0]):8}{len(sides[1]):8}{len(sides[2]):8}")
            for side, places in (("theirs", sides[1]), ("ours", sides[2])):
                for path, line in random.Random(SEED).sample(places, min(asked.read, len(places))):
                    print(f"    only {side}: {os.path.relpath(path)}:{line}")
        sums = [sum(len(sides[at]) for sides in table.values()) for at in range(3)]
        print(f"{'all':44}{sums[0]:8}{sums[1]:8}{sums[2]:8}")
        print("no rule names:", ", ".join(f"{code} {n}" for code, n in unknown.most_common()) or "none")


if __name__ == "__main__":
    main()
