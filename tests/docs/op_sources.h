// What the sources of ops say about them in C++: how they are declared, and the calls of examples.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace gradus {

class OpSources {
 public:
  explicit OpSources(const std::filesystem::path& root)
      : headers_(text_of(root / "ops" / "include" / "gradus", ".h")),
        graph_(text_of(root / "graph" / "include" / "gradus", "graph.h")),
        sources_(text_of(root / "ops", ".cpp")) {}

  // "Tensor add(Operand a, Operand b);", every overload, after the options that it takes.
  std::vector<std::string> declarations(std::string_view function) const {
    std::vector<std::string> found;
    const std::string call = " " + std::string(function) + "(";
    for (const bool is_member : {false, true}) {
      const std::string& headers = is_member ? graph_ : headers_;
      for (std::size_t at = headers.find(call); at != headers.npos;
           at = headers.find(call, at + 1)) {
        const std::size_t line = headers.rfind('\n', at) + 1;
        const std::size_t end = headers.find_first_of(";{", headers.find(')', at));
        std::string text = in_one_line(headers.substr(line, end - line)) + ";";
        // Not where a comment speaks of it.
        const bool is_declaration = std::ranges::any_of(results, [&](auto type) {
          return text.starts_with(fmt::format("{}{}(", type, function));
        });
        if (!is_declaration) continue;
        if (is_member) text.insert(text.find(call) + 1, "Graph::");
        for (const std::string& options : options_of(text))
          if (std::ranges::find(found, options) == found.end()) found.push_back(options);
        found.push_back(without_line(text));
      }
    }
    return found;
  }

  // The calls of the record's examples, "square(g.constant({-3, 2}))", or lines: what stands in
  // lambdas, or {square, {-3, 2}, "[9, 4]"} written out.
  std::vector<std::string> examples(std::string_view op) const {
    std::vector<std::string> found;
    std::size_t record = sources_.npos;
    for (const char* kind : {" Op {}_op", " Composite {}_composite"})
      record = std::min(record, sources_.find(fmt::format(fmt::runtime(kind), op)));
    if (record == sources_.npos) return found;
    const std::size_t end =
        std::min(sources_.find("\nextern", record), sources_.find("\nstatic_assert", record));
    constexpr std::string_view lambda = "[](Graph& g) {";
    const std::string short_form = fmt::format("{{{}, {{", op);
    for (std::size_t at = record; at < end; ++at) {
      if (sources_.compare(at, short_form.size(), short_form) == 0) {
        const std::size_t values = at + short_form.size() - 1;
        const std::size_t size = sources_.find('}', values) + 1 - values;
        found.push_back(fmt::format("{}(g.constant({}))", op, sources_.substr(values, size)));
      }
      if (sources_.compare(at, lambda.size(), lambda) != 0) continue;
      std::size_t close = at + lambda.size();
      for (int depth = 1; depth > 0; ++close)
        depth += sources_[close] == '{' ? 1 : sources_[close] == '}' ? -1 : 0;
      found.push_back(body(sources_.substr(at + lambda.size(), close - 1 - at - lambda.size())));
    }
    return found;
  }

 private:
  static constexpr std::string_view results[] = {"Tensor ", "Variable ", "std::vector<Tensor> ",
                                                 "BatchNorm "};

  // "struct PadOptions { .. };" for each type that it names, after those that these name.
  std::vector<std::string> options_of(const std::string& declaration) const {
    std::vector<std::string> found;
    std::string text = declaration;
    for (std::string type = type_in(text, found); !type.empty(); type = type_in(text, found)) {
      found.insert(found.begin(), type);
      text += type;
    }
    return found;
  }
  // The first definition of a word of the text that is not among those found.
  std::string type_in(const std::string& text, const std::vector<std::string>& found) const {
    const auto is_in_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    for (auto at = text.begin(); at != text.end();) {
      const auto start = std::find_if(at, text.end(), is_in_word);
      at = std::find_if_not(start, text.end(), is_in_word);
      const std::string word(start, at);
      for (const auto& [kind, end] : {std::pair{"struct {} {{\n", std::string_view("\n};")},
                                      std::pair{"enum class {} :", std::string_view("};")}}) {
        const std::size_t place = headers_.find(fmt::format(fmt::runtime(kind), word));
        if (word.empty() || word == "BatchNorm" || place == headers_.npos) continue;
        const std::size_t last = headers_.find(end, place) + end.size();
        const std::string type = headers_.substr(place, last - place);
        if (std::ranges::find(found, type) == found.end()) return type;
      }
    }
    return {};
  }

  static std::string text_of(const std::filesystem::path& folder, std::string_view extension) {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().string().ends_with(extension)) files.insert(entry.path());
    std::stringstream text;
    for (const std::filesystem::path& file : files) text << std::ifstream(file).rdbuf();
    return text.str();
  }
  static std::string in_one_line(const std::string& text) {
    std::istringstream words(text);
    std::string line, word;
    while (words >> word) line += (line.empty() || line.ends_with('(') ? "" : " ") + word;
    return line;
  }
  // Every function that makes a tensor of nothing ends so.
  static std::string without_line(const std::string& text) {
    const std::size_t at = text.find(", SourceLocation where");
    return at == text.npos ? text : text.substr(0, at) + ");";
  }
  static std::string body(const std::string& text) {
    std::string lines, statement;
    int depth = 0;
    for (char c : text) {
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (c != ';' || depth > 0) {
        statement += c;
        continue;
      }
      statement = in_one_line(statement);
      lines += statement.starts_with("return ") ? statement.substr(7) : statement + ";\n";
      statement.clear();
    }
    return lines;
  }

  std::string headers_, graph_, sources_;
};

}  // namespace gradus
