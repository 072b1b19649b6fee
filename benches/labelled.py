#!/usr/bin/env python3
"""How often a reported secret is one, by confidence: `python3 benches/labelled.py MIRRORS [--unlabelled N] [--binary PATH]`,
after `cargo build --release`.

MIRRORS is a folder of bare clones, `owner+name/repo`. `labels/secrets.tsv` names repositories with their commits, the
half that each belongs to, and the places that a person has read: path, line, the confidence at which hullguard reported
it then, and a verdict. It holds no values.

    real  somebody logs in, signs or decrypts with it, in whatever environment; or it is the hash of such a value
    test  a credential that opens nothing outside of a test, a sample or a page of documentation
    not   no credential

Each repository is unpacked at its commit and checked with `--profile strict`, without configuration, baseline and
comments. Of the findings whose place has a label, the table counts the verdicts by the confidence that hullguard gives
today. Half A was read while the rules were corrected; B and later C and D were labelled afterwards, from repositories that
had not been used, and measured before anything was changed for them.
`--unlabelled N` lists N places of each half and confidence that nobody has read, by lot, to be labelled next.
"""
import collections, json, random, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEVELS = ["high", "medium", "low"]


def read_labels():
    """Each repository's commit and half, and the verdict of each place."""
    repositories, verdicts = {}, {}
    for line in (HERE / "labels/secrets.tsv").read_text().splitlines():
        fields = line.split("\t")
        if fields[0] == "repository":
            repositories[fields[1]] = (fields[2], fields[3])
        elif len(fields) == 5:
            verdicts[fields[0], fields[1], int(fields[2])] = fields[4]
    return repositories, verdicts


def lacking(mirror, commit):
    """What leaves out of an archive the files that a snapshot lacks, which are its largest."""
    git = ["git", "-C", mirror]
    listed = subprocess.run([*git, "ls-tree", "-r", "-z", "--format=%(objecttype) %(objectname) %(path)", commit], capture_output=True, text=True, check=True).stdout
    blobs = [line.split(" ", 2)[1:] for line in listed.split("\0") if line.startswith("blob ")]
    asked = subprocess.run([*git, "cat-file", "--batch-check"], input="\n".join(blob for blob, _ in blobs), capture_output=True, text=True, check=True).stdout
    missing = {line.split(" ", 1)[0] for line in asked.splitlines() if line.endswith("missing")}
    return [f":(exclude,literal){path}" for blob, path in blobs if blob in missing]


def reported(binary, mirror, commit):
    """The places of reported secrets, and how sure hullguard is of the surest one there."""
    flags = ["--profile", "strict", "--no-config", "--no-baseline", "--no-inline-ignore", "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.Popen(["git", "-C", mirror, "archive", commit, ".", *lacking(mirror, commit)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        subprocess.run(["tar", "-x", "-C", folder], stdin=archive.stdout, check=True)
        archive.wait()
        out = subprocess.run([binary, "check", *flags, "."], cwd=folder, capture_output=True).stdout
    places = {}
    for finding in json.loads(out)["findings"]:
        if "confidence" in finding:
            place = finding["path"], finding["start"]["line"]
            places[place] = min(places.get(place, "low"), finding["confidence"], key=LEVELS.index)
    return places


def main():
    arguments = sys.argv[1:]
    binary = str(HERE.parent / "target/release/hullguard")
    if "--binary" in arguments:
        binary = arguments[arguments.index("--binary") + 1]
    more = int(arguments[arguments.index("--unlabelled") + 1]) if "--unlabelled" in arguments else 0
    repositories, verdicts = read_labels()
    counts, unread = collections.Counter(), collections.defaultdict(list)
    for name, (commit, half) in repositories.items():
        for (path, line), confidence in reported(binary, Path(arguments[0], name, "repo"), commit).items():
            verdict = verdicts.get((name, path, line))
            counts[half, confidence, verdict] += 1
            if verdict is None:
                unread[half, confidence].append(f"{name}\t{path}\t{line}\t{confidence}")
    print(f"{'half':6}{'confidence':12}{'reported':>9}{'read':>6}{'real':>6}{'test':>6}{'not':>5}{'real':>8}{'a credential':>14}")
    for half in sorted({half for _, half in repositories.values()}):
        for level in LEVELS:
            real, test, wrong = (counts[half, level, verdict] for verdict in ("real", "test", "not"))
            read = real + test + wrong
            parts = [f"{100 * part / read:.0f} %" if read else "-" for part in (real, real + test)]
            print(f"{half:6}{level:12}{read + counts[half, level, None]:9}{read:6}{real:6}{test:6}{wrong:5}{parts[0]:>8}{parts[1]:>14}")
    for (half, level), places in sorted(unread.items()):
        for place in random.Random(15).sample(places, min(more, len(places))):
            print(f"{place}\t{half}")


main()
