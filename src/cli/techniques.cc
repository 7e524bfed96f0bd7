#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "report/render.h"

namespace relayproof::cli {

int techniques(const Arguments& arguments) {
  const std::string text = arguments.format == Format::text ? report::techniques_text()
                           : arguments.format == Format::json
                               ? report::techniques_json(meta())
                               : report::techniques_json_line(meta());
  const auto written = write_output(arguments.output, text);
  return written ? ok : complain(written.error());
}

}  // namespace relayproof::cli
