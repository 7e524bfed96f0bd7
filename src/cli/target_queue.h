// The targets of a probe in the order in which they are asked: of the command line, of a file, and
// the addresses of networks, which are never listed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "cli/permutation.h"
#include "mail/ip_set.h"
#include "probe/work.h"

namespace relayproof::cli {

/// What may be asked: hosts, then the addresses of networks.
struct TargetList {
  std::vector<std::string> hosts;  ///< as written, each one parse_target() takes
  std::vector<mail::Network> networks;

  /// How many targets; networks above most_addresses in all are refused when they are read.
  std::uint64_t size() const;
  /// The one of that number; `number` is below size().
  probe::TargetSpec at(std::uint64_t number) const;
};

inline constexpr std::uint64_t most_addresses = std::uint64_t{1} << 40U;

class TargetQueue : public probe::WorkQueue {
 public:
  /// `seed`: of the order; nullopt keeps that of the list.
  TargetQueue(TargetList list, std::optional<std::uint64_t> seed)
      : list_(std::move(list)),
        size_(list_.size()),
        order_(std::max<std::uint64_t>(size_, 1), seed.value_or(0)),
        shuffled_(seed.has_value()) {}

  /// Numbers that are not to be given: those of an earlier run.
  void leave_out(std::unordered_set<std::uint64_t> numbers) { left_out_ = std::move(numbers); }
  /// Targets for which this is false are passed over, and the end of it where `goes_on` is.
  void only(std::function<bool(const probe::TargetSpec&)> wanted) { wanted_ = std::move(wanted); }
  void while_true(std::function<bool()> goes_on) { goes_on_ = std::move(goes_on); }

  std::optional<probe::Work> next() override;
  std::uint64_t size() const override { return size_; }
  /// How many were passed over so far.
  std::uint64_t passed_over() const { return passed_over_; }
  /// It ended because it was told to, with so many left.
  std::uint64_t left() const { return ended_ ? size_ - place_ : 0; }

 private:
  TargetList list_;
  std::uint64_t size_;
  Permutation order_;
  bool shuffled_;
  std::unordered_set<std::uint64_t> left_out_;
  std::function<bool(const probe::TargetSpec&)> wanted_;
  std::function<bool()> goes_on_;
  std::uint64_t place_ = 0;
  std::uint64_t passed_over_ = 0;
  bool ended_ = false;
};

}  // namespace relayproof::cli
