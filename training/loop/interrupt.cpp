#include "interrupt.h"

#include <csignal>
#include <mutex>

namespace gradus {
namespace {

constexpr int caught[] = {SIGINT, SIGTERM};

volatile std::sig_atomic_t noticed = 0;
struct sigaction before[2];
int living = 0;
std::mutex counting;

extern "C" void remember(int signal) {
  noticed = signal;
  // The next one acts as it did before. sigaction may be called in a handler.
  sigaction(signal, &before[signal == SIGTERM], nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  const std::lock_guard lock(counting);
  if (living++ > 0) return;
  noticed = 0;
  struct sigaction action = {};
  action.sa_handler = remember;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (int signal : caught) {
    sigaction(signal, nullptr, &before[signal == SIGTERM]);
    // What the program ignores stays ignored (nohup).
    if (before[signal == SIGTERM].sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  const std::lock_guard lock(counting);
  if (--living > 0) return;
  for (int signal : caught) sigaction(signal, &before[signal == SIGTERM], nullptr);
}

int Interrupt::signal() const { return noticed; }

}  // namespace gradus
