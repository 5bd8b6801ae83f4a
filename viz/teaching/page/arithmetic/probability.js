// Rows of probabilities: softmax, its logarithm, and what they cost against labels.

// exp of a row; shifted by its largest where exp would leave the range of numbers.
function exponentials(w, row) {
  const largest = Math.max(...row.map(Number)), shift = Math.max(...row.map((v) => Math.abs(Number(v)))) > 80 ? largest : 0;
  const tree = (k) => ["exp", shift ? ["-", w.number(row[k]), w.number(shift)] : w.number(row[k])];
  const value = (k) => Math.exp(Number(row[k]) - shift);
  if (shift) w.notes.push("the largest is taken off each, which changes no quotient");
  return { tree, value, shift, sum: () => w.sum(row.length, value, tree, "exponentials") };
}
function probabilitiesOf(logits) {
  const row = logits.map(Number), largest = Math.max(...row), e = row.map((v) => Math.exp(v - largest)), sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}
const rowAlong = (c, e) => rowOf(e, c.shape, firstAxis(c, c.shape.length));

// Cross entropies read rows of logits along the last axis.
function logitsOf(c, row) {
  const n = c.shapes[1].at(-1);
  return of(1, counted(n).map((k) => row * n + k));
}
const rowOfLogit = (c, e) => ({ row: Math.floor(e / c.shapes[1].at(-1)), k: e % c.shapes[1].at(-1) });

const PROBABILITIES = {
  softmax: {
    value(c, e) {
      const { place, elements } = rowAlong(c, e), x = { what: 0, elements, chosen: [e] };
      return { sources: [x], tree: (w) => { const all = exponentials(w, valuesOf(c, x)); return ["/", all.tree(place), all.sum()]; } };
    },
    part(c, k, e) {  // y (dy - sum of dy y)
      const { elements } = rowAlong(c, e), dy = { what: "dy", elements, chosen: [e] }, y = { what: "y", elements, chosen: [e] };
      return { sources: [dy, y], tree: (w) => ["*", w.number(numberAt(c.y, e)), ["-", w.number(numberAt(c.dy, e)), w.products(valuesOf(c, dy), valuesOf(c, y))]] };
    },
  },
  log_softmax: {
    value(c, e) {
      const { elements } = rowAlong(c, e), x = { what: 0, elements, chosen: [e] };
      return { sources: [x], tree: (w) => {
        const all = exponentials(w, valuesOf(c, x)), own = w.number(numberAt(c.x[0], e));
        return ["-", all.shift ? ["-", own, w.number(all.shift)] : own, ["log", all.sum()]];
      } };
    },
    part(c, k, e) {  // dy - e^y sum of dy
      const { elements } = rowAlong(c, e), dy = { what: "dy", elements, chosen: [e] };
      return { sources: [dy, of("y", [e])], tree: (w) => ["-", w.number(numberAt(c.dy, e)), ["*", ["exp", w.number(numberAt(c.y, e))], w.numbers(valuesOf(c, dy))]] };
    },
  },
  sparse_softmax_cross_entropy_with_logits: {
    value(c, e) {
      const label = Number(numberAt(c.x[0], e)), logits = logitsOf(c, e);
      logits.chosen = [logits.elements[label]];
      return { sources: [of(0, [e]), logits], tree: (w) => ["negative", ["log", w.number(probabilitiesOf(valuesOf(c, logits))[label])]],
        words: () => `the label is ${label}, to which softmax gives this probability` };
    },
    part(c, k, e) {
      const { row, k: own } = rowOfLogit(c, e), label = Number(numberAt(c.x[0], row)), logits = logitsOf(c, row);
      logits.chosen = [e];
      return { sources: [of("dy", [row]), of(0, [row]), logits], tree: (w) => ["*", w.number(numberAt(c.dy, row)), ["-", w.number(probabilitiesOf(valuesOf(c, logits))[own]), own === label ? 1 : 0]],
        words: () => `what softmax gives to ${own}, less ${own === label ? "1: it is the label" : `0: the label is ${label}`}` };
    },
  },
  softmax_cross_entropy_with_logits: {
    value(c, e) {
      const logits = logitsOf(c, e), labels = of(0, logits.elements);
      return { sources: [labels, logits], tree: (w) => {
        const p = probabilitiesOf(valuesOf(c, logits)), z = valuesOf(c, labels).map(Number), used = counted(z.length).filter((k) => z[k] !== 0);
        if (used.length < z.length) w.notes.push("labels of 0 add nothing");
        const log = (k) => ["log", w.number(p[k])];
        if (used.length === 1 && z[used[0]] === 1) return ["negative", log(used[0])];
        return ["negative", w.sum(used.length, (k) => z[used[k]] * Math.log(p[used[k]]), (k) => ["*", w.number(z[used[k]]), log(used[k])])];
      }, words: () => "the logarithms are of what softmax gives" };
    },
    part(c, k, e) {
      const { row, k: own } = rowOfLogit(c, e), logits = logitsOf(c, row), dy = of("dy", [row]);
      const p = () => probabilitiesOf(valuesOf(c, logits))[own];
      logits.chosen = [e];
      if (k === 0) return { sources: [dy, logits], tree: (w) => ["*", ["negative", w.number(numberAt(c.dy, row))], ["log", w.number(p())]], words: () => `the logarithm of what softmax gives to ${own}` };
      const labels = of(0, logits.elements);
      return { sources: [dy, labels, logits], tree: (w) => {
        const z = valuesOf(c, labels), sum = z.reduce((total, v) => total + Number(v), 0), slope = w.number(p());
        if (sum === 1) return ["*", w.number(numberAt(c.dy, row)), ["-", slope, w.number(z[own])]];
        w.notes.push(`the labels add up to ${numberText(sum)}`);
        return ["*", w.number(numberAt(c.dy, row)), ["-", ["*", slope, w.number(sum)], w.number(z[own])]];
      }, words: () => `what softmax gives to ${own}, less its label` };
    },
  },
};

