// The score of a reader's answers as a small file for a teacher, with a code that belongs to the name,
// the page and the answers: a file that was edited, or is of another page, is told. The code is made
// by this page and proves no more than that: whoever can program can make one.
const SCORE_FIELDS = ["title", "page", "moment", "name", "right", "shown", "open"], QUESTION_FIELDS = ["step", "question", "result", "wrong"];

// The same for a page and for the worksheets that were saved from it.
const pageCode = () => data.page ?? hashOf(byId("data").textContent);
const codeOfScore = (score) => hashOf("score " + JSON.stringify([SCORE_FIELDS.map((field) => score[field]), score.questions.map((q) => QUESTION_FIELDS.map((field) => q[field]))]));

function scoreOf(name) {
  const questions = steps.map((_, s) => ({ step: s + 1, question: question(s).text, result: state.answers.get(answerKey(s)) ?? "open", wrong: state.wrong.get(answerKey(s)) ?? 0 }));
  const count = (result) => questions.filter((q) => q.result === result).length;
  const score = { title: data.title, page: pageCode(), moment: moment().step, name, right: count("right"), shown: count("shown"), open: count("open"), questions };
  return { ...score, code: codeOfScore(score) };
}
function saveScore() {
  const name = byId("score-name").value.trim();
  if (name === "") {
    byId("score-name").focus();
    byId("score-verdicts").replaceChildren(make("li", {}, "Type your name first."));
    return;
  }
  save(fileName("_score.json"), "application/json", JSON.stringify(scoreOf(name), null, 1) + "\n");
}

// What a teacher is told of a file.
function verdictOnScore(file, text) {
  try {
    const score = JSON.parse(text);
    if (score.code !== codeOfScore(score)) return `${file}: the code does not belong to these answers`;
    if (score.page !== pageCode()) return `${file}: of another page, ${score.title}`;
    const wrong = score.questions.reduce((sum, q) => sum + q.wrong, 0);
    return `${score.name}: ${score.right} right, ${score.shown} shown, ${score.open} open, ${wrong} wrong attempts; the code is right`;
  } catch {
    return `${file}: no score`;
  }
}
async function checkScores(event) {
  const files = [...event.target.files];
  const texts = await Promise.all(files.map((file) => file.text()));
  byId("score-verdicts").replaceChildren(...files.map((file, k) => make("li", {}, verdictOnScore(file.name, texts[k]))));
}
