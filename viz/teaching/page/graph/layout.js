// Which boxes stand where. Graphviz laid the graph out; what is closed or hidden is taken away here,
// and the bands that become empty are narrowed.
const WIDEST_GAP = { x: 26, y: 34 }, MARGIN = 6;

// A group and those that it is in, the outermost last.
function groupsAround(group) {
  const all = [];
  for (; group !== null; group = groups[group].parent) all.push(group);
  return all;
}
const closedGroupOf = (group) => groupsAround(group).filter((g) => state.closed.has(g)).pop() ?? null;

// The box that stands for a node in the drawing: its own, that of a group, or none.
function itemKeyOf(part) {
  const view = views[state.view], i = wholeOf(part);
  if (views.length === 1) {
    const closed = closedGroupOf(groupOf[i]);
    return closed === null ? "n" + i : "g" + closed;
  }
  const around = [...groupsAround(groupOf[i]), null], at = around.indexOf(view.group);
  return at < 0 ? null : at === 0 ? "n" + i : "g" + around[at - 1];
}

// A closed group stands where its members were, if possible below what it reads and above what
// reads it.
function groupBox(group, boxes, read, readers) {
  const left = Math.min(...boxes.map(([x, , w]) => x - w / 2)), right = Math.max(...boxes.map(([x, , w]) => x + w / 2));
  const top = Math.min(...boxes.map(([, y, , h]) => y - h / 2)), bottom = Math.max(...boxes.map(([, y, , h]) => y + h / 2));
  const above = Math.max(top, ...read.map(([, y, , h]) => y + h / 2)), below = Math.min(bottom, ...readers.map(([, y, , h]) => y - h / 2));
  return [(left + right) / 2, above <= below ? (above + below) / 2 : (top + bottom) / 2, Math.max(96, 7 * groups[group].label.length + 34), 38];
}

// A map of one coordinate that keeps the bands with boxes and narrows the others.
function narrowed(bands, widest) {
  bands.sort((a, b) => a[0] - b[0]);
  const pieces = [];  // [from, to, shift at from, slope]
  let end = bands[0][0], moved = end - 14;
  for (const [from, to] of bands) {
    if (from > end) {
      const gap = from - end, kept = Math.min(gap, widest);
      pieces.push([end, from, end - moved, kept / gap]);
      moved += gap - kept;
    }
    if (to > end) {
      const start = Math.max(end, from);
      pieces.push([start, to, start - moved, 1]);
      end = to;
    }
  }
  const map = (v) => {
    for (const [from, to, start, slope] of pieces) if (v <= to) return start + (v - from) * slope;
    return v - moved;
  };
  map.length_ = end - moved + 14;
  return map;
}

