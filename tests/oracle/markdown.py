#!/usr/bin/env python3
"""Proves that no name in a repository becomes markup on GitHub, by asking GitHub's own Markdown reader.

    python3 tests/oracle/markdown.py HULLGUARD [ROUNDS]

Makes folders with hostile names and stages, has `check --format summary` tell of them, renders that with cmark-gfm, and
proves that the page has our elements and our links only, and that no text outside of code is what GitHub would link
once all is rendered: a mention, an issue, an emoji, an address.

Needs cmarkgfm in the Python that runs it. The names are drawn with a fixed seed.
"""

import html.parser
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import cmarkgfm
from cmarkgfm.cmark import Options

PIECES = ["`", "``", "|", "\\", "\\|", "<b>", "</code>", "</details>", "-->", "&lt;", "&#64;", "@octocat", "#1", "o/h#1", "GH-1",
          ":tada:", "https://x.org", "www.x.org", "a@x.org", "[a](b)", "![", "*", "_", "~~", '"]', "##[error]x", "\r",
          "\x1b[31m", "\u202e", "1.", "1)", "- ", "+", "=", "$$", "{{", "<!--", "x", " "]
ELEMENTS = {"h2", "h3", "p", "strong", "em", "table", "thead", "tbody", "tr", "th", "td", "a", "code", "pre", "details",
            "summary", "ul", "li"}
OURS = re.compile(r"https://github\.com/(hullguard/hullguard|octo/repo)/")
LOOKED_FOR = re.compile(r"@octocat|(?<!\d)#1\b|GH-1|:tada:|https://x|www\.x|a@x")


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.code, self.details, self.wrong = 0, 0, []

    def handle_starttag(self, tag, attrs):
        self.code += tag in ("code", "pre")
        self.details += tag == "details"
        if tag not in ELEMENTS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if (tag, name) not in (("a", "href"), ("pre", "lang")) or tag == "a" and not OURS.match(value):
                self.wrong.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag):
        self.code -= tag in ("code", "pre")
        self.details -= tag == "details"

    def handle_comment(self, data):
        self.wrong.append(f"<!--{data}-->")

    def handle_data(self, data):
        if not self.code and LOOKED_FOR.search(data):
            self.wrong.append(data)


def main():
    binary, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    draw = random.Random(7)
    hostile = lambda: "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 6)))
    rows = wrong = 0
    environment = dict(os.environ, GITHUB_SERVER_URL="https://github.com", GITHUB_REPOSITORY="octo/repo", GITHUB_SHA="a" * 40)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(5):
                path = pathlib.Path(folder, hostile().replace("/", "") + "x", "Dockerfile")
                path.parent.mkdir(exist_ok=True)
                name = hostile().replace(" ", "").replace("\r", "")
                path.write_text(f"FROM a AS {name}\nADD {name} /\nFROM {name}\nCOPY --from={name} / /\n")
            done = subprocess.run([binary, "check", ".", "--format", "summary"], cwd=folder, env=environment, capture_output=True)
            text = done.stdout.decode()
            rows += text.count("\n| ")
            page = Page()
            page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
            if page.wrong or page.details:
                wrong += 1
                print(page.wrong, text, sep="\n")
    print(f"{rounds} pages with {rows} rows: {wrong} with markup that is not ours")
    sys.exit(wrong > 0 or rows < rounds)


main()
