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

// A sum as a person writes it down, cut in the middle.
function sumText(terms) {
  const most = 5;
  const shown = terms.length <= most ? terms : [...terms.slice(0, most - 1), "…", terms[terms.length - 1]];
  return shown.join(" + ") + (terms.length > most ? `  (${terms.length} terms)` : "");
}
const inProduct = (value, digits) => (Number(value) < 0 ? `(${numberText(value, digits)})` : numberText(value, digits));

const withoutDoubled = (text) => text.replace(/\((\(-[^()]*\))\)/g, "$1");

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
  const node = nodes[i], shapes = node.operands.map((operand) => valueOf(operand).shape), shape = valueOf(i).shape;
  if (part === "value") return sourcesOfValue(node, element, shapes, shape);
  return isUnsummed(part) ? [{ what: "dy", elements: [element] }] : sourcesOfPart(node, ways[part].operand, element, shapes, shape);
}
const arithmeticOfEntry = (i, { part, element }) => (part === "value" ? valueArithmetic(i, element) : partArithmetic(part, element));

// One entry of a value with the numbers that it comes from.
function valueArithmetic(i, element) {
  const node = nodes[i], operands = node.operands.map(valueOf), y = valueOf(i);
  const sources = sourcesOfValue(node, element, operands.map((t) => t.shape), y.shape);
  const values = sources && sources.map(({ what, elements }) => valuesAt(operands[what], elements));
  const result = valuesAt(y, [element]);
  if (!values || !values.every(areAllKnown) || !result) return null;
  const equals = ` = ${numberText(result[0], ALL_DIGITS)}`;
  switch (node.family) {
    case "elementwise":
      return withoutDoubled(filledText(node, (_, k) => inProduct(values[k][0])).join("").replaceAll("*", "·")) + equals;
    case "matmul":
      return sumText(values[0].map((a, k) => `${inProduct(a)} · ${inProduct(values[1][k])}`)) + equals;
    case "reduce_sum": case "sum_like":
      return sumText(values[0].map((v) => inProduct(v))) + equals;
    case "reduce_mean":
      return `(${sumText(values[0].map((v) => inProduct(v)))}) / ${values[0].length}` + equals;
  }
  return `${symbolOf(node.operands[0])}[${indexOf(sources[0].elements[0], operands[0].shape).join(", ")}]` + equals;
}

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
  const equals = ` = ${numberText(result[0], ALL_DIGITS)}`;
  switch (node.family) {
    case "matmul":
      return sumText(values[0].map((a, k) => `${inProduct(a)} · ${inProduct(values[1][k])}`)) + equals;
    case "broadcast_like":
      return sumText(values[0].map((v) => inProduct(v))) + equals;
    case "elementwise": {
      const known = new Map([["y", valuesAt(y, [y.shape.length ? element : 0])[0]]]);
      node.operand_names.forEach((name, k) => known.set(name, valuesAt(operands[k], [operands[k].shape.length ? element : 0])[0]));
      const incoming = values[0][0], rule = way.rule.replace(/^[^=]*= */, "");
      if (/^d\w$/.test(rule)) return numberText(result[0], ALL_DIGITS);
      return withoutDoubled(rule.replace(/[A-Za-z_]\w*/g, (word) => {
        if (known.has(word)) return inProduct(known.get(word));
        if (/^d[a-z]$/.test(word)) return inProduct(incoming);
        return node.attributes[word] !== undefined ? String(node.attributes[word]) : word;
      })).replace(/(\d\)?) (?=[(\d-]|[a-z]+\()/g, "$1 · ") + equals;
    }
    case "reduce_mean": {
      const count = operands[0].shape.reduce((a, b) => a * b, 1) / y.shape.reduce((a, b) => a * b, 1);
      return `${inProduct(values[0][0])} / ${count}` + equals;
    }
  }
  return `${numberText(result[0], ALL_DIGITS)}, the incoming entry [${indexOf(sources[0].elements[0], y.shape).join(", ")}]`;
}
