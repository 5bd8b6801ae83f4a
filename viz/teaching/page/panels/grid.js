// Numbers in a grid, colored around zero: blue below, orange above.
const MOST_ROWS = 6, MOST_COLUMNS = 5;

// Between -1 and 1: how strongly a value is colored.
function strength(value, scale) {
  const x = Number(value);
  if (Number.isNaN(x) || scale === 0) return 0;
  return Math.max(-1, Math.min(1, x / scale));
}
function heat(value, scale) {
  if (typeof value === "boolean") return value ? "var(--hot-2)" : "transparent";
  if (Number.isNaN(Number(value))) return "var(--nan)";
  const s = strength(value, scale);
  const percent = Math.round(Math.sqrt(Math.abs(s)) * 62);
  return `color-mix(in srgb, var(${s < 0 ? "--cold" : "--hot"}) ${percent}%, var(--cell))`;
}
function scaleOf(tensor) {
  const { minimum, maximum } = summaryOf(tensor);
  return Math.max(Math.abs(minimum), Math.abs(maximum));
}

// Places of rows and columns that are shown; null stands for those between.
function shownPlaces(count, most) {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return [...Array.from({ length: most - 2 }, (_, i) => i), null, count - 1];
}

// Rows and columns of a matrix that are shown: the first and the last, unless these are 0 and others
// are not. `row` is one that must be there.
function shownCells(m, most, row) {
  const rows = m.isCorner ? cornerPlaces(m.rows, m.height, most.rows) : shownPlaces(m.rows, most.rows);
  const columns = m.isCorner ? cornerPlaces(m.columns, m.width, most.columns) : shownPlaces(m.columns, most.columns);
  if (m.isCorner) return { rows, columns };
  const isZero = rows.every((r) => r === null || columns.every((c) => c === null || Number(m.values[r * m.width + c]) === 0));
  const [largest, column] = isZero ? largestOf(m, row) : [row];
  return { rows: withPlace(rows, largest, m.rows), columns: withPlace(columns, column, m.columns) };
}
// The same many places, with this one among them.
function withPlace(places, place, count) {
  if (place === undefined || places.includes(place)) return places;
  const inner = places.length - 4, first = Math.min(Math.max(1, place - Math.floor(inner / 2)), count - 1 - inner);
  if (inner < 1) return [0, null, place];
  return [0, null, ...Array.from({ length: inner }, (_, k) => first + k), null, count - 1].filter((p, k, all) => p !== null || all[k + 1] !== all[k - 1] + 1);
}
function largestOf(m, row) {
  let best = [row ?? 0, 0], size = 0;
  for (let r = row ?? 0; r < (row === undefined ? m.height ?? m.rows : row + 1); ++r)
    for (let c = 0; c < m.width; ++c) {
      const v = Math.abs(Number(m.values[r * m.width + c]));
      if (v > size) { best = [r, c]; size = v; }
    }
  return best;
}
// The entry to begin with: the largest of those that are shown, which says more than a black corner.
function tellingEntry(tensor, row) {
  if (tensor.locked || sizeOf(tensor) === 0) return 0;
  const m = matrixOf(tensor), { rows, columns } = shownCells(m, { rows: MOST_ROWS, columns: MOST_COLUMNS }, row);
  let best = null, size = -1;
  for (const r of rows.filter((r) => r !== null && (row === undefined || r === row)))
    for (const c of columns.filter((c) => c !== null)) {
      const v = Math.abs(Number(m.values[r * m.width + c]));
      if (v > size || best === null) { best = r * m.columns + c; size = v; }
    }
  return best ?? 0;
}

// options: key (for marks), name, most {rows, columns}, right (the tensor that it should be equal
// to), onentry(element), digits, row (that must be shown).
function gridOf(tensor, options = {}) {
  if (tensor.locked) return hiddenGrid(options.label || options.name);
  if (sizeOf(tensor) === 0) return make("div", { class: "grid" }, make("p", { class: "name" }, options.name), "(empty) ", shapeText(tensor.shape));
  const m = matrixOf(tensor), scale = scaleOf(tensor), most = options.most || { rows: MOST_ROWS, columns: MOST_COLUMNS };
  const { rows, columns } = shownCells(m, most, options.row);
  const right = options.right && options.right !== tensor ? options.right : null;
  const rightValues = right && sizeOf(right) === sizeOf(tensor) ? matrixOf(right) : null;
  const cell = (r, c) => {
    if (r === null || c === null) return make("td", { class: "gap", "aria-hidden": true }, r === null && c === null ? "⋱" : r === null ? "⋮" : "…");
    const value = m.values[r * m.width + c], element = r * m.columns + c;
    const isWrong = right && (!rightValues || !Object.is(rightValues.values[r * m.width + c], value));
    return make("td", {
      role: "gridcell", tabindex: -1, "data-element": element, class: isWrong ? "wrong" : undefined,
      style: `background:${heat(value, scale)}`, title: entryTitle(tensor, element, value, rightValues && isWrong ? rightValues.values[r * m.width + c] : undefined),
    }, numberText(value, options.digits));
  };
  const table = make("table", { role: "grid", "aria-label": `${options.label || options.name || "tensor"}, ${shapeText(tensor.shape)}`, "data-key": options.key });
  for (const r of rows) table.append(make("tr", { role: "row" }, columns.map((c) => cell(r, c))));
  const first = table.querySelector("[data-element]");
  if (first) first.tabIndex = 0;
  if (options.onentry) watchEntries(table, options.onentry);
  moveByKeys(table);
  const shape = make("p", { class: "shape" }, shapeText(tensor.shape) + (tensor.dtype === "float32" ? "" : " " + tensor.dtype));
  if (right && String(right.shape) !== String(tensor.shape)) shape.append(make("strong", { class: "wrong" }, ` not ${shapeText(right.shape)}`));
  const name = typeof options.name === "string" ? formulaOf(options.name) : options.name;
  return make("div", { class: "grid" },
    name === undefined ? null : make("p", { class: "name" }, options.open === undefined ? name
      : make("button", { class: "link", title: "Open this tensor", onclick: () => openTensor(options.open) }, name)),
    make("div", { class: "bracket" }, table), shape);
}
function cornerPlaces(count, known, most) {
  const shown = Math.min(known, most - 1);
  const places = Array.from({ length: Math.min(shown, count) }, (_, i) => i);
  return count > places.length ? [...places, null] : places;
}
function entryTitle(tensor, element, value, rightValue) {
  const place = `[${indexOf(element, tensor.shape).join(", ")}] = ${numberText(value, ALL_DIGITS)}`;
  return rightValue === undefined ? place : `${place}, right would be ${numberText(rightValue, ALL_DIGITS)}`;
}