// A row of probabilities, or of their gradient, as bars around 0.
function barsOf(values, { label, own, caption }) {
  const most = Math.max(...values.map(Math.abs)) || 1, ten = values.length > 12 ? counted(values.length).sort((a, b) => Math.abs(values[b]) - Math.abs(values[a])).slice(0, 12).sort((a, b) => a - b) : counted(values.length);
  const row = (k) => make("tr", { class: [k === label ? "label" : "", k === own ? "target" : ""].join(" ").trim() || undefined },
    make("th", { scope: "row" }, k === label ? `label ${k}` : String(k)),
    make("td", { class: "bar" }, make("span", { class: values[k] < 0 ? "below" : undefined, style: `width:${(100 * Math.abs(values[k])) / most}%` })),
    make("td", {}, numberText(values[k])));
  return [make("span", { class: "caption" }, caption + (ten.length < values.length ? `; the largest ${ten.length} of ${values.length}` : "")), make("table", { class: "bars", "aria-label": caption }, ten.map(row))];
}

// What is to be seen beside the arithmetic of an entry: rows as bars, windows as numbers.
function detailOf(i, { part, element }) {
  const c = contextOf(i), { op } = c.node;
  if ([...c.x, c.y].some((tensor) => tensor.locked)) return [];
  return knownOr([], () => {
    if (op === "softmax" || op === "log_softmax") {
      const { place, elements } = rowOf(element, c.shape, firstAxis(c, c.shape.length));
      if (part !== "value") return [];
      const values = numbersAt(c.y, elements).map((v) => (op === "softmax" ? Number(v) : Math.exp(v)));
      return barsOf(values, { own: place, caption: op === "softmax" ? "the row as bars" : "the probabilities whose logarithms these are" });
    }
    if (op.includes("softmax_cross_entropy")) {
      const row = part === "value" ? element : Math.floor(element / c.shapes[1].at(-1)), logits = logitsOf(c, row);
      const isSparse = op.startsWith("sparse"), labels = isSparse ? null : numbersAt(c.x[0], logits.elements).map(Number);
      const label = isSparse ? Number(numberAt(c.x[0], row)) : labels.filter((v) => v !== 0).length === 1 ? labels.findIndex((v) => v !== 0) : undefined;
      const bars = barsOf(probabilitiesOf(numbersAt(c.x[1], logits.elements)), { label, own: part === "value" ? label : element - logits.elements[0], caption: `what softmax makes of row ${row}` });
      if (part === "value" || ways[part].operand === 0) return bars;
      return [...bars, ...barsOf(numbersAt(partOf(part), logits.elements).map(Number), { label, own: element - logits.elements[0], caption: "what is handed down: each probability less its label, times the incoming gradient" })];
    }
    if (part !== "value") return [];
    if (op === "conv2d") return windowDetail(c, element);
    if (op in imageOfPool && !op.endsWith("_grad")) return poolDetail(c, element);
    return [];
  });
}
