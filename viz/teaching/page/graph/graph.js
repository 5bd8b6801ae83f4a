// The graph: boxes that can be reached by keys, arrows, and what has happened up to this step.
let drawing = null, drawnFor = "", zoom = 0;  // zoom 0: as wide as its place, within what can be read

const kindText = { placeholder: "fed", variable: "variable", constant: "constant" };

// The line of an arrow. Its head, where it has one at that end, covers the way to the tip.
function pathOf(points, isReversed) {
  let d = `M${points[0]},${points[1]}`;
  for (let i = 2; i + 7 < points.length; i += 6) d += `C${points.slice(i, i + 6).join(",")}`;
  return isReversed ? `${d}L${points.slice(-2).join(",")}` : d;
}
// The head of an arrow: from where the curve ends to its tip.
function headOf(points, isReversed) {
  const n = points.length;
  let [x, y, tipX, tipY] = isReversed ? [points[2], points[3], points[0], points[1]] : points.slice(n - 4);
  const length = Math.hypot(tipX - x, tipY - y) || 1, ux = (tipX - x) / length, uy = (tipY - y) / length;
  const size = Math.min(9, Math.max(length, 6));
  x = tipX - ux * size; y = tipY - uy * size;
  return `M${tipX},${tipY}L${x - uy * 3.6},${y + ux * 3.6}L${x + uy * 3.6},${y - ux * 3.6}Z`;
}

function boxOf(item) {
  const [x, y, w, h] = item.box, isGroup = item.group !== undefined;
  const node = isGroup ? null : nodes[item.node];
  const round = isGroup ? 8 : node.kind === "placeholder" ? h / 2 : node.kind === "variable" ? 7 : 3;
  const lines = isGroup ? [groups[item.group].label, `${opsInside(item.group)} ops`]
    : [symbolOf(item.node), node.kind === "op" ? `${kindOf(item.node)} ${shapeText(valueOf(item.node).shape)}` : shapeText(valueOf(item.node).shape)];
  const element = makeSvg("g", { class: `box ${isGroup ? "group" : node.kind}${node && node.regularizer ? " regularizer" : ""}`, role: "button", tabindex: -1, "data-key": item.key });
  if (isGroup) element.append(makeSvg("rect", { class: "behind", x: x - w / 2 + 4, y: y - h / 2 + 4, width: w, height: h, rx: round }));
  element.append(makeSvg("rect", { class: "body", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: round }),
    makeSvg("text", { class: "symbol", x, y: y - 2, style: isGroup ? undefined : fontFor(lines[0], w) }, isGroup ? lines[0] : symbolSpans(lines[0])), makeSvg("text", { class: "kind", x, y: y + 11 }, lines[1]), makeSvg("g", { class: "pips" }));
  element.append(makeSvg("title", {}, isGroup ? `${groups[item.group].label}: press to open` : `${node.name}: ${node.op} ${node.where || ""}`));
  element.addEventListener("click", () => chooseItem(item));
  return element;
}
// Boxes are as wide as their label is in a smaller font.
function fontFor(symbol, width) {
  const size = (width - 8) / (0.62 * symbol.length);
  return size < 14 ? `font-size:${size.toFixed(1)}px` : undefined;
}
function symbolSpans(symbol) {
  const [letters, index] = symbolParts(symbol);
  return index ? [letters, makeSvg("tspan", { class: "index", dy: 3 }, index)] : [letters];
}
// An op's name; of a whole its formula, if the box has room for it.
const MOST_LETTERS = 24;
function kindOf(i) {
  const formula = hasParts(i) ? definitionOf(i).replace(/^.*? = /, "") : "";
  return formula && formula.length <= MOST_LETTERS ? formula.replaceAll("^T", "ᵀ") : nodes[i].op;
}
function opsInside(group) {
  return nodes.filter((node, i) => node.kind === "op" && !isPart(i) && groupsAround(groupOf[i]).includes(group)).length;
}

const chooseItem = (item) => (item.group !== undefined ? openGroup(item.group) : jumpTo(item.node));
// To the node's step in this half, or the other one; a source has none, and its tensor is shown.
function jumpTo(i) {
  const first = stepOf[currentStep().phase].get(i), other = stepOf[isBackward() ? "forward" : "backward"].get(i);
  const step = first ?? other;
  change(step === undefined ? { tensor: i, tab: "tensor" } : { step, tensor: i, tab: state.tab === "tensor" ? "tensor" : "step" });
}
function openGroup(group) {
  const view = views.findIndex((v) => v.group === group);
  if (views.length > 1) return change({ view });
  const closed = new Set(state.closed);
  if (closed.has(group)) closed.delete(group); else closed.add(group);
  change({ closed });
}