// Pointing at an entry and focusing it are the same.
function watchEntries(table, onentry) {
  const tell = (event) => {
    const element = event.target.dataset.element;
    if (element !== undefined) onentry(Number(element));
  };
  table.addEventListener("mouseover", tell);
  table.addEventListener("focusin", tell);
}

// Arrow keys go from entry to entry.
function moveByKeys(table) {
  table.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!way) return;
    const lines = Array.from(table.rows, (row) => row.querySelectorAll("[data-element]")).filter((line) => line.length);
    const row = lines.findIndex((line) => Array.from(line).includes(event.target));
    const column = Array.from(lines[row]).indexOf(event.target);
    moveFocus(event, event.target, lines[row + way[0]] && lines[row + way[0]][column + way[1]]);
  });
}

// Marks entries of the grids in a part of the page: {key: {elements, chosen}}, `chosen` being those
// that won over the other ones.
function markEntries(root, marks, target) {
  for (const marked of root.querySelectorAll("td.source, td.target, td.chosen")) { marked.classList.remove("source", "target", "chosen"); marked.removeAttribute("aria-selected"); }
  for (const table of root.querySelectorAll("table[data-key]")) {
    const { elements, chosen } = marks[table.dataset.key] || {}, sources = new Set(elements), winners = new Set(chosen);
    for (const cell of table.querySelectorAll("[data-element]")) {
      const element = Number(cell.dataset.element);
      cell.classList.toggle("source", sources.has(element));
      if (sources.has(element)) cell.setAttribute("aria-selected", true); else cell.removeAttribute("aria-selected");
      cell.classList.toggle("chosen", winners.has(element));
      cell.classList.toggle("target", target && table.dataset.key === target.key && target.element === element);
    }
  }
  for (const tiles of root.querySelectorAll(".tiles[data-key]")) tiles.mark(marks[tiles.dataset.key], target && target.key === tiles.dataset.key ? target.element : null);
}

// All elements as colored pixels, rows below each other; or rows as images, four beside each other.
function pictureOf(tensor, side) {
  const m = side && tensor.summary && tensor.summary.images ? imagesOfSummary(tensor) : matrixOf(tensor);
  if (m.isCorner) return null;
  const images = side ? Math.min(m.rows, 8) : 1, columns = Math.min(images, 4);
  const width = side ? columns * (side + 1) - 1 : m.columns, height = side ? Math.ceil(images / columns) * (side + 1) - 1 : m.rows;
  const elementOf = (x, y) => {
    if (!side) return y * m.width + x;
    const image = Math.floor(y / (side + 1)) * columns + Math.floor(x / (side + 1)), row = y % (side + 1), column = x % (side + 1);
    return row === side || column === side || image >= images ? null : image * m.width + row * side + column;
  };
  return painted({ width, height, class: side ? "images" : "picture", role: "img",
    "aria-label": side ? `the first ${images} rows as images of ${side} by ${side}` : "all elements as colors" }, m.values, elementOf, scaleOf(tensor));
}
// A canvas whose pixel x, y is the color of the element elementOf(x, y), if that is one.
function painted(attributes, values, elementOf, scale) {
  const { width, height } = attributes, canvas = make("canvas", attributes), palette = pictureColors();
  const context = canvas.getContext("2d"), pixels = context.createImageData(width, height);
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < width; ++x) {
      const element = elementOf(x, y);
      if (element !== null) pixels.data.set([...colorOf(strength(values[element], scale), palette), 255], 4 * (y * width + x));
    }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
function imagesOfSummary(tensor) {
  const { shape, elements } = tensor.summary.images;
  return { rows: shape[0], columns: shape[1], width: shape[1], values: decoded(tensor, elements), isCorner: false };
}
function pictureColors() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map((h) => parseInt(h, 16));
  return { cold: read("--cold"), none: read("--cell"), hot: read("--hot") };
}
function colorOf(s, palette) {
  const end = s < 0 ? palette.cold : palette.hot, amount = Math.sqrt(Math.abs(s));
  return palette.none.map((v, i) => Math.round(v + (end[i] - v) * amount));
}
