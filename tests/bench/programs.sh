#!/usr/bin/env bash
# The benchmarks with tiny sizes: every program runs, and contestants compute the same.
set -euo pipefail
programs=$1
source "$(dirname "${BASH_SOURCE[0]}")/../support/programs.sh"

# The value after "ready".
value() { "$@" seconds=0.001 | awk '$1 == "ready" {print $2}'; }

# same A B: to 1e-4.
same() {
  awk -v a="$1" -v b="$2" 'BEGIN {d = a - b; exit !(a == a + 0 && d * d <= 1e-8 * a * a)}' ||
    fail "$3: $1 and $2"
}

suffix=
if [[ $(uname -m) == x86_64 ]]; then suffix=_v3; fi
has_hand=yes
if [[ $suffix ]] && ! grep -qw avx2 /proc/cpuinfo; then has_hand=; fi

if [[ $has_hand ]]; then
  for arguments in "batch=3" "batch=70 threads=2" "batch=5 threads=2 dtype=float64"; do
    read -ra words <<<"$arguments"
    same "$(value "$programs/ae_step" "${words[@]}")" "$(value "$programs/hand_step$suffix" "${words[@]}")" \
      "the loss of the step with $arguments"
  done
  same "$(value "$programs/elementwise" count=1001)" \
    "$(value "$programs/hand_elementwise$suffix" count=1001 threads=2)" "the element-wise sum"
  for what in flops32 flops64 read triad update roundtrip; do
    [[ $what != roundtrip || $(nproc) -gt 1 ]] || continue
    expect 0 'time [0-9]' "$programs/machine$suffix" what=$what work=1e4 threads=2 seconds=0.001
  done
  expect 2 'no such work: rest' "$programs/machine$suffix" what=rest
  expect 0 'NN 4 x 4 x 4 +[0-9.]+ +[0-9.]+' "$programs/products/products" --only "NN 4 " --seconds 0.001 --type float32
  expect 0 'peak [0-9.]+' "$programs/products/products" --only "NT 1 x" --seconds 0.001 --threads 2
fi
same "$(value "$programs/small_ops" count=30)" "$(value "$programs/small_ops" count=30 threads=2)" "small ops"
expect 0 'memory [0-9]+' "$programs/chain" pairs=100
for what in save dd load cat; do
  expect 0 'time [0-9]' "$programs/keeping" what=$what bytes=6400000 file="$folder/kept"
done
expect 2 'no such work: keep' "$programs/keeping" what=keep file="$folder/kept"
expect 0 'ready [0-9.]+' "$programs/epoch" drawn="$folder/digits" images=50 seconds=0.001
expect 0 'ready [0-9.]+' "$programs/ae_step" optimizer=adam seconds=0.001
expect 0 '^$' "$programs/ae_step" first=1

for shape in chain fan_out concat unstack adam scopes names batches feeds; do
  expect 0 'time [0-9.e-]+.memory [0-9]+' "$programs/growth" "shape=$shape" n=300
done
expect 2 'no shape is named round' "$programs/growth" shape=round
expect 2 'not of the form name=value: batch' "$programs/ae_step" batch
expect 105 'type' "$programs/products/products" --type int32

if ((failures)); then
  echo "$failures failures"
  exit 1
fi
