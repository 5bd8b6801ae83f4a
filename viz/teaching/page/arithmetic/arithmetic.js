// The arithmetic of one entry, forward and backward: where it comes from, and the equation with its
// numbers. What is not known, or no sum that fits a line, is said in words.

// The values of elements, or null if not all of them are known.
function valuesAt(tensor, elements) {
  const m = matrixOf(tensor);
  const values = elements.map((e) => {
    const r = Math.floor(e / m.columns), c = e % m.columns;
    if (m.isCorner && (r >= m.height || c >= m.width)) return undefined;
    return m.values[r * m.width + c];
  });
  return values.includes(undefined) ? null : values;
}

// A node with its tensors. Of its gradient only where one was asked for.
function contextOf(i) {
  const node = nodes[i], x = node.operands.map(valueOf), y = valueOf(i);
  return { i, node, a: node.attributes, x, y, shapes: x.map((t) => t.shape), shape: y.shape, dy: node.gradient ? gradientOf(i) : null };
}
const tensorFor = (c, what) => (what === "dy" ? c.dy : what === "y" ? c.y : c.x[what]);
const of = (what, elements) => ({ what, elements });
const valuesOf = (c, { what, elements }) => numbersAt(tensorFor(c, what), elements);
function entryName(c, what, element) {
  const shape = tensorFor(c, what).shape, name = what === "dy" ? gradientName(c.i) : symbolOf(what === "y" ? c.i : c.node.operands[what]);
  return name + (shape.length ? `[${indexOf(element, shape).join(", ")}]` : "");
}

// An origin: {sources: [{what, elements, chosen}], tree(w)} or {sources, moved} or {sources, words}.
// `what` is an operand's place, "dy" or "y"; `chosen` are elements that won over the others.
const moved = (what, element, words) => ({ sources: [of(what, [element])], moved: { what, element }, words });
// Some entries of one tensor, added up and divided.
function summed(c, what, elements, divisor = 1, noun = "terms") {
  if (elements.length === 1 && divisor === 1) return moved(what, elements[0]);
  const sources = [of(what, elements)];
  if (!elements.length) return { sources, words: () => (what === "dy" ? `no entry of ${symbolOf(c.i)} reads it` : `${c.node.op} leaves it at 0`) };
  const divided = (tree) => (divisor === 1 ? tree : ["/", tree, divisor]);
  return { sources, tree: (w) => divided(w.numbers(valuesOf(c, sources[0]), noun)) };
}
function multiplied(c, a, b) {
  return { sources: [a, b], tree: (w) => w.products(valuesOf(c, a), valuesOf(c, b)) };
}

function elementwiseOf(c, shape, element) {
  return c.shapes.map((s, k) => of(k, s.length || !shape.length ? [s.length ? element : 0] : [0]));
}
const meanDivisor = (c) => (c.node.op === "reduce_mean" ? sizeOf(c.x[0]) / sizeOf(c.y) : 1);
// The elements of operand 0 that a reduction makes one entry of.
const reducedFrom = (c, element) => placesOf(tableOf(c, moves.expand, c.shape, c.shapes[0]), 0, element);
const reducedTo = (c, element) => elementAt(reducedIndex(c.node, indexOf(element, c.shapes[0])), c.shape);

// Running sums and products: the elements of x that an entry of y is made of, and the other way round.
function ranBefore(c, element) {
  const { place, elements } = rowOf(element, c.shape, firstAxis(c, c.shape.length));
  const line = c.a.reverse ? elements.slice(place).reverse() : elements.slice(0, place + 1);
  return c.a.exclusive ? line.slice(0, -1) : line;
}
function ranAfter(c, element) {
  const { place, elements } = rowOf(element, c.shape, firstAxis(c, c.shape.length));
  const line = c.a.reverse ? elements.slice(0, place + 1).reverse() : elements.slice(place);
  return c.a.exclusive ? line.slice(1) : line;
}
// Its neighbour one place earlier or later in the direction of the run; null at the end.
function neighbourOf(c, element, by) {
  const { place, elements } = rowOf(element, c.shape, firstAxis(c, c.shape.length));
  return elements[place + (c.a.reverse ? -by : by)] ?? null;
}
// Of linear_recurrence: t[j], the sum over later dy[i] of dy[i] a[j + 1] ... a[i].
function recurrenceTerms(c, element) {
  const later = ranAfter({ ...c, a: { ...c.a, exclusive: false } }, element);
  const incoming = c.a.exclusive ? later.slice(1) : later;
  return incoming.map((dy, n) => ({ dy, factors: later.slice(1, n + 1) }));
}
function recurrenceTree(c, terms, w) {
  const parts = terms.map(({ dy, factors }) => [numberAt(c.dy, dy), ...numbersAt(c.x[0], factors)]);
  return w.sum(parts.length, (k) => parts[k].reduce((product, v) => product * Number(v), 1), (k) => w.product(parts[k]));
}

