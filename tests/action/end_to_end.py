#!/usr/bin/env python3
"""Runs the action as it is shipped: action.yml, a downloaded archive, a runner, each row of the event table.

    action/build.sh "" dist
    python3 tests/action/end_to_end.py dist/hullguard-*.tar.gz ../shared/rigs/composite.py

A copy of the action gets a table of checksums with the archive's own, a server on this machine has the archive, and the
rig, which does with a composite action what GitHub's runner does, runs it in clones that actions/checkout would make.
Told are exit code, outputs and what the runner obeyed. Needs git, curl, bash, and PyYAML in the Python that runs it.
"""

import functools
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = "FROM debian:12.8\nRUN useradd app\nCOPY app /bin/\nUSER app\nCMD [\"/bin/app\"]\n"
BAD = GOOD.replace("USER app\n", "")
NONE = "0" * 40
TOKEN = "hush-hush-hush"
HOSTILE = "x::error::##[error]y,%0A ```|<img src=x>"


def git(folder, *args):
    who = {f"GIT_{a}_{b}": c for a in ("AUTHOR", "COMMITTER") for b, c in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))}
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | who | {"GIT_CONFIG_GLOBAL": "/dev/null"}
    done = subprocess.run(["git", *args], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout.strip()


def commit(folder, files, message="c"):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class Rig:
    def __init__(self, archive, rig, temp):
        self.rig, self.temp, self.failures, self.rows = rig, temp, 0, 0
        self.mirror = serve(archive.parent)
        self.action = temp / "action-copy"
        shutil.copytree(ROOT / "action", self.action / "action")
        shutil.copy(ROOT / "action.yml", self.action)
        self.table = self.action / "action/checksums.txt"
        self.table.write_text(f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n")

    def clone(self, server, *args):
        work = pathlib.Path(tempfile.mkdtemp(dir=self.temp)) / "work"
        git(self.temp, "clone", "-q", *args, f"file://{server}", str(work))
        return work

    def run(self, work, event, payload, ref, sha, **inputs):
        event_file, told = self.temp / "event.json", self.temp / "told.json"
        event_file.write_text(json.dumps(payload))
        command = [sys.executable, self.rig, self.action, "--event", event, "--event-file", event_file, "--ref", ref, "--sha", sha,
                   "--workspace", work, "--token", TOKEN, "--json", told, "--api", "http://127.0.0.1:9", "--env", "no_proxy=*",
                   "--env", "GIT_CONFIG_GLOBAL=/dev/null"]
        for name, value in ({"mirror": self.mirror, "report": "log"} | inputs).items():
            command += ["--input", f"{name.replace('_', '-')}={value}"]
        out = subprocess.run(command, capture_output=True, text=True)
        assert told.exists(), out.stderr
        return json.loads(told.read_text()), out.stdout

    def expect(self, name, told, code, new=None):
        result, log = told
        outputs, wrong = result["outputs"], []
        check = lambda is_so, what: is_so or wrong.append(what)
        check(result["exit_code"] == code, f"exit code {result['exit_code']}, not {code}")
        check(new is None or outputs["new"] == str(new), f"{outputs['new']} new, not {new}")
        check(outputs["complete"] == ("false" if code == 2 else "true"), f"complete is {outputs['complete']!r}")
        check(outputs["conclusion"] == ("failure" if code else "success"), f"conclusion is {outputs['conclusion']!r}")
        check(result["v1_commands_triggered"] == 0, "##[ was obeyed")
        check(not result["env_exported"] and not result["path_added"], "later steps are changed")
        check(not result["warnings"], result["warnings"])
        check(TOKEN not in json.dumps(result) and TOKEN not in log, "the token shows")
        for annotation in result["annotations"]:
            title, message = annotation["title"], annotation["message"]
            check(title in ("hullguard", "missing-user") or message.startswith("Process completed"), annotation)
        self.rows += 1
        self.failures += bool(wrong)
        print(f"{'wrong' if wrong else 'right'}: {name}")
        if wrong:
            print(*wrong, log[-3000:], sep="\n")


def table(rig, temp):
    server = temp / "server"
    server.mkdir()
    git(server, "init", "-q", "-b", "main")
    git(server, "config", "uploadpack.allowAnySHA1InWant", "true")
    root = commit(server, {"Dockerfile": GOOD, "docs/a": "a"})
    for n in range(60):
        git(server, "commit", "-q", "--allow-empty", "-m", str(n))
    git(server, "checkout", "-q", "-b", "topic")
    head = commit(server, {"Dockerfile": BAD})
    git(server, "update-ref", "refs/pull/7/head", head)
    hostile = commit(server, {f"{HOSTILE}/Dockerfile": BAD.replace("useradd app", "useradd x##[error]::error::y")}, "::error::m ##[error]m")
    git(server, "update-ref", "refs/pull/8/head", hostile)
    git(server, "reset", "-q", "--hard", head)
    git(server, "checkout", "-q", "main")
    base = commit(server, {"Dockerfile": "# The base went on\n" + GOOD})
    merges = {}
    for number, tip in ((7, head), (8, hostile)):
        git(server, "checkout", "-q", "--detach", "main")
        git(server, "merge", "-q", "-m", "m", tip)
        merges[number] = git(server, "rev-parse", "HEAD")
        git(server, "update-ref", f"refs/pull/{number}/merge", merges[number])
    git(server, "checkout", "-q", "main")
    git(server, "branch", "-qD", "topic")

    def pull(number, tip):
        return {"action": "synchronize", "pull_request": {"number": number, "head": {"sha": tip}, "base": {"sha": base}}}

    def merged(number, depth):
        work = rig.clone(server, *([f"--depth={depth}"] if depth else []))
        git(work, "fetch", "-q", *([f"--depth={depth}"] if depth else []), "origin", f"refs/pull/{number}/merge")
        git(work, "checkout", "-q", "FETCH_HEAD")
        return work

    main, merge = "refs/heads/main", "refs/pull/7/merge"
    for depth in (1, 2, 50, 0):
        told = rig.run(merged(7, depth), "pull_request", pull(7, head), merge, merges[7])
        rig.expect(f"pull_request, of a fork, depth {depth or 'all'}", told, 1, 1)
        lines = [a["line"] for a in told[0]["annotations"] if a["title"] == "missing-user"]
        assert lines == [4], f"the line is that of the head: {lines}"
    told = rig.run(merged(8, 1), "pull_request", pull(8, hostile), "refs/pull/8/merge", merges[8], gate="all")
    rig.expect("pull_request, with hostile names", told, 1, 2)
    told = rig.run(rig.clone(server, "--depth=1"), "pull_request_target", pull(7, head), main, base)
    rig.expect("pull_request_target, of the base's checkout", told, 1, 1)
    told = rig.run(merged(7, 1), "pull_request", {**pull(7, head), "action": "closed"}, merge, merges[7])
    rig.expect("pull_request, closed", told, 0)
    queue = {"action": "checks_requested", "merge_group": {"head_sha": merges[7], "base_sha": base}}
    told = rig.run(merged(7, 1), "merge_group", queue, "refs/heads/gh-readonly-queue/main/pr-7", merges[7])
    rig.expect("merge_group", told, 1, 1)

    def push(before, after, ref=main, work=None, **more):
        payload = {"before": before, "after": after, "ref": ref, "deleted": False, "repository": {"default_branch": "main"}}
        return rig.run(work or rig.clone(server, "--depth=1"), "push", payload, ref, after, **more)

    rig.expect("push", push(root, base), 0, 0)
    rig.expect("push, the first of all", push(NONE, base), 0, 0)
    git(server, "branch", "-f", "topic", head)
    topic = ("--depth=1", "--branch=topic")
    told = push(NONE, head, "refs/heads/topic", rig.clone(server, *topic))
    rig.expect("push, the first of a branch", told, 1, 1)
    told = push("1234567890" * 4, head, "refs/heads/topic", rig.clone(server, *topic))
    rig.expect("push, forced, and the server has forgotten", told, 1, 1)
    told = rig.run(rig.clone(server), "push", {"before": head, "after": NONE, "deleted": True}, "refs/heads/topic", base)
    rig.expect("push, of nothing", told, 0)
    lonely = rig.clone(server, "--depth=1")
    git(lonely, "remote", "set-url", "origin", "/nowhere")
    rig.expect("push, and the rest cannot be fetched", push(root, base, work=lonely), 2)
    for event, payload in (("schedule", {"schedule": "0 3 * * *"}), ("workflow_dispatch", {})):
        told = rig.run(rig.clone(server, "--depth=1"), event, payload, main, base)
        rig.expect(event, told, 0, 0)
    git(server, "checkout", "-q", "--orphan", "other")
    alone = commit(server, {"Dockerfile": BAD})
    told = push(NONE, alone, "refs/heads/other", rig.clone(server, "--branch=other"))
    rig.expect("push, of a root commit that has nothing in common", told, 1, 1)

    above = rig.clone(server, "--branch=topic").parent
    told = push(base, head, "refs/heads/topic", above, working_directory="work")
    rig.expect("push, checked out into a folder", told, 1, 1)
    told = push(root, base, path_to_binary=shutil.which("false"))
    assert told[0]["exit_code"] == 1 and "download" not in told[1], told
    rig.table.write_text(f"{'0' * 64}  {rig.table.read_text().split()[1]}\n")
    result, log = push(root, base)
    assert result["exit_code"] == 2 and "is not the file that" in log, log
    print("right: another file than the table's is not run")
    shutil.copy(ROOT / "action/checksums.txt", rig.table)
    result, log = push(root, base)
    assert result["exit_code"] == 2, log


def main():
    archive, composite = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as temp:
        rig = Rig(archive, composite, pathlib.Path(temp))
        table(rig, pathlib.Path(temp))
        print(f"{rig.rows} rows, {rig.failures} wrong")
        sys.exit(rig.failures > 0)


main()
