// Where an entry comes from. Most ops move entries, add up entries that others move apart, or add up
// products: which ones is said here once per op, by indices; arithmetic.js makes marks and
// equations of it, forward and backward.

function attributeAxes(node, rank) {
  const { axes, axis } = node.attributes;
  if (axis !== undefined) return [axis < 0 ? axis + rank : axis];
  if (axes === undefined || axes === "all") return Array.from({ length: rank }, (_, i) => i);
  return axes.map((one) => (one < 0 ? one + rank : one));
}
const firstAxis = (c, rank) => attributeAxes(c.node, rank)[0];

// For reductions: the index of the result that an index of the operand is reduced to.
function reducedIndex(node, index) {
  const axes = attributeAxes(node, index.length);
  return node.attributes.keepdims ? index.map((i, axis) => (axes.includes(axis) ? 0 : i))
    : index.filter((_, axis) => !axes.includes(axis));
}

// For broadcasts: the index in the small shape that an index of the large one repeats.
function broadcastIndex(index, small) {
  return index.slice(index.length - small.length).map((i, axis) => (small[axis] === 1 ? 0 : i));
}
const replacedAt = (list, at, value) => list.map((v, i) => (i === at ? value : v));

// The places that start:stop:step means of n, as first and step.
function slicePlaces(start, stop, step, n) {
  const low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
  const first = Math.min(Math.max(start < 0 ? start + n : start, low), high);
  return { first, step };
}

// What is not in the page: some numbers of a large tensor.
class Unknown extends Error {}
function knownOr(otherwise, find) {
  try { return find(); } catch (error) {
    if (error instanceof Unknown) return otherwise;
    throw error;
  }
}
function numbersAt(tensor, elements) {
  const values = elements.length <= MOST_SOURCES ? valuesAt(tensor, elements) : null;
  if (values === null) throw new Unknown();
  return values;
}
const numberAt = (tensor, element) => numbersAt(tensor, [element])[0];
const integerAt = (tensor, index) => Number(numberAt(tensor, elementAt(index, tensor.shape)));

