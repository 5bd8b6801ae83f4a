#!/usr/bin/env bash
# The studies on a few images for one epoch: their figures, and the same numbers for one and two threads.
set -euo pipefail
studies=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/../support/programs.sh"

# check STUDY "OPTIONS" METRICS FIGURES...
check() {
  local study=$1 options=$2 metric=$3
  shift 3
  "$studies/$study" --help | grep -q -- --tuning || fail "$study --help"
  ! "$studies/$study" --bogus >"$folder/log" 2>&1 || fail "$study takes --bogus"
  for threads in 1 2; do
    # shellcheck disable=SC2086
    "$studies/$study" --out "$folder/$threads" --images 500 --epochs 1 --threads $threads $options >"$folder/log" 2>&1 ||
      fail "$study"$'\n'"$(cat "$folder/log")"
    sed -i '/"seconds/d' "$folder/$threads/metrics.json"
  done
  cmp "$folder/1/metrics.json" "$folder/2/metrics.json" || fail "$study: other numbers with two threads"
  grep -q "\"$metric" "$folder/1/metrics.json" || fail "$study: no $metric"
  for figure in "$@"; do [[ -s $folder/1/$figure ]] || fail "$study: no $figure"; done
  rm -r "$folder"/[12]
}

check two_numbers "--save $folder/weights" test_mse planes.png training.png map.png reconstructions.png
[[ -s $folder/weights ]] || fail "no weights"
check sixty_four_numbers "" class_test_mse output.png l2.png rate_and_batches.png depth_and_width.png reconstructions.png
check convolutional "" 'test_mse fully connected' training.png reconstructions.png
check noise_and_sparsity "" contractive filters.png cleaned.png
check variational "" test_negative_elbo_20 samples.png plane.png map.png reconstructions.png
check few_labels "--draws 1" '100 labels, pre-trained' pretraining.png errors.png
check classifier "--model cnn" test_accuracy training.png mistakes.png

# While settings are tried, the test images are left alone.
"$studies/two_numbers" --out "$folder/tuned" --images 500 --epochs 1 --tuning >"$folder/log" 2>&1
grep -q '(the same)' "$folder/log" || fail "--tuning"
python3 - "$folder/tuned/metrics.json" <<'END' || fail "--tuning measures other images than validation"
import json, sys
metrics = json.load(open(sys.argv[1]))
assert abs(metrics["test_mse"] - min(metrics["validation_mse"])) < 1e-6, metrics
END

# A study goes on where it was stopped: trainings that are done are not done again.
options=(--images 500 --epochs 2 --checkpoint "$folder/checkpoints")
for run in first again; do "$studies/classifier" --out "$folder/$run" "${options[@]}" >"$folder/$run.log" 2>&1; done
cmp "$folder/first/metrics.json" "$folder/again/metrics.json" || fail "other numbers from a checkpoint"
grep -q 'goes on after step' "$folder/again.log" || fail "no word of the checkpoint"

((failures == 0)) && echo "all as expected"
