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

// A sum as a person writes it down, cut in the middle.
const MOST_TERMS = 5;
const isCut = (terms) => terms.length > MOST_TERMS;
function sumText(terms) {
  if (!isCut(terms)) return terms.join(" + ");
  return [...terms.slice(0, MOST_TERMS - 1), "…", terms[terms.length - 1]].join(" + ") + `  (${terms.length} terms)`;
}
// Of some terms only a calculator confirms nothing.
function sumOfTerms(terms, result, write, compute) {
  return isCut(terms) ? `${write((v) => numberText(v))} = ${numberText(result, ALL_DIGITS)}` : equation(result, write, compute);
}

// "0.5 · 3 = 1.5", with as many digits on the left as the right side needs, and there as many as a
// calculator confirms. write(text) gives the left side, compute(read) its value, from the shown
// digits of each number.
function equation(result, write, compute) {
  if (typeof result === "bigint" || typeof result === "boolean") return `${write((v) => numberText(v, 9))} = ${numberText(result)}`;
  for (const digits of [SHOWN_DIGITS, 6, 9]) {
    const value = compute((v) => Number(numberText(v, digits)));
    for (let shown = ALL_DIGITS; shown >= SHOWN_DIGITS; --shown)
      if (numberText(value, shown) === numberText(result, shown)) {
        const left = write((v) => numberText(v, digits)), right = numberText(result, shown);
        return left === right ? right : `${left} = ${right}`;
      }
  }
  return `${write((v) => numberText(v, 9))} ≈ ${numberText(result, SHOWN_DIGITS)}`;
}
const bracketed = (text) => (text.startsWith("-") ? `(${text})` : text);
function sumEquation(values, result, divisor = 1) {
  const write = (text) => {
    const sum = sumText(values.map((v) => bracketed(text(v))));
    return divisor === 1 ? sum : values.length === 1 ? `${sum} / ${divisor}` : `(${sum}) / ${divisor}`;
  };
  return sumOfTerms(values, result, write, (read) => values.reduce((sum, v) => sum + read(v), 0) / divisor);
}
function productsEquation(as, bs, result) {
  const write = (text) => sumText(as.map((a, k) => `${bracketed(text(a))} · ${bracketed(text(bs[k]))}`));
  return sumOfTerms(as, result, write, (read) => as.reduce((sum, a, k) => sum + read(a) * read(bs[k]), 0));
}
const number = (value) => (value === undefined ? undefined : Number(value));
// Of a tree whose names have these values; null if one has none.
function treeEquation(tree, values, result) {
  const chosen = tree && chosenCase(tree, (name) => number(values.get(name)));
  if (chosen === null || evaluated(chosen, (name) => number(values.get(name))) === undefined) return null;
  if (!Array.isArray(chosen)) return numberText(result, ALL_DIGITS);  // one of the operands, or 0
  return equation(result, (text) => expressionText(chosen, (name) => (values.has(name) ? text(values.get(name)) : name)),
    (read) => evaluated(chosen, (name) => (values.has(name) ? read(values.get(name)) : undefined)));
}
// What an op computes, over its own names; null if that is no formula of numbers.
function formulaTree(node) {
  if (!node.operand_names.length) return null;
  return parsedExpression(DEFINITIONS[node.op] ?? filledText(node, (_, k) => node.operand_names[k]).join(""));
}
function attributesOf(node) {
  return Object.entries(node.attributes).filter(([, value]) => typeof value === "number");
}

// The values of marked elements, or null if not all of them are known.
function valuesAt(tensor, elements) {
  const m = matrixOf(tensor);
  const values = elements.map((e) => {
    const r = Math.floor(e / m.columns), c = e % m.columns;
    if (m.isCorner && (r >= m.height || c >= m.width)) return undefined;
    return m.values[r * m.width + c];
  });
  return values.includes(undefined) ? null : values;
}

// Not where only some are known, or too many were to be listed.
const areAllKnown = (values) => values !== null && values.length > 0 && values.length < MOST_SOURCES;

