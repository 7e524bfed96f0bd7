#include "cli/places.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/child_process.h"
#include "probe/places.h"
#include "probe/target.h"
#include "report/run_reader.h"

namespace relayproof::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_output = std::size_t{64} * 1024 * 1024;
// For ssh to connect, and for a run to say what it found.
constexpr auto leeway = std::chrono::seconds(60);
constexpr int ssh_failed = 255;
constexpr int no_program = 127;

Error usage(std::string message) { return Error{std::move(message), std::nullopt}; }

// What ssh takes for a destination, and for nothing else.
bool is_destination(std::string_view place) {
  constexpr std::string_view signs = "@._-:/[]%+";
  const bool plain = std::all_of(place.begin(), place.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           signs.find(c) != std::string_view::npos;
  });
  return plain && !place.empty() && place.front() != '-';
}

void add(std::vector<std::string>& words, const char* option, const std::string& value) {
  if (value.empty()) return;
  words.emplace_back(option);
  words.push_back(value);
}

Result<std::string> read_all(int from, Clock::time_point until) {
  std::string all;
  std::string piece(std::size_t{64} * 1024, '\0');
  while (all.size() < most_output) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return failure("did not finish in time");
    pollfd waiting{from, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return failure("cannot be waited for");
    if (ready <= 0) continue;
    const auto size = ::read(from, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return all;
    all.append(piece, 0, static_cast<std::size_t>(size));
  }
  return failure("printed more than any run");
}

Error why_nothing(int status) {
  if (status == ssh_failed) return usage("ssh did not get there");
  if (status == no_program) return usage("there is no relayproof in the PATH there");
  return usage(fmt::format("relayproof there ended with status {} and printed nothing", status));
}

Result<probe::Run> ask_there(const std::string& place, const Arguments& arguments) {
  std::string command;
  for (const auto& word : words_there(arguments)) {
    command += (command.empty() ? "" : " ") + shell_quote(word);
  }
  auto ssh =
      ChildProcess::start({"ssh", "-oBatchMode=yes", "-oConnectTimeout=20", "--", place, command},
                          -1, ChildProcess::Complaints::shown);
  if (!ssh) return tl::unexpected(ssh.error());
  const auto until =
      Clock::now() + leeway + std::chrono::duration_cast<Clock::duration>(arguments.run.timeout);
  auto output = read_all(ssh->output(), until);
  if (!output) return tl::unexpected(output.error());
  const int status = ssh->wait();
  if (output->empty()) return tl::unexpected(why_nothing(status));
  return report::read_run(*output);
}

// A place that could not be asked, as a run that found nothing.
probe::Run nothing_from(const Error& error) {
  probe::Run run;
  run.reason = "not asked: " + error.message;
  return run;
}

}  // namespace

std::string ProxyArgument::name() const { return fmt::format("socks5://{}:{}", host, port); }

std::optional<ProxyArgument> parse_proxy(std::string_view url) {
  constexpr std::string_view scheme = "socks5://";
  constexpr std::size_t longest = 255;  // RFC 1929 2
  if (!starts_with_ignoring_case(url, scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  ProxyArgument proxy;
  const std::size_t at = url.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view login = url.substr(0, at);
    const std::size_t colon = std::min(login.find(':'), login.size());
    proxy.login.user = login.substr(0, colon);
    proxy.login.password = login.substr(std::min(colon + 1, login.size()));
    url.remove_prefix(at + 1);
    const std::size_t size = std::max(proxy.login.user.size(), proxy.login.password.size());
    if (proxy.login.user.empty() || size > longest) return std::nullopt;
  }
  const auto where = probe::parse_target(std::string(url));
  if (!where) return std::nullopt;
  proxy.host = where->host;
  proxy.port = where->port.value_or(proxy.port);
  return proxy;
}

std::optional<Error> check_places(const Arguments& arguments) {
  const auto& places = arguments.places;
  if (places.proxy && !arguments.run.sources.empty()) {
    return usage("--source: the proxy chooses its own address; leave one of them out");
  }
  if (places.proxy && arguments.targets.empty() && arguments.targets_file.empty()) {
    return usage("--proxy: give HOST with it");
  }
  for (const auto& place : places.via) {
    if (!is_destination(place)) {
      return usage("--via: '" + escape_foreign(place, 80) + "' is no [USER@]HOST");
    }
  }
  if (places.via.empty()) return std::nullopt;
  if (arguments.targets.size() != 1 || !arguments.targets_file.empty() ||
      !arguments.many.scope.empty()) {
    return usage("--via: give one HOST with it; many are asked on that machine itself");
  }
  if (arguments.run.canary) {
    return usage("--via: the key of a canary stays on its machine; leave out --phase deliver");
  }
  return std::nullopt;
}

Result<std::unique_ptr<net::Network>> proxied_network(net::Network& own, net::Loop& loop,
                                                      const PlaceArguments& places) {
  if (!places.proxy) return std::unique_ptr<net::Network>();
  constexpr auto patience = std::chrono::seconds(10);
  const auto found = loop.run(own.addresses_of(places.proxy->host, own.clock().now() + patience));
  if (found.found.empty()) {
    return failure("--proxy: cannot resolve " + escape_foreign(places.proxy->host, 253));
  }
  net::Proxy proxy;
  proxy.login = places.proxy->login;
  for (const auto& address : found.found) proxy.at.push_back({address, places.proxy->port});
  return net::through_proxy(own, std::move(proxy));
}

std::vector<std::string> words_there(const Arguments& arguments) {
  const auto& run = arguments.run;
  std::vector<std::string> words{"relayproof", "probe", "--quiet", "--format", "json"};
  if (arguments.command == Command::check || run.follow_mx) words.emplace_back("--mx");
  for (const auto port : run.ports) add(words, "--port", std::to_string(port));
  for (const auto& domain : run.domains) add(words, "--domain", domain);
  add(words, "--user", run.user);
  add(words, "--from", run.from);
  add(words, "--to", run.to);
  add(words, "--egress", run.egress);
  for (const auto& name : arguments.technique_names) add(words, "--technique", name);
  add(words, "--as", arguments.as_tool);
  add(words, "--set", arguments.set);
  if (run.data_phase) add(words, "--phase", "data");
  if (run.as_stranger) words.emplace_back("--as-stranger");
  add(words, "--timeout", fmt::format("{:g}", std::chrono::duration<double>(run.timeout).count()));
  add(words, "--per-host", std::to_string(run.per_host));
  add(words, "--repeat", std::to_string(run.repeat));
  words.emplace_back("--");
  words.push_back(arguments.targets.front());
  return words;
}

probe::Run with_other_places(probe::Run run, const Arguments& arguments) {
  if (arguments.places.proxy) probe::set_place(run, arguments.places.proxy->name());
  if (arguments.places.via.empty()) return run;
  std::vector<probe::Run> runs;
  runs.push_back(std::move(run));
  for (const auto& place : arguments.places.via) {
    if (!arguments.quiet) std::fprintf(stderr, "Asking from %s as well.\n", place.c_str());
    auto there = ask_there(place, arguments);
    probe::Run found = there ? std::move(*there) : nothing_from(there.error());
    probe::set_place(found, place);
    runs.push_back(std::move(found));
  }
  return probe::join(std::move(runs));
}

}  // namespace relayproof::cli
