#!/usr/bin/env bash
# The example programs as a user meets them: results, files, exit codes, messages.
set -euo pipefail
programs=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/../support/programs.sh"

expect_files() {
  for file in "$@"; do [[ -s $folder/$file ]] || fail "no file $file"; done
}

expect_metrics() {
  local file=$1
  shift
  for key in "$@"; do grep -q "\"$key\": " "$folder/$file" || fail "no $key in $file"; done
}

expect 0 'it fell at each epoch' "$programs/basic_ae" --out "$folder/basic" --epochs 300
expect_files basic/{data,codes,loss}.{csv,gp} basic/graph.svg basic/metrics.json
expect_metrics basic/metrics.json mse pca_mse epochs seconds losses

# The same seed gives the same numbers, for any number of threads.
expect 0 . "$programs/basic_ae" --out "$folder/again" --epochs 300 --threads 1
cmp "$folder/basic/loss.csv" "$folder/again/loss.csv" || fail "another loss with one thread"
expect 0 . "$programs/basic_ae" --out "$folder/other" --epochs 300 --seed 7
! cmp -s "$folder/basic/loss.csv" "$folder/other/loss.csv" || fail "the seed changes nothing"

expect 0 'generated digits' "$programs/mnist_ae" --out "$folder/mnist" --epochs 1 --batch-size 500 \
  --units 32,8 --learning-rate 0.001
expect_files mnist/reconstructions.png mnist/loss.{csv,gp} mnist/graph.svg mnist/metrics.json
expect_metrics mnist/metrics.json test_mse_per_pixel pca_test_mse_per_pixel code_size epochs \
  seconds_per_epoch train_losses data

# Where gnuplot and Graphviz are missing, nothing is lost but the pictures.
mkdir "$folder/bin"
expect 0 'gnuplot was not found.*dot was not found' env PATH="$folder/bin" "$programs/basic_ae" --out "$folder/plain" --epochs 3
expect_files plain/{data,codes,loss}.{csv,gp} plain/graph.dot plain/metrics.json
[[ ! -e $folder/plain/loss.svg ]] || fail "a picture without gnuplot"

for program in basic_ae mnist_ae; do
  expect 0 '--out' "$programs/$program" --help
  expect 2 'sixty' "$programs/$program" --epochs sixty
  expect 2 'epochs' "$programs/$program" --epochs 0
  expect 2 'epochs' "$programs/$program" --epochs 12x
  expect 2 'seed' "$programs/$program" --seed
  for seed in -1 18446744073709551616 010 1.5; do expect 2 "seed.*$seed" "$programs/$program" --seed $seed; done
  expect 2 'nonsense' "$programs/$program" --nonsense
  expect 2 'File exists|Not a directory' "$programs/$program" --out "$folder/basic/metrics.json/x" --epochs 1
done
for lesson in "$programs"/lessons/[0-9]*_*; do
  [[ -x $lesson && -f $lesson ]] || continue
  expect 0 '--out' "$lesson" --help
  expect 2 'nonsense' "$lesson" --nonsense
  expect 2 'File exists|Not a directory' "$lesson" --out "$folder/basic/metrics.json/x"
done
for run in "first 1" "again 1" "other 2"; do
  expect 0 'The page' "$programs/lessons/6_basic_ae" --out "$folder/${run% *}" --seed "${run#* }"
done
cmp "$folder/first/6_basic_ae.html" "$folder/again/6_basic_ae.html" || fail "another page of the same seed"
! cmp -s "$folder/first/6_basic_ae.html" "$folder/other/6_basic_ae.html" || fail "a page that knows no seed"
expect 2 'neither train-images-idx3-ubyte nor' "$programs/mnist_ae" --mnist "$folder/nowhere" --out "$folder/x"
expect 2 'batch' "$programs/mnist_ae" --batch-size 0
expect 2 'gelu' "$programs/mnist_ae" --activation gelu

# Without a reader the files are written all the same; what is lost is told.
if [[ -w /dev/full ]]; then
  expect 2 'standard output cannot be written' \
    bash -c '"$0" --out "$1" --epochs 3 >/dev/full' "$programs/basic_ae" "$folder/unread"
  expect_files unread/loss.csv unread/metrics.json
fi
expect 2 'standard output cannot be written' \
  bash -c 'set -o pipefail; "$0" --out "$1" --epochs 3 | true' "$programs/basic_ae" "$folder/broken"
expect_files broken/loss.csv broken/metrics.json

# Nor does a closed stream abort a program, or become a file that it writes.
expect 2 '^$' bash -c '"$0" --out "$1" --epochs 3 >&- 2>&-' "$programs/basic_ae" "$folder/closed"
expect_files closed/{data,codes,loss}.{csv,svg} closed/metrics.json
expect 0 'loss' bash -c '"$0" --out "$1" --epochs 3 2>&- <&-' "$programs/basic_ae" "$folder/silent"
cmp "$folder/closed/loss.csv" "$folder/silent/loss.csv" || fail "words within a file"
expect 2 '^$' bash -c '"$0" --out /dev/null/x 2>/dev/full' "$programs/basic_ae"

