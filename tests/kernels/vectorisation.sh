#!/bin/sh
# vectorisation.sh <objdump> <nm> <archive or object>...
# Fails unless every AVX2 and AVX-512 loop over lanes is made of vector instructions without a
# call but of another loop for the same instructions, and no weak symbol with AVX code could take
# the place of one without.
set -eu
objdump=$1 nm=$2
shift 2

for file; do
  # One line per function: name, instructions on ymm, on zmm, of AVX at all, calls.
  "$objdump" -dr --no-show-raw-insn "$file" | awk '
    /^[0-9a-f]+ <.*>:$/ {
      name = substr($2, 2, length($2) - 3)
      seen[name] = 1
      own = match(name, /6TargetILNS_14InstructionSetE./) ? substr(name, RSTART, RLENGTH) : "none"
      next
    }
    /R_X86_64_P(LT|C)32/ && after_call && !/memset/ && !index($0, own) { calls[name]++ }
    { after_call = 0 }
    /^ *[0-9a-f]+:/ {
      after_call = $2 ~ /^call/
      if (after_call && !/ <.*\+0x/ && !index($0, own)) calls[name]++
      if ($2 ~ /^v/) avx[name]++
      is_move = $2 ~ /^v(p?mov|p?broadcast|zero|p?extract|p?insert|perm)/ && !/{%k/
      if (!is_move && /%ymm/) ymm[name]++
      if (!is_move && /%zmm/) zmm[name]++
    }
    END { for (f in seen) print f, ymm[f] + 0, zmm[f] + 0, avx[f] + 0, calls[f] + 0 }'
done > functions.$$
"$nm" "$@" 2>/dev/null | awk '$2 ~ /^[WVwvu]$/ { print $3 }' > weak.$$
trap 'rm -f functions.$$ weak.$$' EXIT

# The names of loops contain the instruction set as a template argument: 1 is AVX2, 2 is AVX-512.
awk '
  FILENAME ~ /^weak/ { weak[$1] = 1; next }
  $1 ~ /6TargetILNS_14InstructionSetE[12]/ {
    loops++
    is_avx2 = $1 ~ /InstructionSetE1/
    if ($5 > 0) { print "a call in " $1; failures++ }
    if ((is_avx2 ? $2 : $3) == 0) { print "no vector instructions in " $1; failures++ }
  }
  ($1 in weak) && $4 > 0 && $1 !~ /InstructionSetE[12]|avx2|avx512/ {
    print "AVX code in the weak symbol " $1; failures++
  }
  END {
    print loops + 0 " loops, " failures + 0 " failures"
    exit failures > 0 || loops == 0
  }' weak.$$ functions.$$
