// The tab "Step": what happens at this step, with its numbers.
const gradientName = (i) => "d" + symbolOf(i);

function drawStep() {
  const step = currentStep(), root = byId("panel-step"), node = nodes[step.node];
  const place = make("p", { class: "place" }, `Step ${state.step + 1} of ${steps.length}`, make("span", { class: "phase " + step.phase }, step.phase),
    node.where ? make("span", { class: "line" }, node.where) : null, make("span", { class: "full-name" }, node.name));
  root.replaceChildren(place, questionOf(), ...(step.phase === "forward" ? forwardStep(step, node) : backwardStep(step, node)));
  showEntry();
}

function hiddenGrid(name) {
  return make("div", { class: "grid" }, make("p", { class: "name" }, formulaOf(name)), make("div", { class: "bracket unknown" }, "?"), make("p", { class: "shape" }, "[?]"));
}

// An op's text with grids, names and numbers for its operands; a bias that is repeated stands for itself.
function wordsOf(i) {
  const node = nodes[i], transposed = node.op === "matmul" ? [node.attributes.transpose_a, node.attributes.transpose_b] : [];
  const part = (operand, k) => {
    if (nodes[operand].kind === "number") return make("span", { class: "number" }, symbolOf(operand));
    if (isPart(operand)) return wordsOf(operand);
    if (node.shapes_alone[k]) return make("span", {}, formulaOf(symbolOf(operand)), make("span", { class: "line" }, " " + shapeText(valueOf(operand).shape)));
    const grid = entriesOf(operand, valueOf(operand), { key: operandKey(i, k), name: symbolOf(operand), open: operand, label: symbolOf(operand), onentry: (element) => chooseEntry({ reads: k, element, at: i }) });
    return transposed[k] ? make("span", { class: "transposed" }, grid, make("sup", {}, "T")) : grid;
  };
  if (isPart(i) && node.op === "broadcast_like") return [part(node.operands[0], 0)];
  const unnamed = node.shapes_alone.flatMap((is, k) => (is && !node.text.includes(`{${node.operand_names[k]}}`) ? [part(node.operands[k], k)] : []));
  return [...filledText(node, part).flat(), ...(unnamed.length ? [make("span", { class: "like" }, "with the shape of ", unnamed)] : [])];
}
function forwardStep(step, node) {
  const hidden = hiddenByPrediction();
  const words = wordsOf(step.node);
  const result = hidden.any ? hiddenGrid(symbolOf(step.node))
    : entriesOf(step.node, valueOf(step.node), { key: "value", name: symbolOf(step.node), open: step.node, onentry: (element) => chooseEntry({ part: "value", element }) });
  const readers = readersOf[step.node].map((r) => make("button", { class: "link", onclick: () => jumpTo(r) }, formulaOf(symbolOf(r))));
  return [
    make("h2", {}, formulaOf(definitionOf(step.node)), make("span", { class: "kind" }, term("op", node.doc, opsOf(step.node).join(" + ")))),
    hasParts(step.node) ? make("p", { class: "doc" }, "One formula, several nodes of the graph. ", hasBothViews ? make("button", { class: "link", id: "unfold", onclick: switchView }, "Show each node") : null) : make("p", { class: "doc" }, firstSentence(node.doc), lettersOf(step.node)),
    make("div", { class: "equation" }, words.map((word) => (typeof word === "string" ? make("span", { class: "between" }, word.replaceAll("@", "·").replaceAll("*", "·").trim()) : word)),
      make("span", { class: "together" }, make("span", { class: "between" }, "="), result)),
    make("p", { class: "arithmetic", id: "arithmetic" }),
    make("div", { id: "detail" }),
    readers.length ? make("p", { class: "readers" }, "read by ", readers.flatMap((r, k) => (k ? [", ", r] : [r]))) : null,
  ].filter(Boolean);
}

