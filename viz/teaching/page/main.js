// The page's frame: tabs, menus, timeline; and the start.
const menus = ["mistakes", "show", "leave"];
function closeMenus() {
  for (const name of menus) { byId(name + "-menu").hidden = true; byId(name + "-button").setAttribute("aria-expanded", false); }
}
function switchMenu(name) {
  const isOpen = !byId(name + "-menu").hidden;
  closeMenus();
  byId(name + "-menu").hidden = isOpen;
  byId(name + "-button").setAttribute("aria-expanded", !isOpen);
}

function drawFrame() {
  document.querySelector("main").classList.toggle("wide", state.tab === "passes");
  for (const name of ["step", "tensor", "passes"]) {
    const isOpen = state.tab === name;
    byId("panel-" + name).hidden = !isOpen;
    byId("tab-" + name).setAttribute("aria-selected", isOpen);
    byId("tab-" + name).tabIndex = isOpen ? 0 : -1;
  }
  const slider = byId("slider"), step = currentStep();
  slider.max = steps.length;
  slider.value = state.step + 1;
  slider.setAttribute("aria-valuetext", `${state.step + 1} of ${steps.length}, ${step.phase}, ${symbolOf(step.node)}`);
  byId("count").textContent = `${state.step + 1} / ${steps.length}`;
  byId("predict-button").setAttribute("aria-pressed", state.predicts);
  byId("between").value = state.between ?? "";
  byId("hide-regularizer").checked = state.hidesRegularizer;
  const shown = [...nodes.keys()].filter((i) => !isPart(i)), wrong = shown.filter(hasWrongGradient).length, note = byId("mistake-note");
  note.hidden = !state.overwrites && !state.unsummed;
  note.textContent = note.hidden ? "" : wrong ? `Mistakes are on: ${wrong} of ${shown.filter((i) => nodes[i].gradient).length} gradients are wrong: ${shown.filter(hasWrongGradient).map(gradientName).join(", ")}.` : "Mistakes are on, but this graph does not show them.";
  drawTicks();
}
function drawTicks() {
  const n = steps.length, shown = shownNodes();
  fill(byId("ticks"), { viewBox: `0 0 ${n} 10`, preserveAspectRatio: "none" });
  // Those of the way back are half as high: that tells them apart in print, too.
  const top = { forward: 0, backward: 5 };
  byId("ticks").replaceChildren(...steps.map((step, s) => makeSvg("rect", { class: `${step.phase}${s === state.step ? " now" : s < state.step ? " past" : ""}${shown[step.node] ? "" : " out"}`, x: s + 0.08, y: top[step.phase], width: 0.84, height: 10 - top[step.phase] })));
}

// Those of the view: its nodes and its groups.
function fillChoices() {
  const isWhole = views.length === 1 && groups.length > 0, shown = (i) => nodes[i].kind !== "number" && !isPart(i) && i !== nodes.length - 1;
  byId("between").replaceChildren(make("option", { value: "" }, "(everything)"), ...[...nodes.keys()].filter(shown).map((i) => make("option", { value: i }, nodes[i].name)));
  byId("group-buttons").replaceChildren(...(!isWhole ? [] : [
    make("button", { id: "close-groups", onclick: () => change({ closed: new Set(groups.keys()) }) }, "Collapse all"), make("button", { id: "open-groups", onclick: () => change({ closed: new Set() }) }, "Expand all"),
    ...groups.map((group, g) => make("button", { class: "link group-switch", "data-group": g, onclick: () => openGroup(g) }, group.label))]));
  byId("every-node").checked = !isTextbook;
  document.querySelector(".key.of-shape").hidden = !views.some(({ arrows }) => arrows.some((arrow) => arrow.of_shape));
}
function fillMenus() {
  byId("title").textContent = data.title;
  if (!nodes.some((node) => node.regularizer)) byId("hide-regularizer").disabled = true;
  if (!moments.some((m) => m.overwritten)) byId("mistake-overwrite").disabled = true;
  if (!ways.some(isBiasWay)) byId("mistake-unsummed").disabled = true;
  byId("introduction").hidden = !(data.introduction || "").trim();
  byId("introduction").append(...(data.introduction || "").split(/\n\s*\n/).filter((text) => text.trim()).map((text) => make("p", {}, text.trim())));
  byId("legend").append(...[["variable", "variable"], ["placeholder", "fed"], ["op", "op"], ["forward", "forward"], ["backward", "backward"], ["of-shape", "shape alone"], ...(nodes.some((node) => node.regularizer) ? [["regularizer", "regularizer"]] : [])].map(([name, text]) => make("span", { class: "key " + name }, text)));
  fillChoices();
  byId("tab-passes").hidden = !passStages.length;
  if (!hasBothViews) byId("every-node").disabled = true;
  if (isLocked()) for (const id of ["save-worksheet", "save-dot", "predict-button", "mistakes-button"]) byId(id).hidden = true;
}

