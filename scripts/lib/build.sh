# shellcheck shell=bash
# Configuring and building a preset. Sourced by the commands, from the root of the project.

# Compilations that were done before are not done again, where ccache is at hand; where it is not,
# the files of a room are compiled together, which makes the first build short.
together=(-DCMAKE_UNITY_BUILD=ON)
configuration=()
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
  # Nor those that another checkout did.
  export CCACHE_BASEDIR=${CCACHE_BASEDIR-$PWD} CCACHE_NOHASHDIR=1
else
  configuration+=("${together[@]}")
fi

core_count() { getconf _NPROCESSORS_ONLN; }

# build PRESET [TARGETS...]: ninja itself configures again when a CMake file changes, but does not
# read the presets.
build() {
  local preset=$1
  shift
  if [[ ! build/$preset/build.ninja -nt CMakePresets.json ]]; then
    cmake --preset "$preset" --log-level=WARNING "${configuration[@]}"
  fi
  cmake --build --preset "$preset" ${1+--target "$@"}
}