function drawingOf() {
  const view = views[state.view], shown = shownNodes();
  const members = new Map();
  for (const { node, group, box } of view.boxes) {
    if (node !== undefined && !shown[node]) continue;
    const key = node !== undefined ? itemKeyOf(node) : "g" + group;
    if (!members.has(key)) members.set(key, { key, node: key[0] === "n" ? node : undefined, group: key[0] === "g" ? Number(key.slice(1)) : undefined, boxes: [] });
    members.get(key).boxes.push(box);
  }
  const keyOf = ({ node, group }) => (node === undefined ? "g" + group : itemKeyOf(node));
  const links = view.arrows.map(({ from, to, curve, of_shape }) => ({ from, to, curve, isOfShape: Boolean(of_shape), a: keyOf(view.boxes[from]), b: keyOf(view.boxes[to]) }));
  const boxesAt = (own, other, key) => links.filter((link) => link[own] === key && link[other] !== key && members.has(link[other])).flatMap((link) => members.get(link[other]).boxes);
  const items = new Map();
  for (const [key, item] of members)
    items.set(key, { ...item, box: item.group !== undefined && views.length === 1 ? groupBox(item.group, item.boxes, boxesAt("b", "a", key), boxesAt("a", "b", key)) : item.boxes[0] });

  const isWhole = items.size === view.boxes.length && ![...items.values()].some((item) => views.length === 1 && item.group !== undefined);
  const band = (axis) => [...items.values()].map(({ box }) => [box[axis] - box[axis + 2] / 2, box[axis] + box[axis + 2] / 2]);
  const mapX = isWhole || !items.size ? (v) => v : narrowed(band(0), WIDEST_GAP.x);
  const mapY = isWhole || !items.size ? (v) => v : narrowed(band(1), WIDEST_GAP.y);
  for (const item of items.values()) item.box = [mapX(item.box[0]), mapY(item.box[1]), item.box[2], item.box[3]];

  // Of a closed group one arrow; of a node that is read twice two.
  const arrows = [], isDrawn = new Set();
  for (const { from, to, curve, isOfShape, a, b } of links) {
    const isSingle = a[0] === "g" || b[0] === "g";
    if (a === b || !items.has(a) || !items.has(b) || (isSingle && isDrawn.has(a + b))) continue;
    isDrawn.add(a + b);
    const isOwn = (place, key) => view.boxes[place].node === undefined || key[0] === "n";
    const points = isOwn(from, a) && isOwn(to, b) ? mappedCurve(curve, [mapX, mapY]) : straight(items.get(a).box, items.get(b).box);
    arrows.push({ from: a, to: b, isOfShape, points });
  }
  const frames = view.frames.filter(({ group }) => closedGroupOf(group) === null).map(({ group, box: [x, y, w, h] }) => {
    const inside = [...items.values()].filter((item) => groupsAround(item.node !== undefined ? groupOf[item.node] : groups[item.group].parent).includes(group));
    const left = mapX(x - w / 2), right = mapX(x + w / 2), top = mapY(y - h / 2), bottom = mapY(y + h / 2);
    return { group, isEmpty: !inside.length, left: Math.min(left, ...inside.map(({ box }) => box[0] - box[2] / 2 - 8)), right: Math.max(right, ...inside.map(({ box }) => box[0] + box[2] / 2 + 8)),
      top: Math.min(top, ...inside.map(({ box }) => box[1] - box[3] / 2 - 22)), bottom: Math.max(bottom, ...inside.map(({ box }) => box[1] + box[3] / 2 + 8)) };
  }).filter((frame) => !frame.isEmpty);
  const left = Math.min(0, ...frames.map((f) => f.left)) - MARGIN, top = Math.min(0, ...frames.map((f) => f.top)) - MARGIN;
  return { items, arrows, frames, left, top,
    width: Math.max(mapX.length_ || view.width, ...frames.map((f) => f.right)) + MARGIN - left, height: Math.max(mapY.length_ || view.height, ...frames.map((f) => f.bottom)) + MARGIN - top };
}

// A curve in the narrowed drawing. Its head keeps its direction.
function mappedCurve(curve, maps) {
  const points = curve.map((v, i) => maps[i % 2](v)), end = curve.length - 4;
  for (const axis of [0, 1]) {
    const moved = points[end + 2 + axis] - (curve[end + 2 + axis] - curve[end + axis]) - points[end + axis];
    points[end + axis] += moved;
    points[end - 2 + axis] += moved;
  }
  return points;
}

// From the border of one box to that of another, as a curve of one piece and its tip.
function straight([ax, ay, aw, ah], [bx, by, bw, bh]) {
  const isDown = by >= ay, isBeside = Math.abs(by - ay) < (ah + bh) / 2;
  const from = isBeside ? [ax + Math.sign(bx - ax) * aw / 2, ay] : [ax + (bx - ax) * 0.15, ay + (isDown ? 1 : -1) * ah / 2];
  const to = isBeside ? [bx - Math.sign(bx - ax) * bw / 2, by] : [bx + (ax - bx) * 0.15, by - (isDown ? 1 : -1) * bh / 2];
  const head = Math.min(9, Math.hypot(to[0] - from[0], to[1] - from[1]) / 2);
  const end = isBeside ? [to[0] - Math.sign(bx - ax) * head, to[1]] : [to[0], to[1] - (isDown ? head : -head)];
  const middle = (from[1] + end[1]) / 2;
  const controls = isBeside ? [from[0], from[1], end[0], end[1]] : [from[0], middle, end[0], middle];
  return [...from, ...controls, ...end, ...to];
}
