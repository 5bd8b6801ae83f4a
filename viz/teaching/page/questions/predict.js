// Predict: the next shape, rule or number is hidden until it is typed, or given up.
function question(s = state.step) {
  const step = steps[s], kind = isLocked() ? locks[s].kind : kindOfQuestion(s), w = step.ways[0];
  const name = step.phase === "forward" ? symbolOf(step.node) : gradientName(ways[w].to);
  const tensor = step.phase === "forward" ? valueOf(step.node) : partOf(w);
  if (kind === "shape") return { kind, tensor, text: `What is the shape of ${name}?`, hint: isLocked() ? locks[s].hint : `such as ${exampleOfShape(tensor.shape)}; [] for a scalar` };
  if (kind === "rule") return { kind, w, text: `By which rule does ${symbolOf(step.node)} hand its gradient down to ${symbolOf(ways[w].to)}?`, hint: "such as " + exampleOfRule(nodes[ways[w].from].op) + ", with the op's own names: " + operandHint(nodes[ways[w].from]) };
  const element = askedElement(s, tensor);
  // What was received before does not count: the sum is for later.
  const isPart = step.phase === "backward" && ways[w].count > 1;
  return { kind, tensor, element, text: `What is ${isPart ? "this part of " : ""}${name}${element === null ? "" : entryText(element, tensor)}?`, hint: "three digits are enough" };
}
// Of another op, another shape: a hint is no answer.
const exampleOfShape = (shape) => (shapeText(shape) === "[4, 2]" ? "[5, 3]" : "[4, 2]");
const exampleOfRule = (op) => (op === "sin" ? "2 x dy" : "dy cos(x)");
// What is worth learning comes first, and once: each rule where it is used for the first time, each
// change of shapes that an op makes; else a number, if a person can work it out.
function kindOfQuestion(s) {
  if (firstOf("rule", s) === s) return "rule";
  if (firstOf("shape", s) === s) return "shape";
  return canBeWorkedOut(s) ? "number" : "shape";
}
const lessonAt = {
  rule: ({ phase, ways: [w] }) => (phase === "backward" ? `${nodes[ways[w].from].op} ${ways[w].operand}` : null),
  shape: ({ node, phase, ways: [w] }) => {
    const from = phase === "forward" ? operandsOf(node).map((i) => valueOf(i).shape) : [rightGradientOf(node).shape];
    const to = (phase === "forward" ? valueOf(node) : rightPartOf(w)).shape;
    return to.length === 0 || from.some((shape) => String(shape) === String(to)) ? null : [phase, nodes[node].op, ...from, to].join(" ");
  },
};
const firstSteps = new Map();
// The first step with the same lesson; -1 if there is nothing to learn.
function firstOf(kind, s) {
  const key = `${kind} ${isTextbook}`;
  if (!firstSteps.has(key)) {
    const first = new Map();
    steps.forEach((step, i) => { const lesson = lessonAt[kind](step); if (!first.has(lesson)) first.set(lesson, i); });
    firstSteps.set(key, first);
  }
  const lesson = lessonAt[kind](steps[s]);
  return lesson === null ? -1 : firstSteps.get(key).get(lesson);
}
// A number is asked for if a person can get it from what the page shows: not a sum of 784 products.
const MOST_TO_READ = 20;
function canBeWorkedOut(s) {
  const { node, phase, ways: [w] } = steps[s], isForward = phase === "forward";
  const entry = { part: isForward ? "value" : w, element: askedElement(s, isForward ? valueOf(node) : partOf(w)) };
  const sources = sourcesOfEntry(node, entry);
  if (sources === null) return operandsOf(node).every((operand) => sizeOf(valueOf(operand)) <= MOST_TO_READ);
  if (sources.reduce((count, { elements }) => count + elements.length, 0) > MOST_TO_READ) return false;
  return arithmeticOfEntry(node, entry) !== null;
}
const operandHint = (node) => (node.operand_names.length ? node.operand_names.join(", ") : "x") + (node.op === "matmul" ? ", dc" : ", dy");
const entryText = (element, tensor) => (tensor.locked ? `[${tensor.asked}]` : tensor.shape.length ? `[${indexOf(element, tensor.shape).join(", ")}]` : "");

// The largest of the first entries: 0 would be no question.
function askedElement(s, tensor) {
  if (tensor.locked) return 0;
  const m = matrixOf(tensor), rows = Math.min(m.height || m.rows, 3), columns = Math.min(m.width, 3);
  let best = 0, size = -1;
  for (let r = 0; r < rows; ++r)
    for (let c = 0; c < columns; ++c) {
      const value = Math.abs(Number(m.values[r * m.width + c]));
      if (value > size) { best = r * m.columns + c; size = value; }
    }
  return best;
}

const answerKey = (s = state.step) => `${state.moment}/${steps[s].phase}/${steps[s].node}`;
// What must not be seen at the current step.
function hiddenByPrediction() {
  if (!state.predicts || state.answers.has(answerKey())) return { any: false, rule: false };
  const { kind } = question();
  return { any: true, rule: kind === "rule" };
}
// Results that later steps make are hidden, too.
function predictionHides(i) {
  if (!state.predicts) return { value: false, gradient: false };
  const isOpen = hiddenByPrediction().any, at = state.step + (isOpen ? 0 : 1);
  const last = Math.max(...waysTo[i].map((w) => stepOf.backward.get(ways[w].from)), -1);
  return { value: nodes[i].kind === "op" && stepOf.forward.get(i) >= at, gradient: waysTo[i].length > 0 && last >= at };
}

