// Sums of products of two tensors: matrix products, convolutions and their gradients. All of these
// are one sum of products a b c over triples of elements; what is asked for is one of the three, and
// the two others are multiplied. Pools have the windows of convolutions.

// One axis: result i reads the places i stride - before + k dilation for k < window.
function windowAxes(a, image, window, results) {
  return [0, 1].map((axis) => {
    const stride = a.strides[axis], dilation = a.dilations[axis], span = (window[axis] - 1) * dilation + 1;
    const before = a.padding === "explicit" ? a.pads[2 * axis]
      : a.padding === "same" ? Math.floor(Math.max((results[axis] - 1) * stride + span - image[axis], 0) / 2) : 0;
    return { size: image[axis], window: window[axis], results: results[axis], stride, dilation, before };
  });
}
// [k, place in the image] of a result; [k, result] of a place; [result, place] of a k.
const inRange = (i, size) => i >= 0 && i < size;
const readBy = (axis, result) => Array.from({ length: axis.window }, (_, k) => [k, result * axis.stride - axis.before + k * axis.dilation]).filter(([, place]) => inRange(place, axis.size));
const readersAlong = (axis, place) => Array.from({ length: axis.window }, (_, k) => [k, (place + axis.before - k * axis.dilation) / axis.stride]).filter(([, result]) => Number.isInteger(result) && inRange(result, axis.results));
const meetingAt = (axis, k) => Array.from({ length: axis.results }, (_, result) => [result, result * axis.stride - axis.before + k * axis.dilation]).filter(([, place]) => inRange(place, axis.size));
const pairsOf = (as, bs) => as.flatMap((a) => bs.map((b) => [a, b]));

// The triples {x, w, y} of elements of image, filter and result, in which one of them is given.
function convolutionTriples(a, { x, w, y }) {
  const [down, right] = windowAxes(a, x.slice(1, 3), w.slice(0, 2), y.slice(1, 3));
  const triple = (b, [i, p, k], [j, q, l], from, to) => ({ x: elementAt([b, p, q, from], x), w: elementAt([k, l, from, to], w), y: elementAt([b, i, j, to], y) });
  return {
    y(element) {
      const [b, i, j, to] = indexOf(element, y);
      return pairsOf(readBy(down, i), readBy(right, j)).flatMap(([[k, p], [l, q]]) => counted(x[3]).map((from) => triple(b, [i, p, k], [j, q, l], from, to)));
    },
    x(element) {
      const [b, p, q, from] = indexOf(element, x);
      return pairsOf(readersAlong(down, p), readersAlong(right, q)).flatMap(([[k, i], [l, j]]) => counted(y[3]).map((to) => triple(b, [i, p, k], [j, q, l], from, to)));
    },
    w(element) {
      const [k, l, from, to] = indexOf(element, w);
      return counted(x[0]).flatMap((b) => pairsOf(meetingAt(down, k), meetingAt(right, l)).map(([[i, p], [j, q]]) => triple(b, [i, p, k], [j, q, l], from, to)));
    },
  };
}

// The same for a matrix product x w = y, the axes before the last two being a batch that broadcasts.
function productTriples({ transpose_a: ta, transpose_b: tb }, { x, w, y }) {
  const batch = y.slice(0, -2), depth = x.at(ta ? -2 : -1), rows = y.at(-2), columns = y.at(-1);
  const at = (shape, around, r, c) => elementAt([...broadcastIndex(around, shape.slice(0, -2)), r, c], shape);
  const triple = (around, i, k, j) => ({ x: ta ? at(x, around, k, i) : at(x, around, i, k), w: tb ? at(w, around, j, k) : at(w, around, k, j), y: elementAt([...around, i, j], y) });
  // All places of the batch that read this one of an operand.
  const around = (own, shape) => counted(batch.reduce((a, b) => a * b, 1)).map((b) => indexOf(b, batch)).filter((index) => String(broadcastIndex(index, shape.slice(0, -2))) === String(own));
  const split = (element, shape, isTurned) => {
    const index = indexOf(element, shape), [r, c] = index.slice(-2);
    return [index.slice(0, -2), ...(isTurned ? [c, r] : [r, c])];
  };
  return {
    y(element) {
      const [b, i, j] = split(element, y, false);
      return counted(depth).map((k) => triple(b, i, k, j));
    },
    x(element) {
      const [own, i, k] = split(element, x, ta);
      return around(own, x).flatMap((b) => counted(columns).map((j) => triple(b, i, k, j)));
    },
    w(element) {
      const [own, k, j] = split(element, w, tb);
      return around(own, w).flatMap((b) => counted(rows).map((i) => triple(b, i, k, j)));
    },
  };
}

// Which of the three the operands are, and which one the value is.
const MULTIPLYING = {
  matmul: { operands: ["x", "w"], value: "y" }, conv2d: { operands: ["x", "w"], value: "y" }, conv2d_transpose: { operands: ["y", "w"], value: "x" },
  conv2d_input_grad: { operands: ["y", "w"], value: "x" }, conv2d_filter_grad: { operands: ["y", "x"], value: "w" },
};
function triplesOf(c) {
  const { operands, value } = MULTIPLYING[c.node.op], shapes = { [value]: c.shape };
  operands.forEach((role, k) => { shapes[role] = c.shapes[k]; });
  return (c.node.op === "matmul" ? productTriples : convolutionTriples)(c.a, shapes);
}

