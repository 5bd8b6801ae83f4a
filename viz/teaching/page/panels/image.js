// Tensors that are images, drawn as images: feature maps [batch, height, width, channels] as one tile
// a channel, filters [height, width, in, out] as one tile a pair of channels, flat rows of square
// images. Of a batch one example is shown, which the reader chooses.

// What a node's tensor is: "maps", "filters", "flat" or nothing. Convolutions and pools say it; what
// has the same entries is the same.
const shapeAtStart = (i) => tensorOf(moments[0].values[i]).shape;
const roles = rolesOfNodes();
function rolesOfNodes() {
  const found = nodes.map((node, i) => {
    const shape = shapeAtStart(i);
    if (node.kind !== "placeholder") return null;
    if (imageSide({ shape })) return "flat";
    return shape.length === 4 && Math.min(shape[1], shape[2]) >= 8 && [1, 3].includes(shape[3]) ? "maps" : null;
  });
  const isSame = (node, shape, operand) => (["elementwise", "view"].includes(node.family) && String(shapeAtStart(operand)) === String(shape) ? found[operand] : null);
  const isRow = (shape, rows) => shape.length === 4 && shape[3] === 1 && shape[1] === shape[2] && imageSide({ shape: rows }) === shape[1];
  let count = -1;
  const give = (i, role) => { if (role && found[i] === null && (role === "flat" ? imageSide({ shape: shapeAtStart(i) }) : shapeAtStart(i).length === 4)) found[i] = role; };
  while (count !== (count = found.filter(Boolean).length))
    nodes.forEach((node, i) => {
      const { operands, op, family } = node, shape = shapeAtStart(i);
      const convolution = op !== "matmul" && MULTIPLYING[op], roleOf = (part) => (part === "w" ? "filters" : "maps");
      if (convolution) {
        give(i, roleOf(convolution.value));
        convolution.operands.forEach((part, k) => give(operands[k], roleOf(part)));
      }
      if (op in imageOfPool) [i, ...operands].forEach((j) => give(j, "maps"));
      for (const operand of operands) {
        give(i, isSame(node, shape, operand));
        if (found[i] && family && isSame({ family }, shape, i) && String(shapeAtStart(operand)) === String(shape)) give(operand, found[i]);
        if (family === "view" && isRow(shape, shapeAtStart(operand))) { give(operand, "flat"); give(i, "maps"); }
        if (family === "view" && isRow(shapeAtStart(operand), shape)) { give(i, "flat"); give(operand, "maps"); }
      }
    });
  return found;
}

// The examples: rows of what was fed as images. A tensor has them along axis 0 if it is fed with as
// many rows, or computed from such tensors row by row.
const exampleNode = nodes.findIndex((node, i) => node.kind === "placeholder" && ["flat", "maps"].includes(roles[i]) && sizeOf({ shape: shapeAtStart(i) }) > 0);
const exampleCount = exampleNode < 0 ? 0 : shapeAtStart(exampleNode)[0];
const hasExamples = nodes.map(() => false);
if (exampleCount > 1)
  nodes.forEach((node, i) => {
    const shape = shapeAtStart(i);
    if (shape[0] !== exampleCount) return;
    const { op, operands, attributes } = node;
    if (node.kind === "placeholder") hasExamples[i] = true;
    else if (node.kind !== "op" || op === "conv2d_filter_grad") return;
    else if (op === "matmul") hasExamples[i] = hasExamples[operands[0]] && !(shape.length === 2 && attributes.transpose_a);
    else if (op === "transpose") hasExamples[i] = hasExamples[operands[0]] && attributes.permutation[0] === 0;
    else if (/^reduce_|^arg/.test(op)) hasExamples[i] = hasExamples[operands[0]] && !attributeAxes(node, shapeAtStart(operands[0]).length).includes(0);
    else if (op === "broadcast_like") hasExamples[i] = hasExamples[operands[1]] || hasExamples[operands[0]];
    else hasExamples[i] = operands.some((operand) => hasExamples[operand]);
  });
const exampleOf = (i) => (hasExamples[i] ? state.example : 0);
// The row of a matrix in which the chosen example begins.
function exampleRow(i, tensor) {
  if (!hasExamples[i] || tensor.shape.length < 2 || tensor.shape[0] !== exampleCount) return undefined;
  return state.example * tensor.shape.slice(1, -1).reduce((a, b) => a * b, 1);
}