// Ops that are neither elementwise nor move, add up or multiply entries. value(c, e): the origin of
// entry e of the value; part(c, k, e): of what is handed down to operand k.
const extreme = (noun) => ({
  value(c, e) {
    const elements = reducedFrom(c, e), best = () => elements.filter((s) => Number(numberAt(c.x[0], s)) === Number(numberAt(c.y, e)));
    const sources = [{ what: 0, elements, chosen: knownOr([], best) }];
    return { sources, words: () => `the ${noun} of ${elements.length}` + (best().length === 1 ? `: ${entryName(c, 0, best()[0])}` : "") };
  },
  part(c, k, e) {
    const to = reducedTo(c, e), group = reducedFrom(c, to), y = Number(numberAt(c.y, to));
    const best = group.filter((s) => Number(numberAt(c.x[0], s)) === y);
    const sources = [of("dy", [to]), { what: 0, elements: group, chosen: best }];
    if (!best.includes(e)) return { sources, words: () => `${entryName(c, 0, e)} is not the ${noun}` };
    return best.length === 1 ? { ...moved("dy", to), sources } : { sources, tree: (w) => ["/", w.number(numberAt(c.dy, to)), best.length] };
  },
});
const place = (words) => ({
  value(c, e) {
    const axis = firstAxis(c, c.shapes[0].length), index = indexOf(e, c.shape), chosen = Number(numberAt(c.y, e));
    const isReduced = c.shape.length < c.shapes[0].length;
    const at = isReduced ? [...index.slice(0, axis), chosen, ...index.slice(axis)] : replacedAt(index, axis, chosen);
    const element = elementAt(at, c.shapes[0]), { elements } = rowOf(element, c.shapes[0], axis);
    return { sources: [{ what: 0, elements, chosen: [element] }], words: () => words(`${entryName(c, 0, element)} = ${numberText(numberAt(c.x[0], element))}`, index[axis]) };
  },
});
const truth = (word) => ({
  value(c, e) {
    const elements = reducedFrom(c, e);
    return { sources: [of(0, elements)], words: () => `${valuesOf(c, of(0, elements)).filter((v) => v === true).length} of ${elements.length} hold, ${word} must` };
  },
});
const constantOf = (words) => ({ value: (c, e) => ({ sources: [], words: () => words(c, e) }) });
const isHot = (at) => ({
  value(c, e) {
    const index = indexOf(e, c.shape), row = elementAt(index.slice(0, -1), c.shapes[0]);
    return { sources: [of(0, [row])], words: () => `${at} ${numberText(numberAt(c.x[0], row))}` };
  },
});
const SPECIAL = {
  reduce_max: extreme("largest"), reduce_min: extreme("smallest"), reduce_any: truth("one"), reduce_all: truth("all"),
  reduce_prod: {
    value(c, e) {
      const x = of(0, reducedFrom(c, e));
      return { sources: [x], tree: (w) => w.product(valuesOf(c, x)) };
    },
    part(c, k, e) {
      const to = reducedTo(c, e), others = of(0, reducedFrom(c, to).filter((s) => s !== e));
      return { sources: [of("dy", [to]), others], tree: (w) => w.product([numberAt(c.dy, to), ...valuesOf(c, others)]) };
    },
  },
  reduce_sum_square: {
    value(c, e) {
      const x = of(0, reducedFrom(c, e));
      return { sources: [x], tree: (w) => { const v = valuesOf(c, x); return w.sum(v.length, (k) => Number(v[k]) ** 2, (k) => ["^", w.number(v[k]), 2], "squares"); } };
    },
    part(c, k, e) {
      const to = reducedTo(c, e);
      return { sources: [of("dy", [to]), of(0, [e])], tree: (w) => ["*", ["*", 2, w.number(numberAt(c.x[0], e))], w.number(numberAt(c.dy, to))] };
    },
  },
  argmax: place((entry) => `the place of the largest: ${entry}`), argmin: place((entry) => `the place of the smallest: ${entry}`),
  argsort: place((entry, rank) => `${entry} is number ${rank + 1} in order`), top_k_indices: place((entry, rank) => `${entry} is the number ${rank + 1} from the top`),
  average_pool2d: {
    value: (c, e) => { const elements = windowsOf(c).elements(e); return summed(c, 0, elements, elements.length); },
    part: (c, k, e) => sharedOf(c, "dy", e),
  },
  average_pool2d_grad: {
    value: (c, e) => sharedOf(c, 0, e),
    part: (c, k, e) => { const elements = windowsOf(c).elements(e); return summed(c, "dy", elements, elements.length); },
  },
  cumsum: { value: (c, e) => runOf(c, 0, ranBefore(c, e)), part: (c, k, e) => runOf(c, "dy", ranAfter(c, e)) },
  cumprod: {
    value(c, e) {
      const x = of(0, ranBefore(c, e));
      return x.elements.length ? { sources: [x], tree: (w) => w.product(valuesOf(c, x)) } : { sources: [], words: () => "there is nothing before" };
    },
    part(c, k, e) {
      const dy = of("dy", ranAfter(c, e)), runs = dy.elements.map((to) => ranBefore(c, to).filter((s) => s !== e));
      if (!dy.elements.length) return { sources: [], words: () => "there is nothing after" };
      const factors = () => runs.map((run, n) => [numberAt(c.dy, dy.elements[n]), ...numbersAt(c.x[0], run)]);
      return { sources: [dy, of(0, [...new Set(runs.flat())])], tree: (w) => { const all = factors(); return w.sum(all.length, (n) => all[n].reduce((p, v) => p * Number(v), 1), (n) => w.product(all[n])); } };
    },
  },
  linear_recurrence: {
    value(c, e) {
      const at = c.a.exclusive ? neighbourOf(c, e, -1) : e, before = at === null ? null : c.a.exclusive ? at : neighbourOf(c, e, -1);
      if (at === null) return { sources: [], words: () => "it starts at 0" };
      if (before === null || c.a.exclusive && neighbourOf(c, at, -1) === null) return moved(1, at);
      return { sources: [of(0, [at]), of("y", [before]), of(1, [at])], tree: (w) => ["+", ["*", w.number(numberAt(c.x[0], at)), w.number(numberAt(c.y, before))], w.number(numberAt(c.x[1], at))] };
    },
    part(c, k, e) {
      const terms = recurrenceTerms(c, e), before = c.a.exclusive ? e : neighbourOf(c, e, -1);
      if (!terms.length) return { sources: [], words: () => "there is nothing after" };
      if (k === 0 && (before === null || neighbourOf(c, e, -1) === null)) return { sources: [], words: () => `there is no ${symbolOf(c.i)} before` };
      const sources = [of("dy", terms.map((t) => t.dy)), of(0, [...new Set(terms.flatMap((t) => t.factors))])];
      if (k === 1) return { sources, tree: (w) => recurrenceTree(c, terms, w) };
      return { sources: [...sources, of("y", [before])], tree: (w) => ["*", recurrenceTree(c, terms, w), w.number(numberAt(c.y, before))] };
    },
  },
  cast: {
    value: (c, e) => ({ sources: [of(0, [e])], words: () => `${entryName(c, 0, e)} = ${numberText(numberAt(c.x[0], e), ALL_DIGITS)} as ${c.y.dtype}` }),
    part: (c, k, e) => moved("dy", e),
  },
  count_ratio: constantTree((c) => ["/", sizeOf(c.x[0]), sizeOf(c.x[1])]),
  full_like: constantOf(() => "the same everywhere"), one_hot: isHot("the index is"), one_hot_like: isHot("the label is"),
  random_uniform: constantOf(() => "drawn at random"), random_normal: constantOf(() => "drawn at random"), random_bernoulli: constantOf(() => "drawn at random"),
};
function constantTree(tree) {
  return { value: (c) => ({ sources: [], tree: () => tree(c) }) };
}
function runOf(c, what, elements) {
  return elements.length ? summed(c, what, elements) : { sources: [], words: () => `there is nothing ${what === 0 ? "before" : "after"}` };
}
// Means of windows: each hands every element the same share.
function sharedOf(c, what, e) {
  const windows = windowsOf(c), source = of(what, windows.results(e)), counts = source.elements.map((r) => windows.elements(r).length);
  return { sources: [source], tree: (w) => { const v = valuesOf(c, source); return w.sum(v.length, (n) => Number(v[n]) / counts[n], (n) => ["/", w.number(v[n]), counts[n]]); } };
}

