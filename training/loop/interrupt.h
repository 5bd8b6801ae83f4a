// Interrupt: notices Ctrl-C while it lives.
#pragma once

namespace gradus {

// The first SIGINT or SIGTERM is remembered; from then on, and when this ends, both act as before.
// A signal handler can reach nothing but static storage: one flag, in interrupt.cpp. Where two
// Interrupts live at once, both see the signal.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  // The signal that came, or 0.
  int signal() const;
};

}  // namespace gradus
