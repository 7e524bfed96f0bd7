#include "questions/audit.h"

#include <chrono>

#include "cli/asking.h"
#include "cli/audit_names.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "report/audit.h"

namespace relayproof::cli {
namespace {

std::string render(const Arguments& arguments, const report::Audited& audited) {
  if (arguments.inside.coverage && arguments.format == Format::text) {
    return report::coverage_text(audited.loaded, text_options(arguments));
  }
  switch (arguments.format) {
    case Format::json:
      return report::audit_json(audited, finding_names());
    case Format::jsonl:
      return report::audit_json_line(audited, finding_names());
    case Format::text:
      break;
  }
  return report::audit_text(audited, text_options(arguments));
}

}  // namespace

int audit(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const auto configuration = load_configuration(arguments.inside, arguments.inside.path);
  if (!configuration) return complain(configuration.error());
  const auto& loaded = configuration->loaded;
  questions::AuditOptions options;
  options.trusted = trusted_of(arguments.inside, configuration->host);
  options.strict = arguments.inside.strict;
  const auto audit = questions::audit(loaded, options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const report::Audited audited{std::string(configuration->dialect->title),
                                std::string(configuration->dialect->name),
                                loaded,
                                audit,
                                options.trusted,
                                took.count()};
  const auto written = write_output(arguments.output, render(arguments, audited));
  if (!written) return complain(written.error());
  return exit_status(audit);
}

}  // namespace relayproof::cli
