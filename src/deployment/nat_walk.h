// What the chains of one table do to the clients of a flow.
#pragma once

#include <cstddef>
#include <vector>

#include "deployment/nat.h"

namespace relayproof::deployment {

/// Clients, surely or perhaps.
struct Travellers {
  mail::IpSet surely;
  mail::IpSet perhaps;  ///< and all of `surely`
};

/// Clients whose packets get these bits of their mark.
struct Marked {
  PacketMark mark;
  Travellers clients;
};

class NatWalk {
 public:
  /// `before`: what was marked on the way here; nullptr where nothing is known of marks. All of it
  /// outlives the walk.
  NatWalk(const NatTable& table, const Flow& flow, const std::vector<Marked>* before)
      : table_(table), flow_(flow), known_marks_(before) {}

  /// Those who come out at the chain's end.
  Travellers through(const NatChain& chain, Travellers travellers);

  std::vector<Masked> masked;  ///< whose addresses rules took
  std::vector<Marked> marked;  ///< whose packets rules marked

 private:
  Travellers obey(const NatChain& chain, Travellers travellers);
  Travellers give_up(const NatRule& rule, const Travellers& travellers);
  Travellers act(const NatRule& rule, const Travellers& here, Travellers& back);
  Travellers jump(const NatRule& rule, const Travellers& here);
  Travellers carry(const NatRule& rule) const;
  void translate(const NatRule& rule, const Travellers& here);

  const NatTable& table_;
  const Flow& flow_;
  const std::vector<Marked>* known_marks_;
  std::vector<const NatChain*> path_;  ///< the chains that the walk is in
  std::size_t steps_ = 0;
};

}  // namespace relayproof::deployment
