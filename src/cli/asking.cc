#include "cli/asking.h"

#include <langinfo.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cli/version.h"

namespace relayproof::cli {

net::Task<Result<probe::Run>> ask(net::Network& network, probe::RunOptions options,
                                  Announce announce) {
  auto plan = co_await probe::prepare(network, std::move(options));
  if (!plan) co_return tl::unexpected(plan.error());
  if (announce) announce(*plan);
  probe::Run run = co_await probe::execute(network, std::move(*plan));
  co_return run;
}

std::string announcement(const probe::Plan& plan) {
  report::Announcement announcement;
  announcement.host = plan.options.target.host;
  if (plan.mail_domain == announcement.host && !plan.addresses.empty()) {
    announcement.host = plan.addresses.front().host;  // a domain's first exchanger stands for all
  }
  announcement.mail_domain = plan.mail_domain;
  announcement.our_name = plan.our_name;
  for (const auto& address : plan.addresses) {
    auto& sources = announcement.sources;
    if (address.source &&
        std::find(sources.begin(), sources.end(), *address.source) == sources.end()) {
      sources.push_back(*address.source);
    }
  }
  announcement.refusals = plan.most_refusals;
  announcement.data_phase = plan.options.data_phase;
  if (plan.options.canary) announcement.canary = plan.options.canary->address;
  return report::announce(announcement);
}

report::TextOptions text_options(const Arguments& arguments) {
  report::TextOptions options;
  const char* no_color = std::getenv("NO_COLOR");
  options.colour = arguments.output.empty() && ::isatty(STDOUT_FILENO) == 1 &&
                   (no_color == nullptr || *no_color == '\0');
  std::setlocale(LC_CTYPE, "");
  options.utf8 = std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
  options.verbose = arguments.verbose;
  options.transcript = arguments.transcript;
  options.as_nmap = arguments.as_tool == "nmap";
  options.check = arguments.command != Command::demo;  // its servers are gone by then
  return options;
}

void show_transcripts(const Arguments& arguments, const probe::Run& run) {
  if (!arguments.transcript || arguments.format == Format::text) return;
  std::fputs(report::transcripts(run, text_options(arguments)).c_str(), stderr);
}

report::Meta meta() { return {program_version, std::string(techniques::catalogue_version())}; }

}  // namespace relayproof::cli