// Some have kernels of their own, for the sake of integers.
const isElementwise = ({ family, op }) => family === "elementwise" || ["floor_divide", "mod", "power"].includes(op);
function valueOrigin(i, e) {
  const c = contextOf(i), { op, family } = c.node;
  if (op in SPECIAL) return SPECIAL[op].value(c, e);
  if (op in PROBABILITIES) return PROBABILITIES[op].value(c, e);
  if (isElementwise(c.node)) {
    const sources = elementwiseOf(c, c.shape, e);
    return { sources, line: (result) => elementwiseLine(c, sources, result) };
  }
  if (family === "view") return moved(0, e);
  if (op in MOVING) {
    const { what, element } = tableOf(c, MOVING[op], c.shapes[0], c.shape);
    if (element[e] < 0) return { sources: [], words: () => `${op} puts it there` };
    const origin = moved(what[e], element[e]);
    if (op in imageOfPool) {
      const x = { what: imageOfPool[op], elements: windowsOf(c).elements(e), chosen: [element[e]] };
      origin.sources = op === "max_pool2d" ? [x] : [of(0, [element[e]]), x];
      origin.words = () => `the largest of a window of ${x.elements.length}`;
    }
    return origin;
  }
  if (op in SUMMING) return summed(c, 0, placesOf(tableOf(c, SUMMING[op], c.shape, c.shapes[0]), 0, e), meanDivisor(c));
  if (op in SCATTERING) {
    const updates = of(2, placesOf(tableOf(c, SCATTERING[op], c.shape, c.shapes[2]), 0, e)), x = of(0, [e]);
    if (!updates.elements.length) return moved(0, e);
    return { sources: [x, updates], tree: (w) => w.numbers([numberAt(c.x[0], e), ...valuesOf(c, updates)]) };
  }
  if (op in MULTIPLYING) {
    const { operands: [first, second], value } = MULTIPLYING[op], all = triplesOf(c)[value](e);
    return multiplied(c, of(0, all.map((t) => t[first])), of(1, all.map((t) => t[second])));
  }
  return null;
}