function backwardStep(step, node) {
  const i = step.node, own = waysTo[i], hidden = hiddenByPrediction(), isLoss = i === nodes.length - 1;
  const status = isLoss ? ["The backward pass starts at the loss: its ", term("gradient"), " is 1."]
    : [term("received", GLOSSARY.received, "Received"), ` ${own.length} of ${own.length} `, term("contribution", GLOSSARY.contribution, own.length === 1 ? "contribution" : "contributions"), ": the ", term("gradient"), " is complete, the node ", term("fires"), "."];
  const incoming = entriesOf(i, gradientOf(i), { key: "dy", name: gradientName(i), open: i, label: "incoming gradient " + gradientName(i), right: rightGradientOf(i),
    onentry: step.ways.length ? (element) => chooseEntry({ reads: "dy", element, part: step.ways[0] }) : undefined });
  return [
    make("h2", {}, "Back through ", formulaOf(definitionOf(i))),
    make("p", { class: "status" }, pipsOf(own.length, own.length), status),
    make("div", { class: "equation incoming" }, make("span", { class: "caption" }, term("incoming", GLOSSARY.incoming, "incoming gradient")), incoming, own.length > 1 ? sumOf(i) : null),
    ...step.ways.map((w) => partSection(w, hidden)),
    make("p", { class: "arithmetic", id: "arithmetic" }),
    make("div", { id: "detail" }),
  ];
}
const pipsOf = (received, count) => make("span", { class: "pips", "aria-hidden": true }, Array.from({ length: count }, (_, k) => make("span", { class: k < received ? "full" : "" })));
function sumOf(i) {
  const names = waysTo[i].map((w) => `${symbolOf(ways[w].from)}'s`);
  return make("span", { class: "caption" }, state.overwrites ? `only the last part, of ${waysTo[i].length} (${names.join(", ")})` : `the sum of ${waysTo[i].length} parts: ${names.join(" + ")}`);
}

