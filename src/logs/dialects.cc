#include "logs/dialect.h"
#include "logs/postfix_parser.h"

namespace relayproof::logs {

const std::vector<const LogDialect*>& log_dialects() {
  static constexpr LogDialect postfix{"postfix", read_postfix_line, read_postfix_refusal};
  static const std::vector<const LogDialect*> dialects{&postfix};
  return dialects;
}

}  // namespace relayproof::logs
