#include <string>

#include "base/text.h"
#include "dialects/opensmtpd/smtpd_conf_parser.h"

namespace relayproof::opensmtpd {
namespace {

bool delimiter(Parser& parser) {
  const auto text = parser.text();
  if (!text) return false;
  if (text->size() != 1) return parser.fail("subaddressing-delimiter must be one character");
  const char sign = text->front();
  if (sign <= ' ' || sign > '~' || sign == '@') {
    return parser.fail("sub-addr-delim uses invalid character");
  }
  parser.config().delimiter = sign;
  return true;
}

bool pki(Parser& parser) {
  const auto name = parser.text();
  if (!name) return false;
  parser.pkis.emplace(to_lower(*name), true);
  return parser.skip_to_end();
}

}  // namespace

bool parse_setting(Parser& parser, std::string_view word, bool irrelevant) {
  if (word == "pki") return pki(parser);
  if (word == "subaddressing-delimiter") return delimiter(parser);
  if (word == "smtp" && parser.take("sub-addr-delim")) return delimiter(parser);
  if (irrelevant || word == "smtp" || word == "srs" || word == "expire") {
    if (parser.at_end() && word != "bounce-warn") return parser.fail();
    return parser.skip_to_end();
  }
  return parser.fail();
}

}  // namespace relayproof::opensmtpd
