// Formulas as people write them: names slanted, their numbers below, ^T raised.
function formulaOf(text) {
  const span = make("span", { class: "formula" });
  const pattern = /\^(T|-?\d+(?:\.\d+)?)|([\p{L}_~][\p{L}\p{N}_~]*)|([^\p{L}_^~]+|.)/gu;
  for (const [whole, power, word] of text.matchAll(pattern)) {
    if (power) span.append(make("sup", {}, power));
    else if (word) span.append(wordOf(word, text));
    else span.append(whole.replaceAll("@", "").replaceAll("*", "·").replaceAll("-", "−"));
  }
  return span;
}
const isFunction = (word, text) => text.includes(word + "(") || ["where", "elsewhere", "and", "over", "sum", "mean", "likewise", "summed", "the", "that", "has", "not", "batch", "of", "if", "else", "as", "to", "in"].includes(word);
function wordOf(word, text) {
  if (isFunction(word, text)) return make("span", { class: "function" }, word);
  const [letters, index] = symbolParts(word);
  return make("span", {}, make("i", {}, letters), index ? make("sub", {}, index) : null);
}
// "W1" -> W and 1; "x_tilde" is x with a tilde.
function symbolParts(symbol) {
  const accented = symbol.replace(/^(d?\p{L})_tilde$/u, "$1\u0303").replace(/^(d?\p{L})_hat$/u, "$1\u0302");
  const parts = /^(d?\p{L}+?)_?(\d+)$/u.exec(accented);
  return parts ? [parts[1], parts[2]] : [accented, ""];
}

// An op's text with something for each operand: "{a} @ {b}" -> [x, " @ ", W].
function filledText(node, operandText) {
  const names = node.operand_names;
  if (!names.length || !/\{/.test(node.text))
    return [node.op + "(", ...node.operands.flatMap((operand, k) => (k ? [", ", operandText(operand, k)] : [operandText(operand, k)])), ")"];
  return node.text.split(/(\{[^}]*\})/).filter((part) => part !== "").map((part) => {
    const k = part[0] === "{" ? names.indexOf(part.slice(1, -1)) : -1;
    if (k >= 0) return operandText(node.operands[k], k);
    const key = part.slice(1, -1);
    return part[0] === "{" ? String(node.attributes[key] ?? key) : part;
  });
}
function definitionOf(i) {
  const node = nodes[i];
  if (node.formula) return node.formula;
  const transposed = (k) => (node.op === "matmul" && [node.attributes.transpose_a, node.attributes.transpose_b][k] ? "^T" : "");
  return symbolOf(i) + " = " + filledText(node, (operand, k) => symbolOf(operand) + transposed(k)).join("");
}

// The rule of what a node hands down, with the names of the nodes: "dW += dz^T x".
function ruleOf(w) {
  return ways[w].text || ways[w].rule;
}
// By one mistake what was there before is lost, by the other one a bias gets the batch's gradient.
function practisedRuleOf(w) {
  const rule = isUnsummed(w) ? `d${symbolOf(ways[w].to)} += d${symbolOf(ways[w].from)}` : ruleOf(w);
  return state.overwrites ? rule.replace("+=", "=") : rule;
}

// What an op computes, over its own names; null if that is no formula of numbers.
function formulaTree(node) {
  if (!node.operand_names.length) return null;
  return parsedExpression(DEFINITIONS[node.op] ?? filledText(node, (_, k) => node.operand_names[k]).join(""));
}
function attributesOf(node) {
  return Object.entries({ ...node.attributes, ...CONSTANTS[node.op] }).filter(([, value]) => typeof value === "number");
}
