#!/usr/bin/env python3
"""Proves that `--fix-unsafe` breaks nothing, on every file of the corpus, by asking parsers that are not ours.

    python3 tests/oracle/fixes.py HULLGUARD TALLY CORPUS

Copies CORPUS to a temporary folder, runs `check --fix-unsafe --fail-on never` there, and proves of every file whose
bytes changed that

  * a second run changes nothing, and only files for which a fix was offered are touched;
  * BuildKit's own parser (inside `tally`, as in `buildkit.py`) says of a Dockerfile what it said before;
  * PyYAML still reads a Compose file, tags included, and to the same tree but for the places in `MAY_CHANGE`; service
    names and images are the same;
  * `hullguard` itself finds no error that was not there, counted by file, rule and message;
  * line ends, the byte order mark and whether the last line is ended are as before, and only lines that a fix
    names, or blank ones, are gone.

Needs PyYAML in the Python that runs it. Prints each failure with the file's diff; fails if there is one.
"""

import collections
import concurrent.futures
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from buildkit import buildkit


def local(port):
    """The same published port on 127.0.0.1 only; a lone container port keeps its random host port."""
    port = port.removeprefix("0.0.0.0:")
    return [f"127.0.0.1:{port}"] if ":" in port else [f"127.0.0.1::{port}"]


# Places in a Compose file that fixes may change, and how: (path, before, after); None is "not there".
MAY_CHANGE = [
    (r"/version", lambda old, new: new is None),
    (r"/services/[^/]+/security_opt", lambda old, new: old is None and new == ["no-new-privileges:true"]),
    (r"/services/[^/]+/security_opt/\d+", lambda old, new: old is None and new == "no-new-privileges:true"),
    (r"/(services|x-[^/]+)/.*ports/\d+", lambda old, new: isinstance(old, str) and new in local(old)),
    (r"/(services|x-[^/]+)/.*ports/\d+/host_ip", lambda old, new: new == "127.0.0.1"),
]