function drawGraph() {
  const key = JSON.stringify([isTextbook, state.view, [...state.closed], state.hidesRegularizer, state.between, state.moment]);
  if (key !== drawnFor) {
    drawnFor = key;
    drawing = drawingOf();
    const svg = makeSvg("svg", { id: "drawing", viewBox: [drawing.left, drawing.top, drawing.width, drawing.height].join(" "), role: "group", "aria-label": "Graph of the loss; arrow keys go from node to node" });
    for (const frame of drawing.frames) svg.append(frameOf(frame));
    for (const [k, arrow] of drawing.arrows.entries()) svg.append(makeSvg("g", { class: arrow.isOfShape ? "arrow of-shape" : "arrow", "data-arrow": k, "data-from": arrow.from, "data-to": arrow.to }, makeSvg("path", { class: "line" }), makeSvg("path", { class: "head" })));
    for (const { group, left, top } of drawing.frames) svg.append(makeSvg("text", { class: "frame-label", x: left + 8, y: top + 14 }, "▾ " + groups[group].label));
    for (const item of drawing.items.values()) svg.append(boxOf(item));
    svg.addEventListener("keydown", moveInGraph);
    byId("graph-scroll").replaceChildren(svg);
    drawCrumbs();
  }
  markGraph();
}
function frameOf({ group, left, right, top, bottom }) {
  const element = makeSvg("g", { class: "frame", tabindex: -1, role: "button", "aria-label": `collapse ${groups[group].label}` }, makeSvg("rect", { x: left, y: top, width: right - left, height: bottom - top, rx: 8 }),
    makeSvg("title", {}, `${groups[group].label}: press to collapse`));
  element.addEventListener("click", () => openGroup(group));
  return element;
}
function drawCrumbs() {
  const chain = [...groupsAround(views[state.view].group), null].reverse();
  const crumbs = views.length === 1 ? [] : chain.map((g, k, all) => k + 1 === all.length ? make("strong", {}, g === null ? "whole graph" : groups[g].label)
    : make("button", { class: "link", onclick: () => change({ view: views.findIndex((v) => v.group === g) }) }, g === null ? "whole graph" : groups[g].label));
  byId("crumbs").replaceChildren(...crumbs.flatMap((crumb, k) => (k ? [" / ", crumb] : [crumb])));
}

// What has happened: classes of boxes and arrows.
function markGraph() {
  const step = currentStep(), svg = byId("drawing");
  const currentKey = itemKeyOf(step.node);
  const wrong = new Set(nodes.map((_, i) => i).filter((i) => hasWrongGradient(i) && isBackward() && receivedBy(i) > 0).map(itemKeyOf));
  const operandKeys = new Set(step.phase === "forward" ? operandsOf(step.node).map(itemKeyOf) : step.ways.map((w) => itemKeyOf(ways[w].to)));
  for (const box of svg.querySelectorAll(".box")) {
    const item = drawing.items.get(box.dataset.key), i = item.node;
    const isCurrent = item.key === currentKey;
    const isDone = i === undefined || nodes[i].kind !== "op" || isBackward() || stepOf.forward.get(i) <= state.step;
    box.classList.toggle("current", isCurrent);
    box.classList.toggle("back", isCurrent && isBackward());
    box.classList.toggle("used", !isCurrent && operandKeys.has(item.key));
    box.classList.toggle("later", !isDone);
    box.classList.toggle("complete", i !== undefined && isComplete(i));
    box.classList.toggle("wrong", wrong.has(item.key));
    box.setAttribute("aria-label", i === undefined ? `group ${groups[item.group].label}, ${opsInside(item.group)} ops` : nodeLabel(i, isCurrent));
    if (isCurrent) box.setAttribute("aria-current", "step"); else box.removeAttribute("aria-current");
    if (i !== undefined) {
      const pips = box.querySelector(".pips"), count = waysTo[i].length, received = receivedBy(i);
      const [x, y, w, h] = item.box;
      pips.replaceChildren(...(isBackward() && count > 0 && count < 9 ? waysTo[i].map((_, k) => makeSvg("circle", { class: k < received ? "full" : "", cx: x + w / 2 - 7 - 8 * (count - 1 - k), cy: y - h / 2, r: 3.4 })) : []));
      if (nodes[i].kind === "op") box.querySelector(".kind").textContent = `${kindOf(i)} ${shownShape(i)}`;
    }
  }
  for (const arrow of svg.querySelectorAll(".arrow")) {
    const { from, to } = arrow.dataset;
    const isActive = to === currentKey && operandKeys.has(from), isBack = isActive && isBackward();
    arrow.classList.toggle("active", isActive);
    arrow.classList.toggle("back", isBack);
    const { points } = drawing.arrows[arrow.dataset.arrow];
    arrow.querySelector(".line").setAttribute("d", pathOf(points, isBack));
    arrow.querySelector(".head").setAttribute("d", headOf(points, isBack));
  }
  const first = svg.querySelector(".box.current") || svg.querySelector(".box");
  if (first && !svg.contains(document.activeElement)) for (const box of svg.querySelectorAll(".box")) box.setAttribute("tabindex", box === first ? 0 : -1);
  followCurrent(svg);
}
const shownShape = (i) => (predictionHides(i).value ? "[?]" : shapeText(valueOf(i).shape));
function nodeLabel(i, isCurrent) {
  const node = nodes[i], words = [symbolOf(i), kindText[node.kind] || kindOf(i).replaceAll("\u1d40", " transposed"), shownShape(i)];
  if (isCurrent) words.push("current step");
  if (isBackward() && waysTo[i].length) words.push(`${receivedBy(i)} of ${waysTo[i].length} contributions received`);
  return words.join(", ");
}

