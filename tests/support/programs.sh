# Sourced by the tests of programs: a folder for their files, and how a failure is told without stopping the others.
# shellcheck shell=bash
unset GRADUS_MNIST_DIR
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

fail() {
  echo "FAILED: $1"
  failures=$((failures + 1))
}

# expect STATUS PATTERN COMMAND...: its exit status, and a pattern in all that it prints.
expect() {
  local status=0 wanted=$1 pattern=$2 output
  shift 2
  output=$("$@" 2>&1) || status=$?
  [[ $status == "$wanted" ]] || fail "status $status instead of $wanted: $*"$'\n'"$output"
  [[ $output =~ $pattern ]] || fail "no \"$pattern\" in the output of: $*"$'\n'"$output"
}
