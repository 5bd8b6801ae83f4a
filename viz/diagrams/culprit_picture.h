// The picture of a call that was refused.
#pragma once

#include <gradus/error.h>

#include "dot_picture.h"

namespace gradus {

// What the operands are computed from, and the call with the error's message; error.failed_call is
// not null.
Picture make_culprit_picture(const Error& error, const DiagramOptions& options);

}  // namespace gradus
