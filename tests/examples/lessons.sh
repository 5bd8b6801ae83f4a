#!/usr/bin/env bash
# The exercises as a student meets them: the starters are not yet right, the solutions are, and the command refuses wrong use.
set -euo pipefail
programs=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/../support/programs.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

count=0
for starter in examples/lessons/exercises/*.cpp; do
  name=$(basename "$starter" .cpp)
  count=$((count + 1))
  gaps=$(grep -c '^  to_do(' "$starter")
  ((gaps >= 2 && gaps <= 3)) || fail "$starter has $gaps gaps"
  expect 1 "^([a-z_/]+ +not yet"$'\n'"    still to be written"$'\n'"    Hint: [^"$'\n'"]+"$'\n'"){$gaps}"$'\n'"0 of $gaps right\$" \
    "$programs/exercise_${name%%_*}"
  expect 0 "$gaps of $gaps right\$" "$programs/solution_${name%%_*}"
  ! grep -q to_do "examples/lessons/solutions/$name.cpp" || fail "a gap in the solution of $name"
  [[ -x $programs/$name ]] || fail "no lesson $name"
done
expect 2 'nonsense' "$programs/exercise_1" --nonsense
((count == 15)) || fail "$count exercises"

expect 0 'usage: scripts/lesson N.*--read.*Exit code' scripts/lesson --help
expect 2 'which lesson' scripts/lesson
expect 2 'no lesson "99"' scripts/lesson 99
expect 2 'no lesson "\*"' scripts/lesson '*'
expect 2 'one lesson at a time' scripts/lesson 1 2
expect 2 'unknown option: --nonsense' scripts/lesson 1 --nonsense

((failures == 0)) && echo "all as expected"
exit $((failures > 0))
