#!/usr/bin/env bash
# Gets the archive of this platform into the tool cache, checks it against checksums.txt, and unpacks it. The archive is
# what is kept, and it is checked each time: a cache on a self-hosted runner may have been written to by other jobs.
#
# The checksum says that the archive is the one that this commit of the action names. The attestation says besides that
# our release workflow on GitHub built it. That needs gh, a token and GitHub's servers, so it is verified where they are
# and the archive comes from there; HULLGUARD_ATTESTATION=required verifies it always, and fails the run otherwise.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) triple=x86_64-unknown-linux-musl ;;
  Linux-ARM64) triple=aarch64-unknown-linux-musl ;;
  macOS-X64) triple=x86_64-apple-darwin ;;
  macOS-ARM64) triple=aarch64-apple-darwin ;;
  Windows-X64) triple=x86_64-pc-windows-msvc ;;
  *) echo "::error title=hullguard::there is no binary for $RUNNER_OS on $RUNNER_ARCH; build one and set path-to-binary" && exit 2 ;;
esac

# The last line that fits, for newer versions are added below.
sum='' name=''
while read -r this file; do
  [[ $file == hullguard-*-"$triple.tar.gz" ]] || continue
  [[ -z ${HULLGUARD_VERSION:-} || $file == "hullguard-${HULLGUARD_VERSION#v}-$triple.tar.gz" ]] || continue
  sum=$this name=$file
done < <(tr -d '\r' < "$here/checksums.txt" | grep -E '^[0-9a-f]{64}  hullguard-[0-9A-Za-z._+-]+\.tar\.gz$')
if ! grep -q '^[^#]' "$here/checksums.txt"; then
  echo '::error title=hullguard::this commit of the action is no release and names no binary; use the commit of a release, or build hullguard and set path-to-binary'
  exit 2
fi
if [[ -z $name ]]; then
  echo '::error title=hullguard::action/checksums.txt has no such version for this platform; name one that it has, or set path-to-binary'
  exit 2
fi
version=${name#hullguard-} version=${version%-"$triple.tar.gz"}

digest() { if command -v sha256sum > /dev/null; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | cut -d' ' -f1; }
# Many images of containers have no curl.
download() {
  if command -v curl > /dev/null; then
    curl --proto '=https,http' --proto-redir '=https' --tlsv1.2 -fsSL --retry 5 --retry-connrefused --max-time 300 -o "$2" -- "$1"
  else
    wget -q -T 300 -O "$2" -- "$1"
  fi
}
attested() {
  gh attestation verify "$1" --hostname github.com --repo hullguard/hullguard --deny-self-hosted-runners \
    --signer-workflow hullguard/hullguard/.github/workflows/release.yml < /dev/null
}
cache="${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/hullguard/$version/$triple"
if [[ ! -f $cache/$name || $(digest "$cache/$name") != "$sum" ]]; then
  from="${HULLGUARD_MIRROR:-https://github.com/hullguard/hullguard/releases/download/v$version}"
  mkdir -p "$cache"
  part="$cache/$name.$$"
  if ! download "${from%/}/$name" "$part"; then
    echo "::error title=hullguard::$name cannot be downloaded; on a machine without a way out set mirror or path-to-binary"
    exit 2
  fi
  if [[ $(digest "$part") != "$sum" ]]; then
    rm -f -- "$part"
    echo "::error title=hullguard::$name is not the file that action/checksums.txt names; nothing was run"
    exit 2
  fi
  if [[ ${HULLGUARD_ATTESTATION:-} != required && -z ${HULLGUARD_MIRROR:-} && -n ${GH_TOKEN:-} ]] \
    && [[ ${GITHUB_SERVER_URL:-https://github.com} == https://github.com ]] \
    && command -v gh > /dev/null && ! attested "$part"; then
    echo "::warning title=hullguard::the attestation of $name cannot be verified; its checksum is the one that this commit of the action names, so it is run"
  fi
  mv -f -- "$part" "$cache/$name"
fi
if [[ ${HULLGUARD_ATTESTATION:-} == required ]] && ! attested "$cache/$name"; then
  echo "::error title=hullguard::the attestation of $name cannot be verified, and require-attestation is set; nothing was run"
  exit 2
fi
out=$(mktemp -d "${RUNNER_TEMP:-/tmp}/hullguard.XXXXXX")
tar -xzf "$cache/$name" -C "$out"
[[ $RUNNER_OS != Windows ]] || out=$(cygpath -m "$out")
exe=hullguard
[[ $RUNNER_OS != Windows ]] || exe=hullguard.exe
echo "path=$out/$exe" >> "$GITHUB_OUTPUT"
