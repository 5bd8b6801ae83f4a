#!/bin/sh
# weak_symbols.sh <objdump> <nm> <archive or object>...
# Fails if a weak symbol has AVX code and does not say so in its name: the linker keeps one of
# several, and a program would take it where the CPU has no AVX.
set -eu
objdump=$1 nm=$2
shift 2
trap 'rm -f weak.$$ avx.$$' EXIT

"$nm" "$@" 2>/dev/null | awk '$2 ~ /^[WVwvu]$/ { print $3 }' | sort -u > weak.$$
for file; do
  "$objdump" -d --no-show-raw-insn "$file" | awk '
    /^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3); next }
    $2 ~ /^v/ && !(name in seen) { seen[name] = 1; print name }'
done | sort -u > avx.$$

echo "$(wc -l < weak.$$) weak symbols, $(wc -l < avx.$$) functions with AVX code"
# Both lists must have something in them: else it is the tools that say nothing.
[ -s weak.$$ ] && [ -s avx.$$ ]
if comm -12 weak.$$ avx.$$ | grep -vE 'InstructionSetE[12]|avx2|avx512'; then
  echo "have AVX code, and the name is that of code for every CPU"
  exit 1
fi
