#include "deployment/read.h"

#include <algorithm>

#include "base/text.h"
#include "deployment/compose_parser.h"
#include "deployment/engine_parser.h"
#include "deployment/iptables_parser.h"
#include "deployment/nft_parser.h"

namespace relayproof::deployment {
namespace {

bool any_line(std::string_view text, bool (*is)(std::string_view line)) {
  const auto lines = split(text, '\n');
  return std::any_of(lines.begin(), lines.end(), is);
}

// `compose config --format json` is a compose file, too.
bool has_services(std::string_view text) {
  return text.find("\"services\"") != std::string_view::npos;
}

}  // namespace

Kind recognise(std::string_view text, std::string_view file) {
  const auto name =
      file.substr(file.rfind('/') == std::string_view::npos ? 0 : file.rfind('/') + 1);
  if (name == ".env" || name.ends_with(".env")) return Kind::variables;
  const auto begin = trim(text);
  if (begin.starts_with('{') || begin.starts_with('[')) {
    return has_services(text) ? Kind::compose : Kind::engine;
  }
  if (any_line(text, [](std::string_view line) {
        return line == "*nat" || line == "*filter" || line == "*mangle" || line == "*raw";
      })) {
    return Kind::iptables;
  }
  if (any_line(text, [](std::string_view line) {
        return line.starts_with("table ") && trim(line).ends_with('{');
      })) {
    return Kind::nft;
  }
  return any_line(text, [](std::string_view line) { return line.starts_with("services:"); })
             ? Kind::compose
             : Kind::unknown;
}

Result<bool> read(std::string_view text, const std::string& file, const Variables& variables,
                  Deployment& to) {
  switch (recognise(text, file)) {
    case Kind::compose:
      return read_compose(text, file, variables, to);
    case Kind::engine:
      return read_engine(text, file, to);
    case Kind::iptables:
      return read_iptables(text, file, to);
    case Kind::nft:
      return read_nft(text, file, to);
    case Kind::variables:
      return true;  // its caller took them before
    case Kind::unknown:
      break;
  }
  return failure(
      "tells of no deployment that I know (compose file, docker inspect, docker network inspect, "
      "docker info, daemon.json, nft list ruleset, iptables-save)",
      {file, 0, 0});
}

}  // namespace relayproof::deployment
