// Rules and formulas as trees, so that their numbers can be put in and computed:
// "dx = dy where x > 0, alpha dy elsewhere". A tree is a number, a name, or [operator, ...trees].

const FUNCTIONS = {
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, log2: Math.log2, sqrt: Math.sqrt, rsqrt: (x) => 1 / Math.sqrt(x),
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, atan2: Math.atan2,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh, hypot: Math.hypot,
  abs: Math.abs, sign: Math.sign, floor: Math.floor, ceil: Math.ceil, maximum: Math.max, minimum: Math.min, max: Math.max, min: Math.min,
  clip: (x, low, high) => Math.min(Math.max(x, low), high), relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)), softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  log_sigmoid: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))), softsign: (x) => x / (1 + Math.abs(x)),
  square: (x) => x * x, reciprocal: (x) => 1 / x, silu: (x) => x / (1 + Math.exp(-x)), mod: (a, b) => a - Math.floor(a / b) * b,
  erf, Phi: (x) => (1 + erf(x / Math.SQRT2)) / 2, round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
};
// 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / (3 5) + ...): no term cancels another.
function erf(x) {
  if (!(Math.abs(x) < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); ++n) sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
// Ops that are cases rather than functions that a calculator has.
const DEFINITIONS = {
  relu: "x where x > 0, 0 elsewhere", leaky_relu: "x where x > 0, alpha x elsewhere", elu: "x where x > 0, alpha (exp(x) - 1) elsewhere",
  celu: "x where x > 0, alpha (exp(x / alpha) - 1) elsewhere", prelu: "x where x > 0, slope x elsewhere",
  relu_grad: "dy where x > 0, 0 elsewhere", elu_grad: "dy where y > 0, dy (y + alpha) elsewhere", sigmoid_grad: "dy y (1 - y)", tanh_grad: "dy (1 - y^2)",
  where: "a where condition = 1, b elsewhere", xdivy: "a / b, 0 where a = 0",
  selu: "s x where x > 0, s a (exp(x) - 1) elsewhere", hard_sigmoid: "clip((x + 3) / 6, 0, 1)",
  mish: "x tanh(softplus(x))", gelu: "x Phi(x)", gelu_tanh: "x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2",
  sigmoid_cross_entropy_with_logits: "maximum(logits, 0) - logits labels + log1p(exp(-|logits|))",
};
// Numbers that formulas and rules of an op name.
const CONSTANTS = { selu: { s: 1.0507009873554805, a: 1.6732632423543772 } };
// Rules whose text is shorter than what is to be computed.
const RULES = {
  gelu_tanh: "dx = dy (s + 2 x sqrt(2 / pi) (1 + 0.134145 x^2) s (1 - s)) with s = sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))",
};
const RELATIONS = { "=": (a, b) => a === b, "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b };

// The tree of what a person writes; null if it is none. Side by side is a product.
function parsedExpression(text) {
  const tokens = text.replaceAll("−", "-").replaceAll("·", "*").match(/\d+\.?\d*(?:e[+-]?\d+)?|[\p{L}_~][\p{L}\p{N}_~]*|[<>]=|\S/gu) || [];
  let at = 0;
  const peek = () => tokens[at], take = (token) => peek() === token && ++at > 0;
  const fail = () => { throw new SyntaxError(text); };
  const isWord = (token) => /^[\p{L}_~]/u.test(token || "") && !["where", "elsewhere", "and", "or", "is", "with", "at"].includes(token);
  function primary() {
    const token = tokens[at++] ?? fail();
    if (/^\d/.test(token)) return Number(token);
    if (token === "(") { const inner = sum(); return take(")") ? inner : fail(); }
    if (token === "|") { const inner = sum(); return take("|") ? ["abs", inner] : fail(); }
    if (!isWord(token)) return fail();
    if (!(token in FUNCTIONS) || !take("(")) return token;
    const operands = [sum()];
    while (take(",")) operands.push(sum());
    return take(")") ? [token, ...operands] : fail();
  }
  const power = () => { const base = primary(); return take("^") ? ["^", base, peek() === "-" ? negative() : power()] : base; };
  function negative() { return take("-") ? ["negative", negative()] : power(); }
  function product() {
    let left = negative();
    for (;;) {
      if (take("*")) left = ["*", left, negative()];
      else if (take("/")) left = ["/", left, negative()];
      else if (isWord(peek()) || /^[\d(]/.test(peek() || "")) left = ["*", left, power()];
      else return left;
    }
  }
  function sum() {
    let left = product();
    for (;;) {
      if (take("+")) left = ["+", left, product()];
      else if (take("-")) left = ["-", left, product()];
      else return left;
    }
  }
  function relation() {
    const first = sum(), all = [];
    for (let left = first; ;) {
      if (take("is")) { if (!take("not")) fail(); all.push(["not", ["=", left, sum()]]); break; }
      const sign = peek();
      if (!(sign in RELATIONS)) break;
      ++at;
      const right = sum();
      all.push([sign, left, right]);
      left = right;
    }
    return all.length ? all.reduce((a, b) => ["and", a, b]) : fail();
  }
  function condition() {
    let left = relation();
    while (peek() === "and" || peek() === "or") left = [tokens[at++], left, relation()];
    return left;
  }
  // "A where C, B elsewhere", "A, 0 where C": what comes with a condition goes first.
  function cases() {
    const all = [];
    do {
      const value = sum();
      if (take("where")) all.push([value, condition()]);
      else { take("elsewhere"); all.push([value, null]); }
    } while (take(","));
    const otherwise = all.findIndex(([, condition]) => condition === null);
    const last = otherwise < 0 ? fail() : all.splice(otherwise, 1)[0][0];
    return all.reduceRight((rest, [value, condition]) => ["where", condition, value, rest], last);
  }
  try {
    let tree = cases();
    if (take("with")) {
      const name = tokens[at++];
      if (!take("=")) fail();
      tree = replaced(tree, new Map([[name, sum()]]));
    }
    return at === tokens.length ? tree : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
// The right side of "dx = ...".
const parsedRule = (rule) => parsedExpression(rule.replace(/^[^=<>]*= */, "").replace("the condition holds", "condition = 1").replace(/, 0 at \(0, 0\)$/, ""));

function replaced(tree, trees) {
  if (typeof tree === "string") return trees.get(tree) ?? tree;
  return Array.isArray(tree) ? [tree[0], ...tree.slice(1).map((part) => replaced(part, trees))] : tree;
}
function namesIn(tree, found = new Set()) {
  if (typeof tree === "string") found.add(tree);
  if (Array.isArray(tree)) tree.slice(1).forEach((part) => namesIn(part, found));
  return found;
}

// Its value, names being looked up; undefined if one is not known.
function evaluated(tree, valueOfName) {
  if (!Array.isArray(tree)) return typeof tree === "number" ? tree : tree === "pi" ? Math.PI : tree === "e" ? Math.E : valueOfName(tree);
  const [operator, ...parts] = tree;
  if (operator === "where") {
    const condition = evaluated(parts[0], valueOfName);
    return condition === undefined ? undefined : evaluated(parts[condition ? 1 : 2], valueOfName);
  }
  const values = parts.map((part) => evaluated(part, valueOfName)), [a, b] = values;
  if (values.includes(undefined)) return undefined;
  switch (operator) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    case "/": return a / b;
    case "^": return a ** b;
    case "negative": return -a;
    case "not": return !a;
    case "and": return a && b;
    case "or": return a || b;
  }
  return (RELATIONS[operator] || FUNCTIONS[operator])(...values);
}
// The case that holds: a tree without any.
function chosenCase(tree, valueOfName) {
  while (Array.isArray(tree) && tree[0] === "where") {
    const holds = evaluated(tree[1], valueOfName);
    if (holds === undefined) return null;
    tree = tree[holds ? 2 : 3];
  }
  return tree;
}

// As a person writes it, with brackets where they are needed: a power holds more tightly than a
// product, and that than a sum.
function expressionText(tree, textOfName) {
  const levels = { "+": 1, "-": 1, negative: 1, "*": 2, "/": 2, "^": 3 };
  const levelOf = (part) => {
    if (Array.isArray(part)) return levels[part[0]] || 4;
    return /^-/.test(typeof part === "number" ? String(part) : textOfName(part)) ? 1 : 4;
  };
  const write = (part) => {
    if (!Array.isArray(part)) return typeof part === "number" ? String(part) : textOfName(part);
    const [operator, ...parts] = part, level = levels[operator];
    const inside = (k, least) => (levelOf(parts[k]) < least ? `(${write(parts[k])})` : write(parts[k]));
    switch (operator) {
      case "negative": return Array.isArray(parts[0]) ? "-" + inside(0, 2) : `-(${write(parts[0])})`;
      case "abs": return `|${write(parts[0])}|`;
      case "^": return `${inside(0, 4)}^${inside(1, 4)}`;
      case "*": return `${inside(0, level)} · ${inside(1, level + 1)}`;
      case "+": case "-": case "/": return `${inside(0, level)} ${operator} ${inside(1, level + 1)}`;
    }
    return `${operator}(${parts.map(write).join(", ")})`;
  };
  return write(tree);
}

// Whether two trees are the same function of their names: they agree at points that have nothing
// special, of either sign. Some names are known to be functions of others ("y" of "x").
function areEqualFunctions(a, b, known) {
  const free = [...new Set([a, b, ...known.values()].flatMap((tree) => [...namesIn(tree)]))].filter((name) => !known.has(name));
  let agreed = 0;
  for (let point = 1; point <= 12; ++point) {
    const values = new Map(free.map((name, k) => [name, (0.25 + ((point * 0.381966 + (k + 1) * 0.618034 * point) % 0.7)) * ((point >> (k % 3)) & 1 ? 1 : -1)]));
    const lookUp = (name) => (known.has(name) ? evaluated(known.get(name), lookUp) : values.get(name));
    const left = Number(evaluated(a, lookUp)), right = Number(evaluated(b, lookUp));
    if (Number.isNaN(left) && Number.isNaN(right)) continue;
    if (!(Math.abs(left - right) <= 1e-9 * (1 + Math.abs(left)))) return false;
    ++agreed;
  }
  return agreed > 2;
}
