#include "browser.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace gradus::test {
namespace {

using Json = nlohmann::json;

constexpr const char* chromium = "/usr/bin/chromium";
constexpr const char* chromedriver = "/usr/bin/chromedriver";

// WebDriver's letters for keys that write nothing.
std::string key_letter(std::string_view key) {
  static const std::map<std::string_view, std::string> letters{
      {"Tab", "\uE004"},     {"Enter", "\uE007"},      {"Escape", "\uE00C"},
      {"End", "\uE010"},     {"Home", "\uE011"},       {"ArrowLeft", "\uE012"},
      {"ArrowUp", "\uE013"}, {"ArrowRight", "\uE014"}, {"ArrowDown", "\uE015"}};
  const auto found = letters.find(key);
  return found == letters.end() ? std::string(key) : found->second;
}

// Starts the driver on a free port, which it says on its standard output.
std::pair<pid_t, std::string> start_driver() {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  std::string program = chromedriver, port = "--port=0";
  std::array<char*, 3> arguments{program.data(), port.data(), nullptr};
  pid_t child = -1;
  const int status =
      posix_spawn(&child, chromedriver, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (status != 0) throw std::runtime_error("chromedriver does not start");

  std::string said;
  const std::string mark = "successfully on port ";
  for (char c = 0; ::read(pipe[0], &c, 1) == 1;) {
    said += c;
    const std::size_t place = said.find(mark);
    if (place != said.npos && c == '\n') {
      const std::size_t first = place + mark.size();
      // Our end stays open: a driver that cannot write ends.
      return {child, said.substr(first, said.find_first_not_of("0123456789", first) - first)};
    }
  }
  throw std::runtime_error("chromedriver says no port: " + said);
}

}  // namespace

std::string Browser::what_is_missing() {
  if (!std::filesystem::exists(chromium)) return "Chromium is not installed (Debian's chromium)";
  if (!std::filesystem::exists(chromedriver))
    return "chromedriver is not installed (Debian's chromium-driver)";
  return "";
}

Browser::Browser() {
  std::tie(driver_, port_) = start_driver();
  // Through a pipe: a machine may not know the name localhost.
  const Json options{
      {"binary", chromium},
      {"args", Json::array({"--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                            "--remote-debugging-pipe", "--force-prefers-reduced-motion",
                            "--window-size=1280,720"})}};
  const Json wanted{{"browserName", "chrome"},
                    {"goog:chromeOptions", options},
                    {"goog:loggingPrefs", {{"performance", "ALL"}, {"browser", "ALL"}}}};
  session_ = "/session/" + call("POST", "/session", {{"capabilities", {{"alwaysMatch", wanted}}}})
                               .at("sessionId")
                               .get<std::string>();
}

Browser::~Browser() {
  try {
    call("DELETE", session_);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the browser does not close: %s\n", error.what());
  }
  ::kill(driver_, SIGTERM);
  ::waitpid(driver_, nullptr, 0);
}

Json Browser::call(const std::string& method, const std::string& path, const Json& body) {
  namespace http = boost::beast::http;
  boost::asio::io_context context;
  boost::beast::tcp_stream stream(context);
  stream.connect(boost::asio::ip::tcp::resolver(context).resolve("127.0.0.1", port_));
  http::request<http::string_body> request(http::string_to_verb(method), path, 11);
  request.set(http::field::host, "127.0.0.1");
  request.set(http::field::content_type, "application/json");
  if (method == "POST") request.body() = body.dump();
  request.prepare_payload();
  http::write(stream, request);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(std::uint64_t{64} << 20);
  http::read(stream, buffer, parser);
  const Json value = Json::parse(parser.get().body()).at("value");
  if (parser.get().result() != http::status::ok)
    throw std::runtime_error(path + ": " + value.value("message", "no message"));
  return value;
}

void Browser::open(const std::string& path) {
  call("POST", session_ + "/url", {{"url", "file://" + path}});
}
Json Browser::run(const std::string& script) {
  return call("POST", session_ + "/execute/sync", {{"script", script}, {"args", Json::array()}});
}
std::string Browser::element(const std::string& selector) {
  const Json found =
      call("POST", session_ + "/element", {{"using", "css selector"}, {"value", selector}});
  return session_ + "/element/" + found.begin()->get<std::string>();
}
std::string Browser::text(const std::string& selector) {
  return call("GET", element(selector) + "/text").get<std::string>();
}
void Browser::click(const std::string& selector) { call("POST", element(selector) + "/click"); }
void Browser::type(const std::string& selector, const std::string& text) {
  call("POST", element(selector) + "/clear");
  call("POST", element(selector) + "/value", {{"text", text}});
}
void Browser::press(std::string_view key) {
  const std::string letter = key_letter(key);
  const Json down{{"type", "keyDown"}, {"value", letter}}, up{{"type", "keyUp"}, {"value", letter}};
  const Json keys{{"type", "key"}, {"id", "keys"}, {"actions", Json::array({down, up})}};
  call("POST", session_ + "/actions", {{"actions", Json::array({keys})}});
}
void Browser::emulate(const std::string& media, bool is_dark) {
  const Json feature{{"name", "prefers-color-scheme"}, {"value", is_dark ? "dark" : "light"}};
  call("POST", session_ + "/goog/cdp/execute",
       {{"cmd", "Emulation.setEmulatedMedia"},
        {"params", {{"media", media}, {"features", Json::array({feature})}}}});
}
void Browser::resize(int width, int height) {
  const Json size{
      {"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}};
  call("POST", session_ + "/goog/cdp/execute",
       {{"cmd", "Emulation.setDeviceMetricsOverride"}, {"params", size}});
}

std::vector<std::string> Browser::requests() {
  std::vector<std::string> addresses;
  for (const Json& entry : call("POST", session_ + "/se/log", {{"type", "performance"}})) {
    const Json message = Json::parse(entry.at("message").get<std::string>()).at("message");
    if (message.at("method") == "Network.requestWillBeSent")
      addresses.push_back(message.at("params").at("request").at("url"));
  }
  return addresses;
}
std::vector<std::string> Browser::messages() {
  std::vector<std::string> texts;
  for (const Json& entry : call("POST", session_ + "/se/log", {{"type", "browser"}}))
    texts.push_back(entry.at("message"));
  return texts;
}

}  // namespace gradus::test
