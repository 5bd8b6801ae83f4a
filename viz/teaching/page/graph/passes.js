// The tab "Compiled": the graph of loss and gradients before and after the compiler's passes.
const passStages = data.passes || [];
const MARK_NAMES = { removed: "removed", merged: "merged", rewritten: "rewritten", made: "new" };
// Beside the lines, which look alike in print.
const MARK_SIGNS = { merged: "= ", made: "+ " };

// From which stage to which: all passes, or one.
const passPairs = () => [[0, passStages.length - 1], ...passStages.slice(1).map((_, k) => [k, k + 1])];

// Where each node of one stage is in another, by all passes between them.
function movedBetween(from, to) {
  let places = passStages[from].nodes.map((_, i) => i);
  for (let stage = from + 1; stage <= to; ++stage)
    places = places.map((place) => (place === null ? null : passStages[stage].moved[place]));
  return places;
}
// Each rule that was applied, with the nodes of stage `from` for whose sake it was.
function rulesBetween(from, to) {
  const found = [];
  for (let stage = from + 1; stage <= to; ++stage) {
    const moved = movedBetween(from, stage - 1);
    for (const [place, rule] of passStages[stage].rules)
      found.push({ pass: passStages[stage].name, name: passStages[stage - 1].nodes[place].name, rule, places: moved.flatMap((at, i) => (at === place ? [i] : [])), isFirst: stage === from + 1 });
  }
  return found;
}

// What happened to each node, for the boxes of both sides.
function marksBetween(from, to) {
  const moved = movedBetween(from, to), before = passStages[from].nodes, after = passStages[to].nodes;
  const count = after.map(() => 0);
  for (const place of moved) if (place !== null) ++count[place];
  const rewritten = new Set(rulesBetween(from, to).filter((rule) => rule.isFirst).flatMap((rule) => rule.places));
  const left = before.map((node, i) => (moved[i] === null ? "removed" : count[moved[i]] > 1 ? "merged" : rewritten.has(i) || after[moved[i]].op !== node.op ? "rewritten" : ""));
  const right = after.map((node, j) => (count[j] === 0 ? "made" : count[j] > 1 ? "merged" : before[moved.indexOf(j)].op !== node.op ? "rewritten" : ""));
  return { moved, left, right };
}

// The nodes of each call of a kernel: some loops compute several.
function callsOf(stage) {
  const calls = new Map();
  passStages[stage].nodes.forEach(({ step }, i) => { if (step !== undefined) calls.set(step, [...(calls.get(step) || []), i]); });
  return [...calls.values()];
}

// One side. `loops` are the calls that compute several nodes.
function stageDrawing(stage, marks, loops, side, onchoose) {
  const { drawing, nodes: own } = passStages[stage];
  const loopOf = (i) => loops.findIndex((loop) => loop.includes(i)) + 1;
  const said = (node, i) => `${node.name}, ${node.op} ${node.shape}${loopOf(i) ? `, loop ${loopOf(i)}` : ""}${marks[i] ? ", " + MARK_NAMES[marks[i]] : ""}`;
  if (!drawing) return make("ul", {}, own.map((node, i) => make("li", { class: marks[i] }, said(node, i))));
  const svg = makeSvg("svg", { viewBox: [-MARGIN, -MARGIN, drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN].join(" "), role: "group", "aria-label": `${side}: ${own.length} nodes; arrow keys go from node to node` });
  for (const curve of drawing.arrows) svg.append(makeSvg("g", { class: "arrow" }, makeSvg("path", { class: "line", d: pathOf(curve, false) }), makeSvg("path", { class: "head", d: headOf(curve, false) })));
  drawing.boxes.forEach(([i, x, y, w, h], k) => {
    const node = own[i], name = node.name.slice(node.name.lastIndexOf("/") + 1), loop = loopOf(i);
    const box = makeSvg("g", { class: `stage-box ${marks[i]}${node.gradient ? " gradient" : ""}`, role: "button", tabindex: k ? -1 : 0, "data-place": i, "aria-label": said(node, i) },
      makeSvg("rect", { x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 3 }), makeSvg("text", { x, y: y - 2 }, (MARK_SIGNS[marks[i]] || "") + name),
      makeSvg("text", { class: "kind", x, y: y + 11 }, `${node.op} ${node.shape}`), makeSvg("title", {}, said(node, i)),
      loop ? [makeSvg("circle", { class: "loop", cx: x + w / 2 - 2, cy: y - h / 2, r: 8 }), makeSvg("text", { class: "loop", x: x + w / 2 - 2, y: y - h / 2 + 3 }, loop)] : null);
    box.addEventListener("click", () => onchoose([i]));
    box.addEventListener("focus", () => onchoose([i]));
    box.addEventListener("keydown", (event) => {
      if (/^Arrow/.test(event.key)) moveFocus(event, box, svg.querySelectorAll(".stage-box")[k + (/Down|Right/.test(event.key) ? 1 : -1)]);
    });
    svg.append(box);
  });
  return make("div", { class: "scroll" }, svg);
}