function listen() {
  const on = (id, event, act) => byId(id).addEventListener(event, act);
  on("first", "click", pageKeys.Home); on("last", "click", pageKeys.End);
  on("previous", "click", pageKeys.ArrowLeft); on("next", "click", pageKeys.ArrowRight); on("play", "click", play);
  on("slider", "input", (event) => goTo(Number(event.target.value) - 1));
  on("moment", "input", (event) => change({ moment: Number(event.target.value) }));
  for (const name of menus) on(name + "-button", "click", () => switchMenu(name));
  on("mistake-overwrite", "change", (event) => change({ overwrites: event.target.checked }));
  on("mistake-unsummed", "change", (event) => change({ unsummed: event.target.checked }));
  on("every-node", "change", switchView);
  on("hide-regularizer", "change", (event) => { change({ hidesRegularizer: event.target.checked }); stayOnShown(); });
  on("between", "change", (event) => { change({ between: event.target.value === "" ? null : Number(event.target.value) }); stayOnShown(); });
  on("predict-button", "click", switchPredict); on("large-button", "click", switchLarge); on("theme-button", "click", switchTheme);
  on("seconds", "change", changeSpeed);
  on("letters", "change", (event) => { state.hearsLetters = event.target.checked; });
  on("help-button", "click", () => byId("help").showModal());
  on("zoom-in", "click", () => setZoom(1.25)); on("zoom-out", "click", () => setZoom(0.8)); on("zoom-fit", "click", switchWhole);
  on("search", "input", (event) => search(event.target.value));
  on("search", "keydown", (event) => { if (event.key === "Enter") goToFound(event.shiftKey ? -1 : 1); });
  on("save-svg", "click", () => save(fileName(".svg"), "image/svg+xml", svgOfMoment())); on("save-latex", "click", showLatex);
  on("save-dot", "click", () => save(fileName(".dot"), "text/vnd.graphviz", data.dot)); on("show-table", "click", showTable);
  on("save-worksheet", "click", () => save(fileName("_worksheet.html"), "text/html", worksheetText()));
  on("save-score", "click", saveScore); on("check-scores", "change", checkScores);
  on("print-table", "click", () => print());
  for (const name of ["step", "tensor", "passes"]) on("tab-" + name, "click", () => change({ tab: name }));
  on("tabs", "keydown", (event) => {
    const tabs = Array.from(byId("tabs").children).filter((tab) => !tab.hidden), at = tabs.indexOf(event.target);
    const target = { ArrowRight: tabs[(at + 1) % tabs.length], ArrowLeft: tabs[(at + tabs.length - 1) % tabs.length], Home: tabs[0], End: tabs[tabs.length - 1] }[event.key];
    if (target) { target.focus(); target.click(); }
  });
  document.addEventListener("keydown", hearKey);
  window.addEventListener("resize", () => followCurrent(byId("drawing")));
  systemTheme.addEventListener("change", () => { followSystem(); renderAll(); });
  window.addEventListener("beforeprint", fillTable);
}
// A step that is no longer shown gives way to the next one that is.
function stayOnShown() {
  if (!shownNodes()[currentStep().node]) goTo(stepFrom(state.step, 1) !== state.step ? stepFrom(state.step, 1) : stepFrom(state.step, -1));
}

// "page.html?step=12&moment=3&embed&library": where to begin, both counted from 1; embed leaves out
// all that is not this moment, for slides; library shows every node.
function readAddress() {
  const address = new URLSearchParams(location.search);
  const place = (name, count) => Math.min(Math.max(Math.trunc(Number(address.get(name))) || 1, 1), count) - 1;
  if (address.has("library") && hasBothViews) switchView();
  change({ step: place("step", steps.length), moment: place("moment", moments.length) });
  document.body.classList.toggle("embed", address.has("embed"));
}

renderers.unshift(drawFrame);
fillMenus();
listen();
if (isLocked()) state.predicts = true;
followSystem();
readAddress();
