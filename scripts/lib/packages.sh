# shellcheck shell=bash
# The Debian packages that Gradus needs, and their installation. Sourced by the commands.

# One list serves both commands: they share build/release, and a build directory that was
# configured without the tests would have to be configured again for them.
# shellcheck disable=SC2034
build_packages=(
  g++ binutils cmake ninja-build pkg-config
  libeigen3-dev libboost-graph-dev libisal-dev libzip-dev libfmt-dev
  graphviz libpng-dev gnuplot-nox fonts-dejavu-core
  nlohmann-json3-dev libcli11-dev libgtest-dev libgmock-dev zlib1g-dev
  nodejs katex
)

# Chromium runs the tests of pages, Python those of the benchmarks' driver, and NumPy reads and
# writes the files of arrays, strace kills programs that save; scripts/demo does without.
# shellcheck disable=SC2034
test_packages=(chromium chromium-driver python3 python3-numpy strace)

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# as_root COMMAND...: never asks for a password.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
  ((EUID == 0)) || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# apt_get ARGUMENTS...: silent, but for what it did before it failed.
apt_get() {
  local log
  log=$(mktemp)
  if as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" \
    >"$log" 2>&1 </dev/null; then
    rm "$log"
    return 0
  fi
  tail -n 20 "$log" >&2
  rm "$log"
  return 1
}

# install_packages NAMES...: those that are missing. Where there is no apt-get it only names them.
install_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "No apt-get here. Gradus needs what Debian 12 calls: $*"
    return 0
  fi
  local name missing=()
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  ((${#missing[@]})) || return 0

  if ! can_be_root; then
    echo "These packages are missing. As root, run:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    return 1
  fi
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  apt_get update || echo "apt-get update failed; the package lists stay as they are." >&2
  apt_get install --yes --no-install-recommends "${missing[@]}" || {
    echo "The packages could not be installed." >&2
    return 1
  }
}