// Texts that are taken for equal are written alike.
function plainRule(text) {
  return text.toLowerCase().replace(/^.*?=/, "").replace(/, (summed|likewise).*$/, "").replace(/'/g, "^t").replace(/ᵀ/g, "^t").replace(/[\s*·@.]+/g, " ").replace(/ ?([()+\-/^]) ?/g, "$1").trim();
}
// Whether a rule, typed in any form, says what this one says: both give the same numbers. Names may
// be the op's or the graph's.
function isRightRule(w, text) {
  const way = ways[w], node = nodes[way.from], plain = (t) => t.replace(/, (repeated|summed|likewise).*$/, "");
  const answer = parsedExpression(plain(text).replace(/^\s*[\p{L}_~][\p{L}\p{N}_~]*\s*\+?=\s*/u, "")), rule = parsedRule(plain(way.rule));
  if (answer === null || rule === null) return false;
  const incoming = incomingName(rule, new Map(node.operand_names.map((name) => [name, name])));
  const names = new Map(node.operand_names.map((name, k) => [symbolOf(node.operands[k]), name]));
  names.set("d" + symbolOf(way.from), incoming).set(symbolOf(way.from), "y");
  const known = new Map(), value = node.family === "elementwise" ? formulaTree(node) : null;
  if (value !== null) known.set("y", value);
  if (node.family === "reduce_mean") known.set("n", sizeOf(valueOf(node.operands[0])) / sizeOf(valueOf(way.from)));
  return [answer, replaced(answer, names)].some((tree) => areEqualFunctions(tree, rule, known));
}
const plainShape = (text) => (text.match(/\d+/g) || []).join(",");
const plainNumber = (value) => (value === 0 ? "0" : value.toPrecision(3));

// The answers that are right, in plain form.
function rightAnswers(q) {
  if (q.kind === "shape") return [q.tensor.shape.join(",")];
  if (q.kind === "rule") return [...new Set([ways[q.w].rule, ruleOf(q.w)].map(plainRule))];
  return [plainNumber(Number(valuesAt(q.tensor, [q.element])[0]))];
}
// What a typed text may stand for: a number, also those that differ in the third digit by one.
function plainAnswers(q, text) {
  if (q.kind === "shape") return /^\s*[[(]?[\d,\s]*[\])]?\s*$/.test(text) && text.trim() ? [plainShape(text)] : [];
  if (q.kind === "rule") return [plainRule(text)];
  const value = Number(text.trim().replace("−", "-").replace(",", "."));
  if (text.trim() === "" || Number.isNaN(value)) return [];
  const unit = value === 0 ? 0 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return [...new Set([value, value - unit, value + unit].map(plainNumber))];
}
function shownAnswer(q) {
  if (q.kind === "shape") return shapeText(q.tensor.shape);
  if (q.kind === "rule") return ruleOf(q.w);
  return numberText(valuesAt(q.tensor, [q.element])[0], ALL_DIGITS);
}

function questionOf() {
  if (!state.predicts) return "";
  const given = state.answers.get(answerKey());
  if (given !== undefined) return make("p", { class: "question answered" }, given === "right" ? "✓ right" : "shown", ` · ${state.score} right so far`);
  if (isLocked() && readsLocked(state.step)) {
    const first = steps.findIndex((_, s) => !state.answers.has(answerKey(s)));
    return make("p", { class: "question" }, "This step reads numbers that earlier questions unlock.", make("button", { onclick: () => goTo(first) }, `To step ${first + 1}`));
  }
  const q = question();
  const check = (event) => {
    event.preventDefault();
    const text = byId("answer").value;
    const isRight = isLocked() ? unlock(state.step, plainAnswers(q, text)) : plainAnswers(q, text).some((answer) => rightAnswers(q).includes(answer)) || (q.kind === "rule" && isRightRule(q.w, text));
    if (!isRight) {
      if (text.trim() !== "") state.wrong.set(answerKey(), (state.wrong.get(answerKey()) || 0) + 1);
      byId("verdict").textContent = text.trim() === "" ? "Type an answer." : "Not yet. Try again.";
      return;
    }
    state.answers.set(answerKey(), "right");
    change({ score: state.score + 1 });
    announce("Right.");
    byId("next").focus();
  };
  const show = () => {
    if (isLocked()) unlockShown(state.step);
    const text = shownAnswer(question());
    state.answers.set(answerKey(), "shown");
    renderAll();
    announce("The answer is " + text);
  };
  return make("form", { class: "question", onsubmit: check },
    make("label", { for: "answer" }, q.text), make("input", { id: "answer", autocomplete: "off", spellcheck: false, placeholder: q.hint, "aria-describedby": "verdict" }),
    make("button", {}, "Check"),
    make("button", { type: "button", id: "give-up", onclick: show }, "Show"),
    make("span", { id: "verdict", role: "status" }));
}
