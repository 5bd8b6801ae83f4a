#!/usr/bin/env bash
# The profile program prints what docs/profile.txt shows, measured numbers aside, and writes a trace.
set -euo pipefail
program=$1
expected=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Scratch, which depends on the CPU, and times are left out.
without_measures() { sed -E 's/scratch [^,]*,//; /us each/,$ { s/ +[0-9]+\.[0-9]+| +-/ #/g }'; }

"$program" --out "$folder/trace.json" >"$folder/out"
diff <(without_measures <"$expected") <(without_measures <"$folder/out")
grep -q '"name":"run 100"' "$folder/trace.json"
"$program" --help | grep -q -- '--out'
status=0
"$program" --runs 0 2>"$folder/error" || status=$?
[[ $status == 2 ]] && grep -q 'runs' "$folder/error"
status=0
"$program" --out "$folder/nowhere/trace.json" >"$folder/out" 2>"$folder/error" || status=$?
[[ $status == 2 ]] && grep -q 'nowhere' "$folder/error"
