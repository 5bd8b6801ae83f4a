// The tab "Tensor": one tensor's value and gradient beside each other, and what its gradient is the
// sum of.
const PART_COLORS = ["var(--part-1)", "var(--part-2)", "var(--part-3)", "var(--part-4)"];

function openTensor(i) {
  change({ tensor: i, tab: "tensor" });
  byId("tab-tensor").focus();
}

function statisticsOf(tensor, name) {
  const s = summaryOf(tensor), rows = [["minimum", s.minimum], ["maximum", s.maximum], ["mean", s.mean], ["deviation", s.deviation], ["norm", s.norm]];
  return make("table", { class: "statistics", "aria-label": `statistics of ${name}` },
    rows.map(([label, value]) => make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, numberText(value)))),
    make("tr", {}, make("th", { scope: "row" }, "zeros"), make("td", {}, `${s.zeros} of ${sizeOf(tensor)}`)),
    s.not_finite ? make("tr", {}, make("th", { scope: "row" }, "not finite"), make("td", {}, String(s.not_finite))) : null);
}

function histogramOf(tensor, name) {
  const s = summaryOf(tensor), most = Math.max(...s.histogram), width = 200, height = 44, n = s.histogram.length;
  const zero = s.minimum < 0 && s.maximum > 0 ? (-s.minimum / (s.maximum - s.minimum)) * width : null;
  return make("figure", { class: "histogram" }, makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `histogram of ${name} from ${numberText(s.minimum)} to ${numberText(s.maximum)}` },
    s.histogram.map((count, k) => makeSvg("rect", { x: (k * width) / n + 0.5, width: width / n - 1, y: height - (count / most) * (height - 2), height: (count / most) * (height - 2) })),
    zero === null ? null : makeSvg("line", { x1: zero, x2: zero, y1: 0, y2: height })),
    make("figcaption", {}, make("span", {}, numberText(s.minimum)), zero === null ? null : make("span", {}, "0 at the line"), make("span", {}, numberText(s.maximum))));
}

// A tensor in all its forms.
function tensorView(tensor, options) {
  if (tensor.locked) return make("div", { class: "tensor-view" }, hiddenGrid(options.name));
  const isSmall = sizeOf(tensor) <= 60, side = imageSide(tensor), hasImages = side && (elementsOf(tensor) || tensor.summary.images);
  if (options.node !== undefined && roles[options.node] && !isSmall && imageValues(tensor, roles[options.node]) && String(tensor.shape) === String(valueOf(options.node).shape))
    return make("div", { class: "tensor-view" }, entriesOf(options.node, tensor, { ...options, most: 32 }), histogramOf(tensor, options.label || options.name), statisticsOf(tensor, options.label || options.name));
  const most = isSmall ? { rows: 12, columns: 8 } : { rows: 5, columns: 5 };
  return make("div", { class: "tensor-view" }, gridOf(tensor, { ...options, most }),
    isSmall ? null : [hasImages && state.asImage ? pictureOf(tensor, side) : pictureOf(tensor, 0), histogramOf(tensor, options.label || options.name), statisticsOf(tensor, options.label || options.name)]);
}

function drawTensor() {
  const root = byId("panel-tensor");
  if (state.tab !== "tensor") return;
  const i = state.tensor ?? currentStep().node, node = nodes[i], hidden = predictionHides(i);
  const side = imageSide(valueOf(i)), hasImages = side > 0 && sizeOf(valueOf(i)) > 60;
  root.replaceChildren(...[
    make("h2", {}, formulaOf(node.kind === "op" ? definitionOf(i) : symbolOf(i)), make("span", { class: "kind" }, " " + (kindText[node.kind] || node.op))),
    make("p", { class: "place" }, make("span", { class: "full-name" }, node.name), node.where ? make("span", { class: "line" }, node.where) : null,
      make("button", { class: "link", onclick: () => change({ tab: "step" }) }, "back to the step"),
      stepOf.forward.has(i) ? make("button", { class: "link", onclick: () => change({ step: stepOf.forward.get(i), tab: "step" }) }, "its forward step") : null,
      stepOf.backward.has(i) ? make("button", { class: "link", onclick: () => change({ step: stepOf.backward.get(i), tab: "step" }) }, "its backward step") : null),
    hasImages ? make("label", { class: "as-image" }, make("input", { type: "checkbox", id: "as-image", checked: state.asImage, onchange: (event) => change({ asImage: event.target.checked }) }), ` rows as images of ${side} × ${side}`) : null,
    make("div", { class: "side-by-side" },
      make("div", {}, make("h3", {}, "value"), hidden.value ? hiddenGrid(symbolOf(i)) : tensorView(valueOf(i), { node: i, name: symbolOf(i), key: "opened", onentry: (element) => markSame(root, i, element) })),
      node.gradient ? make("div", {}, make("h3", {}, "gradient"), hidden.gradient ? hiddenGrid(gradientName(i))
        : tensorView(gradientOf(i), { node: i, name: gradientName(i), key: "gradient", right: rightGradientOf(i), onentry: (element) => markSame(root, i, element) })) : make("p", { class: "note" }, "No gradient was asked for.")),
    make("p", { class: "arithmetic", id: "entry" }),
    node.gradient && !hidden.gradient ? [partsOf(i), differencesOf(i)] : null,
  ].flat().filter(Boolean));
}
function markSame(root, i, element) {
  byId("entry").textContent = entryTitle(valueOf(i), element, (valuesAt(valueOf(i), [element]) || [])[0]) + (nodes[i].gradient ? `, gradient ${numberText((valuesAt(gradientOf(i), [element]) || [])[0], ALL_DIGITS)}` : "");
  markEntries(root, { opened: { elements: [element] }, gradient: { elements: [element] } }, null);
}

