// Terms in normal form, each held once, and their derivatives (Brzozowski 1964; the similarity
// rules of Owens, Reppy and Turon 2009). One object serves one search and forgets all with it.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "patterns/node.h"
#include "patterns/partition.h"

namespace relayproof::patterns {

using TermId = std::uint32_t;

class Terms {
 public:
  static constexpr TermId none = 0;
  static constexpr TermId empty = 1;
  static constexpr TermId all = 2;

  enum class Use : std::uint8_t {
    search,      ///< derivatives are kept for classes of bytes
    one_string,  ///< for single bytes: finding the classes would cost more than it saves
  };

  /// `room` bounds what is stored and so what is computed: about 40 bytes and a microsecond a unit.
  Terms(std::size_t room, Use use);
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;

  TermId add(const Language& language);
  /// What may follow `byte` in the members that begin with it.
  TermId derivative(TermId term, unsigned char byte);
  bool nullable(TermId term) const { return terms_[term].nullable; }
  /// Units of room that were used.
  std::size_t spent() const { return spent_; }
  /// Bytes of one class have the same derivative.
  const Partition& partition(TermId term) { return partitions_[partition_of(term)]; }
  /// True once the room is used up or a term was nested too deeply: every result since is void.
  bool full() const { return full_; }

 private:
  static constexpr std::uint32_t infinite = std::numeric_limits<std::uint32_t>::max();

  struct Term {
    TermKind kind = TermKind::none;
    bool nullable = false;
    std::uint32_t partition = PartitionTable::unknown;
    std::uint32_t bytes = 0;  ///< index into byte_sets_
    std::uint32_t first = 0;  ///< the parts stand in parts_
    std::uint32_t count = 0;
    std::uint32_t least = 0;
    std::uint32_t most = 0;
  };
  struct Hash {
    const Terms* terms;
    std::size_t operator()(TermId term) const;
  };
  struct Same {
    const Terms* terms;
    bool operator()(TermId a, TermId b) const;
  };

  std::span<const TermId> parts(const Term& term) const {
    return {parts_.data() + term.first, term.count};
  }
  TermId part(TermId term, std::size_t index) const { return parts_[terms_[term].first + index]; }
  bool spend(std::size_t units);
  TermId intern(Term term, std::span<const TermId> parts);
  TermId node(const Language::Node& node, std::span<const TermId> parts);
  TermId bytes(const ByteSet& set);
  TermId text(const std::string& text);
  TermId concat(TermId first, TermId second);
  TermId cons(TermId head, TermId tail);
  bool absorbed(TermId head, TermId tail) const;
  TermId alternation(std::vector<TermId> parts);
  TermId intersection(std::vector<TermId> parts);
  void flatten(std::vector<TermId>& parts, TermKind kind) const;
  bool has_opposites(const std::vector<TermId>& parts) const;
  std::vector<ByteSet> take_bytes(std::vector<TermId>& parts) const;
  TermId complement(TermId term);
  TermId repeat(TermId term, std::uint32_t least, std::uint32_t most);
  TermId derive(TermId term, unsigned char byte);
  TermId derive_concat(TermId term, unsigned char byte);
  TermId derive_all(TermKind kind, std::vector<TermId> parts, unsigned char byte);
  std::uint32_t partition_of(TermId term);
  std::uint32_t divide(TermId term);

  std::size_t room_;
  std::size_t spent_ = 0;
  Use use_;
  bool full_ = false;
  std::size_t depth_ = 0;
  std::vector<Term> terms_;
  std::vector<TermId> parts_;
  std::vector<ByteSet> byte_sets_;
  std::unordered_map<ByteSet, std::uint32_t> byte_set_ids_;
  std::unordered_set<TermId, Hash, Same> known_;
  std::unordered_map<std::uint64_t, TermId> derivatives_;
  PartitionTable partitions_;
};

}  // namespace relayproof::patterns
