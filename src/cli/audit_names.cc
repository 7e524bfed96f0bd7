#include "cli/audit_names.h"

#include "findings/catalogue.h"

namespace relayproof::cli {

report::FindingNames finding_names() {
  report::FindingNames names;
  for (const auto& page : findings::catalogue()) {
    names[std::string(page.code)] = {std::string(page.name), std::string(page.title)};
  }
  return names;
}

}  // namespace relayproof::cli