# Programs without options.
for program in "$programs"/{first,quickstart,own_op,explain,gallery} "$programs"/side_by_side/*; do
  [[ -x $program && -f $program ]] || continue
  expect 0 "Usage.*${program##*/}" "$program" --help
  expect 2 'bogus' "$program" --bogus
done
(
  cd "$folder" && mkdir -p quick/ae.svg && cd quick
  expect 2 'quickstart: .*ae.svg.* cannot be written: Is a directory' "$programs/quickstart"
  ((failures == 0))
) || failures=$((failures + 1))

# A signal finishes the step, and what there is is written.
for signal in INT=130 TERM=143; do
  # bash makes background programs ignore SIGINT.
  # The words of the program before would be taken for this one's.
  rm -f "$folder/log"
  env --default-signal=INT "$programs/mnist_ae" --out "$folder/stopped$signal" --epochs 5000 --units 16 >"$folder/log" 2>&1 &
  program=$!
  for _ in $(seq 300); do
    grep -qs 'epoch' "$folder/log" && break
    sleep 0.1
  done
  sleep 0.5
  kill -"${signal%=*}" $program
  status=0
  wait $program || status=$?
  [[ $status == "${signal#*=}" ]] || fail "status $status instead of $signal"$'\n'"$(cat "$folder/log")"
  expect_files stopped$signal/metrics.json stopped$signal/reconstructions.png
done

# Weights that are saved reconstruct without training, with the same error.
tiny=(--batch-size 500 --units 16 --learning-rate 0.001)
error_of() { grep 'test_mse_per_pixel' "$folder/$1/metrics.json" | head -n 1; }
expect 0 . "$programs/mnist_ae" --out "$folder/saved" "${tiny[@]}" --epochs 2 --save "$folder/w.safetensors"
expect 0 . "$programs/mnist_ae" --out "$folder/loaded" --units 16 --load "$folder/w.safetensors"
[[ $(error_of saved) && $(error_of saved) == "$(error_of loaded)" ]] || fail "another error with loaded weights"
expect_files loaded/reconstructions.png
expect 2 'does not fit the variables.*unlike: "auto_encoder/W1" float32 \[8, 784\], in the file F32 \[16, 784\]' \
  "$programs/mnist_ae" --out "$folder/x" --units 8 --load "$folder/w.safetensors"
expect 2 'nowhere' "$programs/mnist_ae" --out "$folder/x" --load "$folder/nowhere"
expect 2 '--load trains nothing' "$programs/mnist_ae" --load "$folder/w.safetensors" --checkpoint "$folder/c"

# A training that a signal stopped goes on, to the same weights.
expect 0 . "$programs/basic_ae" --out "$folder/whole" --epochs 3000 --save "$folder/whole.safetensors"
expect 0 . "$programs/basic_ae" --out "$folder/parts" --epochs 1700 --checkpoint "$folder/parts/kept"
expect 0 . "$programs/basic_ae" --out "$folder/parts" --epochs 3000 --checkpoint "$folder/parts/kept" \
  --save "$folder/parts.safetensors" --threads 1
cmp "$folder/whole.safetensors" "$folder/parts.safetensors" || fail "other weights after resuming"
cmp "$folder/whole/loss.csv" "$folder/parts/loss.csv" || fail "another history after resuming"
expect 2 'is of another training.*option "seed of the session" is "7", in the file "42"' \
  "$programs/basic_ae" --out "$folder/parts" --epochs 3000 --seed 7 --checkpoint "$folder/parts/kept"
expect 0 . "$programs/mnist_ae" --out "$folder/mnist_whole" "${tiny[@]}" --epochs 6 --save "$folder/whole.safetensors"
for signal in INT=130 TERM=143; do
  rm -f "$folder/log"
  env --default-signal=INT "$programs/mnist_ae" --out "$folder/mnist_parts" "${tiny[@]}" --epochs 6 \
    --checkpoint "$folder/kept$signal" >"$folder/log" 2>&1 &
  program=$!
  for _ in $(seq 300); do
    grep -qs 'epoch' "$folder/log" && break
    sleep 0.05
  done
  kill -"${signal%=*}" $program
  status=0
  wait $program || status=$?
  [[ $status == "${signal#*=}" ]] || fail "status $status instead of $signal"$'\n'"$(cat "$folder/log")"
  expect 0 'goes on after step' "$programs/mnist_ae" --out "$folder/mnist_parts" "${tiny[@]}" --epochs 6 \
    --checkpoint "$folder/kept$signal" --save "$folder/parts.safetensors"
  cmp "$folder/whole.safetensors" "$folder/parts.safetensors" || fail "other weights after $signal"
done

((failures == 0)) && echo "all as expected"
exit $((failures > 0))
