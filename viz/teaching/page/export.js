// What can be taken along: the drawing of the moment, the formula, the graph, a table of steps.
const DRAWN_PROPERTIES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size", "font-style", "font-weight", "text-anchor", "paint-order"];

// The graph as it is drawn now, with its colors and fonts written into it.
function svgOfMoment() {
  const drawn = byId("drawing"), copy = drawn.cloneNode(true);
  const originals = drawn.querySelectorAll("*"), copies = copy.querySelectorAll("*");
  originals.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of DRAWN_PROPERTIES) copies[i].setAttribute(name, style.getPropertyValue(name));
    for (const name of ["tabindex", "role", "class", "aria-label", "aria-current"]) copies[i].removeAttribute(name);
    for (const name of Object.keys(copies[i].dataset)) delete copies[i].dataset[name];
  });
  for (const name of ["style", "id", "role", "aria-label", "tabindex"]) copy.removeAttribute(name);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", Math.ceil(drawing.width) + "pt");
  copy.setAttribute("height", Math.ceil(drawing.height) + "pt");
  copy.prepend(makeSvg("rect", { x: drawing.left, y: drawing.top, width: drawing.width, height: drawing.height, fill: getComputedStyle(document.body).backgroundColor }));
  copy.prepend(makeSvg("title", {}, `${data.title}: ${stepSentence()}`));
  return new XMLSerializer().serializeToString(copy);
}

function latexOfStep() {
  const step = currentStep();
  if (step.phase === "forward") return latexOf(step.node) || "";
  return step.ways.map((w) => latexRuleOf(w) || "").join(" \\\\\n");
}
function showLatex() {
  const area = byId("latex-text");
  area.value = hiddenByPrediction().any ? "" : latexOfStep();
  area.hidden = false;
  area.select();
}

function valueText(tensor) {
  if (tensor.locked) return "";
  const m = matrixOf(tensor), rows = Math.min(3, m.height || m.rows), columns = Math.min(4, m.width);
  const line = (r) => Array.from({ length: columns }, (_, c) => numberText(m.values[r * m.width + c])).join(", ") + (m.columns > columns ? ", …" : "");
  if (!tensor.shape.length) return numberText(m.values[0]);
  return tensor.shape.length === 1 ? `[${line(0)}]` : "[" + Array.from({ length: rows }, (_, r) => `[${line(r)}]`).join(", ") + (m.rows > rows ? ", …" : "") + "]";
}
function fillTable() {
  const cut = state.predicts ? state.step + (hiddenByPrediction().any ? 0 : 1) : steps.length;
  const head = make("thead", {}, make("tr", {}, ["step", "", "formula or rule", "shape", "numbers", "received"].map((text) => make("th", { scope: "col" }, text))));
  const body = make("tbody", {}, steps.slice(0, cut).flatMap((step, s) => {
    if (step.phase === "forward") return [make("tr", {}, make("td", {}, s + 1), make("td", {}, "forward"), make("td", {}, formulaOf(definitionOf(step.node))), make("td", {}, shapeText(valueOf(step.node).shape)), make("td", { class: "numbers" }, valueText(valueOf(step.node))), make("td"))];
    return step.ways.map((w) => make("tr", {}, make("td", {}, s + 1), make("td", {}, "backward"), make("td", {}, formulaOf(ways[w].text ? ruleOf(w) : `${gradientName(ways[w].to)} from ${symbolOf(step.node)}: ${ways[w].rule}`)), make("td", {}, shapeText(partOf(w).shape)), make("td", { class: "numbers" + (hasWrongPart(w) ? " wrong" : "") }, valueText(partOf(w))), make("td", {}, `${ways[w].number} of ${ways[w].count}`)));
  }));
  byId("table-of-steps").replaceChildren(make("caption", {}, `${data.title}: ${forwardCount} steps forward, ${steps.length - forwardCount} back`), head, body);
}
function showTable() {
  fillTable();
  byId("table-dialog").showModal();
}
