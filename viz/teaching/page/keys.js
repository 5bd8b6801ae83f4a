// Keys for the whole page; fields and grids hear theirs first.
function goTo(step) {
  const place = Math.max(0, Math.min(steps.length - 1, step)), { node } = steps[place];
  // Who has opened a group of a large graph goes on inside of groups.
  const isInside = views.length > 1 && state.view !== 0 && itemKeyOf(node) !== "n" + node;
  change({ step: place, ...(isInside ? { view: views.findIndex((view) => view.group === groupOf[node]) } : {}) });
}
function changeMoment(direction) {
  change({ moment: Math.max(0, Math.min(moments.length - 1, state.moment + direction)) });
}
let timer = null;
function play() {
  if (timer) { clearInterval(timer); timer = null; }
  else timer = setInterval(() => {
    const next = stepFrom(state.step, 1);
    if (next === state.step) play(); else goTo(next);
  }, 1000 * Number(byId("seconds").value));
  byId("play").setAttribute("aria-pressed", timer !== null);
  byId("play").textContent = timer ? "❚❚" : "▶\uFE0E";
}
function changeSpeed() {
  if (timer) { play(); play(); }
}
// As the reader's system has it, until the reader chooses.
const systemTheme = matchMedia("(prefers-color-scheme: dark)");
function setTheme(name) {
  document.documentElement.dataset.theme = name;
}
function followSystem() {
  if (!state.hasTheme) setTheme(systemTheme.matches ? "dark" : "light");
}
function switchTheme() {
  state.hasTheme = true;
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  renderAll();
}
function switchLarge() {
  const isLarge = document.documentElement.classList.toggle("large");
  byId("large-button").setAttribute("aria-pressed", isLarge);
  renderAll();
}
function switchPredict() {
  change({ predicts: !state.predicts, tab: "step" });
  if (state.predicts && byId("answer")) byId("answer").focus();
}

const pageKeys = {
  ArrowRight: () => goTo(stepFrom(state.step, 1)), ArrowLeft: () => goTo(stepFrom(state.step, -1)),
  Home: () => goTo(stepFrom(-1, 1)), End: () => goTo(stepFrom(steps.length, -1)), b: () => goTo(forwardCount), " ": play,
  "[": () => changeMoment(-1), "]": () => changeMoment(1), t: () => change({ tensor: currentStep().node, tab: "tensor" }), Escape: () => { closeMenus(); hideMeaning(); change({ tab: "step" }); },
  p: switchPredict, d: switchTheme, l: switchLarge, "?": () => byId("help").showModal(), "/": () => byId("search").focus(),
};
function hearKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const { target } = event;
  const isField = target.matches("input:not([type=checkbox]), select, textarea");
  if (isField && event.key !== "Escape") return;
  if (event.key === " " && target.matches("button, [role=button], input, summary, a")) return;
  if (target.matches("[role=tab]") && /^Arrow|Home|End/.test(event.key)) return;
  if (!state.hearsLetters && event.key.length === 1 && event.key !== " ") return;
  const act = pageKeys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