// As wide as its place, within what can be read.
function fitStages() {
  for (const svg of document.querySelectorAll(".stages svg")) {
    const { width, height } = svg.viewBox.baseVal, factor = Math.max(READABLE.least, Math.min(READABLE.most, svg.parentNode.clientWidth / width));
    svg.style.width = width * factor + "px";
    svg.style.height = height * factor + "px";
  }
}

function drawPasses() {
  if (state.tab !== "passes" || !passStages.length) return;
  const root = byId("panel-passes"), pairs = passPairs(), [from, to] = pairs[state.pass ?? 0];
  const { moved, left, right } = marksBetween(from, to), rules = rulesBetween(from, to);
  const calls = callsOf(to);
  const loops = calls.filter((call) => call.length > 1);
  // Marks nodes on both sides, and brings them into sight where they were not chosen.
  const choose = (before, after, isBefore) => {
    for (const [side, places] of [["before", before], ["after", after]]) {
      const boxes = [...root.querySelectorAll(`.${side} .stage-box`)];
      for (const box of boxes) box.classList.toggle("chosen", places.includes(Number(box.dataset.place)));
      const first = boxes.find((box) => box.classList.contains("chosen"));
      if (first && isBefore !== (side === "before")) showInside(first.closest(".scroll"), first);
    }
  };
  const chooseBefore = (places) => choose(moved.flatMap((at, i) => (places.includes(i) || (at !== null && places.some((place) => moved[place] === at)) ? [i] : [])), places.map((i) => moved[i]), true);
  const chooseAfter = (places) => choose(moved.flatMap((at, i) => (places.includes(at) ? [i] : [])), places, false);
  const key = (mark, text) => make("span", { class: "key mark-" + mark }, text);
  const countOf = (list, mark) => key(mark, `${MARK_SIGNS[mark] || ""}${list.filter((m) => m === mark).length} ${MARK_NAMES[mark]}`);
  const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  root.replaceChildren(
    make("div", { class: "passes-head" }, make("h2", {}, "Before and after the compiler"),
      make("label", {}, "compare ", make("select", { id: "pass", onchange: (event) => { change({ pass: Number(event.target.value) }); byId("pass").focus(); } },
        pairs.map(([, b], k) => make("option", { value: k, selected: k === (state.pass ?? 0) }, k ? passStages[b].name : "all passes"))))),
    make("p", { class: "doc" }, "The run that computes the loss and its gradients. A node that is chosen on one side is shown on the other one, too."),
    make("p", { class: "marks", id: "pass-summary" }, make("strong", {}, `${passStages[from].nodes.length} nodes before, ${passStages[to].nodes.length} after`),
      countOf(left, "removed"), countOf(left, "merged"), countOf(left, "rewritten"), countOf(right, "made"),
      loops.length ? key("fused", `${loops.flat().length} fused into ${counted(loops.length, "loop")}`) : null, calls.length ? make("span", {}, counted(calls.length, "call") + " of kernels") : null),
    make("div", { class: "stages" },
      make("div", { class: "before" }, make("h3", {}, "before"), stageDrawing(from, left, [], "before", chooseBefore)),
      make("div", { class: "after" }, make("h3", {}, "after"), stageDrawing(to, right, loops, "after", chooseAfter))),
    rules.length ? make("table", { class: "rules" }, make("caption", {}, "Rewritings"), make("tr", {}, ["pass", "node", "rule"].map((head) => make("th", { scope: "col" }, head))),
      rules.map(({ pass, name, rule, places }) => make("tr", {}, make("td", {}, pass),
        make("td", {}, places.length ? make("button", { class: "link", onclick: () => { chooseBefore(places); showChosen(root); } }, name) : name), make("td", {}, rule)))) : "");
  fitStages();
}
function showInside(scroll, box) {
  const outer = scroll.getBoundingClientRect(), inner = box.getBoundingClientRect();
  scroll.scrollBy(inner.left + inner.width / 2 - outer.left - outer.width / 2, inner.top + inner.height / 2 - outer.top - outer.height / 2);
}
function showChosen(root) {
  const box = root.querySelector(".before .chosen");
  if (box) showInside(box.closest(".scroll"), box);
  root.querySelector(".stages").scrollIntoView({ block: "nearest" });
}
renderers.push(drawPasses);
window.addEventListener("resize", fitStages);