// The numbers to draw; null if not all of them are known.
function imageValues(tensor, role) {
  if (tensor.locked) return null;
  if (role === "flat" && !elementsOf(tensor) && tensor.summary?.images && state.example < tensor.summary.images.shape[0]) return imagesOfSummary(tensor).values;
  return elementsOf(tensor);
}
// The tiles of an image: how many in a row, their size, and the element of a pixel.
function tilingOf(shape, role, example, most) {
  if (role === "flat") {
    const side = imageSide({ shape });
    return { count: 1, all: 1, height: side, width: side, element: (t, y, x) => example * shape[1] + y * side + x, title: () => "" };
  }
  if (role === "maps") {
    const [, height, width, channels] = shape;
    return { count: Math.min(channels, most), all: channels, height, width, element: (t, y, x) => ((example * height + y) * width + x) * channels + t, title: (t) => `channel ${t}` };
  }
  const [height, width, from, to] = shape, columns = Math.min(to, most), rows = Math.min(from, Math.max(1, Math.floor((4 * most) / columns)));
  return { count: rows * columns, all: from * to, columns, height, width, element: (t, y, x) => ((y * width + x) * from + Math.floor(t / columns)) * to + (t % columns), title: (t) => `from channel ${Math.floor(t / columns)} to ${t % columns}` };
}
const MOST_TILES = 8;
function tileScale({ count, height, width }, role) {
  const wide = role === "filters" ? (count === 1 ? 84 : count <= 16 ? 42 : 27) : count === 1 ? 140 : count <= 4 ? 84 : 58;
  return Math.max(1, Math.floor(wide / Math.max(height, width)));
}

// options as those of gridOf, and role, example, most tiles.
function tilesOf(tensor, options) {
  const { role, example } = options, values = imageValues(tensor, role), tiling = tilingOf(tensor.shape, role, example, options.most || MOST_TILES);
  const { count, all, height, width, element } = tiling, scale = tileScale(tiling, role);
  // An example's colors are its own: the gradient of one that is learnt would vanish beside the others.
  const limit = role === "filters" ? scaleOf(tensor) : Math.abs(values[largestIn(values, tiling)]) || 0;
  const places = new Map();  // element -> [tile, y, x]
  const tiles = counted(count).map((t) => {
    for (let y = 0; y < height; ++y) for (let x = 0; x < width; ++x) places.set(element(t, y, x), [t, y, x]);
    const canvas = painted({ width, height, "aria-hidden": true, style: `width:${width * scale}px;height:${height * scale}px` }, values, (x, y) => element(t, y, x), limit);
    const marks = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": true });
    return { canvas, marks, box: make("div", { class: "tile", title: tiling.title(t), "data-tile": t }, canvas, marks) };
  });
  const label = `${options.label || "tensor"}, ${shapeText(tensor.shape)}, as ${count === 1 ? "an image" : count + " images"}; arrow keys go from pixel to pixel`;
  const board = make("div", { class: "tiles", tabindex: 0, role: "group", "aria-label": label, "data-key": options.key,
    style: tiling.columns ? `grid-template-columns:repeat(${tiling.columns}, max-content)` : `grid-template-columns:repeat(${Math.min(count, 4)}, max-content)` }, tiles.map((tile) => tile.box));
  let at = null;
  const point = (e) => {
    if (e === at) return;
    at = e;
    if (options.onentry) options.onentry(e);
  };
  for (const [t, { canvas }] of tiles.entries())
    canvas.addEventListener("mousemove", (event) => {
      const box = canvas.getBoundingClientRect(), place = (offset, length, n) => Math.min(n - 1, Math.max(0, Math.floor((offset / length) * n)));
      point(element(t, place(event.clientY - box.top, box.height, height), place(event.clientX - box.left, box.width, width)));
    });
  board.addEventListener("mouseleave", () => { at = null; });
  board.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const inRow = tiling.columns || Math.min(count, 4);
    let [t, y, x] = places.get(at) || places.get(board.target) || [0, 0, -way[1]];
    [y, x] = [y + way[0], x + way[1]];
    // Over a tile's edge lies the next tile.
    if (x < 0 || x >= width) { if (x < 0 ? t % inRow === 0 : t % inRow === inRow - 1 || t + 1 >= count) return; t += x < 0 ? -1 : 1; x = (x + width) % width; }
    if (y < 0 || y >= height) { const next = t + (y < 0 ? -inRow : inRow); if (next < 0 || next >= count) return; t = next; y = (y + height) % height; }
    const e = element(t, y, x);
    point(e);
    announce(`[${indexOf(e, tensor.shape).join(", ")}] is ${numberText(values[e])}`);
  });
  board.mark = ({ elements = [], chosen = [] } = {}, target = null) => {
    board.target = target;
    const of = tiles.map(() => ({ source: [], chosen: [], target: [] }));
    const add = (kind, e) => { const found = places.get(e); if (found) of[found[0]][kind].push([found[1], found[2]]); };
    for (const e of new Set(elements)) add("source", e);
    for (const e of chosen) add("chosen", e);
    if (target !== null) add("target", target);
    tiles.forEach(({ marks, box }, t) => {
      marks.replaceChildren(...["source", "chosen", "target"].flatMap((kind) => outlinesOf(of[t][kind], kind, [height, width])));
      box.classList.toggle("marked", of[t].source.length + of[t].target.length > 0);
    });
  };
  const shape = make("p", { class: "shape" }, shapeText(tensor.shape), role !== "filters" && tensor.shape[0] > 1 ? `, example ${example + 1}` : "", count < all ? `, ${count} of ${all} tiles` : "");
  const name = typeof options.name === "string" ? formulaOf(options.name) : options.name;
  return make("div", { class: "grid" },
    name === undefined ? null : make("p", { class: "name" }, options.open === undefined ? name : make("button", { class: "link", title: "Open this tensor", onclick: () => openTensor(options.open) }, name)),
    board, shape);
}
// The element of the largest number in the tiles.
function largestIn(values, { count, height, width, element }) {
  const sizeOfElement = (e) => Math.abs(values[e]) || 0;
  let best = element(0, 0, 0);
  for (let t = 0; t < count; ++t)
    for (let y = 0; y < height; ++y)
      for (let x = 0; x < width; ++x) if (sizeOfElement(element(t, y, x)) > sizeOfElement(best)) best = element(t, y, x);
  return best;
}
// One frame around pixels that fill a rectangle, else one around each.
function outlinesOf(pixels, kind, [height, width]) {
  if (!pixels.length) return [];
  const ys = pixels.map(([y]) => y), xs = pixels.map(([, x]) => x);
  const [top, left, bottom, right] = [Math.min(...ys), Math.min(...xs), Math.max(...ys) + 1, Math.max(...xs) + 1];
  const frame = (y, x, h, w) => makeSvg("rect", { class: kind, x, y, width: w, height: h, "vector-effect": "non-scaling-stroke" });
  if ((bottom - top) * (right - left) === pixels.length) {
    // A whole image needs no frame.
    return kind === "source" && pixels.length === height * width && pixels.length > 64 ? [] : [frame(top, left, bottom - top, right - left)];
  }
  return pixels.length > 300 ? [frame(top, left, bottom - top, right - left)] : pixels.map(([y, x]) => frame(y, x, 1, 1));
}

