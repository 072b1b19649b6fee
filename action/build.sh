#!/usr/bin/env bash
# Builds the archive that install.sh gets: build.sh TARGET FOLDER, or build.sh for this machine's Linux and dist/.
# release.yml calls it for each platform.
#
# On Linux the binary is static, with musl (Debian: musl-tools; rustup target add). A static glibc looks hosts up by
# libraries of the machine that it runs on, and where they are of another version it crashes: seen with one of 2.36 on
# 2.41, whose nsswitch.conf names `myhostname`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${1:-$(uname -m)-unknown-linux-musl}
dist=${2:-dist}
version=$(grep -m1 '^version = "' Cargo.toml | cut -d'"' -f2)
built="${CARGO_TARGET_DIR:-target}/$target/release" exe=hullguard

if [[ $target == *-windows-* ]]; then
  exe=hullguard.exe
  export RUSTFLAGS='-C target-feature=+crt-static' # Microsoft's runtime comes with it
fi
cargo build --locked --release --target "$target"

if [[ $target == *-linux-* ]]; then
  needs=$(ldd "$built/$exe" 2>&1) || true
  [[ $needs =~ statically\ linked|not\ a\ dynamic ]] || { echo "$built/$exe needs libraries: $needs" >&2 && exit 1; }
fi
"$built/$exe" --version
mkdir -p "$dist"
tar -czf "$dist/hullguard-$version-$target.tar.gz" -C "$built" "$exe" -C "$PWD" LICENSE-APACHE LICENSE-MIT
ls -l "$dist/hullguard-$version-$target.tar.gz"
