// A worksheet: the page of one moment without its answers. What a step computes is in the file only
// as letters that the right answer to its question unlocks, or the button "Show", which is counted.
// That keeps an honest reader from seeing results; whoever reads this code finds them.
const locks = data.locks || null;
const isLocked = () => locks !== null;

// The page as the library wrote it, before anything is shown; without its data.
const writtenPage = document.documentElement.cloneNode(true);
writtenPage.querySelector("#data").textContent = "";

// Pseudo-random bytes that follow from a text: four words mixed (cyrb128), then drawn from (sfc32).
function bytesFrom(text, count) {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (const letter of text) {
    const k = letter.codePointAt(0);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t & 255;
  };
  for (let i = 0; i < 20; ++i) next();
  return Uint8Array.from({ length: count }, next);
}
const encoder = new TextEncoder(), decoder = new TextDecoder();
function mixed(bytes, key) {
  const stream = bytesFrom(key, bytes.length);
  return bytes.map((byte, i) => byte ^ stream[i]);
}
const toLetters = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromLetters = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const hashOf = (text) => toLetters(bytesFrom("check " + text, 8));

// What each step makes: the numbers of its tensors.
function madeBy(s) {
  const step = steps[s], m = moment();
  if (step.phase === "forward") return partsIn(step.node).map((i) => m.values[i]);
  return step.ways.flatMap((w) => [m.right.along_ways[w], ...(ways[w].number === ways[w].count ? [m.right.of_nodes[ways[w].to]] : [])]);
}

function worksheetData() {
  const m = moment(), open = new Set(nodes.flatMap((node, i) => (node.kind === "op" ? [] : [m.values[i]])));
  open.add(m.right.of_nodes[nodes.length - 1]);
  const tensors = [], place = new Map(), newLocks = [];
  const keep = (number, json) => { if (!place.has(number)) { place.set(number, tensors.length); tensors.push(json); } };
  const stripped = ({ shape, dtype, elements, summary }) => (elements === undefined ? { shape, dtype, summary } : { shape, dtype, elements });
  for (const number of open) keep(number, stripped(tensorOf(number)));
  steps.forEach((_, s) => {
    const own = {};
    for (const number of madeBy(s)) {
      if (place.has(number)) continue;
      keep(number, { locked: true, shape: ["?"], dtype: tensorOf(number).dtype });
      own[place.get(number)] = stripped(tensorOf(number));
    }
    const q = question(s), answers = rightAnswers(q);
    if (q.tensor && q.kind === "number") {
      const locked = tensors[place.get(data.tensors.indexOf(q.tensor))];
      if (locked.locked) locked.asked = indexOf(q.element, q.tensor.shape).join(", ");
    }
    const rules = Object.fromEntries(steps[s].ways.map((w) => [w, { rule: ways[w].rule, remark: ways[w].remark, text: ruleOf(w), latex: latexRuleOf(w) }]));
    const master = s + answers[0], content = encoder.encode(JSON.stringify({ tensors: own, rules }));
    newLocks.push({ kind: q.kind, hint: q.hint, shown: toLetters(mixed(encoder.encode(master), "show " + s)), content: toLetters(mixed(content, master)),
      answers: answers.map((answer) => ({ hash: hashOf(s + answer), master: toLetters(mixed(encoder.encode(master), "key " + s + answer)) })) });
  });
  const moved = (numbers) => numbers.map((number) => (number === null ? null : place.get(number)));
  const only = { step: m.step, loss: 0, values: moved(m.values), right: { of_nodes: moved(m.right.of_nodes), along_ways: moved(m.right.along_ways) }, slopes: [] };
  const bare = ways.map(({ from, operand, to, number, count }) => ({ from, operand, to, number, count, rule: "", remark: "", text: "", latex: "" }));
  return { title: data.title + " (worksheet)", page: pageCode(), introduction: data.introduction, nodes, ways: bare, [isTextbook ? "textbook" : "every_node"]: isTextbook ? data.textbook : data.every_node, passes: [], dot: "", moments: [only], tensors, locks: newLocks };
}

// Opens what a step made, if one of the answers is right.
function unlock(s, answers) {
  for (const answer of answers) {
    const found = locks[s].answers.find(({ hash }) => hash === hashOf(s + answer));
    if (!found) continue;
    openLock(s, decoder.decode(mixed(fromLetters(found.master), "key " + s + answer)));
    return true;
  }
  return false;
}
const unlockShown = (s) => openLock(s, decoder.decode(mixed(fromLetters(locks[s].shown), "show " + s)));
function openLock(s, master) {
  const { tensors, rules } = JSON.parse(decoder.decode(mixed(fromLetters(locks[s].content), master)));
  for (const [number, json] of Object.entries(tensors)) Object.assign(data.tensors[number], { locked: undefined, values: undefined }, json);
  for (const [w, words] of Object.entries(rules)) Object.assign(ways[w], words);
  drawnFor = "";
}
// A step can be answered when what it reads is open.
function readsLocked(s) {
  const step = steps[s];
  return operandsOf(step.node).some((i) => valueOf(i).locked) || (step.phase === "backward" && Boolean(gradientOf(step.node).locked));
}

function worksheetText() {
  const { overwrites, unsummed } = state;
  Object.assign(state, { overwrites: false, unsummed: false });  // mistakes are no answers
  const copy = writtenPage.cloneNode(true), worksheet = worksheetData();
  Object.assign(state, { overwrites, unsummed });
  copy.querySelector("title").textContent = worksheet.title;
  copy.querySelector("#data").textContent = JSON.stringify(worksheet).replaceAll("<", "\\u003c");
  return "<!doctype html>\n" + copy.outerHTML;
}
