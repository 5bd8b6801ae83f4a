// What the reader looks at, and the numbers that belong to it.
const state = {
  step: 0, moment: 0, tab: "step",
  example: 0,           // of a batch of images, the one that is drawn
  tensor: null,         // the node that the tab "Tensor" shows
  entry: null,          // {part, element}: the entry whose origin is marked; part: "value" or a way
  view: 0, closed: new Set(), hidesRegularizer: false, between: null,
  overwrites: false, unsummed: false,
  predicts: false, answers: new Map(), wrong: new Map(), score: 0,
  muted: new Set(),     // ways whose contribution is switched off in the tab "Tensor"
  asImage: false, hasTheme: false,
  hearsLetters: true,   // keys of one letter, which speech input may press by mistake
  pass: null,           // the pair of stages that the tab "Compiled" compares; null: first and last
};
const renderers = [];
const renderAll = () => renderers.forEach((render) => render());

function change(update) {
  if ("step" in update && update.step !== state.step) update = { entry: null, ...update };
  if ("tensor" in update && update.tensor !== state.tensor) state.muted.clear();
  Object.assign(state, update);
  renderAll();
}

const currentStep = () => steps[state.step];
const isBackward = () => currentStep().phase === "backward";
const moment = () => moments[state.moment];
const wayBack = () => (state.overwrites && moment().overwritten) || moment().right;

// Numbers of tensors: equal arrays have equal numbers, so that what is wrong can be told.
const valueNumber = (i) => moment().values[i];
const isBiasWay = (way) => nodes[way.from].op === "broadcast_like" && nodes[way.to].kind === "variable";
const isUnsummed = (w) => state.unsummed && isBiasWay(ways[w]);
function partNumber(w) {
  return isUnsummed(w) ? wayBack().of_nodes[ways[w].from] : wayBack().along_ways[w];
}
function gradientNumber(i) {
  const own = waysTo[i];
  const last = own[own.length - 1];
  if (own.length && isUnsummed(last) && (own.length === 1 || state.overwrites))
    return partNumber(last);
  return wayBack().of_nodes[i];
}
const tensorOf = (number) => data.tensors[number];
const valueOf = (i) => tensorOf(valueNumber(i));
const gradientOf = (i) => tensorOf(gradientNumber(i));
const partOf = (w) => tensorOf(partNumber(w));

const rightGradientOf = (i) => tensorOf(moment().right.of_nodes[i]);
const rightPartOf = (w) => tensorOf(moment().right.along_ways[w]);
const hasWrongGradient = (i) => nodes[i].gradient && gradientNumber(i) !== moment().right.of_nodes[i];
const hasWrongPart = (w) => partNumber(w) !== moment().right.along_ways[w];

// How many contributions have come to a node up to the current step.
function receivedBy(i) {
  if (!isBackward()) return 0;
  return waysTo[i].filter((w) => stepOf.backward.get(ways[w].from) <= state.step).length;
}
const isComplete = (i) => isBackward() && nodes[i].gradient && receivedBy(i) === waysTo[i].length;

// The nodes that are shown: without the regularizer, between a node and the loss.
function shownNodes() {
  const shown = nodes.map((node, i) => node.kind !== "number" && !isPart(i) && !(state.hidesRegularizer && node.regularizer));
  if (state.between !== null) {
    const below = nodes.map((_, i) => i === state.between);
    nodes.forEach((node, i) => { if (node.operands.some((operand) => below[operand])) below[i] = true; });
    below.forEach((is, i) => { shown[i] = shown[i] && is; });
  }
  return shown;
}
// The next step that is shown, in a direction; the current one if there is none.
function stepFrom(from, direction) {
  const shown = shownNodes();
  for (let s = from + direction; s >= 0 && s < steps.length; s += direction)
    if (shown[steps[s].node]) return s;
  return state.step;
}
