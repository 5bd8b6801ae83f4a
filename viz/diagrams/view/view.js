// Walks through a drawing that Graphviz made: zoom, drag, search. Runs where the file is a document
// of its own; within a page or as an image it stays the picture that it is.
(() => {
  "use strict";
  const root = document.documentElement;
  if (root.localName !== "svg") return;

  const svg = "http://www.w3.org/2000/svg", xhtml = "http://www.w3.org/1999/xhtml";
  const smallestText = 12, textSize = 11;  // in pixels; of a node, in units of the drawing
  const toolsHeight = 40;  // in pixels
  const make = (space, name, attributes = {}, text = "") => {
    const element = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };

  // The drawing moves in a group; what stands around it keeps its size.
  const drawing = root.querySelector("g.graph");
  const [left, top, width, height] = root.getAttribute("viewBox").split(/[ ,]+/).map(Number);
  const scene = make(svg, "g", {
    id: "scene", tabindex: 0, role: "group",
    "aria-label": "Graph. Plus and minus zoom, arrow keys move, 0 shows all, slash finds a node.",
  });
  drawing.replaceWith(scene);
  scene.append(drawing);
  root.removeAttribute("viewBox");
  root.setAttribute("width", "100%");
  root.setAttribute("height", "100%");
  const ground = drawing.querySelector("polygon");
  root.style.background = ground ? ground.getAttribute("fill") : "white";

  const view = { x: 0, y: 0, scale: 1 };
  const show = () =>
    scene.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  const fitting = () => Math.min(innerWidth / width, innerHeight / height);
  const zoom = (factor, x = innerWidth / 2, y = innerHeight / 2) => {
    const scale = Math.min(Math.max(view.scale * factor, fitting() / 2), 8);
    view.x = x - (x - view.x) * scale / view.scale;
    view.y = y - (y - view.y) * scale / view.scale;
    view.scale = scale;
    show();
  };
  const move = (x, y) => {
    view.x += x;
    view.y += y;
    show();
  };
  const place = (scale, x, y) => {
    view.scale = scale;
    view.x = x - left * scale;
    view.y = y - top * scale;
    show();
  };
  const middle = scale => (innerWidth - width * scale) / 2;
  const fit = () => {
    const scale = Math.min(fitting(), 2);
    place(scale, middle(scale), (innerHeight - height * scale) / 2);
  };
  // All of it, or all of its width, or as much as can be read.
  const open = () => {
    const legible = smallestText / textSize;
    if (fitting() >= legible) return fit();
    const scale = Math.min(Math.max(innerWidth / width, legible), 1.4);
    place(scale, middle(scale), toolsHeight);
  };

  // By what is written in a node, and by its full name.
  const nodes = [...drawing.querySelectorAll("g.node")].map(element => {
    const link = element.querySelector("a");
    const name = (link && link.getAttributeNS("http://www.w3.org/1999/xlink", "title")) || "";
    const words = [...element.querySelectorAll("text")].map(text => text.textContent);
    return { element, name, text: `${name} ${words.join(" ")}`.toLowerCase(), words };
  });
  let found = [], current = -1;
  const mark = () => {
    for (const node of nodes) node.element.classList.remove("found", "current");
    for (const node of found) node.element.classList.add("found");
  };
  const center = element => {
    const legible = smallestText / textSize;
    if (view.scale < legible) zoom(legible / view.scale);
    const box = element.getBoundingClientRect();
    move(innerWidth / 2 - box.left - box.width / 2, innerHeight / 2 - box.top - box.height / 2);
  };
  const visit = step => {
    if (found.length === 0) return;
    current = (current + step + found.length) % found.length;
    mark();
    found[current].element.classList.add("current");
    center(found[current].element);
    said.textContent = `${current + 1} of ${found.length}: ${found[current].name || found[current].words[0]}`;
  };
  // The user's names come first, then what begins as the words do.
  const find = words => {
    const wanted = words.trim().toLowerCase();
    found = wanted ? nodes.filter(node => node.text.includes(wanted)) : [];
    const rank = node => node.words.some(word => word.toLowerCase() === wanted) ? 0
      : node.text.startsWith(wanted) ? 1 : 2;
    found.sort((a, b) => rank(a) - rank(b));
    current = -1;
    mark();
    said.textContent = !wanted ? "" : found.length ? "" : "no node has this name";
    visit(1);
  };

  const corner = make(svg, "foreignObject", { x: 0, y: 0, width: "100%", height: 44, id: "corner" });
  const bar = make(xhtml, "div", { id: "bar", role: "toolbar", "aria-label": "View" });
  const button = (id, text, label, press) => {
    const made = make(xhtml, "button", { id, type: "button", title: label, "aria-label": label }, text);
    made.addEventListener("click", press);
    bar.append(made);
  };
  button("zoom-in", "+", "Zoom in", () => zoom(1.25));
  button("zoom-out", "\u2212", "Zoom out", () => zoom(0.8));
  button("fit", "all", "Show all", fit);
  const search = make(xhtml, "input", {
    id: "search", type: "search", placeholder: "find a node", "aria-label": "Find a node by name",
  });
  const said = make(xhtml, "span", { id: "said", role: "status" });
  search.addEventListener("input", () => find(search.value));
  search.addEventListener("keydown", event => {
    if (event.key === "Enter") visit(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") {
      search.value = "";
      find("");
      scene.focus();
    }
  });
  bar.append(search, said);
  corner.append(bar);
  root.append(corner);

  const step = 60;
  const keys = {
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": fit,
    "/": () => search.focus(),
    ArrowLeft: () => move(step, 0), ArrowRight: () => move(-step, 0),
    ArrowUp: () => move(0, step), ArrowDown: () => move(0, -step),
  };
  // Keys belong to the drawing only while it has the focus.
  scene.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  root.addEventListener("wheel", event => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
  }, { passive: false });
  let held = null;
  root.addEventListener("pointerdown", event => {
    if (event.target.closest("#corner")) return;
    held = { x: event.clientX, y: event.clientY };
    root.classList.add("held");
  });
  root.addEventListener("pointermove", event => {
    if (held === null) return;
    move(event.clientX - held.x, event.clientY - held.y);
    held = { x: event.clientX, y: event.clientY };
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"])
    root.addEventListener(end, () => {
      held = null;
      root.classList.remove("held");
    });

  open();
  scene.focus({ preventScroll: true });
})();
