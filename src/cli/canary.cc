// The canary as a program: it listens until it is told to end, and writes down what comes.
#include "report/canary.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>

#include "canary/sink.h"
#include "cli/canary_key.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "net/listener.h"
#include "net/signals.h"
#include "net/system_clock.h"

namespace relayproof::cli {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// What an earlier run wrote down: a token of then is no proof now.
Result<canary::Arrivals> remembered(const CanaryArguments& arguments, canary::Key key) {
  canary::Arrivals arrivals(std::move(key));
  std::ifstream in(arguments.record, std::ios::binary);
  if (arguments.record.empty() || !in) return arrivals;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    auto arrival = report::read_canary_line(line);
    if (arrival) {
      arrivals.restore(std::move(*arrival));
    } else if (!in.eof()) {  // the last line may be half of one
      return failure(arrival.error().message, {arguments.record, number, 1});
    }
  }
  return arrivals;
}

Result<File> open_record(const std::string& name) {
  if (name.empty()) return File();
  File file(std::fopen(name.c_str(), "ae"));
  if (!file) return failure("cannot be written", {name});
  return file;
}

// Whole lines, at once: who looks on sees each arrival when it has come.
void write_line(std::FILE* file, const std::string& line) {
  std::fputs(line.c_str(), file);
  std::fflush(file);
}

std::vector<mail::IpAddress> addresses_of(const CanaryArguments& arguments) {
  if (!arguments.addresses.empty()) return arguments.addresses;
  return {mail::IpAddress::v4({}), mail::IpAddress::v6({})};
}

using Listeners = std::vector<std::unique_ptr<net::Listener>>;

Result<Listeners> listen_on_all(net::Loop& loop, const CanaryArguments& arguments,
                                canary::Sink& sink) {
  Listeners listeners;
  std::uint16_t port = arguments.port;
  for (const auto& address : addresses_of(arguments)) {
    auto listener = net::listen(
        loop, address, port,
        [&sink](std::unique_ptr<net::Stream> stream) { return sink.serve(std::move(stream)); },
        {arguments.hostname});
    if (!listener) {
      // A machine without IPv6 has no `::`.
      if (arguments.addresses.empty() && address.is_v6() && !listeners.empty()) continue;
      return tl::unexpected(listener.error());
    }
    port = (*listener)->port();
    std::fputs(
        fmt::format("relayproof canary: listening on {} port {}\n", address.to_string(), port)
            .c_str(),
        stderr);
    listeners.push_back(std::move(*listener));
  }
  return listeners;
}

int run(const Arguments& arguments) {
  const CanaryArguments& canary = arguments.canary;
  auto key = read_key(canary.key_file);
  if (!key) return complain(key.error());
  auto arrivals = remembered(canary, std::move(*key));
  if (!arrivals) return complain(arrivals.error());
  auto record = open_record(canary.record);
  if (!record) return complain(record.error());
  net::Loop loop;
  net::SystemClock clock(loop);
  const bool text = arguments.format == Format::text;
  canary::Sink sink({.hostname = canary.hostname, .domains = canary.domains}, std::move(*arrivals),
                    clock, [&](const canary::Arrival& arrival) {
                      const std::string line = report::canary_json_line(arrival);
                      if (*record) write_line(record->get(), line);
                      if (arguments.quiet) return;
                      write_line(stdout, text ? report::canary_text_line(arrival) : line);
                    });
  const auto listeners = listen_on_all(loop, canary, sink);
  if (!listeners) return complain(listeners.error());
  loop.run(net::told_to_end());
  return ok;
}

}  // namespace

int canary(const Arguments& arguments) {
  if (arguments.canary.new_key_file.empty()) return run(arguments);
  const auto made = write_new_key(arguments.canary.new_key_file);
  return made ? ok : complain(made.error());
}

}  // namespace relayproof::cli
