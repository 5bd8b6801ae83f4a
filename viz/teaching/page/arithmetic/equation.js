// Equations as a person writes them down: "0.5 · 3 + 1 = 2.5", with numbers that a calculator confirms.

const MOST_TERMS = 9, MOST_SHOWN = 4;

// Collects the numbers of an equation under names of its own, and what is to be said beside it.
class Writing {
  constructor() { this.values = new Map(); this.notes = []; }
  number(value) {
    const name = "~" + this.values.size;
    this.values.set(name, value);
    return name;
  }
  // A sum of which the largest terms are shown, the others as one number. valueOf(k) is term k,
  // treeOf(k) what is written of it.
  sum(count, valueOf, treeOf, noun = "terms") {
    const { shown, rest } = this.largest(count, (k) => Math.abs(valueOf(k)), noun);
    const trees = shown.map(treeOf);
    if (rest.length) {
      const others = rest.reduce((sum, k) => sum + valueOf(k), 0);
      this.notes.push(`the last number is the sum of the other ${rest.length} ${noun}`);
      trees.push(this.number(others));
    }
    return joined("+", trees, 0);
  }
  // Terms of 0 need not be seen.
  largest(count, sizeOfTerm, noun) {
    const all = counted(count);
    if (count <= MOST_TERMS) return { shown: all, rest: [] };
    const sizes = all.map(sizeOfTerm), zeros = all.filter((k) => sizes[k] === 0);
    if (count - zeros.length <= MOST_TERMS) {
      const shown = zeros.length < count ? all.filter((k) => sizes[k] !== 0) : all.slice(0, 1);
      this.notes.push(`the other ${count - shown.length} ${noun} are 0`);
      return { shown, rest: [] };
    }
    const order = all.sort((a, b) => sizes[b] - sizes[a] || a - b);
    return { shown: order.slice(0, MOST_SHOWN).sort((a, b) => a - b), rest: order.slice(MOST_SHOWN) };
  }
  numbers(values, noun) { return this.sum(values.length, (k) => Number(values[k]), (k) => this.number(values[k]), noun); }
  products(as, bs) {
    return this.sum(as.length, (k) => Number(as[k]) * Number(bs[k]), (k) => ["*", this.number(as[k]), this.number(bs[k])], "products");
  }
  // Of many factors all are one number.
  product(values) {
    if (values.length <= MOST_TERMS) return joined("*", values.map((v) => this.number(v)), 1);
    this.notes.push(`the product of ${values.length} numbers`);
    return this.number(values.reduce((product, v) => product * Number(v), 1));
  }
}
const joined = (operator, trees, nothing) => (trees.length ? trees.reduce((left, right) => [operator, left, right]) : nothing);

// "0.5 · 3 = 1.5", with as many digits on the left as the right side needs, and there as many as a
// calculator confirms. write(text) gives the left side, compute(read) its value, from the shown
// digits of each number.
function equation(result, write, compute) {
  if (typeof result === "bigint" || typeof result === "boolean") return `${write((v) => numberText(v, 9))} = ${numberText(result)}`;
  for (const digits of [SHOWN_DIGITS, 6, 9]) {
    const value = compute((v) => Number(numberText(v, digits)));
    for (let shown = ALL_DIGITS; shown >= SHOWN_DIGITS; --shown)
      if (numberText(value, shown) === numberText(result, shown)) return `${write((v) => numberText(v, digits))} = ${numberText(result, shown)}`;
  }
  return `${write((v) => numberText(v, 9))} ≈ ${numberText(result, SHOWN_DIGITS)}`;
}
const number = (value) => (value === undefined ? undefined : Number(value));
// Of a tree whose names have these values; null if one has none.
function treeEquation(tree, values, result) {
  const lookUp = (name) => number(values.get(name));
  const chosen = tree && chosenCase(tree, lookUp);
  if (chosen === null || evaluated(chosen, lookUp) === undefined) return null;
  const nameText = (text) => (name) => (values.has(name) ? text(values.get(name)) : name);
  if (!Array.isArray(chosen)) {  // one of the operands, or a number
    const reason = reasonOf(tree, lookUp, nameText((v) => numberText(v)));
    return numberText(result, ALL_DIGITS) + (reason ? `  (since ${reason})` : tree === 0 ? "  (it is 0 everywhere)" : "");
  }
  return equation(result, (text) => expressionText(chosen, nameText(text)),
    (read) => evaluated(chosen, (name) => (values.has(name) ? read(values.get(name)) : undefined)));
}
const comparisonsIn = (condition) => (["and", "or"].includes(condition[0]) ? condition.slice(1).flatMap(comparisonsIn) : [condition]);
// The comparison that decides which case holds, with its numbers: "0.3 > 0", "-0.2 <= 0".
const OPPOSITES = { ">": "<=", "<": ">=", ">=": "<", "<=": ">", "=": "is not" };
function reasonOf(tree, lookUp, textOfName) {
  let reason = null;
  while (Array.isArray(tree) && tree[0] === "where") {
    const [, condition, holds, otherwise] = tree, is = evaluated(condition, lookUp);
    // Of several comparisons the one that fails decides.
    const [sign, a, b] = comparisonsIn(condition).find((one) => evaluated(one, lookUp) === is);
    if (sign in OPPOSITES) reason = `${expressionText(a, textOfName)} ${is ? sign : OPPOSITES[sign]} ${expressionText(b, textOfName)}`;
    tree = is ? holds : otherwise;
  }
  return reason;
}
