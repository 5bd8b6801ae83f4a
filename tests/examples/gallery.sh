#!/usr/bin/env bash
# The figures of docs/gallery.md are what the program draws: their DOT equals the committed one.
#   tests/examples/gallery.sh build/release/examples/gallery
# With GRADUS_UPDATE_DOCS=1 the committed files, and the figures, are written.
set -euo pipefail
program=$(realpath "${1:?the program gallery}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
"$program" "$work"

if [[ ${GRADUS_UPDATE_DOCS-} ]]; then
  mkdir -p docs/images/gallery tests/reference/gallery
  rm -f docs/images/gallery/*.svg tests/reference/gallery/*.dot
  cp "$work"/*.svg docs/images/gallery/
  cp "$work"/*.dot tests/reference/gallery/
fi
for figure in "$work"/*.svg; do
  [[ -s docs/images/gallery/$(basename "$figure") ]] || { echo "no figure $(basename "$figure")"; exit 1; }
done
rm "$work"/*.svg
diff --recursive --unified tests/reference/gallery "$work"
