#include "questions/audit.h"

#include <chrono>
#include <deque>
#include <vector>

#include "base/text.h"
#include "cli/asking.h"
#include "cli/audit_names.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "report/audit.h"

namespace relayproof::cli {
namespace {

// One configuration, and what came of it. What is reported refers to it, so it stays where it is.
struct Judged {
  Judged(Configuration read, const InsideArguments& arguments) : configuration(std::move(read)) {
    const auto start = std::chrono::steady_clock::now();
    options.trusted = trusted_of(arguments, configuration.host);
    options.strict = arguments.strict;
    audit = questions::audit(configuration.loaded, options);
    took = std::chrono::steady_clock::now() - start;
  }

  report::Audited audited(double seconds) const {
    return {std::string(configuration.dialect->title),
            std::string(configuration.dialect->name),
            configuration.loaded,
            audit,
            options.trusted,
            seconds};
  }

  Configuration configuration;
  questions::AuditOptions options;
  questions::Audit audit;
  std::chrono::duration<double> took{};
};

std::string text_of(const Arguments& arguments, const report::Audited& audited) {
  if (arguments.inside.coverage) {
    return report::coverage_text(audited.loaded, text_options(arguments));
  }
  return report::audit_text(audited, text_options(arguments));
}

std::string render(const Arguments& arguments, const report::Audited& audited) {
  switch (arguments.format) {
    case Format::json:
      return report::audit_json(audited, finding_names());
    case Format::jsonl:
      return report::audit_json_line(audited, finding_names());
    case Format::text:
      break;
  }
  return text_of(arguments, audited);
}

std::string render(const Arguments& arguments, const std::vector<report::PlacedAudit>& run) {
  if (arguments.format == Format::json) return report::audit_run_json(run, finding_names());
  std::string text;
  for (const auto& [path, audited] : run) {
    if (arguments.format == Format::jsonl) {
      text += report::audit_json_line(audited, finding_names());
      continue;
    }
    text += (text.empty() ? "" : "\n") + escape_foreign(path) + "\n" + text_of(arguments, audited);
  }
  return text;
}

int report_on(const Arguments& arguments, const std::deque<Judged>& judged, double reading) {
  std::vector<report::PlacedAudit> run;
  int status = ok;
  for (const auto& each : judged) {
    const double seconds = each.took.count() + (judged.size() == 1 ? reading : 0);
    run.push_back({each.configuration.shown, each.audited(seconds)});
    status = worse(status, exit_status(each.audit));
  }
  const auto text =
      run.size() == 1 ? render(arguments, run.front().audited) : render(arguments, run);
  const auto written = write_output(arguments.output, text);
  return written ? status : complain(written.error());
}

}  // namespace

int audit(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  auto configurations = load_configurations(arguments.inside, arguments.inside.path);
  if (!configurations) return complain(configurations.error());
  const std::chrono::duration<double> reading = std::chrono::steady_clock::now() - start;
  std::deque<Judged> judged;
  int status = ok;
  for (auto& configuration : *configurations) {
    if (configuration) {
      judged.emplace_back(std::move(*configuration), arguments.inside);
    } else {
      status = worse(status, complain(configuration.error()));
    }
  }
  if (judged.empty()) return status;
  return worse(status, report_on(arguments, judged, reading.count()));
}

}  // namespace relayproof::cli
