#!/usr/bin/env python3
"""Proves that the reports for other programs are what those programs read, by means that are not ours.

    python3 tests/oracle/formats.py HULLGUARD [FOLDER ...]

Checks folders (a clean one, one with hostile names and texts, one with a broken configuration, and those that are named) and
gives what comes of it to:

- junit: the schema of Jenkins' xUnit plugin (junit-10.xsd), through xmlschema;
- gitlab: the schema that GitLab itself validates with (app/validators/json_schemas/codeclimate.json), through jsonschema,
  and its documented severities and unique fingerprints;
- checkstyle: danger-plugin-lint-report, a reader of Checkstyle reports from npm; there is no official schema;
- sonarqube: the checks of SonarQube's ExternalIssueReportValidator and the values of its documentation, written anew here;
- markdown: cmark-gfm, GitHub's own reader: our elements and nothing else.

Each reader must find as many findings as `--format json` has. Needs xmlschema, jsonschema and cmarkgfm in the Python that
runs it, and node and npm. The two schemas are fetched from GitHub into a folder that FORMATS_CACHE names (default: one in
the temporary folder), or put there by hand.
"""

import html.parser
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request
import xml.etree.ElementTree as ElementTree

import cmarkgfm
import jsonschema
import xmlschema
from cmarkgfm.cmark import Options

SCHEMAS = {
    "junit-10.xsd": "https://raw.githubusercontent.com/jenkinsci/xunit-plugin/master/src/main/resources/org/jenkinsci/"
                    "plugins/xunit/types/model/xsd/junit-10.xsd",
    "codeclimate.json": "https://raw.githubusercontent.com/gitlabhq/gitlabhq/master/app/validators/json_schemas/"
                        "codeclimate.json",
}
READER = "danger-plugin-lint-report@1.8.1"
HOSTILE = ["<b>&amp;\"'", "]]>", "\x1b[31m", "\x01\x7f", "\u202e", "\ufffe", "@octocat #1", "|`|", "::error::x", "a\nb", "##[x"]
CLEAN_CODE = {"CONVENTIONAL", "FORMATTED", "IDENTIFIABLE", "CLEAR", "COMPLETE", "EFFICIENT", "LOGICAL", "DISTINCT", "FOCUSED",
              "MODULAR", "TESTED", "LAWFUL", "RESPECTFUL", "TRUSTWORTHY"}
ELEMENTS = {"h1", "h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "a", "code", "ul", "li"}

cache = pathlib.Path(os.environ.get("FORMATS_CACHE", pathlib.Path(tempfile.gettempdir(), "hullguard-formats")))


def schema(name):
    file = cache / name
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(SCHEMAS[name], timeout=60) as answer:
            file.write_bytes(answer.read())
    return file


def junit(text, expected):
    xml = ElementTree.fromstring(text)
    xmlschema.XMLSchema(str(schema("junit-10.xsd"))).validate(xml)
    for suite in xml:
        assert len(suite) == int(suite.get("tests"))
        assert len(suite.findall("testcase/failure")) == int(suite.get("failures"))
        assert len(suite.findall("testcase/error")) == int(suite.get("errors"))
    passed = 0 if expected else 1
    assert len(xml.findall("testsuite/testcase")) == expected + passed


def gitlab(text, expected):
    issues = json.loads(text)
    one = json.loads(schema("codeclimate.json").read_text())
    jsonschema.validate(issues, {"type": "array", "items": one})
    assert {issue["severity"] for issue in issues} <= {"info", "minor", "major", "critical", "blocker"}
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == expected
    assert all(issue["location"]["lines"]["begin"] >= 1 for issue in issues)


def checkstyle(text, expected):
    folder = cache / "reader"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--ignore-scripts", READER], cwd=folder, check=True)
    report = folder / "report.xml"
    report.write_text(text)
    script = """
        const {xml2js} = require('xml-js');
        const {parseCheckstyle} = require('danger-plugin-lint-report/dist/parse/checkstyle_parser.js');
        const text = require('fs').readFileSync('report.xml', 'utf8');
        console.log(JSON.stringify(parseCheckstyle(xml2js(text), process.cwd())));
    """
    done = subprocess.run(["node", "-e", script], cwd=folder, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert len(found) == expected, (len(found), expected)
    for violation in found:
        assert violation["severity"] in ("error", "warning", "info"), violation
        assert violation["line"] >= 1 and violation["message"] and violation["file"]


def sonarqube(text, expected):
    report = json.loads(text)
    rules = {rule["id"] for rule in report["rules"]}
    assert len(rules) == len(report["rules"])
    for rule in report["rules"]:
        assert all(rule[key] for key in ("id", "name", "description", "engineId")) and rule["impacts"]
        assert rule["cleanCodeAttribute"] in CLEAN_CODE and "type" not in rule and "severity" not in rule
        for impact in rule["impacts"]:
            assert impact["softwareQuality"] in ("SECURITY", "RELIABILITY", "MAINTAINABILITY")
            assert impact["severity"] in ("HIGH", "MEDIUM", "LOW")
    assert len(report["issues"]) == expected
    for issue in report["issues"]:
        assert issue["ruleId"] in rules and not {"severity", "type", "engineId"} & set(issue)
        first, others = issue["primaryLocation"], issue.get("secondaryLocations", [])
        assert first["filePath"] and first["message"]
        for place in [first, *others]:
            assert place["filePath"]
            assert place is first or "textRange" in place
            assert place.get("textRange", {"startLine": 1})["startLine"] >= 1


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows, self.wrong = 0, []

    def handle_starttag(self, tag, attrs):
        self.rows += tag == "tr"
        if tag not in ELEMENTS:
            self.wrong.append(tag)


def markdown(text, expected):
    page = Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    assert not page.wrong, page.wrong
    assert page.rows >= expected - text.count("\n- ")


def hostile(folder):
    for index, piece in enumerate(HOSTILE):
        place = pathlib.Path(folder, f"d{index}{piece}".replace("/", ""))
        place.mkdir()
        (place / "Dockerfile").write_text(f"FROM a AS x\nMAINTAINER {piece!r} {piece}\nADD a{piece} /b\nFROM b:latest\n")
        (place / "compose.yaml").write_text("a: [\n")


def main():
    binary = os.path.abspath(sys.argv[1])
    readers = {"junit": junit, "gitlab": gitlab, "checkstyle": checkstyle, "sonarqube": sonarqube, "markdown": markdown}
    with tempfile.TemporaryDirectory() as top:
        folders = [pathlib.Path(top, name) for name in ("clean", "hostile", "broken")]
        for folder in folders:
            folder.mkdir()
        (folders[0] / "Dockerfile").write_text("FROM scratch\nCOPY a /a\nUSER 1000\nENTRYPOINT [\"/a\"]\n")
        hostile(folders[1])
        (folders[2] / "hullguard.yaml").write_text("profile: <loud>\n")
        for folder in folders + [pathlib.Path(folder) for folder in sys.argv[2:]]:
            def run(name):
                command = [binary, "check", "--profile", "strict", "--format", name]
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
                assert done.returncode < 3, done.stderr
                return done.stdout
            whole = json.loads(run("json"))
            open_ = sum(finding["status"] == "open" for finding in whole["findings"])
            expected = open_ + len(whole["files"]["failed"]) + ("error" in whole)
            for name, read in readers.items():
                read(run(name), expected)
            print(f"{folder}: {expected} findings, read by {', '.join(readers)}")


main()
