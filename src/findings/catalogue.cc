#include "findings/catalogue.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::findings {

const Page* find(std::string_view code_or_name) {
  const auto pages = catalogue();
  const auto found = std::find_if(pages.begin(), pages.end(), [&](const Page& page) {
    return equals_ignoring_case(page.code, code_or_name) ||
           equals_ignoring_case(page.name, code_or_name);
  });
  return found == pages.end() ? nullptr : &*found;
}

}  // namespace relayproof::findings
