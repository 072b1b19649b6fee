#!/usr/bin/env python3
"""How far the rules on shell code agree with ShellCheck, code by code, on the same scripts.

    python3 benches/shell_rules.py [--list CODE] [--hullguard PROGRAM] FOLDER...

hullguard ($HULLGUARD, `--hullguard` or `target/release/hullguard`) checks all Dockerfiles below the folders twice, in
the profile `strict`: with ShellCheck and without the rules that name one of its codes in `aliases`, then with these
rules and without ShellCheck. A place of one side and a place of the other agree if they are on the same lines. `both`
counts the places of ShellCheck that agree, agreement is `both` of all places. Files in which only hullguard reports
something are given to ShellCheck once more, one at a time: on a busy machine it runs out of time and says nothing. The codes of a rule with several, such as
`bashism-in-sh`, are counted together. `--list CODE` prints the places that only one side has. `shellcheck` must be on
PATH.
"""
import argparse, collections, json, os, subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BATCH = 60


def dockerfiles(folders):
    for folder in folders:
        for path in sorted(folder.resolve().rglob("*")):
            name = path.name.lower()
            if ("dockerfile" in name or "containerfile" in name) and path.is_file() and ".git" not in path.parts:
                yield str(path)


def places(program, files, flags, rules):
    """Of each of these rules, the places (file, first line, last line) that it reports, related ones included."""
    found = collections.defaultdict(set)
    for at in range(0, len(files), BATCH):
        command = [program, "check", "--no-config", "--no-baseline", "--profile", "strict", "--format", "json", *flags]
        out = subprocess.run([*command, *files[at : at + BATCH]], capture_output=True, text=True).stdout
        for finding in json.loads(out)["findings"]:
            if finding["rule"] in rules:
                others = [place for place in finding["related"] if place["message"] == "and here"]
                for place in (finding, *others):
                    lines = place["start"]["line"], place["end"]["line"]
                    found[finding["rule"]].add((os.path.abspath(place["path"]), *lines, place["start"]["column"]))
    return found


def meets(place, others):
    return any(place[0] == o[0] and place[1] <= o[2] and o[1] <= place[2] for o in others.get(place[0], ()))


def by_file(places):
    sorted_ = collections.defaultdict(list)
    for place in places:
        sorted_[place[0]].append(place)
    return sorted_


def silent(codes, theirs, ours):
    """Files with a place that only we report."""
    for rule, of in codes.items():
        left = by_file(set().union(*(theirs.get(code, set()) for code in of)))
        yield from {place[0] for place in ours.get(rule, ()) if not meets(place, left)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hullguard", default=os.environ.get("HULLGUARD", str(ROOT / "target/release/hullguard")))
    parser.add_argument("--list", metavar="CODE")
    parser.add_argument("folders", nargs="+", type=Path)
    args = parser.parse_args()
    listed = json.loads(subprocess.run([args.hullguard, "rules", "--format", "json"], capture_output=True).stdout)
    listed = listed["rules"] if isinstance(listed, dict) else listed
    codes = {
        rule["id"]: {alias.partition("/")[2] for alias in rule["aliases"] if alias.startswith("shellcheck/")}
        for rule in listed
    }
    codes = {rule: of for rule, of in codes.items() if of}
    files = sorted(set(dockerfiles(args.folders)))
    without = [flag for rule in codes for flag in ("--ignore", rule)]
    theirs = places(args.hullguard, files, ["--shellcheck", "require", *without], set().union(*codes.values()))
    ours = places(args.hullguard, files, ["--shellcheck", "off"], set(codes))
    for path in sorted(set(silent(codes, theirs, ours))):
        alone = places(args.hullguard, [path], ["--shellcheck", "require", *without], set().union(*codes.values()))
        for code, more in alone.items():
            theirs[code] |= more
    print(f"{len(files)} Dockerfiles")
    print(f"{'rule':32}{'codes':>16}{'both':>8}{'theirs':>8}{'ours':>8}{'agree':>9}")
    for rule, of in sorted(codes.items()):
        left = set().union(*(theirs.get(code, set()) for code in of))
        right = ours.get(rule, set())
        only_left = {place for place in left if not meets(place, by_file(right))}
        only_right = {place for place in right if not meets(place, by_file(left))}
        both, all_ = len(left) - len(only_left), len(left) + len(only_right)
        name = min(of) + (f" +{len(of) - 1}" if len(of) > 1 else "")
        print(f"{rule:32}{name:>16}{both:8}{len(only_left):8}{len(only_right):8}{both / max(all_, 1):9.1%}")
        if args.list in of | {rule}:
            for side, only in (("shellcheck", only_left), ("hullguard", only_right)):
                for path, line, _, column in sorted(only):
                    print(f"    only {side}: {path}:{line}:{column}")


main()
