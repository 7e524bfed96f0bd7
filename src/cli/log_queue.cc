#include "cli/log_queue.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/child_process.h"
#include "cli/log_input.h"

namespace relayproof::cli {
namespace {

constexpr std::size_t largest_queue = std::size_t{1} << 30U;  // bytes

Result<std::string> read_all(LogInput& input) {
  std::string text;
  std::string buffer(65536, '\0');
  for (;;) {
    const auto count = input.read(buffer.data(), buffer.size());
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return text;
    text.append(buffer, 0, *count);
    if (text.size() > largest_queue) return failure("the queue's list is larger than 1 GiB");
  }
}

// postqueue(1), -j: an object a line, each with its queue_id.
Result<QueueIds> ids_in(std::string_view text, const std::string& name) {
  QueueIds ids;
  std::size_t number = 0;
  for (const auto line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const auto id = json.is_object() ? json.find("queue_id") : json.end();
    if (!json.is_object() || id == json.end() || !id->is_string()) {
      return failure("no line of postqueue -j: an object with a queue_id was due",
                     {name, number, 1});
    }
    ids.insert(id->get<std::string>());
  }
  return ids;
}

}  // namespace

Result<QueueIds> read_queue_file(const std::string& path) {
  const auto input = open_log({path, 0});
  if (!input) return tl::unexpected(input.error());
  const auto text = read_all(**input);
  if (!text) return tl::unexpected(text.error());
  return ids_in(*text, path);
}

std::optional<QueueIds> ask_queue() {
  auto child = ChildProcess::start({"postqueue", "-j"}, -1);
  if (!child) return std::nullopt;
  std::string text;
  std::string buffer(65536, '\0');
  for (ssize_t count = 1; count > 0 && text.size() < largest_queue;) {
    count = ::read(child->output(), buffer.data(), buffer.size());
    if (count > 0) text.append(buffer, 0, static_cast<std::size_t>(count));
  }
  if (child->wait() != 0) return std::nullopt;
  auto ids = ids_in(text, "postqueue -j");
  return ids ? std::optional(std::move(*ids)) : std::nullopt;
}

}  // namespace relayproof::cli
