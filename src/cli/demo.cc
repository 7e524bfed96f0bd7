#include <fmt/format.h>

#include <cstdio>

#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/demo_servers.h"
#include "cli/exit_status.h"
#include "cli/output.h"

namespace relayproof::cli {
namespace {

Result<probe::Run> check_one(net::Loop& loop, net::Network& network, const Arguments& arguments,
                             const smtp::Policy& policy) {
  const auto listener = serve(loop, network.clock(), policy);
  if (!listener) return tl::unexpected(listener.error());
  probe::RunOptions options = arguments.run;
  options.target = {"127.0.0.1", (*listener)->port()};
  options.domains = {demo_domain};
  options.as_stranger = true;
  return loop.run(ask(network, std::move(options), {}));
}

}  // namespace

int demo(const Arguments& arguments) {
  net::Loop loop;
  auto network = net::system_network(loop, {});
  if (!network) return complain(network.error());
  std::string text =
      "Three small mail servers on this machine, each asked as a stranger would ask.\n";
  for (const auto& server : demo_servers()) {
    const auto run = check_one(loop, **network, arguments, server.policy);
    if (!run) return complain(run.error());
    text += fmt::format("\n{}\n\n", server.title) + report::text(*run, text_options(arguments));
    const auto written = write_output({}, text);
    if (!written) return complain(written.error());
    text.clear();
  }
  const auto written = write_output(
      {}, "\nNow yours, from a network it does not trust:  relayproof check mail.example.com\n");
  return written ? ok : complain(written.error());
}

}  // namespace relayproof::cli
