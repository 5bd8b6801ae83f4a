// Where an entry comes from. For an entry of a node's value: which entries of its operands; for an
// entry of what a node hands down to an operand: which entries of the incoming gradient, of the
// operands and of the value. Each answer is a list of {what, elements}, `what` being an operand's
// place, "dy" or "y"; null where the page does not know.

function attributeAxes(node, rank) {
  const axes = node.attributes.axes;
  if (axes === undefined || axes === "all") return Array.from({ length: rank }, (_, i) => i);
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}

// For reductions: the index of the result that an index of the operand is summed into.
function reducedIndex(node, index) {
  const axes = attributeAxes(node, index.length);
  return node.attributes.keepdims ? index.map((i, axis) => (axes.includes(axis) ? 0 : i))
    : index.filter((_, axis) => !axes.includes(axis));
}

// For broadcasts: the index in the small shape that an index of the large one repeats.
function broadcastIndex(index, small) {
  return index.slice(index.length - small.length).map((i, axis) => (small[axis] === 1 ? 0 : i));
}

// All elements of `shape` whose index satisfies a condition; none of more than a screen can show.
const MOST_SOURCES = 5000;
function elementsWhere(shape, condition) {
  const size = shape.reduce((a, b) => a * b, 1), found = [];
  if (size > 300000) return found;
  for (let e = 0; e < size && found.length < MOST_SOURCES; ++e) if (condition(indexOf(e, shape))) found.push(e);
  return found;
}
const sameIndex = (a, b) => a.length === b.length && a.every((v, i) => v === b[i]);

// Row `i` of a matrix, or column `i` if it enters transposed.
function lineOf(shape, i, isColumn) {
  const [rows, columns] = shape;
  return Array.from({ length: isColumn ? rows : columns }, (_, k) => (isColumn ? k * columns + i : i * columns + k));
}

function sourcesOfValue(node, element, shapes, shape) {
  const index = indexOf(element, shape);
  const one = (what, sourceIndex) => [{ what, elements: [elementAt(sourceIndex, shapes[what])] }];
  switch (node.family) {
    case "elementwise":
      return shapes.map((s, k) => ({ what: k, elements: s.length ? [element] : [0] }));
    case "view":
      return [{ what: 0, elements: [element] }];
    case "matmul": {
      if (shapes[0].length !== 2 || shapes[1].length !== 2) return null;
      const { transpose_a: ta, transpose_b: tb } = node.attributes;
      return [{ what: 0, elements: lineOf(shapes[0], index[0], ta) }, { what: 1, elements: lineOf(shapes[1], index[1], !tb) }];
    }
    case "broadcast_like":
      return one(0, broadcastIndex(index, shapes[0]));
    case "transpose": {
      const order = node.attributes.permutation, source = [];
      order.forEach((from, axis) => { source[from] = index[axis]; });
      return one(0, source);
    }
    case "reduce_sum": case "reduce_mean":
      return [{ what: 0, elements: elementsWhere(shapes[0], (i) => sameIndex(reducedIndex(node, i), index)) }];
    case "sum_like":
      return [{ what: 0, elements: elementsWhere(shapes[0], (i) => sameIndex(broadcastIndex(i, shape), index)) }];
  }
  return null;
}

function sourcesOfPart(node, operand, element, shapes, shape) {
  const index = indexOf(element, shapes[operand]);
  const dy = (elements) => ({ what: "dy", elements });
  switch (node.family) {
    case "elementwise": {
      const all = [dy(shape.length ? [element] : [0])];
      shapes.forEach((s, k) => { if (s.length === shape.length && !node.shapes_alone[k]) all.push({ what: k, elements: [s.length ? element : 0] }); });
      all.push({ what: "y", elements: shape.length ? [element] : [0] });
      return all;
    }
    case "view":
      return [dy([element])];
    case "matmul": {
      if (shapes[0].length !== 2 || shapes[1].length !== 2) return null;
      const { transpose_a: ta, transpose_b: tb } = node.attributes;
      if (operand === 0) {  // dA = dC B^T
        const [i, k] = ta ? [index[1], index[0]] : index;
        return [dy(lineOf(shape, i, false)), { what: 1, elements: lineOf(shapes[1], k, tb) }];
      }
      const [k, j] = tb ? [index[1], index[0]] : index;  // dB = A^T dC
      return [{ what: 0, elements: lineOf(shapes[0], k, !ta) }, dy(lineOf(shape, j, true))];
    }
    case "broadcast_like":
      return [dy(elementsWhere(shape, (i) => sameIndex(broadcastIndex(i, shapes[0]), index)))];
    case "transpose": {
      const target = node.attributes.permutation.map((from) => index[from]);
      return [dy([elementAt(target, shape)])];
    }
    case "reduce_sum": case "reduce_mean":
      return [dy([elementAt(reducedIndex(node, index), shape)])];
    case "sum_like":
      return [dy([elementAt(broadcastIndex(index, shape), shape)])];
  }
  return null;
}
