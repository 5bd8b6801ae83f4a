// The recorded run: what the page was given, and questions about it.
const data = JSON.parse(document.getElementById("data").textContent);
const { nodes, ways, moments } = data;

function decoded(tensor, text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const kinds = { float32: Float32Array, float64: Float64Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };
  const values = new kinds[tensor.dtype](bytes.buffer);
  return tensor.dtype === "bool" ? Array.from(values, (v) => v === 1) : values;
}

// A tensor's elements, or null if only its summary is known.
function elementsOf(tensor) {
  if (tensor.values === undefined)
    tensor.values = tensor.elements === undefined ? null : decoded(tensor, tensor.elements);
  return tensor.values;
}

// The part of a tensor that can be shown as a matrix: of a large one its corner.
function matrixOf(tensor) {
  const shape = tensor.shape, values = elementsOf(tensor);
  const columns = shape.length ? shape[shape.length - 1] : 1;
  const rows = shape.length > 1 ? shape.slice(0, -1).reduce((a, b) => a * b, 1) : 1;
  if (values) return { rows, columns, values, width: columns, isCorner: false };
  if (tensor.corner) return tensor.corner;
  const corner = tensor.summary.corner;
  const cornerValues = decoded(tensor, corner.elements);
  return { rows, columns, values: cornerValues, width: corner.shape[1], height: corner.shape[0], isCorner: true };
}

// An element's index along each axis, and back.
function indexOf(element, shape) {
  const index = [];
  for (let axis = shape.length - 1; axis >= 0; --axis) {
    index.unshift(element % shape[axis]);
    element = Math.floor(element / shape[axis]);
  }
  return index;
}
function elementAt(index, shape) {
  return index.reduce((sum, i, axis) => sum * shape[axis] + i, 0);
}

// Statistics as the library computes them for large tensors.
function summaryOf(tensor) {
  if (tensor.summary) return tensor.summary;
  const all = Array.from(elementsOf(tensor), Number), finite = all.filter(Number.isFinite);
  const summary = { minimum: 0, maximum: 0, mean: 0, deviation: 0, norm: 0, zeros: 0, not_finite: all.length - finite.length };
  if (finite.length) {
    summary.minimum = finite.reduce((a, b) => Math.min(a, b));
    summary.maximum = finite.reduce((a, b) => Math.max(a, b));
    summary.mean = finite.reduce((a, b) => a + b, 0) / finite.length;
    summary.deviation = Math.sqrt(finite.reduce((a, b) => a + (b - summary.mean) ** 2, 0) / finite.length);
    summary.norm = Math.sqrt(finite.reduce((a, b) => a + b * b, 0));
    summary.zeros = finite.filter((v) => v === 0).length;
  }
  const bins = 40, width = summary.maximum - summary.minimum;
  summary.histogram = new Array(bins).fill(0);
  for (const v of finite)
    ++summary.histogram[Math.min(bins - 1, width > 0 ? Math.floor(((v - summary.minimum) / width) * bins) : 0)];
  return (tensor.summary = summary);
}

function sizeOf(tensor) {
  return tensor.shape.reduce((a, b) => a * b, 1);
}

// The side of the square image that a row is, or 0.
function imageSide(tensor) {
  if (tensor.shape.length !== 2) return 0;
  const side = Math.round(Math.sqrt(tensor.shape[1]));
  return side >= 8 && side * side === tensor.shape[1] ? side : 0;
}

const waysTo = nodes.map(() => []);
ways.forEach((way, w) => waysTo[way.to].push(w));

// A node's short name: its symbol, or the number that it is.
function symbolOf(i) {
  const node = nodes[wholeOf(i)];
  if (node.kind === "number") return numberText(elementsOf(data.tensors[moments[0].values[i]])[0], ALL_DIGITS);
  return node.symbol || node.name.slice(node.name.lastIndexOf("/") + 1);
}