// The contributions to a gradient, each in its color; some can be switched off.
function partsOf(i) {
  const own = waysTo[i];
  if (own.length < 2) return null;
  const on = own.filter((w) => !state.muted.has(w));
  const sum = on.length === own.length ? gradientOf(i) : on.length ? addedUp(on.map(partOf)) : null;
  const toggle = (w) => () => {
    if (!state.muted.delete(w)) state.muted.add(w);
    renderAll();
    byId("part-" + w).focus();
  };
  return make("section", { class: "parts", "aria-label": "contributions" },
    make("h3", {}, `${own.length} contributions`, state.overwrites ? make("span", { class: "wrong" }, " (only the last one is kept)") : null),
    make("div", { class: "side-by-side" }, own.map((w, k) => make("div", { class: "contribution" + (state.muted.has(w) ? " muted" : ""), style: `--color:${PART_COLORS[k % 4]}` },
      make("label", {}, make("input", { type: "checkbox", id: "part-" + w, checked: !state.muted.has(w), onchange: toggle(w) }), ` ${ways[w].number}. `, sourceOfPart(w)),
      make("p", { class: "rule" }, formulaOf(practisedRuleOf(w))),
      gridOf(partOf(w), { label: "contribution of " + sourceOfPart(w), key: "part" + w, most: { rows: 5, columns: 4 } }))),
    make("div", { class: "contribution sum" }, make("p", {}, make("strong", {}, !on.length ? "nothing is left" : state.overwrites ? "what is kept" : `sum of ${on.length}`)), sum ? [state.overwrites ? null : make("p", { class: "rule" }, barOf(on, own)), gridOf(sum, { label: "sum of the contributions that are on", key: "parts-sum", most: { rows: 5, columns: 4 } })] : null)));
}
// Where a contribution comes from: the scope of the node, or its op.
function sourceOfPart(w) {
  const { from } = ways[w], scope = nodes[from].name.split("/").slice(0, -1).pop();
  const others = waysTo[ways[w].to].filter((v) => v !== w && nodes[ways[v].from].name.split("/").slice(0, -1).pop() === scope);
  return scope && !others.length ? `${scope} (${symbolOf(from)})` : symbolOf(from);
}
// How much each part weighs, by its norm. The widest are numbered, for readers without colors.
function barOf(on, own) {
  const norms = on.map((w) => summaryOf(partOf(w)).norm), total = norms.reduce((a, b) => a + b, 0) || 1;
  return make("span", { class: "weights", role: "img", "aria-label": on.map((w, k) => `${sourceOfPart(w)}: norm ${numberText(norms[k])}`).join(", ") },
    on.map((w, k) => make("span", { style: `width:${(100 * norms[k]) / total}%;background:${PART_COLORS[own.indexOf(w) % 4]}`, title: `${sourceOfPart(w)}: norm ${numberText(norms[k])}` }, norms[k] / total > 0.1 ? ways[w].number : null)));
}

// The gradient beside the slope that small steps measure, entry by entry; the worst first.
function relativeError(a, b) {
  const size = Math.max(Math.abs(a), Math.abs(b));
  return size === 0 ? 0 : Math.abs(a - b) / size;
}
function differencesOf(i) {
  const slopes = (moment().slopes || [])[i] || [], gradient = gradientOf(i);
  if (!slopes.length) return null;
  const rows = slopes.map(([element, slope]) => {
    const known = (valuesAt(gradient, [element]) || [])[0];
    const symbolic = known === undefined ? (slopesGradient(i, element)) : Number(known);
    return { element, slope, symbolic, error: relativeError(symbolic, slope) };
  }).sort((a, b) => b.error - a.error);
  return make("details", { class: "differences", open: rows.length <= 12 }, make("summary", {}, `Finite differences: ${rows.length} of ${sizeOf(gradient)} entries measured, worst relative error ${numberText(rows[0].error, 2)}`),
    make("table", {}, make("tr", {}, ["entry", "gradient", "finite difference", "relative error"].map((head) => make("th", { scope: "col" }, head))),
      rows.slice(0, 40).map((row) => make("tr", { class: row.error > 1e-2 ? "wrong" : undefined }, make("td", {}, shapeText(indexOf(row.element, gradient.shape))), make("td", {}, numberText(row.symbolic, ALL_DIGITS)), make("td", {}, numberText(row.slope, ALL_DIGITS)), make("td", {}, numberText(row.error, 2))))));
}
// Of a large gradient, what was kept beside its corner: the right entry, and the overwritten one.
function slopesGradient(i, element) {
  const [, , right, overwritten] = moment().slopes[i].find(([e]) => e === element);
  return state.overwrites && overwritten !== undefined ? overwritten : right;
}
renderers.push(drawTensor);
