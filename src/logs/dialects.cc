#include "logs/dialect.h"
#include "logs/exim_parser.h"
#include "logs/opensmtpd_parser.h"
#include "logs/postfix_parser.h"
#include "logs/sendmail_parser.h"

namespace relayproof::logs {

const std::vector<const LogDialect*>& log_dialects() {
  static constexpr LogDialect postfix{"postfix", read_postfix_line, read_postfix_refusal};
  static constexpr LogDialect exim{"exim", read_exim_line, read_exim_refusal};
  static constexpr LogDialect opensmtpd{"opensmtpd", read_opensmtpd_line, read_opensmtpd_refusal};
  static constexpr LogDialect sendmail{"sendmail", read_sendmail_line, read_sendmail_refusal,
                                       next_sendmail_event};
  static const std::vector<const LogDialect*> dialects{&postfix, &exim, &opensmtpd, &sendmail};
  return dialects;
}

}  // namespace relayproof::logs