function partSection(w, hidden) {
  const way = ways[w], node = nodes[way.from], received = receivedBy(way.to);
  const used = new Set();
  const sources = sourcesOfEntry(way.from, { part: w, element: 0 });
  for (const { what } of sources || []) if (typeof what === "number" && nodes[node.operands[what]].kind !== "number" && !node.shapes_alone[what]) used.add(what);
  const usesValue = / y|\(y|^y/.test(way.rule.replace(/^[^=]*=/, " ")) && node.family === "elementwise";
  if (node.family === "elementwise") for (const what of [...used]) if (!new RegExp(`\\b${node.operand_names[what]}\\b`).test(way.rule.replace(/^[^=]*=/, ""))) used.delete(what);
  const grids = [...used].map((k) => entriesOf(node.operands[k], valueOf(node.operands[k]), { key: operandKey(way.from, k), name: symbolOf(node.operands[k]), open: node.operands[k],
    onentry: node.op in MULTIPLYING ? (element) => chooseEntry({ reads: k, element, part: w }) : undefined }));
  if (usesValue) grids.push(entriesOf(way.from, valueOf(way.from), { key: "y", name: symbolOf(way.from), open: way.from }));
  const count = way.count, name = `contribution of ${symbolOf(way.from)} to ${gradientName(way.to)}`;
  const part = hidden.any ? hiddenGrid(gradientName(way.to)) : entriesOf(way.to, partOf(w), { key: "part" + w, name: make("span", {}, formulaOf(gradientName(way.to)), count > 1 ? ` part ${way.number} of ${count}` : ""), label: name,
    right: rightPartOf(w), onentry: (element) => chooseEntry({ part: w, element }) });
  return make("section", { class: "part" },
    make("h3", {}, hidden.rule ? "d" + symbolOf(way.to) + " = ?" : formulaOf(practisedRuleOf(w))),
    way.text && !hidden.rule && way.rule !== way.text ? whyOf(way, node) : null,
    make("div", { class: "equation" }, grids.length ? [make("span", { class: "caption" }, "with"), ...grids, make("span", { class: "between" }, "→")] : null, part,
      count > 1 && way.number > 1 && !hidden.any ? make("span", { class: "together" }, make("span", { class: "between" }, state.overwrites ? "→" : "Σ"), entriesOf(way.to, sumSoFar(w), { key: "sum" + w, name: make("span", {}, sumName(way)), label: state.overwrites ? "what is kept" : "sum of the contributions so far", right: way.number === count ? rightGradientOf(way.to) : null })) : null),
    make("p", { class: "status" }, pipsOf(received, count), formulaOf(gradientName(way.to)), `: ${received} of ${count} received`, received < count ? ", it waits" : nodes[way.to].kind === "op" ? ", it can fire" : ", complete"));
}
const sumName = (way) => (state.overwrites ? "kept" : way.number === way.count ? "sum" : "sum so far");
// Why: the op's rule in the letters of its record; what it says of special cases stands below.
function whyOf(way, node) {
  if (node.op === "broadcast_like")
    return make("p", { class: "rule" }, "because ", formulaOf(symbolOf(way.to)), " is ", isPart(way.from) && valueOf(way.from).shape.length === 2 ? "added to every row: what the rows hand down is added up" : [term("repeat", GLOSSARY.repeat, "repeated"), ": what the copies hand down is added up"]);
  const isMatrix = node.op === "matmul" && node.operands.every((i) => valueOf(i).shape.length <= 2);
  // What is said of more axes than two is left out where there are two.
  const rule = isMatrix ? matmulRule(node, way.operand) : way.rule, remark = isMatrix && / batch |likewise/.test(way.remark) ? "" : way.remark;
  const transposed = isMatrix ? [node.attributes.transpose_a, node.attributes.transpose_b] : [];
  const letter = (/\bd(dx|[cy])\b/.exec(rule.replace(/^[^=]*=/, "")) || ["", "y"])[1];
  const formal = node.operand_names.length ? filledText(node, (_, k) => node.operand_names[k] + (transposed[k] ? "^T" : "")).join("") : "";
  const because = formal && letter !== "dx" ? ["because ", formulaOf(`${letter} = ${isMatrix ? formal.replace(" @ ", " ") : formal}`), " gives ", formulaOf(rule)] : ["rule: ", formulaOf(rule)];
  return [make("p", { class: "rule" }, because, remark ? make("sup", {}, "1") : null), remark ? make("p", { class: "footnote" }, make("sup", {}, "1"), " ", remark) : null];
}
// What it says of special cases stands where the op's name is pointed at.
const firstSentence = (doc) => doc.replace(/(?:;|(?<=[^.]{12})\. ).*$/, ".");
// Which of the graph's names the letters of an op's sentence stand for.
function lettersOf(i) {
  const node = nodes[i], meant = node.operand_names.flatMap((name, k) => (symbolOf(node.operands[k]) === name || !new RegExp(`\\b${name}\\b`).test(node.doc) ? [] : [[name, symbolOf(node.operands[k])]]));
  if (/\by\b/.test(node.doc) && symbolOf(i) !== "y" && !node.operand_names.includes("y")) meant.unshift(["y", symbolOf(i)]);
  return meant.length ? make("span", { class: "letters" }, " Here ", meant.flatMap(([name, symbol], k) => [k ? ", " : "", formulaOf(name), " is ", formulaOf(symbol)]), ".") : null;
}
// The target's sum after this contribution, added as the library adds.
function sumSoFar(w) {
  const way = ways[w], own = waysTo[way.to].filter((v) => ways[v].number <= way.number);
  return state.overwrites ? partOf(w) : own.length === waysTo[way.to].length ? gradientOf(way.to) : addedUp(own.map(partOf));
}
function addedUp(tensors) {
  if (tensors.length === 1) return tensors[0];
  const values = tensors.map(elementsOf), first = tensors[0];
  const round = first.dtype === "float32" ? Math.fround : (v) => v;
  if (values.includes(null)) return addedCorners(tensors, round);
  return { shape: first.shape, dtype: first.dtype, values: Array.from(values[0], (v, i) => values.slice(1).reduce((sum, other) => round(sum + other[i]), v)) };
}
function addedCorners(tensors, round) {
  const corners = tensors.map(matrixOf), first = corners[0];
  const values = first.values.map((v, i) => corners.slice(1).reduce((sum, other) => round(sum + other.values[i]), v));
  const summaries = tensors.map(summaryOf), bound = Math.max(...summaries.map((s) => Math.max(Math.abs(s.minimum), Math.abs(s.maximum))));
  return { shape: tensors[0].shape, dtype: tensors[0].dtype, values: null, corner: { ...first, values }, summary: { minimum: -bound, maximum: bound, isBound: true } };
}

// Marks where an entry comes from, and writes its arithmetic.
function chooseEntry(entry) {
  state.entry = entry;
  showEntry();
  if (document.activeElement.matches("[data-element]")) announce(byId("arithmetic").textContent);
}
function showEntry() {
  const root = byId("panel-step"), line = byId("arithmetic");
  if (!line) return;
  const step = currentStep(), hidden = hiddenByPrediction();
  const entry = state.entry || defaultEntry(step);
  if (!entry || hidden.any) { line.textContent = ""; byId("detail").replaceChildren(); return markEntries(root, {}, null); }
  if (entry.reads !== undefined) return showReaders(root, line, step, entry);
  const isValue = entry.part === "value", way = isValue ? null : ways[entry.part];
  const shape = valueOf(step.node).shape, sources = sourcesOfEntry(step.node, entry);
  const from = isValue ? step.node : way.from;
  byId("detail").replaceChildren(...detailOf(from, entry));
  markEntries(root, marksOf(sources, isValue, from), { key: isValue ? "value" : "part" + entry.part, element: entry.element });
  const target = isValue ? symbolOf(step.node) : gradientName(way.to), targetShape = isValue ? shape : partOf(entry.part).shape;
  const right = isValue ? shape : rightPartOf(entry.part).shape;
  if (String(right) !== String(targetShape)) {
    line.textContent = `With this mistake ${target} is not summed: its shape is ${shapeText(targetShape)}, and must be ${shapeText(right)}.`;
    return;
  }
  const text = arithmeticOfEntry(step.node, entry);
  const place = targetShape.length ? `[${indexOf(entry.element, targetShape).join(", ")}]` : "";
  if (text !== null) line.textContent = `${target}${place} = ${text}`;
  else if (isUnwritten(from, entry)) line.textContent = `How ${target}${place} is computed takes more than a line: ${isValue ? nodes[step.node].doc : ruleOf(entry.part)}`;
  else line.textContent = `${target}${place} comes from more numbers than the page holds${(sources || []).some(({ elements }) => elements.length) ? "; the marked ones are among them" : ""}.`;
}
// What reads the entry that the reader points at.
function showReaders(root, line, step, entry) {
  const { reads, element, part, at } = entry, isForward = part === undefined, i = isForward ? at ?? step.node : ways[part].from;
  const readers = readersOfEntry(i, entry), marks = marksOf((readers || []).map((source) => (source.what === "part" ? { ...source, what: "part" + part } : source)), isForward, i);
  const key = markKey(reads, isForward, i), tensor = reads === "dy" ? gradientOf(i) : valueOf(nodes[i].operands[reads]);
  markEntries(root, marks, { key, element });
  const name = (reads === "dy" ? gradientName(i) : symbolOf(nodes[i].operands[reads])) + (tensor.shape.length ? `[${indexOf(element, tensor.shape).join(", ")}]` : "");
  const value = valuesAt(tensor, [element]), target = isForward ? symbolOf(i) : gradientName(ways[part].to);
  const count = readers && readers.find(({ what }) => what === (isForward ? "y" : "part"))?.elements.length;
  line.textContent = `${name}${value ? " = " + numberText(value[0], ALL_DIGITS) : ""}` + (readers === null ? "" : count ? `, read by ${count === 1 ? "one entry" : `${count} entries`} of ${target}` : `, read by no entry of ${target}`);
}
// What a mark's key is in the grids of a step.
const markKey = (what, isValue, i) => (typeof what === "number" ? operandKey(i, what) : what === "y" && isValue ? "value" : what);
function marksOf(sources, isValue, i) {
  const marks = {};
  for (const { what, elements, chosen, at } of sources || []) marks[markKey(what, isValue, at ?? i)] = { elements, chosen };
  return marks;
}
function defaultEntry(step) {
  if (step.phase === "forward") return { part: "value", element: firstEntry(step.node, valueOf(step.node)) };
  return step.ways.length ? { part: step.ways[0], element: firstEntry(ways[step.ways[0]].to, partOf(step.ways[0])) } : null;
}

function stepSentence() {
  const step = currentStep(), i = step.node, hidden = hiddenByPrediction();
  const start = `Step ${state.step + 1} of ${steps.length}, ${step.phase}. `;
  if (hidden.any) return start + "Predict: " + question().text;
  if (step.phase === "forward") return start + `${definitionOf(i)}, shape ${shapeText(valueOf(i).shape)}.`;
  return start + `Back through ${opsOf(i).join(" and ")}: ` + step.ways.map((w) => `${gradientName(ways[w].to)} receives ${ways[w].number} of ${ways[w].count}`).join(", ") + ".";
}
let spoken = "";
function speakStep() {
  const sentence = stepSentence();
  if (sentence !== spoken) announce((spoken = sentence));
}
renderers.push(drawStep, speakStep);
