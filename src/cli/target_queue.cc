#include "cli/target_queue.h"

#include <cassert>

#include "mail/ip_number.h"

namespace relayproof::cli {
namespace {

std::uint64_t size_of(const mail::Network& network) {
  const unsigned bits = (network.address.is_v6() ? 128U : 32U) - network.prefix;
  return bits >= 62 ? std::uint64_t{1} << 62U : std::uint64_t{1} << bits;
}

mail::IpAddress address_in(const mail::Network& network, std::uint64_t number) {
  const auto first = mail::ends_of(network).first;
  if (first.is_v6()) return mail::address_of(mail::number_v6(first) + number);
  return mail::address_of(static_cast<std::uint32_t>(mail::number_v4(first) + number));
}

}  // namespace

std::uint64_t TargetList::size() const {
  std::uint64_t size = hosts.size();
  for (const auto& network : networks) size += size_of(network);
  return size;
}

probe::TargetSpec TargetList::at(std::uint64_t number) const {
  if (number < hosts.size()) return probe::parse_target(hosts[number]).value();
  number -= hosts.size();
  for (const auto& network : networks) {
    if (number < size_of(network)) return {address_in(network, number).to_string(), std::nullopt};
    number -= size_of(network);
  }
  assert(false);
  return {};
}

std::optional<probe::Work> TargetQueue::next() {
  while (place_ < size_) {
    if (goes_on_ && !goes_on_()) {
      ended_ = true;
      return std::nullopt;
    }
    const std::uint64_t number = shuffled_ ? order_.at(place_) : place_;
    ++place_;
    if (left_out_.contains(number)) continue;
    probe::TargetSpec target = list_.at(number);
    if (!wanted_ || wanted_(target)) return probe::Work{std::move(target), number};
    ++passed_over_;
  }
  return std::nullopt;
}

}  // namespace relayproof::cli