// At the least of these the small letters of a box are 12 pixels high.
const READABLE = { least: 12 / 9.5, most: 1.35 };
function fitZoom() {
  const place = byId("graph-scroll");
  const fitsWidth = (place.clientWidth - 34) / drawing.width, fitsHeight = (place.clientHeight - 34) / drawing.height;
  if (showsWhole) return Math.min(READABLE.most, fitsWidth, fitsHeight);
  return zoom || Math.max(READABLE.least, Math.min(READABLE.most, fitsWidth));
}
let showsWhole = false, hasScrolled = false;
function switchWhole() {
  showsWhole = !showsWhole;
  byId("zoom-fit").setAttribute("aria-pressed", showsWhole);
  setZoom(0);
}
function followCurrent(svg) {
  const place = byId("graph-scroll"), factor = fitZoom() * (document.documentElement.classList.contains("large") && !zoom ? 1.15 : 1);
  svg.style.width = drawing.width * factor + "px";
  svg.style.height = drawing.height * factor + "px";
  const key = itemKeyOf(currentStep().node), item = key && drawing.items.get(key);
  if (!item) return;
  const x = (item.box[0] - drawing.left) * factor, y = (item.box[1] - drawing.top) * factor;
  const moves = hasScrolled && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  hasScrolled = true;
  place.scrollTo({ left: x - place.clientWidth / 2, top: y - place.clientHeight / 2, behavior: moves ? "smooth" : "auto" });
}
function setZoom(factor) {
  zoom = factor === 0 ? 0 : Math.max(0.05, Math.min(3, fitZoom() * factor));
  if (zoom) { showsWhole = false; byId("zoom-fit").setAttribute("aria-pressed", false); }
  followCurrent(byId("drawing"));
}

// Arrow keys: up to the first operand, down to the first reader, left and right in order.
function moveInGraph(event) {
  const box = event.target.closest(".box");
  if (!box) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    event.stopPropagation();
    const key = box.dataset.key;
    chooseItem(drawing.items.get(key));
    const again = byId("drawing").querySelector(`[data-key="${key}"]`) || byId("drawing").querySelector(".box[tabindex='0']");
    if (again) again.focus();
    return;
  }
  const keys = [...drawing.items.keys()], at = keys.indexOf(box.dataset.key);
  const along = (from, to) => { const arrow = drawing.arrows.find((a) => a[from] === box.dataset.key); return arrow && arrow[to]; };
  const target = { ArrowUp: along("to", "from"), ArrowDown: along("from", "to"), ArrowLeft: keys[at - 1], ArrowRight: keys[at + 1] }[event.key];
  if (/^Arrow/.test(event.key)) moveFocus(event, box, target && byId("drawing").querySelector(`[data-key="${target}"]`));
}
renderers.push(drawGraph);
