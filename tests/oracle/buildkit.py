#!/usr/bin/env python3
"""Asks BuildKit's own parser whether it accepts a Dockerfile, and compares.

BuildKit's parser is inside `tally` (PyPI: tally-cli), which stops with "dockerfile parse error on line N: …" where
BuildKit does. It stops at the first error, so only "accepts" or "refuses" and the first line are compared; LATER marks
files in which our first error is further down, as it is where the wrong word stands on a continued line.

    tests/oracle/buildkit.py [--mutate=N] TALLY FOLDER…

Each folder's files are read, and the snippets below; with `--mutate` these files are broken N times in all, one after
the other, each time in a way that a seeded generator picks. Prints every disagreement, and fails if there is one that is
not excused. Excused, each because the build fails all the same, only later than in the parser:

  * Substitution: `${` without end, unclosed quotes, `${a^^}`; BuildKit finds these when it dispatches the instruction.
  * Value: what BuildKit refuses once variables are replaced; `tests/oracle/converter.py` asks for these.
  * Mount: values of `--mount` options; BuildKit expands variables first and checks then.
  * Any error inside an ONBUILD trigger: BuildKit reads it when an image is built FROM this one.
  * NoStage, BeforeFrom (and whatever else is wrong on such a line) and Onbuild: `tally` turns these errors of
    BuildKit's into rules of its own.
  * Files that are not UTF-8: `tally` refuses them before BuildKit's parser, which does not mind, sees them.
  * SlashDirective: `tally` skips the line; BuildKit hands the file to another frontend, and its own calls the line an
    unknown instruction.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SNIPPETS = {
    # Directives and the first lines.
    "bom": "\ufeffFROM a\n",
    "bom-directive": "\ufeff# escape=`\nFROM a\nRUN b `\n c\n",
    "shebang": "#!/usr/bin/env x\nFROM a\n",
    "shebang-escape": "#!x\n# escape=`\nFROM a\nRUN b `\n USER c\n",
    "escape-bad": "# escape=x\nFROM a\n",
    "escape-twice": "# escape=`\n# escape=`\nFROM a\n",
    "escape-twice-later": "# escape=`\n# x\n# escape=`\nFROM a\n",
    "escape-after-blank": "\n# escape=`\nFROM a\nRUN b `\n c\n",
    "escape-indented": "  # escape=`\nFROM a\nRUN b `\n c\n",
    "escape-spaces": "#\tESCAPE  =  ` \nFROM a\nRUN b `\n c\n",
    "escape-empty": "# escape=\nFROM a\n",
    "syntax-twice": "# syntax=a\n# syntax=b\nFROM a\n",
    "unknown-directive-then-escape": "# foo=bar\n# escape=`\nFROM a\nRUN b `\n c\n",
    "slash-syntax": "//syntax=a\nFROM a\n",
    "empty": "",
    "blank": "\n\n",
    "comments-only": "# a\n# b\n",
    "no-from": "ARG a\n",
    "run-before-from": "RUN x\nFROM a\n",
    "unknown": "FROM a\nFRUN b\n",
    "unknown-lower": "from a\nrun b\n",
    "nbsp-keyword": "FROM a\nRUN\u00a0b\n",
    "nbsp-indent": "FROM a\n\u00a0RUN b\n",
    "vertical-tab": "FROM\va\n",
    "crlf": "FROM a\r\nRUN b \\\r\n c\r\nCOPY <<EOF /x\r\nhi\r\nEOF\r\nUSER c\r\n",
    "lone-cr": "FROM a\rRUN b\n",
    "form-feed": "FROM\x0ca\n",
    # Continuations.
    "cont-eof": "FROM a\nRUN b \\",
    "cont-eof-nl": "FROM a\nRUN b \\\n",
    "cont-only": "FROM a\n\\\n",
    "cont-only-first": "\\\nFROM a\n",
    "cont-trailing-blank": "FROM a\nRUN b \\ \t\n c\n",
    "cont-double": "FROM a\nRUN b \\\\\nUSER c\n",
    "cont-triple": "FROM a\nRUN b \\\\\\\nUSER c\n",
    "cont-comment": "FROM a\nRUN b \\\n# x\n  # y \\\n c\n",
    "cont-blank": "FROM a\nRUN b \\\n\n  \n c\n",
    "cont-keyword": "FROM a\nRU\\\nN b\n",
    "cont-word": "FROM al\\\npine\n",
    "cont-comment-eof": "FROM a\nRUN b \\\n# c",
    "comment-trailing": "FROM a # b\n",
    "comment-cont": "# a \\\nFROM a\n",
    "long-line-65535": "FROM a\nRUN " + "x" * 65531 + "\n",
    "long-line-65536": "FROM a\nRUN " + "x" * 65532 + "\n",
    "long-line-eof-65536": "FROM a\nRUN " + "x" * 65532,
    "long-line-eof-65535": "FROM a\nRUN " + "x" * 65531,
    # FROM.
    "from-none": "FROM\n",
    "from-two": "FROM a b\n",
    "from-two-as": "FROM a AS\n",
    "from-three-not-as": "FROM a is b\n",
    "from-four": "FROM a AS b c\n",
    "from-digit": "FROM a AS 1b\n",
    "from-upper": "FROM a as B_c-d.e\n",
    "from-symbol": "FROM a AS b/c\n",
    "from-platform": "FROM --platform=$BUILDPLATFORM a\n",
    "from-platform-none": "FROM --platform a\n",
    "from-platform-empty": "FROM --platform= a\n",
    "from-platform-twice": "FROM --platform=a --platform=b c\n",
    "from-flag": "FROM --x=y a\n",
    "from-quoted": 'FROM "a"\n',
    "from-double-dash": "FROM -- a\n",
    # Flags.
    "flag-quoted": "FROM a\nCOPY --chown=\"a b\" c d\n",
    "flag-escaped": "FROM a\nCOPY --chown=a\\ b c d\n",
    "flag-quoted-name": "FROM a\nCOPY --\"chown\"=x c d\n",
    "flag-unclosed": "FROM a\nCOPY --chown=\"a c d\n",
    "flag-bare": "FROM a\nCOPY -- --a b\n",
    "flag-only": "FROM a\nCOPY --link\n",
    "flag-after": "FROM a\nCOPY a --link b\n",
    "flag-case": "FROM a\nCOPY --Link a b\n",
    "flag-bool": "FROM a\nCOPY --link=TRUE a b\n",
    "flag-bool-empty": "FROM a\nCOPY --link= a b\n",
    "flag-bool-bad": "FROM a\nCOPY --link=1 a b\n",
    "flag-bool-twice": "FROM a\nCOPY --link --link a b\n",
    "flag-exclude": "FROM a\nCOPY --exclude=a --exclude=b . d\n",
    "flag-parents": "FROM a\nCOPY --parents a b\n",
    "flag-add-all": "FROM a\nADD --chown=a --chmod=1 --link --keep-git-dir --checksum=x --unpack=false --exclude=a b c\n",
    "flag-add-from": "FROM a\nADD --from=x b c\n",
    "flag-copy-checksum": "FROM a\nCOPY --checksum=x b c\n",
    "flag-env": "FROM a\nENV --x A=b\n",
    "flag-arg": "FROM a\nARG --x A=b\n",
    "flag-arg-only": "FROM a\nARG --x\n",
    "flag-stopsignal": "FROM a\nSTOPSIGNAL --x 9\n",
    "flag-user": "FROM a\nUSER --x b\n",
    "flag-cmd": "FROM a\nCMD --x b\n",
    "flag-workdir": "FROM a\nWORKDIR --x b\n",
    "flag-label": "FROM a\nLABEL --x a=b\n",
    "flag-onbuild": "FROM a\nONBUILD --x RUN b\n",
    "flag-maintainer": "FROM a\nMAINTAINER --x b\n",
    "flag-expose": "FROM a\nEXPOSE --x 80\n",
    "flag-volume": "FROM a\nVOLUME --x /a\n",
    "flag-shell": 'FROM a\nSHELL --x ["a"]\n',
    "flag-entrypoint": "FROM a\nENTRYPOINT --x b\n",
    # RUN.
    "run-empty": "FROM a\nRUN\n",
    "run-empty-json": "FROM a\nRUN []\n",
    "cmd-empty": "FROM a\nCMD\n",
    "entrypoint-empty": "FROM a\nENTRYPOINT\n",
    "run-json-bad": "FROM a\nRUN ['a']\n",
    "run-json-trailing": 'FROM a\nRUN ["a",]\n',
    "run-json-tail": 'FROM a\nRUN ["a"] b\n',
    "run-json-number": 'FROM a\nRUN ["a", 1]\n',
    "run-json-null": "FROM a\nRUN [null]\n",
    "run-json-nested": 'FROM a\nRUN ["a", ["b"]]\n',
    "run-json-object": 'FROM a\nCMD [{"a": "b"}]\n',
    "run-json-nested-bad": 'FROM a\nRUN ["a", ["b"]\n',
    "run-json-number-bad": 'FROM a\nRUN ["a", 01]\n',
    "run-json-escape-bad": 'FROM a\nRUN ["\\x"]\n',
    "run-test-bracket": "FROM a\nRUN [ -f x ]\n",
    "run-json-control": 'FROM a\nRUN ["a\tb", 1]\n',
    "run-json-deep": "FROM a\nRUN " + "[" * 300 + "]" * 300 + "\n",
    "run-network": "FROM a\nRUN --network=host b\n",
    "run-network-bad": "FROM a\nRUN --network=x b\n",
    "run-network-var": "FROM a\nRUN --network=$x b\n",
    "run-network-twice": "FROM a\nRUN --network=host --network=host b\n",
    "run-security": "FROM a\nRUN --security=insecure b\n",
    "run-security-bad": "FROM a\nRUN --security=x b\n",
    "run-device": "FROM a\nRUN --device=vendor/x=all,required b\n",
    "run-device-name": "FROM a\nRUN --device=name=x,required=false b\n",
    "run-device-bad": "FROM a\nRUN --device=x,y b\n",
    "run-device-required-bad": "FROM a\nRUN --device=x,required=maybe b\n",
    "run-device-name-twice": "FROM a\nRUN --device=name=x,name=y b\n",
    "run-device-name-second": "FROM a\nRUN --device=x,name=y b\n",
    "run-device-empty": "FROM a\nRUN --device= b\n",
    "mount-empty": "FROM a\nRUN --mount= b\n",
    "mount-none": "FROM a\nRUN --mount b\n",
    "mount-quoted": 'FROM a\nRUN --mount="type=cache,target=/x" b\n',
    "mount-csv-quote": 'FROM a\nRUN --mount=type=bind,\\"source=a,b\\" b\n',
    "mount-csv-bare": 'FROM a\nRUN --mount=type=bind,so\\"urce=a b\n',
    "mount-csv-open": 'FROM a\nRUN --mount=type=bind,\\"source=a b\n',
    "mount-from-var": "FROM a\nRUN --mount=from=$x b\n",
    "mount-from-dollar": "FROM a\nRUN --mount=from=x$ b\n",
    "mount-trailing-comma": "FROM a\nRUN --mount=type=cache,target=/x, b\n",
    "mount-type-bad": "FROM a\nRUN --mount=type=x b\n",
    "mount-key-bad": "FROM a\nRUN --mount=type=cache,foo=x b\n",
    # COPY and ADD.
    "copy-none": "FROM a\nCOPY\n",
    "copy-one": "FROM a\nCOPY b\n",
    "copy-json": 'FROM a\nCOPY ["a b", "c"]\n',
    "copy-json-one": 'FROM a\nCOPY ["a"]\n',
    "copy-json-empty": "FROM a\nCOPY []\n",
    "copy-json-bad": "FROM a\nCOPY ['a', 'b']\n",
    "copy-json-bad-one": "FROM a\nCOPY ['a']\n",
    "copy-json-number": "FROM a\nCOPY [1, 2]\n",
    "copy-from-var": "FROM a\nCOPY --from=$x a b\n",
    # ENV, LABEL, ARG.
    "env-none": "FROM a\nENV\n",
    "env-legacy": "FROM a\nENV A b c=d\n",
    "env-legacy-none": "FROM a\nENV A\n",
    "env-pairs": "FROM a\nENV A=b C='d e' F=\"g h\" I=j\\ k\n",
    "env-no-equals": "FROM a\nENV A=b C\n",
    "env-blank": "FROM a\nENV =b\n",
    "env-blank-second": "FROM a\nENV A=b =c\n",
    "env-quoted-legacy": 'FROM a\nENV "A B" c\n',
    "env-escape-end": "FROM a\nENV A=b \\\\\n",
    "env-single-escape": "FROM a\nENV \\\\\n",
    "env-quote-equals": "FROM a\nENV 'A=b' C\n",
    "label-none": "FROM a\nLABEL\n",
    "label-legacy-none": "FROM a\nLABEL a\n",
    "label-quoted": 'FROM a\nLABEL "a b"="c d" \'e f\'=g\n',
    "label-cont": "FROM a\nLABEL a=b \\\n  c=d \\\n\n e=f\n",
    "arg-none": "FROM a\nARG\n",
    "arg-several": "FROM a\nARG a b=c d='e f'\n",
    "arg-blank": "FROM a\nARG =b\n",
    "arg-quote": "FROM a\nARG ''\n",
    "arg-escape": "FROM a\nARG \\\\\n",
    # HEALTHCHECK.
    "health-none": "FROM a\nHEALTHCHECK\n",
    "health-NONE": "FROM a\nHEALTHCHECK NONE\n",
    "health-none-lower": "FROM a\nHEALTHCHECK none\n",
    "health-none-args": "FROM a\nHEALTHCHECK NONE x\n",
    "health-none-flag": "FROM a\nHEALTHCHECK --bogus NONE\n",
    "health-none-json-empty": "FROM a\nHEALTHCHECK NONE []\n",
    "health-none-json-number": "FROM a\nHEALTHCHECK NONE [1]\n",
    "health-cmd": "FROM a\nHEALTHCHECK --interval=1m30s --timeout=500ms --start-period=1h --start-interval=0 --retries=0 CMD x\n",
    "health-cmd-empty": "FROM a\nHEALTHCHECK CMD\n",
    "health-cmd-json-empty": "FROM a\nHEALTHCHECK CMD []\n",
    "health-cmd-json": 'FROM a\nHEALTHCHECK CMD ["a"]\n',
    "health-cmd-json-number": "FROM a\nHEALTHCHECK CMD [1]\n",
    "health-type": "FROM a\nHEALTHCHECK x\n",
    "health-interval-bad": "FROM a\nHEALTHCHECK --interval=5 CMD x\n",
    "health-interval-unit": "FROM a\nHEALTHCHECK --interval=5d CMD x\n",
    "health-interval-small": "FROM a\nHEALTHCHECK --interval=5us CMD x\n",
    "health-interval-negative": "FROM a\nHEALTHCHECK --interval=-5s CMD x\n",
    "health-interval-empty": "FROM a\nHEALTHCHECK --interval= CMD x\n",
    "health-interval-fraction": "FROM a\nHEALTHCHECK --interval=1.5s CMD x\n",
    "health-interval-micro": "FROM a\nHEALTHCHECK --interval=1500µs CMD x\n",
    "health-retries-negative": "FROM a\nHEALTHCHECK --retries=-1 CMD x\n",
    "health-retries-plus": "FROM a\nHEALTHCHECK --retries=+1 CMD x\n",
    "health-retries-big": "FROM a\nHEALTHCHECK --retries=3000000000 CMD x\n",
    "health-retries-hex": "FROM a\nHEALTHCHECK --retries=0x1 CMD x\n",
    "health-flag-after": "FROM a\nHEALTHCHECK CMD --interval=5 x\n",
    # The rest.
    "onbuild-none": "FROM a\nONBUILD\n",
    "onbuild-onbuild": "FROM a\nONBUILD ONBUILD RUN x\n",
    "onbuild-from": "FROM a\nONBUILD FROM x\n",
    "onbuild-maintainer": "FROM a\nONBUILD maintainer x\n",
    "onbuild-run": "FROM a\nONBUILD RUN x\n",
    "onbuild-json-number": "FROM a\nONBUILD RUN [1]\n",
    "onbuild-env": "FROM a\nONBUILD ENV a\n",
    "onbuild-heredoc": "FROM a\nONBUILD RUN <<EOF\nFROM\nEOF\nUSER x\n",
    "onbuild-copy-heredoc": "FROM a\nONBUILD COPY <<EOF /x\nFROM\nEOF\n",
    "onbuild-heredoc-open": "FROM a\nONBUILD RUN <<EOF\nx\n",
    "onbuild-cmd-heredoc": "FROM a\nONBUILD CMD <<EOF\n",
    "shell-none": "FROM a\nSHELL\n",
    "shell-empty": "FROM a\nSHELL []\n",
    "shell-words": "FROM a\nSHELL sh -c\n",
    "shell": 'FROM a\nSHELL ["a", "b"]\n',
    "user-none": "FROM a\nUSER\n",
    "user-two": "FROM a\nUSER a b\n",
    "workdir-none": "FROM a\nWORKDIR\n",
    "workdir-two": "FROM a\nWORKDIR a b\n",
    "expose-none": "FROM a\nEXPOSE\n",
    "volume-none": "FROM a\nVOLUME\n",
    "volume-empty": 'FROM a\nVOLUME [""]\n',
    "volume-blank": 'FROM a\nVOLUME [" "]\n',
    "volume-empty-array": "FROM a\nVOLUME []\n",
    "volume-number": "FROM a\nVOLUME [1]\n",
    "stopsignal-none": "FROM a\nSTOPSIGNAL\n",
    "stopsignal-two": "FROM a\nSTOPSIGNAL a b\n",
    "maintainer-none": "FROM a\nMAINTAINER\n",
    # Heredocs.
    "here": "FROM a\nRUN <<EOF\nFROM\nEOF\nUSER b\n",
    "here-comment-next": "FROM a\nRUN <<EOF\nx\nEOF\n# b\nUSER b\n",
    "here-open": "FROM a\nRUN <<EOF\nx\n",
    "here-trailing-blank": "FROM a\nRUN <<EOF\nBAD\nEOF \nUSER b\n",
    "here-indented": "FROM a\nRUN <<EOF\nBAD\n  EOF\nUSER b\n",
    "here-dash": "FROM a\nRUN <<-EOF\n\tBAD\n\tEOF\nUSER b\n",
    "here-dash-blank": "FROM a\nRUN <<-EOF\n\tBAD\n  EOF\nUSER b\n",
    "here-dash-space": "FROM a\nRUN <<- EOF\nBAD\n",
    "here-space": "FROM a\nRUN << EOF\nBAD\nEOF\n",
    "here-two": "FROM a\nRUN <<A cat <<B\nBAD\nA\nBAD\nB\nUSER x\n",
    "here-two-order": "FROM a\nCOPY <<A <<B /x/\nBAD\nB\nA\nBAD\nB\n",
    "here-same-name": "FROM a\nRUN <<A <<A\nBAD\nA\nBAD\nA\n",
    "here-quoted": "FROM a\nRUN <<'E F'\nBAD\nE F\n",
    "here-double-quoted": 'FROM a\nRUN <<"EOF"\nBAD\nEOF\n',
    "here-half-quoted": "FROM a\nRUN <<E'O'F\nBAD\nEOF\n",
    "here-escaped": "FROM a\nRUN <<\\EOF\nBAD\nEOF\n",
    "here-escaped-space": "FROM a\nRUN <<E\\ F\nBAD\nE F\n",
    "here-fd": "FROM a\nRUN 3<<EOF cat\nBAD\nEOF\n",
    "here-attached": "FROM a\nRUN cat<<EOF\nBAD\nEOF\n",
    "here-string": "FROM a\nRUN cat <<<EOF\nUSER b\n",
    "here-string-space": "FROM a\nRUN cat <<< EOF\nUSER b\n",
    "here-redirect": "FROM a\nRUN cat <<EOF>x\nBAD\nEOF>x\n",
    "here-redirect-space": "FROM a\nRUN cat <<EOF >x\nBAD\nEOF\n",
    "here-paren": "FROM a\nRUN (cat <<EOF)\nBAD\nEOF)\n",
    "here-semicolon": "FROM a\nRUN cat <<EOF; true\nBAD\nEOF;\n",
    "here-shift": "FROM a\nRUN echo $((1<<2))\nUSER b\n",
    "here-shift-space": "FROM a\nRUN echo $((1 << 2))\nUSER b\n",
    "here-in-quotes": "FROM a\nRUN echo \"<<EOF\"\nUSER b\n",
    "here-apostrophe": "FROM a\nRUN echo it's <<EOF\nUSER b\n",
    "here-bashism": "FROM a\nRUN echo ${a^^} <<EOF\nUSER b\n",
    "here-colon-equals": "FROM a\nRUN echo ${a:=b} <<EOF\nBAD\nEOF\n",
    "here-colon-hash": "FROM a\nRUN echo ${a:#b} <<EOF\nUSER b\n",
    "here-length": "FROM a\nRUN echo ${#a} <<EOF\nUSER b\n",
    "here-default": "FROM a\nRUN echo ${a:-b c} <<EOF\nBAD\nEOF\n",
    "here-in-default": "FROM a\nRUN echo ${a:- <<EOF}\nBAD\nEOF}\n",
    "here-replace": "FROM a\nRUN echo ${a/b/c} ${a//b/c} <<EOF\nBAD\nEOF\n",
    "here-replace-open": "FROM a\nRUN echo ${a/b} <<EOF\nUSER x\n",
    "here-subst": "FROM a\nRUN echo $(cat <<EOF\nBAD\nEOF\n",
    "here-backquote": "FROM a\nRUN echo `x` <<EOF\nBAD\nEOF\n",
    "here-cont": "FROM a\nRUN cat <<EOF && \\\n  true\nBAD\nEOF\n",
    "here-cont-after": "FROM a\nRUN true && \\\n  cat <<EOF\nBAD \\\nEOF\nUSER b\n",
    "here-escaped-lt": "FROM a\nRUN cat \\<<EOF\nUSER b\n",
    "here-json": 'FROM a\nRUN ["a", "<<EOF"]\nUSER b\n',
    "here-env": "FROM a\nENV A=<<EOF\nUSER b\n",
    "here-cmd": "FROM a\nCMD cat <<EOF\nUSER b\n",
    "here-entrypoint": "FROM a\nENTRYPOINT cat <<EOF\nUSER b\n",
    "here-health": "FROM a\nHEALTHCHECK CMD cat <<EOF\nUSER b\n",
    "here-copy": "FROM a\nCOPY <<EOF /x\nBAD\nEOF\nUSER b\n",
    "here-copy-dest": "FROM a\nCOPY a <<EOF\nx\nEOF\n",
    "here-copy-only": "FROM a\nCOPY <<EOF\nx\nEOF\n",
    "here-copy-quoted-word": 'FROM a\nCOPY "<<EOF" /x\nUSER b\n',
    "here-add": "FROM a\nADD <<EOF /x\nBAD\nEOF\n",
    "here-empty-name": 'FROM a\nRUN cat <<""\nUSER b\n',
    "here-empty-body": "FROM a\nRUN <<EOF\nEOF\nUSER b\n",
    "here-eof-no-nl": "FROM a\nRUN <<EOF\nx\nEOF",
    "here-crlf": "FROM a\r\nRUN <<EOF\r\nBAD\r\nEOF\r\nUSER b\r\n",
    "here-var-name": "FROM a\nRUN <<$A\nBAD\n$A\n",
    "here-brace-name": "FROM a\nRUN <<${A}\nBAD\n${A}\n",
    "here-escape-backtick": "# escape=`\nFROM a\nRUN <<EOF cat `\n x\nBAD\nEOF\n",
    "here-flag": "FROM a\nRUN --mount=type=cache,target=/x <<EOF\nBAD\nEOF\n",
    "here-tab-between": "FROM a\nRUN <<\tEOF\nBAD\nEOF\n",
    "here-dollar-quote": "FROM a\nRUN <<$'EOF'\nBAD\n$EOF\n",
    "here-fd-word": "FROM a\nRUN a3<<EOF\nUSER b\n",
    "here-and": "FROM a\nRUN true &&<<EOF\nUSER b\n",
    "here-comment-in-body": "FROM a\nRUN <<EOF\n# x\n\nBAD\nEOF\nUSER b\n",
    "here-bad-copy-args": "FROM a\nCOPY\n<<EOF\n",
    "here-unicode": "FROM a\nRUN <<Ende\u00e9\nBAD\nEnde\u00e9\nUSER b\n",
    "here-nested-quote": "FROM a\nRUN echo \"a ${b:-\"c\"} d\" <<EOF\nBAD\nEOF\n",
    "here-quote-escape": "FROM a\nRUN echo \"a \\\" b\" <<EOF\nBAD\nEOF\n",
    "here-single-backslash": "FROM a\nRUN echo '\\' <<EOF\nBAD\nEOF\n",
}

EXCUSED = {"Value", "Substitution", "Mount", "NoStage", "BeforeFrom", "Onbuild", "SlashDirective"}
PARSE_ERROR = re.compile(r"dockerfile parse error on line (\d+): (.*)")


def buildkit(tally, path):
    """None if BuildKit accepts the file, else what it says."""
    command = [tally, "lint", "--no-config", "--slow-checks", "off", "--format", "json", "--ignore", "*", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = done.stderr.strip()
    return said.splitlines()[0] if said.startswith("Error:") else None


# Of all its rules one, which reports every file of two lines or more.
SETTINGS = """slow-checks.mode = "off"
[rules]
include = ["tally/max-lines"]
exclude = ["*"]
[rules.tally.max-lines]
max = 1
"""


class Server:
    """tally's language server: it says nothing of a file that BuildKit refuses, and takes a hundredth of the time."""

    def __init__(self, tally):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([tally, "lsp", "--stdio"], **pipes)
        self.number = 0
        self.ask("initialize", {"processId": None, "capabilities": {"textDocument": {"diagnostic": {}}}})
        self.send({"method": "initialized", "params": {}})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while (answer := self.receive()).get("id") != self.number or "method" in answer:
            if "id" in answer:
                self.send({"id": answer["id"], "result": [{}] if "configuration" in answer["method"] else None})
        return answer.get("result")

    def says_something(self, path, text):
        """Whether BuildKit accepts the file, with the settings above."""
        document = {"uri": path.as_uri()}
        opened = document | {"languageId": "dockerfile", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": opened}})
        answer = self.ask("textDocument/diagnostic", {"textDocument": document})
        self.send({"method": "textDocument/didClose", "params": {"textDocument": document}})
        return bool((answer or {}).get("items"))


def of_mutated(tally, paths, ours):
    """The answers of the server where they are ours; of all other files those of the program itself."""
    server, answers = Server(tally), {}
    for path in paths:
        try:
            accepts = server.says_something(path, path.read_bytes().decode())
        except UnicodeDecodeError:
            accepts = False
        except (OSError, ValueError):  # It has died of the file.
            server, accepts = Server(tally), None
        agrees = accepts is not None and accepts != bool(ours.get(str(path)))
        answers[path] = (None if accepts else "refused") if agrees else buildkit(tally, path)
    server.process.kill()
    return answers


def hullguard(folder):
    """Path to errors: (kind, line, message)."""
    command = ["cargo", "test", "-q", "--test", "hullguard", "--", "--ignored", "--nocapture", "corpus::dockerfile::dump"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"HULLGUARD_DUMP": str(folder)})
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    errors = {}
    for line in done.stderr.splitlines():
        if line.startswith("@"):
            path, kind, number, message = line[1:].split("\t", 3)
            errors.setdefault(path, []).append((kind, int(number), message))
    return errors


