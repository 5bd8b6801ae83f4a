// Two views of one run. Textbooks write "t1 = x W^T + b" in one step; the library's graph has a node
// for each op, and the product and the repeated bias are parts of the +, whose gradient they have.
// A worksheet has one of them, and a graph without such formulas needs no other.
const hasBothViews = Boolean(data.textbook && data.every_node);
let isTextbook = Boolean(data.textbook);
const wholeOf = (i) => (isTextbook ? nodes[i].whole ?? i : i);
const isPart = (i) => wholeOf(i) !== i;
const hasParts = (i) => nodes[i].operands.some(isPart);

// The steps: every op forward, then every node backward that hands its gradient down.
const steps = [], stepOf = { forward: new Map(), backward: new Map() };
let forwardCount, groups, groupOf, views, readersOf;

function setView(textbook) {
  isTextbook = textbook;
  ({ groups, group_of: groupOf, list: views } = textbook ? data.textbook : data.every_node);
  steps.length = 0;
  nodes.forEach((node, i) => { if (node.kind === "op" && !isPart(i)) steps.push({ phase: "forward", node: i, ways: [] }); });
  forwardCount = steps.length;
  const back = new Map();
  ways.forEach((way, w) => {
    const node = wholeOf(way.from);
    if (!back.has(node)) back.set(node, { phase: "backward", node, ways: [] });
    if (wholeOf(way.to) !== node) back.get(node).ways.push(w);
  });
  for (const step of back.values()) {
    const operands = operandsOf(step.node);
    step.ways.sort((v, w) => operands.indexOf(ways[v].to) - operands.indexOf(ways[w].to));
    steps.push(step);
  }
  for (const phase of ["forward", "backward"]) stepOf[phase].clear();
  steps.forEach((step, s) => stepOf[step.phase].set(step.node, s));
  for (const steps of Object.values(stepOf)) nodes.forEach((_, i) => { if (isPart(i) && steps.has(wholeOf(i))) steps.set(i, steps.get(wholeOf(i))); });
  readersOf = nodes.map(() => []);
  nodes.forEach((node, i) => node.operands.forEach((operand) => {
    const from = wholeOf(operand), reader = wholeOf(i);
    if (from !== reader && !readersOf[from].includes(reader)) readersOf[from].push(reader);
  }));
}

// In the other view, at the step of the same node.
function switchView() {
  const { node, phase } = currentStep();
  setView(!isTextbook);
  drawnFor = "";
  fillChoices();
  change({ step: stepOf[phase].get(node), view: 0, closed: new Set(), entry: null, tensor: state.tensor === null ? null : wholeOf(state.tensor) });
}

// A node with its parts, in the order of the formula; and what it reads from outside of them.
function partsIn(i) { return [...nodes[i].operands.filter((operand, k) => isPart(operand) && !nodes[i].shapes_alone[k]).flatMap(partsIn), i]; }
const operandsOf = (i) => partsIn(i).flatMap((part) => nodes[part].operands).filter((operand) => !isPart(operand) && operand !== i);

const definitionOf = (i) => (isTextbook ? nodes[i].formula : nodes[i].own_formula ?? nodes[i].formula);
const latexOf = (i) => (isTextbook ? nodes[i].latex : nodes[i].own_latex ?? nodes[i].latex);
// The rule of what a node hands down, with the names of the nodes: "dW += dz^T x".
const ruleOf = (w) => (isTextbook ? ways[w].text : ways[w].own_text ?? ways[w].text) || ways[w].rule;
const latexRuleOf = (w) => (isTextbook ? ways[w].latex : ways[w].own_latex ?? ways[w].latex);
const opsOf = (i) => partsIn(i).map((part) => nodes[part].op).filter((op) => op !== "broadcast_like" || !hasParts(i));

// A grid of an operand, for marks: parts have operands of the same places.
const operandKey = (i, k) => (isPart(i) ? `operand${i}.${k}` : "operand" + k);

setView(isTextbook);

// An op's rule in the letters of its record, with the transposes that this product has:
// c = a b^T gives db = dc^T a.
function matmulRule({ attributes }, operand) {
  const { transpose_a: ta, transpose_b: tb } = attributes;
  const t = (name, is) => name + (is ? "^T" : "");
  const left = operand === 0 ? [t("dc", ta), t("b", ta === tb)] : [t("a", ta === tb), t("dc", tb)];
  const isTurned = operand === 0 ? ta : tb;
  return `${operand ? "db" : "da"} = ${(isTurned ? left.reverse() : left).join(" ")}`;
}