def check(hullguard, folder, *options):
    """Runs `hullguard`, returns what its JSON report says."""
    command = [hullguard, "check", "--no-config", "--fail-on", "never", "--format", "json", *options, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def read(folder):
    """Relative path to bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def plain(node, above=()):
    """A YAML node as lists, dictionaries and strings; a tag of the author's own is kept."""
    if id(node) in above:
        return "(itself)"
    above = (*above, id(node))
    if isinstance(node, yaml.ScalarNode):
        value = node.value
    elif isinstance(node, yaml.SequenceNode):
        value = [plain(item, above) for item in node.value]
    else:
        value = {str(plain(key, above)): plain(item, above) for key, item in node.value}
    return {node.tag: value} if re.match("![^!]", node.tag) else value


def tree(data):
    """The file's documents. Raises YAMLError."""
    return [plain(node) for node in yaml.compose_all(data, yaml.SafeLoader) if node is not None]


def differences(old, new, path=""):
    """(path, old, new) of the smallest parts that differ."""
    if type(old) is type(new) and isinstance(old, (dict, list)):
        pairs = (lambda x: x) if isinstance(old, dict) else (lambda x: dict(enumerate(x)))
        old, new = pairs(old), pairs(new)
        for key in dict.fromkeys([*old, *new]):
            yield from differences(old.get(key), new.get(key), f"{path}/{str(key).replace('/', '~')}")
    elif old != new:
        yield path, old, new


def compose(old, new):
    """What is wrong with a changed Compose file."""
    try:
        old = tree(old)
    except yaml.YAMLError:
        return  # PyYAML did not read it before either
    try:
        new = tree(new)
    except yaml.YAMLError as error:
        yield f"PyYAML no longer reads it: {error}"
        return
    if len(old) != len(new):
        yield f"{len(old)} documents are {len(new)}"
    for before, after in zip(old, new):
        for path, was, is_ in differences(before, after):
            if not any(re.fullmatch(where, path) and how(was, is_) for where, how in MAY_CHANGE):
                yield f"{path} was {was!r} and is {is_!r}"


def line_ends(data):
    """The kinds of line end in use, and how the file starts and ends."""
    crlf = data.count(b"\r\n")
    kinds = {"CRLF": crlf, "LF": data.count(b"\n") - crlf, "CR": data.count(b"\r") - crlf}
    return {kind for kind, count in kinds.items() if count}, data.startswith(b"\xef\xbb\xbf"), data.endswith(b"\n")


def named_lines(data, edits):
    """The lines (from 0) that edits touch."""
    lines = set()
    for edit in edits:
        first, last = data.count(b"\n", 0, edit["start"]), data.count(b"\n", 0, edit["end"])
        lines |= set(range(first, last + 1))
    return {data.splitlines(keepends=True)[line] for line in lines if line < len(data.splitlines(keepends=True))}


def bytes_around(old, new, named):
    """What is wrong with line ends, and with lines that no fix spoke of."""
    if line_ends(old) != line_ends(new):
        yield f"line ends, mark or last line: {line_ends(old)} became {line_ends(new)}"
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, _, _ in matcher.get_opcodes():
        for line in before[start:end] if kind in ("delete", "replace") else []:
            if line not in named and line.strip():
                yield f"a line is gone that no fix named: {line!r}"


def edits_of(report):
    """Path to the edits of all fixes."""
    edits = collections.defaultdict(list)
    for finding in report["findings"]:
        if finding["fix"] and finding["status"] == "open":
            edits[finding["path"]] += finding["fix"]["edits"]
    return edits


def errors_of(report):
    """How often each error is found."""
    found = [finding for finding in report["findings"] if finding["status"] == "open"]
    return collections.Counter((f["path"], f["rule"], f["message"]) for f in found if f["severity"] == "error")


def parser_verdicts(tally, files, scratch):
    """Path to what BuildKit says (None: accepts), without the line number, which fixes may move."""
    paths = {}
    for number, (path, data) in enumerate(files.items()):
        paths[path] = scratch / f"{number}.Dockerfile"  # tally reads only what is named like a Dockerfile
        paths[path].write_bytes(data)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = list(pool.map(lambda path: buildkit(tally, path), paths.values()))
    said = [re.sub(r"on line \d+|\d+\.Dockerfile", "", words) if words else None for words in said]
    return dict(zip(paths, said))


def main(hullguard, tally, corpus):
    hullguard, wrong = pathlib.Path(hullguard).resolve(), collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "corpus"
        shutil.copytree(corpus, folder)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
        old, before = read(folder), check(hullguard, folder)
        after = check(hullguard, folder, "--fix-unsafe")
        new, rescanned = read(folder), check(hullguard, folder)
        check(hullguard, folder, "--fix-unsafe")
        again = read(folder)

        if old.keys() != new.keys() or new.keys() != again.keys():
            wrong["."].append(f"files came or went: {sorted(old.keys() ^ new.keys() | new.keys() ^ again.keys())}")
        for path in new:
            if new[path] != again.get(path):
                wrong[path].append("a second run changes it again")
        if errors_of(after) != errors_of(rescanned):
            wrong["."].append("the fixing run's report is not that of a fresh run")
        for (path, rule, message), count in (errors_of(rescanned) - errors_of(before)).items():
            wrong[path].append(f"{count} new error: {rule}: {message}")

        changed = [path for path in old if old[path] != new.get(path)]
        edits = edits_of(before)
        for path in changed:
            if path not in edits:
                wrong[path].append("changed, but no fix was offered")
            named = named_lines(old[path], edits[path])
            wrong[path] += bytes_around(old[path], new[path], named)
        yamls = [path for path in changed if path.endswith((".yml", ".yaml"))]
        for path in yamls:
            wrong[path] += compose(old[path], new[path])
        others = [path for path in changed if path not in yamls]
        verdicts = []
        for name, files in ("old", old), ("new", new):
            where = pathlib.Path(scratch) / name
            where.mkdir()
            verdicts.append(parser_verdicts(tally, {path: files[path] for path in others}, where))
        for path in others:
            if verdicts[0][path] != verdicts[1][path]:
                wrong[path].append(f"BuildKit said {verdicts[0][path] or 'yes'} and says {verdicts[1][path] or 'yes'}")

    wrong = {path: reasons for path, reasons in wrong.items() if reasons}
    for path, reasons in sorted(wrong.items()):
        print(f"WRONG {path}")
        print("".join(f"      {reason}\n" for reason in reasons), end="")
        texts = [files.get(path, b"").decode(errors="replace").splitlines() for files in (old, new)]
        print("\n".join(f"      {line}" for line in difflib.unified_diff(*texts, "old", "new", lineterm="", n=1)))
    refused = sum(said is not None for said in verdicts[0].values())
    print(
        f"{len(old)} files; {len(changed)} changed: {len(yamls)} Compose files, {len(others)} Dockerfiles"
        f" ({refused} that BuildKit refuses); {len(wrong)} wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