PIECES = [
    b"\\\n", b"`\n", b"\n", b"\r\n", b"\\", b'"', b"'", b"$", b"<<EOF ", b"<<-X ", b" << Y", b"\nEOF\n", b'["', b'"]', b"[", b"]",
    b" --", b" --from=x ", b" --link", b",", b"=", b"#", b"\n# escape=`\n", b"\nONBUILD ", b"\nHEALTHCHECK ", b"\nENV ", b"\nCOPY ",
    b"\nARG ", b"\nSHELL ", b" ", b"\t", b"<", b"{", b"}", "\u00e9".encode(), b"1", b"-",
]


def mutate(data, random):
    """Breaks a file in one to three places."""
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(data) + 1)
        end = data.find(b"\n", at) + 1 or len(data)
        start = data.rfind(b"\n", 0, at) + 1
        kind = random.randrange(6)
        if kind == 0:  # cut to the end of the line
            data = data[:at] + data[end:]
        elif kind == 1:  # drop a line
            data = data[:start] + data[end:]
        elif kind == 2:  # drop a byte
            data = data[:at] + data[at + 1 :]
        elif kind == 3:  # swap a line with the one that follows
            after = data.find(b"\n", end) + 1 or len(data)
            data = data[:start] + data[end:after] + data[start:end] + data[after:]
        else:
            data = data[:at] + random.choice(PIECES) + data[at:]
    return data


