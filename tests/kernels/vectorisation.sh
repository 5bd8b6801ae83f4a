#!/bin/sh
# vectorisation.sh <objdump> <archive or object>...
# Fails unless every AVX2 and AVX-512 loop over lanes is made of vector instructions without a
# call but of another loop for the same instructions.
set -eu
objdump=$1
shift
trap 'rm -f functions.$$' EXIT

for file; do
  # One line per function: name, instructions on ymm, on zmm, calls.
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
      is_move = $2 ~ /^v(p?mov|p?broadcast|zero|p?extract|p?insert|perm)/ && !/{%k/
      if (!is_move && /%ymm/) ymm[name]++
      if (!is_move && /%zmm/) zmm[name]++
    }
    END { for (f in seen) print f, ymm[f] + 0, zmm[f] + 0, calls[f] + 0 }'
done > functions.$$

# The names of loops contain the instruction set as a template argument: 1 is AVX2, 2 is AVX-512.
awk '
  $1 ~ /6TargetILNS_14InstructionSetE[12]/ {
    loops++
    is_avx2 = $1 ~ /InstructionSetE1/
    if ($4 > 0) { print "a call in " $1; failures++ }
    if ((is_avx2 ? $2 : $3) == 0) { print "no vector instructions in " $1; failures++ }
  }
  END {
    print loops + 0 " loops, " failures + 0 " failures"
    exit failures > 0 || loops == 0
  }' functions.$$
