#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor products(const Tensor& a, const Tensor& b);
Tensor centered(const Tensor& x);

namespace {

Array products_of(const Array& a, const Array& b) {
  Graph g;
  return Session(g).run(products(g.constant(a), g.constant(b)));
}

Array centered_of(const Array& x) {
  Graph g;
  return Session(g).run(centered(g.constant(x)));
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"products", "Which shape must a have, so that it is repeated for each column?",
        [] {
          return first_fault(
              {difference("products of [1, 2, 3] and [10, 20]",
                          products_of(Array({1, 2, 3}), Array({10, 20})),
                          Array({{10, 20}, {20, 40}, {30, 60}})),
               difference("products of [1, 2] and [3, 4]",
                          products_of(Array({1, 2}), Array({3, 4})), Array({{3, 4}, {6, 8}}))});
        }},
       {"centered",
        "Of 2 rows there are 2 means. In which shape does each stand beside its own row?", [] {
          return first_fault(
              {difference("centered [[1, 2, 3], [4, 6, 11]]",
                          centered_of(Array({{1, 2, 3}, {4, 6, 11}})),
                          Array({{-1, 0, 1}, {-3, -1, 4}})),
               difference("centered [[1, 2], [3, 5]]", centered_of(Array({{1, 2}, {3, 5}})),
                          Array({{-0.5, 0.5}, {-1, 1}}))});
        }}});
}