// An entry of what a step shows: of its node's value (part is "value"), or of what it sends along a way.
function sourcesOfEntry(i, { part, element }) {
  if (part === "value" && hasParts(i)) return sourcesOfWhole(i, element);
  const from = part === "value" ? i : ways[part].from, node = nodes[from];
  const shapes = node.operands.map((operand) => valueOf(operand).shape), shape = valueOf(from).shape;
  const sources = part === "value" ? sourcesOfValue(node, element, shapes, shape) : isUnsummed(part) ? [{ what: "dy", elements: [element] }] : sourcesOfPart(node, ways[part].operand, element, shapes, shape);
  return sources && sources.map(({ what, elements }) => ({ what: typeof what === "number" ? operandKey(from, what) : what, elements }));
}
const arithmeticOfEntry = (i, { part, element }) => (part !== "value" ? partArithmetic(part, element) : hasParts(i) ? wholeArithmetic(i, element) : valueArithmetic(i, element));

// One entry of a value with the numbers that it comes from.
function valueArithmetic(i, element) {
  const node = nodes[i], operands = node.operands.map(valueOf), y = valueOf(i);
  const sources = sourcesOfValue(node, element, operands.map((t) => t.shape), y.shape);
  const values = sources && sources.map(({ what, elements }) => valuesAt(operands[what], elements));
  const result = valuesAt(y, [element]);
  if (!values || !values.every(areAllKnown) || !result) return null;
  switch (node.family) {
    case "elementwise": {
      const known = new Map([...attributesOf(node), ...node.operand_names.map((name, k) => [name, values[k][0]])]);
      const text = treeEquation(formulaTree(node), known, result[0]);
      return text ?? `${filledText(node, (_, k) => bracketed(numberText(values[k][0]))).join("")} = ${numberText(result[0], ALL_DIGITS)}`;
    }
    case "matmul":
      return productsEquation(values[0], values[1], result[0]);
    case "reduce_sum": case "sum_like":
      return sumEquation(values[0], result[0]);
    case "reduce_mean":
      return sumEquation(values[0], result[0], values[0].length);
  }
  const from = operands[0].shape.length ? `[${indexOf(sources[0].elements[0], operands[0].shape).join(", ")}]` : "";
  return `${symbolOf(node.operands[0])}${from} = ${numberText(result[0], ALL_DIGITS)}`;
}

// "dy" in most rules, "ddx" in those of gradients.
const incomingName = (tree, known) => [...namesIn(tree)].find((name) => /^d/.test(name) && !known.has(name));

// One entry of what is handed down.
function partArithmetic(w, element) {
  const way = ways[w], node = nodes[way.from], operands = node.operands.map(valueOf);
  const y = valueOf(way.from), dy = gradientOf(way.from), part = partOf(w);
  const result = valuesAt(part, [element]);
  if (!result || hasWrongPart(w) && String(part.shape) !== String(rightPartOf(w).shape)) return null;
  const sources = sourcesOfPart(node, way.operand, element, operands.map((t) => t.shape), y.shape);
  const tensorFor = (what) => (what === "dy" ? dy : what === "y" ? y : operands[what]);
  const values = sources && sources.map(({ what, elements }) => valuesAt(tensorFor(what), elements));
  if (!values || !values.every(areAllKnown)) return null;
  switch (node.family) {
    case "matmul":
      return productsEquation(values[0], values[1], result[0]);
    case "broadcast_like":
      return sumEquation(values[0], result[0]);
    case "elementwise": {
      const known = new Map([["y", valuesAt(y, [y.shape.length ? element : 0])[0]], ...attributesOf(node)]);
      node.operand_names.forEach((name, k) => known.set(name, valuesAt(operands[k], [operands[k].shape.length ? element : 0])[0]));
      const tree = parsedRule(way.remark ? `${way.rule}, ${way.remark}` : way.rule);
      if (tree) known.set(incomingName(tree, known), values[0][0]);
      return treeEquation(tree, known, result[0]);
    }
    case "reduce_mean": {
      const count = operands[0].shape.reduce((a, b) => a * b, 1) / y.shape.reduce((a, b) => a * b, 1);
      return sumEquation([values[0][0]], result[0], count);
    }
  }
  return `${numberText(result[0], ALL_DIGITS)}, the incoming entry [${indexOf(sources[0].elements[0], y.shape).join(", ")}]`;
}
