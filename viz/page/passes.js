// The tab "Compiled": the graph of loss and gradients before and after the compiler's passes.
const passStages = data.passes || [];

// From which stage to which: one pass, or all.
const passPairs = () => [[0, passStages.length - 1], ...passStages.slice(1).map((_, k) => [k, k + 1])];

// Where each node of one stage is in another, by all passes between them.
function movedBetween(from, to) {
  let places = passStages[from].nodes.map((_, i) => i);
  for (let stage = from + 1; stage <= to; ++stage)
    places = places.map((place) => (place === null ? null : passStages[stage].moved[place]));
  return places;
}
function rulesBetween(from, to) {
  const found = [];
  for (let stage = from + 1; stage <= to; ++stage) {
    const before = passStages[stage - 1];
    for (const [place, rule] of passStages[stage].rules) found.push({ pass: passStages[stage].name, name: before.nodes[place].name, place, rule, isFirst: stage === from + 1 });
  }
  return found;
}

// What happened to each node: classes for the boxes of both sides.
function marksBetween(from, to) {
  const moved = movedBetween(from, to), before = passStages[from].nodes, after = passStages[to].nodes;
  const count = after.map(() => 0);
  for (const place of moved) if (place !== null) ++count[place];
  const rewritten = new Set(rulesBetween(from, to).filter((rule) => rule.isFirst).map((rule) => rule.place));
  const left = before.map((node, i) => (moved[i] === null ? "removed" : count[moved[i]] > 1 ? "merged" : rewritten.has(i) || after[moved[i]].op !== node.op ? "rewritten" : ""));
  const right = after.map((node, j) => (count[j] === 0 ? "made" : count[j] > 1 ? "merged" : before[moved.indexOf(j)].op !== node.op ? "rewritten" : ""));
  return { moved, left, right };
}

function stageDrawing(stage, marks, side, onchoose) {
  const { drawing, nodes: own } = passStages[stage];
  if (!drawing) return make("ul", {}, own.map((node, i) => make("li", { class: marks[i] }, `${node.name} = ${node.op} ${node.shape}`)));
  const svg = makeSvg("svg", { viewBox: `0 0 ${drawing.width} ${drawing.height}`, width: drawing.width, height: drawing.height, role: "group", "aria-label": `${side}: ${own.length} nodes` });
  for (const curve of drawing.arrows) svg.append(makeSvg("g", { class: "arrow" }, makeSvg("path", { class: "line", d: pathOf(curve) }), makeSvg("path", { class: "head", d: headOf(curve, false) })));
  drawing.boxes.forEach(([i, x, y, w, h], k) => {
    const node = own[i], loop = node.step === undefined ? "" : `, call ${node.step}`;
    const box = makeSvg("g", { class: `stage-box ${marks[i]}${node.gradient ? " gradient" : ""}`, role: "button", tabindex: k ? -1 : 0, "data-place": i, "aria-label": `${node.name}, ${node.op} ${node.shape}${loop}${marks[i] ? ", " + marks[i] : ""}` },
      makeSvg("rect", { x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 3 }), makeSvg("text", { x, y: y - 3 }, node.name.slice(node.name.lastIndexOf("/") + 1)),
      makeSvg("text", { class: "kind", x, y: y + 10 }, `${node.op} ${node.shape}`), makeSvg("title", {}, `${node.name}${loop}${marks[i] ? ": " + marks[i] : ""}`));
    box.addEventListener("click", () => onchoose(i));
    box.addEventListener("focus", () => onchoose(i));
    box.addEventListener("keydown", (event) => {
      const boxes = [...svg.querySelectorAll(".stage-box")], next = boxes[k + ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key] || 0)];
      if (!/^Arrow/.test(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (next) { box.setAttribute("tabindex", -1); next.setAttribute("tabindex", 0); next.focus(); }
    });
    svg.append(box);
  });
  return make("div", { class: "scroll" }, svg);
}

function drawPasses() {
  if (state.tab !== "passes" || !passStages.length) return;
  const root = byId("panel-passes"), pairs = passPairs(), [from, to] = pairs[state.pass ?? 0];
  const { moved, left, right } = marksBetween(from, to), rules = rulesBetween(from, to), count = (list, mark) => list.filter((m) => m === mark).length;
  const choose = (isChosen) => {
    for (const box of root.querySelectorAll(".stage-box")) box.classList.toggle("chosen", isChosen(box.closest(".before") !== null, Number(box.dataset.place)));
    const other = root.querySelector(".after .chosen");
    if (other) other.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const calls = new Set(passStages[to].nodes.map((node) => node.step).filter((step) => step !== undefined)).size;
  root.replaceChildren(
    make("h2", {}, "Before and after the compiler"),
    make("p", { class: "doc" }, "The run that computes the loss and its gradients. A node that is chosen is shown on both sides."),
    make("label", {}, "compare ", make("select", { id: "pass", onchange: (event) => { change({ pass: Number(event.target.value) }); byId("pass").focus(); } },
      pairs.map(([a, b], k) => make("option", { value: k, selected: k === (state.pass ?? 0) }, k ? `${passStages[b].name}` : "all passes")))),
    make("p", { class: "marks", id: "pass-summary" }, `${passStages[from].nodes.length} nodes before, ${passStages[to].nodes.length} after: ${count(left, "removed")} removed (dashed), ${count(left, "merged")} merged (green), ${count(left, "rewritten")} rewritten (violet), ${count(right, "made")} new (blue)${calls ? `; ${calls} calls of kernels` : ""}.`),
    make("div", { class: "stages" },
      make("div", { class: "before" }, make("h3", {}, "before"), stageDrawing(from, left, "before", (i) => choose((isBefore, place) => (isBefore ? place === i || (moved[i] !== null && moved[place] === moved[i]) : place === moved[i])))),
      make("div", { class: "after" }, make("h3", {}, "after"), stageDrawing(to, right, "after", (j) => choose((isBefore, place) => (isBefore ? moved[place] === j : place === j))))),
    rules.length ? make("table", { class: "rules" }, make("caption", {}, "Rewritings"), make("tr", {}, ["pass", "node", "rule"].map((head) => make("th", { scope: "col" }, head))),
      rules.map((rule) => make("tr", {}, make("td", {}, rule.pass), make("td", {}, rule.name), make("td", {}, rule.rule)))) : "");
}
renderers.push(drawPasses);