def main(tally, folders, breaks):
    with tempfile.TemporaryDirectory() as scratch:
        (pathlib.Path(scratch) / ".tally.toml").write_text(SETTINGS)
        scratch, random = pathlib.Path(scratch) / "files", __import__("random").Random(7)
        scratch.mkdir()
        found = [(path, str(path.relative_to(folder)).replace("/", "__"))
                 for folder in folders
                 for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()]
        # Copies, since tally reads only what is named like a Dockerfile.
        if breaks:
            for number in range(breaks):
                path, name = found[number % len(found)]
                (scratch / f"{number}-{name[-150:]}.Dockerfile").write_bytes(mutate(path.read_bytes(), random))
        else:
            for name, text in SNIPPETS.items():
                (scratch / f"{name}.Dockerfile").write_bytes(text.encode())
            for path, name in found:
                (scratch / f"{name}.Dockerfile").write_bytes(path.read_bytes())
        ours, paths = hullguard(scratch), sorted(scratch.iterdir())
        if breaks:
            theirs = of_mutated(tally, paths, ours)
        else:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                theirs = dict(zip(paths, pool.map(lambda path: buildkit(tally, path), paths)))
        wrong = excused = refused = 0
        for path, said in theirs.items():
            errors = ours.get(str(path), [])
            refused += said is not None
            if bool(errors) == (said is not None):
                line = re.search(r"on line (\d+)", said or "")
                if line and errors and min(e[1] for e in errors) > int(line[1]):
                    print(f"LATER   {path}\n        BuildKit: {said}\n        ours: {errors[:2]}")
                continue
            if said and "valid UTF-8" in said:
                continue
            before_from = {line for kind, line, _ in errors if kind == "BeforeFrom"}
            if said is None and all(kind in EXCUSED or line in before_from or "ONBUILD" in path.read_text(errors="replace") for kind, line, _ in errors):
                excused += 1
                print(f"excused {path}: {errors[:3]}")
                continue
            wrong += 1
            if breaks:
                shutil.copy(path, "/tmp")
            print(f"WRONG   {path}\n        BuildKit: {said or 'accepts'}\n        ours: {errors[:3] or 'accepts'}")
        print(f"{len(theirs)} files, BuildKit refuses {refused}; {excused} excused, {wrong} wrong")
        return 1 if wrong else 0


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--mutate=")]
    if not arguments:
        sys.exit(__doc__)
    times = [int(argument.partition("=")[2]) for argument in sys.argv[1:] if argument.startswith("--mutate=")]
    sys.exit(main(arguments[0], arguments[1:], sum(times)))
