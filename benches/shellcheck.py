#!/usr/bin/env python3
"""Compares what hullguard and hadolint report with ShellCheck's codes, and what that costs.

  python3 benches/shellcheck.py [--hullguard PROGRAM] [--list CODE] FOLDER...

Both get all Dockerfiles below the folders. hadolint names the line of the instruction only, so a code in a file is what is
compared. `--list CODE` names the files in which only one of the two has that code. CPU is user + system of a program with
its children; that of ShellCheck is the difference between `--shellcheck auto` and `off`. `hadolint` and `shellcheck` must
be on PATH.
"""
import argparse, collections, json, os, pathlib, resource, subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def documents(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        yield document
        at += len(text[at:]) - len(text[at:].lstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hullguard", default=str(ROOT / "target/release/hullguard"))
    parser.add_argument("--list", metavar="CODE")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    files = sorted(
        str(path)
        for folder in args.folders
        for path in folder.resolve().rglob("*")
        if path.is_file() and not path.is_symlink() and ".git" not in path.parts
        and ("dockerfile" in path.name.lower() or "containerfile" in path.name.lower())
    )
    cpu = collections.Counter()
    theirs, ours, unread = set(), set(), set()
    for at in range(0, len(files), 200):
        some = files[at:at + 200]
        out, spent = run(["hadolint", "--no-fail", "--no-color", "--config", os.devnull, "--format", "json", *some])
        cpu["hadolint"] += spent
        for finding in (one for document in documents(out) for one in document):
            if finding["code"].startswith("SC"):
                theirs.add((finding["file"], finding["code"]))
            elif finding["code"] == "DL1000":
                unread.add(finding["file"])
    check = [args.hullguard, "check", "--no-config", "--no-baseline", "--profile", "style", "--format", "json"]
    _, cpu["hullguard --shellcheck off"] = run([*check, "--shellcheck", "off", *files])
    out, cpu["hullguard"] = run([*check, "--shellcheck", "require", *files])
    for finding in json.loads(out)["findings"]:
        if finding["rule"].startswith("SC"):
            ours.add((os.path.abspath(finding["path"]), finding["rule"]))
    print(f"{len(files)} files, {len(unread)} that hadolint cannot read")
    for name, spent in cpu.items():
        print(f"{name:28} {spent:8.1f} s cpu {spent / len(files) * 1000:8.1f} ms a file")
    print(f"{'code':8} {'both':>6} {'only hadolint':>14} {'only hullguard':>15}")
    for code in sorted({code for _, code in theirs | ours}):
        of = [{file for file, other in side if other == code} for side in (theirs, ours)]
        print(f"{code:8} {len(of[0] & of[1]):6} {len(of[0] - of[1]):14} {len(of[1] - of[0]):15}")
        if code == args.list:
            for side, only in (("hadolint", of[0] - of[1]), ("hullguard", of[1] - of[0])):
                for file in sorted(only):
                    print(f"  only {side}: {file}")


if __name__ == "__main__":
    main()