// Ops that move entries. (c, small shape, large shape) gives a function of an index of the large
// side: [operand, its index], or null for a number that the op puts there. `c` is a node with its
// tensors, as contextOf() makes it.
const under = (change) => (c, small, large) => (index) => [0, change(c, index, small, large)];
const moves = {
  broadcast: under((c, index, small) => broadcastIndex(index, small)),
  expand: under((c, index) => reducedIndex(c.node, index)),
  transpose: under((c, index) => {
    const source = [];
    c.a.permutation.forEach((from, axis) => { source[from] = index[axis]; });
    return source;
  }),
  reverse: under((c, index, small, large) => {
    const axes = attributeAxes(c.node, large.length);
    return index.map((i, axis) => (axes.includes(axis) ? large[axis] - 1 - i : i));
  }),
  slice: under((c, index, x) => index.map((i, axis) => {
    if (axis >= c.a.starts.length) return i;
    const { first, step } = slicePlaces(c.a.starts[axis], c.a.stops[axis], c.a.steps[axis], x[axis]);
    return first + i * step;
  })),
  concat: (c) => (index) => {
    const axis = firstAxis(c, index.length);
    let operand = 0, place = index[axis];
    while (place >= c.shapes[operand][axis]) place -= c.shapes[operand++][axis];
    return [operand, replacedAt(index, axis, place)];
  },
  stack: (c) => (index) => {
    const axis = firstAxis(c, index.length);
    return [index[axis], index.filter((_, i) => i !== axis)];
  },
  concatPart: under((c, index) => {
    const axis = firstAxis(c, index.length);
    const before = c.shapes.slice(1, 1 + c.a.part).reduce((sum, shape) => sum + shape[axis], 0);
    return replacedAt(index, axis, index[axis] + before);
  }),
  tile: under((c, index, x) => index.map((i, axis) => i % x[axis])),
  repeat: under((c, index) => replacedAt(index, c.a.axis, Math.floor(index[c.a.axis] / c.a.count))),
  roll: under((c, index, x) => {
    const { axis, shift } = c.a, n = x[axis];
    return replacedAt(index, axis, (((index[axis] - shift) % n) + n) % n);
  }),
  pad: (c, x) => (index) => {
    const places = index.map((i, axis) => {
      const at = i - c.a.paddings[2 * axis], n = x[axis];
      if (c.a.mode === "edge") return Math.min(Math.max(at, 0), n - 1);
      if (c.a.mode === "reflect") return at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
      return at >= 0 && at < n ? at : null;
    });
    return places.includes(null) ? null : [0, places];
  },
  diag: () => (index) => (index.at(-1) === index.at(-2) ? [0, index.slice(0, -1)] : null),
  diagonalOf: under((c, index) => [...index, index.at(-1)]),
  tril: (c) => (index) => (index.at(-1) - index.at(-2) <= c.a.diagonal ? [0, index] : null),
  triu: (c) => (index) => (index.at(-1) - index.at(-2) >= c.a.diagonal ? [0, index] : null),
  gather: (c, x) => (index) => {
    const axis = firstAxis(c, x.length), rank = c.shapes[1].length;
    return [0, [...index.slice(0, axis), integerAt(c.x[1], index.slice(axis, axis + rank)), ...index.slice(axis + rank)]];
  },
  gatherNd: (c) => (index) => {
    const rank = c.shapes[1].length - 1, length = c.shapes[1].at(-1);
    const chosen = Array.from({ length }, (_, k) => integerAt(c.x[1], [...index.slice(0, rank), k]));
    return [0, [...chosen, ...index.slice(rank)]];
  },
  takeAlong: (c, x) => (index) => {
    const axis = firstAxis(c, x.length);
    return [0, replacedAt(index, axis, integerAt(c.x[1], index))];
  },
};
// Ops that hand each entry of their value an entry of an operand.
const MOVING = {
  broadcast_like: moves.broadcast, broadcast_to: moves.broadcast, expand_like: moves.expand, transpose: moves.transpose,
  reverse: moves.reverse, slice: moves.slice, concat: moves.concat, concat_grad: moves.concatPart, stack: moves.stack, tile: moves.tile,
  repeat: moves.repeat, roll: moves.roll, pad: moves.pad, diag: moves.diag, diag_part: moves.diagonalOf, tril: moves.tril, triu: moves.triu,
  gather: moves.gather, gather_nd: moves.gatherNd, take_along_axis: moves.takeAlong,
  max_pool2d: (c) => winnersOf(c, 0), max_pool2d_pick: (c) => winnersOf(c, 1),
};
// Ops that add up what such an op moves apart: entries of operand 0, each into one of the value.
const SUMMING = {
  reduce_sum: moves.expand, reduce_mean: moves.expand, sum_like: moves.broadcast, slice_grad: moves.slice, tile_grad: moves.tile,
  repeat_grad: moves.repeat, pad_grad: moves.pad, diag_part_grad: moves.diagonalOf, take_along_axis_grad: moves.takeAlong,
  max_pool2d_grad: (c) => winnersOf(c, 1),
};
// Ops that add entries of operand 2 to entries of operand 0.
const SCATTERING = { scatter_add: moves.gather, scatter_nd_add: moves.gatherNd };

// For each element of the large side, its source: {what, elements}, -1 for none.
const MOST_SOURCES = 100000, MOST_LISTED = 300000;
let listed = { node: null, moment: null, table: null };
function tableOf(c, move, small, large) {
  if (listed.node === c.node && listed.moment === moment()) return listed.table;
  const size = sizeOf({ shape: large });
  if (size > MOST_LISTED) throw new Unknown();
  const find = move(c, small, large), what = new Int32Array(size), element = new Int32Array(size).fill(-1);
  for (let e = 0; e < size; ++e) {
    const found = find(indexOf(e, large));
    if (!found) continue;
    what[e] = found[0];
    element[e] = elementAt(found[1], found[0] === 0 ? small : c.shapes[found[0]]);
  }
  listed = { node: c.node, moment: moment(), table: { what, element } };
  return listed.table;
}
function placesOf({ what, element }, operand, wanted) {
  const places = [];
  for (let e = 0; e < element.length; ++e) if (element[e] === wanted && what[e] === operand) places.push(e);
  return places;
}

// A number that runs through rows along one axis: the elements of the row of an element.
function rowOf(element, shape, axis) {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1), place = Math.floor(element / inner) % shape[axis];
  const first = element - place * inner;
  return { place, elements: Array.from({ length: shape[axis] }, (_, k) => first + k * inner) };
}
