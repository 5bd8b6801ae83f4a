// What a word means, shown beside it while it is pointed at or focused.
const GLOSSARY = {
  gradient: "The derivative of the loss by each number of a tensor: how much the loss grows if that number grows by a little. It has the tensor's shape, and is written with a d: dW belongs to W.",
  contribution: "What one reader of a tensor adds to its gradient. A tensor that is read three times gets three of them, and its gradient is their sum: the chain rule for several variables.",
  received: "How many of the tensor's readers have handed down their contribution so far.",
  fires: "The node's gradient is complete, so it can be handed down: it is multiplied by the node's own derivative, once for each operand.",
  incoming: "The gradient of this node's own result, complete now. Rules call it dy.",
  repeat: "Copies of an array along an axis, so that its shape fits another's: NumPy's broadcasting. Back from there the copies' gradients are added up.",
};
const note = make("p", { id: "glossary-note", role: "tooltip", hidden: true });
document.body.append(note);
function showMeaning(element, text) {
  note.textContent = text;
  note.hidden = false;
  element.setAttribute("aria-describedby", "glossary-note");
  const at = element.getBoundingClientRect(), own = note.getBoundingClientRect();
  note.style.left = Math.max(8, Math.min(at.left, innerWidth - own.width - 8)) + "px";
  note.style.top = (at.bottom + own.height + 12 < innerHeight ? at.bottom + 6 : at.top - own.height - 6) + "px";
}
function hideMeaning() { note.hidden = true; }
// A word of the glossary; or any word with its meaning.
function term(word, meaning = GLOSSARY[word], shown = word) {
  const element = make("span", { class: "term", tabindex: 0 }, shown);
  for (const event of ["mouseenter", "focus"]) element.addEventListener(event, () => showMeaning(element, meaning));
  for (const event of ["mouseleave", "blur"]) element.addEventListener(event, hideMeaning);
  return element;
}
