#!/usr/bin/env python3
"""Asks check-jsonschema (PyPI) whether hullguard.schema.json takes good configurations and refuses bad ones.

    python3 tests/oracle/schema.py

The files are those of tests/oracle/schema.json, which `cargo test configuration` makes from the table of keys and tries on
the program's own reader. Without the package it says so and does nothing.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = TOP / "hullguard.schema.json"


def command():
    if shutil.which("check-jsonschema"):
        return ["check-jsonschema"]
    try:
        import check_jsonschema  # noqa: F401
    except ImportError:
        return None
    return [sys.executable, "-m", "check_jsonschema"]


def main():
    check = command()
    if check is None:
        print("skipped: check-jsonschema is not installed (pip install check-jsonschema)")
        return 0
    wrong = []
    meta = subprocess.run([*check, "--check-metaschema", SCHEMA], capture_output=True, text=True)
    if meta.returncode:
        wrong.append(f"the schema is no JSON Schema:\n{meta.stdout}{meta.stderr}")
    samples = json.loads((TOP / "tests/oracle/schema.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for kind in ("good", "bad"):
            for number, text in enumerate(samples[kind]):
                file = pathlib.Path(folder, f"{kind}-{number}.yaml")
                file.write_text(text, encoding="utf-8")
                files[str(file)] = (kind, text)
        for file in [TOP / "hullguard.yaml", *(TOP / "tests/cases").glob("*/in/hullguard.yaml")]:
            # What the program refuses, and says so, is another test's.
            out = file.parent.parent / "out"
            if not out.exists() or "hullguard.yaml:" not in out.read_text(encoding="utf-8"):
                files[str(file)] = ("good", file.read_text(encoding="utf-8"))
        run = subprocess.run(
            [*check, "--output-format", "json", "--schemafile", SCHEMA, *files], capture_output=True, text=True
        )
        said = json.loads(run.stdout)
        refused = {error["filename"]: error["message"] for error in said["errors"]}
        unread = {error["filename"]: error["message"] for error in said.get("parse_errors", [])}
        for file, (kind, text) in files.items():
            why = refused.get(file) or unread.get(file)
            if (kind == "good") == (why is not None):
                wrong.append(f"{kind}, but {'refused: ' + why if why else 'taken'}:\n{text}")
    print("\n".join(wrong) or f"{len(files)} configurations are judged as they should be")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