function partOrigin(w, e) {
  if (isUnsummed(w)) return moved("dy", e);
  return operandOrigin(contextOf(ways[w].from), ways[w].operand, e, w);
}
// Of an operand's entry; w may be left out where only the sources are asked for.
function operandOrigin(c, k, e, w) {
  const { op, family } = c.node;
  if (op in SPECIAL) return SPECIAL[op].part ? SPECIAL[op].part(c, k, e) : null;
  if (op in PROBABILITIES) return PROBABILITIES[op].part(c, k, e);
  if (isElementwise(c.node)) {
    const sources = [of("dy", [e]), ...elementwiseOf(c, c.shape, e).filter(({ what }) => c.shapes[what].length === c.shape.length && !c.node.shapes_alone[what]), of("y", [e])];
    return { sources, line: (result) => slopeLine(c, w, e, result) };
  }
  if (op === "custom_gradient") return null;
  if (family === "view") return moved("dy", e);
  if (op in MOVING) {
    const origin = summed(c, "dy", placesOf(tableOf(c, MOVING[op], c.shapes[0], c.shape), k, e));
    if (op in imageOfPool) origin.sources.push({ what: imageOfPool[op], elements: windowsOf(c).results(e).flatMap((r) => windowsOf(c).elements(r)), chosen: [e] });
    return origin;
  }
  if (op in SUMMING) {
    const divisor = meanDivisor(c);
    return summed(c, "dy", [tableOf(c, SUMMING[op], c.shape, c.shapes[0]).element[e]], divisor);
  }
  if (op in SCATTERING) return moved("dy", k === 0 ? e : tableOf(c, SCATTERING[op], c.shape, c.shapes[2]).element[e]);
  if (op in MULTIPLYING) {
    const { operands, value } = MULTIPLYING[op], all = triplesOf(c)[operands[k]](e);
    const dy = of("dy", all.map((t) => t[value])), other = of(1 - k, all.map((t) => t[operands[1 - k]]));
    return k === 0 ? multiplied(c, dy, other) : multiplied(c, other, dy);
  }
  return null;
}

