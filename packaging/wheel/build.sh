#!/usr/bin/env bash
# Builds the wheel of a target: build.sh TARGET FOLDER, or build.sh for this machine's Linux and dist/. After
# action/build.sh, whose binary it takes: maturin calls cargo with the same flags. release.yml calls it for each platform.
#
# maturin is installed into a virtual environment, from packaging/requirements.txt, unless MATURIN names one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=${1:-$(uname -m)-unknown-linux-musl}
mkdir -p "${2:-dist}"
dist=$(cd "${2:-dist}" && pwd)
maturin=${MATURIN:-}
if [[ -z $maturin ]]; then
  venv=$(mktemp -d)
  python=python3
  command -v python3 > /dev/null || python=python
  "$python" -m venv "$venv"
  bin="$venv/bin"
  [[ -d $bin ]] || bin="$venv/Scripts"
  "$bin/python" -m pip install -q --require-hashes -r packaging/requirements.txt
  maturin="$bin/maturin"
fi
compatibility=pypi
if [[ $target == *-windows-* ]]; then
  export RUSTFLAGS='-C target-feature=+crt-static' # as in action/build.sh
elif [[ $target == *-linux-* ]]; then
  compatibility='manylinux2014 musllinux_1_1' # a static binary is both
fi
cp LICENSE-APACHE LICENSE-MIT packaging/wheel/ # a wheel takes no files from outside of its folder
cd packaging/wheel
# shellcheck disable=SC2086 # two words
"$maturin" build --release --locked --target "$target" --compatibility $compatibility --out "$dist"
