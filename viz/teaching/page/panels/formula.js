// Formulas as people write them: names slanted, their numbers below, ^T raised.
function formulaOf(text) {
  const span = make("span", { class: "formula", role: "math", "aria-label": spokenFormula(text) });
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
// As it is read aloud: "t 1 equals x times W transposed plus b 1".
const SPOKEN = { "=": "equals", "+=": "receives", "+": "plus", "-": "minus", "−": "minus", "*": "times", "@": "times", "·": "times", "/": "over", "<": "below", ">": "above", "<=": "at most", ">=": "at least", "^T": "transposed", "^2": "squared", "^": "to the power of", "'": "prime" };
function spokenFormula(text) {
  const words = [], tokens = [...text.matchAll(/\^T|\^2(?!\d|\.)|[+<>]?=|[\p{L}_~][\p{L}\p{N}_~.]*|\d[\d.e]*|\S/gu)];
  tokens.forEach(([token], k) => {
    const before = k ? tokens[k - 1][0] : "", isName = /^[\p{L}_~\d]/u.test(token) && !isFunction(token, "");
    const ends = /^[\p{L}_~\d]/u.test(before) ? !isFunction(before, "") : [")", "]", "^T", "^2"].includes(before);
    // A bracket right behind a name is a call.
    const isCall = token === "(" && /[\p{L}\p{N}_'|]/u.test(text[tokens[k].index - 1] || "");
    if (ends && (isName || (token === "(" && !isCall))) words.push("times");
    if (isCall) words.push("of");
    const [letters, index] = /^[\p{L}_~]/u.test(token) ? symbolParts(token) : [token, ""];
    words.push(SPOKEN[token] ?? letters.replace(/^d(?=\p{L}$|\p{L}[\u0302\u0303]$)/u, "d "), ...index);
  });
  return words.join(" ").replace(/ ([),])/g, "$1").replace(/\( /g, "(");
}
const GREEK = { alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", zeta: "ζ", eta: "η", theta: "θ", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", phi: "φ", chi: "χ", psi: "ψ", omega: "ω" };
// "W1" -> W and 1; "t1_a" -> t and 1a; "x_tilde" is x with a tilde.
const greek = (word) => GREEK[word] ?? (word[0] === "d" && GREEK[word.slice(1)] ? "d" + GREEK[word.slice(1)] : word);
function symbolParts(symbol) {
  const accented = symbol.replace(/^(d?\p{L})_tilde$/u, "$1\u0303").replace(/^(d?\p{L})_hat$/u, "$1\u0302");
  const parts = /^(d?\p{L}+?)_?(\d+)(?:_([a-z]))?$/u.exec(accented);
  return parts ? [greek(parts[1]), parts[2] + (parts[3] || "")] : [greek(accented), ""];
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
