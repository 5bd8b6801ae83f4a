// Small helpers for elements of the page. Text is always set as text, never as markup.
const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of [children].flat(Infinity))
    if (child !== undefined && child !== null && child !== false) element.append(child);
  return element;
}
function make(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}
function makeSvg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}
// By keys from one element to another, if there is one; the page's own keys do not hear it.
function moveFocus(event, from, to) {
  event.preventDefault();
  event.stopPropagation();
  if (!to) return;
  from.setAttribute("tabindex", -1);
  to.setAttribute("tabindex", 0);
  to.focus();
}
function announce(text) {
  byId("live").textContent = text;
}
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
function fileName(extension) {
  return (data.title.replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "") || "gradus") + extension;
}