// Where an entry of a whole comes from: one line for the product and the bias.
function wholeOrigin(i, element) {
  const node = nodes[i], shape = valueOf(i).shape;
  const origins = node.operands.map((operand, k) => {
    if (node.shapes_alone[k]) return { sources: [], tree: () => null };
    if (isPart(operand)) return hasParts(operand) ? wholeOrigin(operand, element) : withTree(operand, valueOrigin(operand, element));
    const own = of(k, [valueOf(operand).shape.length || !shape.length ? element : 0]);
    return { sources: [{ ...own, at: i }], tree: (w) => w.number(numberAt(valueOf(operand), own.elements[0])) };
  });
  if (origins.includes(null)) return null;
  const sign = node.op === "subtract" ? "-" : "+";
  return { sources: origins.flatMap(({ sources }) => sources), tree: (w) => origins.map(({ tree }) => tree(w)).filter((tree) => tree !== null).reduce((a, b) => [sign, a, b]) };
}
// Of a part; what was moved is one number.
function withTree(i, origin) {
  if (!origin || !(origin.tree || origin.moved)) return null;
  const tree = origin.tree ?? ((w) => w.number(numberAt(tensorFor(contextOf(i), origin.moved.what), origin.moved.element)));
  return { sources: origin.sources.map((source) => ({ at: i, ...source })), tree };
}

function elementwiseLine(c, sources, result) {
  const values = sources.map((source) => valuesOf(c, source)[0]);
  const known = new Map([...attributesOf(c.node), ...c.node.operand_names.map((name, k) => [name, values[k]])]);
  return treeEquation(formulaTree(c.node), known, result)
    ?? `${filledText(c.node, (_, k) => (/^-/.test(numberText(values[k])) ? `(${numberText(values[k])})` : numberText(values[k]))).join("")} = ${numberText(result, ALL_DIGITS)}`;
}
// "dy" in most rules, "ddx" in those of gradients.
const incomingName = (tree, known) => [...namesIn(tree)].find((name) => /^d/.test(name) && !known.has(name));
// With what the rule says of special cases, where that can be computed.
function ruleTree(w) {
  const rule = RULES[nodes[ways[w].from].op] ?? ways[w].rule;
  return (ways[w].remark && parsedRule(`${rule}, ${ways[w].remark}`)) || parsedRule(rule);
}
function slopeLine(c, w, e, result) {
  const known = new Map([["y", numberAt(c.y, c.shape.length ? e : 0)], ...attributesOf(c.node)]);
  c.node.operand_names.forEach((name, k) => known.set(name, numberAt(c.x[k], c.shapes[k].length ? e : 0)));
  const tree = ruleTree(w), from = c.shape.length ? e : 0, incoming = tree && incomingName(tree, known);
  if (incoming) known.set(incoming, numberAt(c.dy, from));
  const line = treeEquation(tree, known, result), chosen = tree && chosenCase(tree, (name) => number(known.get(name)));
  return line !== null && incoming && chosen === incoming ? `${entryName(c, "dy", from)} = ${line}` : line;
}

