// Each equation of numbers that a page shows, computed again by a calculator that knows nothing of
// the page.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <gradus/op/table.h>

#include "page_fixture.h"
#include "proof/check_derivatives.h"
#include "proof/samples.h"

namespace gradus::test {
namespace {

using Json = nlohmann::json;

// Goes over each entry of each step of the open page. `wrong`: equations that JavaScript itself
// computes otherwise than they say, to the last digit, and lines whose number is not that of the
// entry; `count`: equations; `silent`: ops, and gradients of ops to an operand, of which some entry
// has no arithmetic; `forward`: ops whose values are shown.
constexpr const char* check_equations = R"js(
  const slider = document.getElementById("slider"), wrong = [], seen = new Set(), silent = new Set(), forward = new Set();
  const functions = Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name] === "function" && name !== "round");
  const erf = (x) => {  // by Simpson's rule
    const n = 2000, f = (t) => Math.exp(-t * t);
    let sum = f(0) + f(x);
    for (let k = 1; k < n; ++k) sum += (k % 2 ? 4 : 2) * f(x * k / n);
    return 2 / Math.sqrt(Math.PI) * sum * x / n / 3;
  };
  const prelude = functions.map((name) => `const ${name} = Math.${name};`).join("") +
    "const e = Math.E, pi = Math.PI, inf = Infinity, nan = NaN, sigmoid = (x) => 1 / (1 + exp(-x)), softplus = (x) => log1p(exp(x)), square = (x) => x * x;" +
    "const reciprocal = (x) => 1 / x, rsqrt = (x) => 1 / sqrt(x), relu = (x) => max(x, 0), maximum = max, minimum = min;" +
    "const log_sigmoid = (x) => -log1p(exp(-x)), softsign = (x) => x / (1 + abs(x)), silu = (x) => x * sigmoid(x);" +
    "const clip = (x, low, high) => min(max(x, low), high), mod = (a, b) => a - floor(a / b) * b, is_nan = Number.isNaN, is_finite = Number.isFinite;" +
    "const round = (x) => (abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)), Phi = (x) => (1 + erf(x / sqrt(2))) / 2;";
  const compute = (text) => {
    // In JavaScript -2 ** 2 is an error.
    const code = text.replaceAll("·", "*").replace(/-\(([^()]*)\)\^/g, "-1 * ($1)^").replace(/\bnot /g, "!").replace(/\|([^|]*)\|/g, "abs($1)").replace(/(^|\(|- )-([\d.e-]+)\^/g, "$1-1 * $2^").replaceAll("^", "**").replaceAll(" and ", " && ").replaceAll(" or ", " || ").replaceAll(" xor ", " !== ");
    return new Function("erf", prelude + "return " + code)(erf);
  };
  const digitsOf = (text) => text.replace(/e.*$/, "").replace(/^-?[0.]*/, "").replace(".", "").length || 1;
  const agrees = (value, text) => {
    if (String(value) === text || value === Number(text) || (Number.isNaN(value) && text === "nan")) return true;
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - Math.max(digitsOf(text), 4));
    return Math.abs(value - Number(text.replace("inf", "Infinity"))) <= 0.5000001 * unit;
  };
  const valueOf = (cell) => { const text = cell.title.split(" = ")[1].split(",")[0]; return text === "true" ? true : text === "false" ? false : Number(text.replace("inf", "Infinity")); };
  // Whether the line says how the entry comes about.
  const check = (line, cell) => {
    const plain = line.replace(/  \(.*\)$/, ""), end = / (=|≈) (\S+)$/.exec(plain);
    if (!end) return false;
    if (!agrees(valueOf(cell), end[2]) && end[1] === "=") wrong.push(`${line}   is not ${cell.title}`);
    const [, left, sign, right] = /^.*? = (.*) (=|≈) (\S+)$/.exec(plain) || [];
    if (left === undefined) return plain !== line;  // said in words
    if (seen.has(line)) return true;
    seen.add(line);
    if (/^[\p{L}_][\p{L}\p{N}_]*(\[[\d, ]+\])?$/u.test(left)) {  // where a number is from
      const grid = cell.closest("table").dataset.key === "value" ? "table[data-key^=operand]" : "table[data-key=dy]";
      const sources = [...document.querySelectorAll(`#panel-step ${grid} td.source`)].filter((other) => !left.includes("[") || other.title.startsWith(left.slice(left.indexOf("["))));
      if (sources.length && !sources.some((other) => agrees(valueOf(other), right))) wrong.push(`${line}   is from none of the marked entries`);
      return true;
    }
    let value;
    try { value = compute(left); } catch (error) { wrong.push(line + "   " + error); return true; }
    if (typeof value === "boolean" ? String(value) !== right : sign === "≈" ? !(Math.abs(value - right) < 1e-3 * (1 + Math.abs(value))) : !agrees(value, right)) wrong.push(`${line}   is ${value}`);
    return true;
  };
  const { nodes, ways } = JSON.parse(document.getElementById("data").textContent);
  const steps = nodes.flatMap((node, i) => (node.kind === "op" ? [{ node: i, ways: [] }] : []));
  const ops = steps.length;
  ways.forEach((way, w) => { const last = steps.at(-1); if (steps.length > ops && last.node === way.from) last.ways.push(w); else steps.push({ node: way.from, ways: [w] }); });
  if (steps.length !== Number(slider.max)) wrong.push("there are other steps");
  steps.forEach((step, s) => {
    slider.value = s + 1;
    slider.dispatchEvent(new Event("input"));
    const isForward = s < ops, { op } = nodes[step.node];
    if (isForward) forward.add(op);
    for (const key of isForward ? ["value"] : step.ways.map((w) => "part" + w)) {
      const name = isForward ? op : `${op} to ${nodes[step.node].operand_names[ways[key.slice(4)].operand] ?? "operand"}`;
      for (const cell of document.querySelectorAll(`#panel-step table[data-key=${key}] [data-element]`)) {
        cell.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
        if (!check(document.getElementById("arithmetic").textContent, cell)) silent.add(name);
      }
    }
  });
  return { wrong, count: seen.size, silent: [...silent].sort(), forward: [...forward] };)js";