// A node's value or gradient: as images if it is one, else as a grid of numbers with the example's row.
function entriesOf(i, tensor, options) {
  const role = roles[i];
  if (!role || String(tensor.shape) !== String(valueOf(i).shape) || !imageValues(tensor, role)) return gridOf(tensor, { ...options, row: exampleRow(i, tensor) });
  return tilesOf(tensor, { ...options, role, example: exampleOf(i), label: options.label || symbolOf(i) });
}
// The entry to begin with, among those that are shown.
function firstEntry(i, tensor) {
  const role = roles[i], values = role && String(tensor.shape) === String(valueOf(i).shape) ? imageValues(tensor, role) : null;
  if (!values && hasExamples[i] && tensor.shape.length === 1 && tensor.shape[0] === exampleCount) return state.example;
  if (!values) return tellingEntry(tensor, exampleRow(i, tensor));
  return largestIn(values, tilingOf(tensor.shape, role, exampleOf(i), MOST_TILES));
}

// The batch as a strip of thumbnails. The labels beside them are what was fed with one number, or one
// 1, an example.
function labelsOfExamples() {
  const i = nodes.findIndex((node, k) => node.kind === "placeholder" && k !== exampleNode && hasExamples[k] && shapeAtStart(k).length <= 2 && sizeOf({ shape: shapeAtStart(k) }) <= 4096);
  const values = i < 0 || valueOf(i).locked ? null : elementsOf(valueOf(i));
  if (!values) return null;
  const classes = shapeAtStart(i)[1] ?? 1, rows = counted(exampleCount).map((b) => Array.from(values.slice(b * classes, (b + 1) * classes), Number));
  if (classes === 1) return rows.every(([v]) => Number.isInteger(v)) ? rows.map(([v]) => v) : null;
  return rows.every((row) => row.filter((v) => v === 1).length === 1 && row.filter((v) => v === 0).length === classes - 1) ? rows.map((row) => row.indexOf(1)) : null;
}
const MOST_EXAMPLES = 64;
function drawExamples() {
  const strip = byId("examples"), tensor = exampleCount > 1 ? valueOf(exampleNode) : null, role = roles[exampleNode];
  const values = tensor && imageValues(tensor, role), known = values ? Math.min(exampleCount, MOST_EXAMPLES, Math.floor(values.length / (sizeOf(tensor) / exampleCount))) : 0;
  strip.hidden = known < 2 || state.tab === "passes";
  if (strip.hidden) return;
  const labels = labelsOfExamples(), limit = scaleOf(tensor), hadFocus = strip.contains(document.activeElement);
  const choose = (b) => change({ example: (b + known) % known, entry: null });
  strip.replaceChildren(...counted(known).map((b) => {
    const { height, width, element } = tilingOf(tensor.shape, role, b, 1);
    const canvas = painted({ width, height, "aria-hidden": true }, values, (x, y) => element(0, y, x), limit);
    const isChosen = b === state.example;
    return make("button", { role: "radio", "aria-checked": String(isChosen), tabindex: isChosen ? 0 : -1, class: "example", "aria-label": `example ${b + 1}${labels ? `, label ${labels[b]}` : ""}`,
      onclick: () => choose(b),
      onkeydown: (event) => {
        const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
        if (!by) return;
        event.preventDefault();
        event.stopPropagation();
        choose(b + by);
      } }, canvas, labels ? make("span", { "aria-hidden": true }, String(labels[b])) : null);
  }));
  const chosen = strip.children[state.example];
  if (hadFocus && chosen) chosen.focus();
}
renderers.push(drawExamples);