// An entry of what a step shows: of its node's value (part is "value"), or of what it sends along a
// way. null where the page does not know.
function originOfEntry(i, { part, element }) {
  const from = part === "value" ? i : ways[part].from;
  if ([...partsIn(from).flatMap((own) => nodes[own].operands).map(valueOf), ...(part === "value" ? [] : [gradientOf(from), valueOf(from)])].some((tensor) => tensor.locked)) return null;
  return knownOr(null, () => (part !== "value" ? partOrigin(part, element) : hasParts(i) ? wholeOrigin(i, element) : valueOrigin(i, element)));
}
const sourcesOfEntry = (i, entry) => originOfEntry(i, entry)?.sources ?? null;

// "0.5 · 3 = 1.5", perhaps with a note in brackets behind it; null where numbers are missing.
function arithmeticOfEntry(i, entry) {
  const tensor = entry.part === "value" ? valueOf(i) : partOf(entry.part), origin = originOfEntry(i, entry), c = contextOf(entry.part === "value" ? i : ways[entry.part].from);
  if (origin === null || (entry.part !== "value" && hasWrongPart(entry.part) && String(tensor.shape) !== String(rightPartOf(entry.part).shape))) return null;
  return knownOr(null, () => {
    const result = numberAt(tensor, entry.element), notes = (all) => (all.length ? `  (${all.join("; ")})` : "");
    if (origin.line) return origin.line(result);
    if (origin.tree) {
      const w = new Writing(), tree = origin.tree(w), line = treeEquation(tree, w.values, result), used = origin.sources.find(({ elements }) => elements.length === 1);
      if (typeof tree === "string" && used && !w.notes.length) return `${entryName(c, used.what, used.elements[0])} = ${line}`;
      return line === null ? null : line + notes([...w.notes, ...(origin.words ? [origin.words()] : [])]);
    }
    const from = origin.moved && isNamed(c, origin.moved.what) ? entryName(c, origin.moved.what, origin.moved.element) + " = " : "";
    const words = origin.words ? [origin.words()] : from ? [] : ["the same number everywhere"];
    return `${from}${numberText(result, ALL_DIGITS)}${notes(words)}`;
  });
}
const isNamed = (c, what) => typeof what !== "number" || nodes[c.node.operands[what]].kind !== "number";

// Whether there is no rule here by which a page could write the entry, whatever it holds.
function isUnwritten(i, { part }) {
  const { op, family } = nodes[i];
  if (op in SPECIAL) return part !== "value" && !SPECIAL[op].part;
  if (isElementwise(nodes[i])) return part !== "value" && ruleTree(part) === null;
  if (op === "custom_gradient") return part !== "value";
  return ![PROBABILITIES, MOVING, SUMMING, SCATTERING, MULTIPLYING].some((table) => op in table) && family !== "view";
}

// The other way round: what reads an entry, which is one of an operand or of the incoming gradient.
// Forward these are entries of the value, backward those of what is handed down along `part`.
function readersOfEntry(i, { reads, element, part }) {
  const c = contextOf(i), { op } = c.node;
  return knownOr(null, () => {
    if (part === undefined) {
      if (op in imageOfPool && reads === imageOfPool[op] && !op.endsWith("_grad")) return [of("y", windowsOf(c).results(element))];
      const origin = operandOrigin(c, reads, element);
      return origin && origin.sources.filter(({ what }) => what !== "y").map((source) => (source.what === "dy" ? { ...source, what: "y" } : { ...source, chosen: undefined }));
    }
    const { operand } = ways[part];
    if (reads === "dy") {
      const origin = valueOrigin(i, element);
      return origin && origin.sources.map((source) => (source.what === operand ? of("part", source.chosen && op in imageOfPool ? source.chosen : source.elements) : source)).filter(({ what }) => what !== "y");
    }
    if (!(op in MULTIPLYING)) return null;
    const { operands, value } = MULTIPLYING[op], all = triplesOf(c)[operands[reads]](element);
    return [of("part", all.map((t) => t[operands[operand]])), of("dy", all.map((t) => t[value]))];
  });
}
