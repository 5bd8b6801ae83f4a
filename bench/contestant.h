// A contestant: a program that measures its step for a while whenever the driver asks for it, so
// that contestants in several languages take turns on one machine.
//
//   int measure(const bench::Arguments& arguments) {
//     Trainer trainer(arguments.number("batch", 10));
//     return bench::serve(arguments, 20, [&] { return trainer.train_once(); });  // the loss
//   }
//   int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
//
// It writes "ready LOSS", then answers each line "slice SECONDS" with "time SECONDS", the median
// of a step, and the end of its input with "memory BYTES", its peak. With the argument seconds=1 it
// measures once and says it all; with first=1 it does one step and ends.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace bench {

// Words of the form name=value; std::invalid_argument for any other.
class Arguments {
 public:
  Arguments(int argc, char** argv);

  std::int64_t number(const std::string& name, std::int64_t by_default) const;
  double real(const std::string& name, double by_default) const;
  std::string text(const std::string& name, const std::string& by_default) const;

 private:
  std::map<std::string, std::string> values_;
};

// Exit code 2 with a message if the program throws.
int run(int argc, char** argv, int (*program)(const Arguments&));

// A step gives the value that all contestants must agree on; that of the step after `warm_up`
// others is told.
int serve(const Arguments& arguments, int warm_up, const std::function<double()>& step);

double now();  // seconds of a steady clock

// The largest memory that this program has had resident, in bytes.
std::int64_t peak_memory();

}  // namespace bench