class Equations : public PageTest {
 protected:
  Json check_page() {
    browser().open(path());
    Json found = browser().run(check_equations);
    EXPECT_EQ(found["wrong"], Json::array()) << found["wrong"].dump(2);
    return found;
  }
};

TEST_F(Equations, a_calculator_confirms_each_equation) {
  using Function = Tensor (*)(const Tensor&, const Tensor&);
  const Function functions[] = {
      [](const Tensor& x, const Tensor& b) { return x * b + x / b - (x - b); },
      [](const Tensor& x, const Tensor& b) { return power(x, 3) + power(x, b); },
      [](const Tensor& x, const Tensor& b) { return exp(-x) * log(b) + log1p(x) - expm1(b); },
      [](const Tensor& x, const Tensor& b) { return sqrt(x) + rsqrt(b) + reciprocal(x) * log2(b); },
      [](const Tensor& x, const Tensor& b) { return sin(x) * cos(b) + tan(x) * atan(b); },
      [](const Tensor& x, const Tensor& b) {
        return hypot(x, b) + atan2(x, b) + sinh(x) * cosh(b);
      },
      [](const Tensor& x, const Tensor& b) { return maximum(x, b) + minimum(x, -b) + abs(x - b); },
      [](const Tensor& x, const Tensor& b) { return tanh(x * b) + sigmoid(x) * softplus(-b); },
      [](const Tensor& x, const Tensor& b) { return relu(x - b) + elu(b - x) + leaky_relu(x - b); },
      [](const Tensor& x, const Tensor& b) { return silu(x) + softsign(b) * log_sigmoid(x); },
      [](const Tensor& x, const Tensor& b) { return clip(x, 0.6, 0.9) * squared_difference(x, b); },
  };
  std::int64_t equations = 0;
  for (const bool is_second_order : {false, true})
    for (const Function function : functions) {
      Graph g;
      Tensor x = g.placeholder("x", {3}), b = g.placeholder("b", {3});
      Tensor y = reduce_sum(function(x, b));
      Tensor loss = named(is_second_order ? reduce_sum(gradient(y, x) * x * b) : y, "loss");
      Session session(g);
      write_page(path(), session, loss, {x, b},
                 {{x, Array({0.5123, 1.234567, 0.8})}, {b, Array({0.7071068, 1.5, 0.4})}});
      browser().open(path());
      equations += check_page()["count"].get<std::int64_t>();
    }
  EXPECT_GT(equations, 800);
}

