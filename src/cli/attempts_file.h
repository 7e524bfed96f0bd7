// Attempts as JSON, one object a line: what `explain --attempts` reads.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/attempt.h"

namespace relayproof::cli {

/// An address as it stands behind MAIL FROM: or RCPT TO:. What users write may be bare; `<a@b>`,
/// `(comment) <a@b>` and `@route:a@b` are not.
std::string on_the_wire(const std::string& address);

/// One line. An error names the file, the line and the key that is missing, unknown or of the wrong
/// kind.
Result<policy::Attempt> parse_attempt(std::string_view line, const std::string& file,
                                      std::size_t number);

}  // namespace relayproof::cli
