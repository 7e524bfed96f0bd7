#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "findings/catalogue.h"

namespace relayproof::cli {

int finding(const Arguments& arguments) {
  const std::string& code = arguments.inside.code;
  std::string text;
  if (code.empty()) {
    for (const auto& page : findings::catalogue()) {
      text += fmt::format("{}  {:<9} {}\n", page.code, page.severity, page.title);
    }
  } else {
    const auto* page = findings::find(code);
    if (page == nullptr) {
      return complain({fmt::format("there is no finding '{}'; `relayproof finding` lists them",
                                   escape_foreign(code, 60)),
                       std::nullopt});
    }
    text = fmt::format("{}  {}\n{}, usually {}\n\n{}", page->code, page->title, page->name,
                       page->severity, page->text);
  }
  const auto written = write_output(arguments.output, text);
  return written ? ok : complain(written.error());
}

}  // namespace relayproof::cli