// The largest of the cases at which derivatives are taken.
std::vector<Array> operands_of(const proof::Proof& proof) {
  std::vector<Shape> largest;
  std::int64_t most = -1;
  for (const std::vector<Shape>& shapes : proof::derivative_cases(proof)) {
    std::int64_t elements = 0;
    for (const Shape& shape : shapes) elements += shape.element_count();
    if (elements > most) {
      most = elements;
      largest = shapes;
    }
  }
  return proof::samples(proof, largest, proof.dtypes.front());
}

// A page of an op: of the sum of its value, each entry times a number of its own, or of what its
// gradient rules make.
struct OpPage {
  Graph graph;
  std::vector<Tensor> xs, floats;
  std::vector<Feed> feeds;
  Tensor loss;
  std::uint64_t seed = 1;

  Tensor fed(const std::string& name, const Shape& shape, DType dtype, const Array& value) {
    const Tensor x = graph.placeholder(name, shape, dtype);
    feeds.emplace_back(x, value);
    return x;
  }
  Tensor weighted(const Tensor& y) {
    const Shape shape = Session(graph).run(y, feeds).shape();
    const std::string name = fmt::format("c{}", ++seed);
    return reduce_sum(y * fed(name, shape, y.dtype(),
                              proof::sample({.low = -2, .high = 2}, shape, y.dtype(), name)));
  }

  OpPage(const proof::Proof& proof, bool is_second_order) {
    for (const Array& value : operands_of(proof)) {
      xs.push_back(fed(fmt::format("x{}", xs.size()), value.shape(), value.dtype(), value));
      if (is_float(value.dtype())) floats.push_back(xs.back());
    }
    Tensor y = proof.call(xs);
    if (!is_float(y.dtype())) y = cast(y, float32);
    // What the loss depends on, whatever the op hands down.
    floats.push_back(fed("w", {}, y.dtype(), Array::full({}, 0.5, y.dtype())));
    y = y * floats.back();
    loss = weighted(y);
    if (is_second_order && !floats.empty()) {
      const std::vector<Tensor> dxs = gradients(loss, floats, {.unconnected = Unconnected::zero});
      floats.push_back(feeds.back().placeholder());  // dy
      loss = {};
      for (const Tensor& dx : dxs)
        loss = loss ? loss + cast(weighted(dx), loss.dtype()) : weighted(dx);
    }
    std::erase_if(floats, [&](const Tensor& x) { return !reaches(x); });
  }
  bool reaches(const Tensor& x) const {
    try {
      gradients(loss, {x});
      return true;
    } catch (const GraphError&) {
      return false;
    }
  }
};

// What takes more than a line, and is said in words: triangles of matrices, elimination, a user's
// own rule.
const std::set<std::string> unwritten{"cholesky",
                                      "cholesky to a",
                                      "triangular_solve",
                                      "triangular_solve to a",
                                      "triangular_solve to b",
                                      "solve",
                                      "solve to a",
                                      "solve to b",
                                      "custom_gradient to operand"};

TEST_F(Equations, of_each_op_and_its_gradients_of_both_orders_are_confirmed) {
  std::set<std::string> forward;
  std::set<const Op*> done;
  for (const proof::Proof& proof : proof::all_proofs()) {
    if (proof.op == nullptr || !done.insert(proof.op).second) continue;
    for (const bool is_second_order : {false, true}) {
      SCOPED_TRACE(proof.title() + (is_second_order ? ", second order" : ""));
      if (is_second_order && !proof.has_gradient) continue;
      OpPage page(proof, is_second_order);
      if (page.floats.empty()) continue;
      Session session(page.graph);
      write_page(path(), session, page.loss, page.floats, page.feeds);
      const Json found = check_page();
      for (const Json& op : found["forward"]) forward.insert(op.get<std::string>());
      for (const Json& name : found["silent"])
        EXPECT_TRUE(unwritten.contains(name.get<std::string>())) << name;
    }
  }
  std::set<std::string> missing;
  for (const Op* op : all_ops())
    if (!forward.contains(std::string(op->name))) missing.emplace(op->name);
  EXPECT_EQ(missing, std::set<std::string>({"assign", "constant", "custom_gradient", "group",
                                            "placeholder", "random_bernoulli", "random_normal",
                                            "random_uniform", "variable"}));
}

}  // namespace
}  // namespace gradus::test