// The windows of a pool over an image: which elements each reads, and which windows read an element.
function poolWindows(a, image, result) {
  const [down, right] = windowAxes(a, image.slice(1, 3), a.window, result.slice(1, 3));
  return {
    elements(element) {
      const [b, i, j, channel] = indexOf(element, result);
      return pairsOf(readBy(down, i), readBy(right, j)).map(([[, p], [, q]]) => elementAt([b, p, q, channel], image));
    },
    results(element) {
      const [b, p, q, channel] = indexOf(element, image);
      return pairsOf(readersAlong(down, p), readersAlong(right, q)).map(([[, i], [, j]]) => elementAt([b, i, j, channel], result));
    },
  };
}
// Where the windows are of a pool, and of what was made of it: the image has this operand's shape.
const imageOfPool = { max_pool2d: 0, max_pool2d_pick: 1, max_pool2d_grad: 1, average_pool2d: 0, average_pool2d_grad: 1 };
function windowsOf(c) {
  const image = c.shapes[imageOfPool[c.node.op]];
  return poolWindows(c.a, image, c.node.op.endsWith("_grad") ? c.shapes[0] : c.shape);
}
// Of each window the first element of `operand` that is largest; NaN counts as the largest.
function winnersOf(c, operand) {
  const windows = windowsOf(c), image = c.shapes[operand], result = c.node.op.endsWith("_grad") ? c.shapes[0] : c.shape;
  return (index) => {
    const elements = windows.elements(elementAt(index, result)), values = numbersAt(c.x[operand], elements).map(Number);
    const isNot = values.findIndex(Number.isNaN);
    const best = isNot >= 0 ? isNot : values.reduce((at, v, k) => (v > values[at] ? k : at), 0);
    return [0, indexOf(elements[best], image)];
  };
}

// Small matrices of numbers beside an equation.
const patchOf = (height, width, values) => ({ shape: [height, width], dtype: "float32", values });
const MOST_PATCH = 49;

// The window and the filter of one channel, entry by entry; of several the one that adds most.
function windowDetail(c, element) {
  const [x, w] = c.shapes, [b, i, j, to] = indexOf(element, c.shape);
  if (w[0] * w[1] > MOST_PATCH || w[0] * w[1] === 1) return [];
  const [down, right] = windowAxes(c.a, x.slice(1, 3), w.slice(0, 2), c.shape.slice(1, 3));
  const place = (axis, result, k) => result * axis.stride - axis.before + k * axis.dilation;
  const channel = (from) => {
    const window = [], filter = [];
    for (const k of counted(w[0]))
      for (const l of counted(w[1])) {
        const p = place(down, i, k), q = place(right, j, l);
        window.push(inRange(p, x[1]) && inRange(q, x[2]) ? Number(numberAt(c.x[0], elementAt([b, p, q, from], x))) : 0);
        filter.push(Number(numberAt(c.x[1], elementAt([k, l, from, to], w))));
      }
    return { from, window, filter, sum: window.reduce((sum, v, k) => sum + v * filter[k], 0) };
  };
  const all = counted(x[3]).map(channel), best = all.reduce((a, b) => (Math.abs(b.sum) > Math.abs(a.sum) ? b : a));
  const grid = (name, values) => gridOf(patchOf(w[0], w[1], values), { name, label: name, digits: 3, most: { rows: 7, columns: 7 } });
  const isWhole = counted(w[0]).every((k) => inRange(place(down, i, k), x[1])) && counted(w[1]).every((l) => inRange(place(right, j, l), x[2]));
  return [make("span", { class: "caption" }, (x[3] === 1 ? "The window, and the filter: what lies on top of each other is multiplied, all of it is added up" : `Of the ${x[3]} channels that are added up number ${best.from} gives most`) + (isWhole ? "." : "; outside of the image there are zeros.")),
    grid("window", best.window), make("span", { class: "between" }, "⊙"), grid("filter", best.filter), make("span", { class: "between" }, "="),
    grid("products", best.window.map((v, k) => v * best.filter[k])), make("span", { class: "between" }, `, sum ${numberText(best.sum)}`)];
}
function poolDetail(c, element) {
  const image = imageOfPool[c.node.op], elements = windowsOf(c).elements(element), x = c.shapes[image];
  const indices = elements.map((e) => indexOf(e, x)), rows = new Set(indices.map((at) => at[1])).size, columns = new Set(indices.map((at) => at[2])).size;
  if (elements.length > MOST_PATCH || rows * columns !== elements.length) return [];
  const grid = gridOf(patchOf(rows, columns, numbersAt(c.x[image], elements).map(Number)), { name: "window", label: "window", key: "window", most: { rows: 7, columns: 7 } });
  if (c.node.op === "average_pool2d") return [grid, make("span", { class: "between" }, "→ mean")];
  const winner = elementAt(winnersOf(c, image)(indexOf(element, c.shape))[1], x), cell = grid.querySelector(`[data-element="${elements.indexOf(winner)}"]`);
  if (cell) cell.classList.add("won");
  return [grid, make("span", { class: "between" }, "→ the largest")];
}
