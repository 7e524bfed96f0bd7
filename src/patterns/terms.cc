#include "patterns/terms.h"

#include <algorithm>
#include <utility>

namespace relayproof::patterns {
namespace {

/// Mixes as splitmix64 does.
std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) + 0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

}  // namespace

std::size_t Terms::Hash::operator()(TermId id) const {
  const Term& term = terms->terms_[id];
  std::uint64_t hash = mix(static_cast<std::uint64_t>(term.kind), term.bytes);
  hash = mix(hash, (std::uint64_t{term.least} << 32) | term.most);
  for (const auto part : terms->parts(term)) hash = mix(hash, part);
  return static_cast<std::size_t>(hash);
}

bool Terms::Same::operator()(TermId a, TermId b) const {
  const Term& first = terms->terms_[a];
  const Term& second = terms->terms_[b];
  const auto parts = terms->parts(first);
  const auto others = terms->parts(second);
  return first.kind == second.kind && first.bytes == second.bytes && first.least == second.least &&
         first.most == second.most && std::ranges::equal(parts, others);
}

Terms::Terms(std::size_t room, Use use)
    : room_(room), use_(use), known_(64, Hash{this}, Same{this}) {
  intern({.kind = TermKind::none}, {});
  intern({.kind = TermKind::empty, .nullable = true}, {});
  intern({.kind = TermKind::all, .nullable = true}, {});
}

/// False, and for good, if there are not so many left.
bool Terms::spend(std::size_t units) {
  if (units > room_) full_ = true;
  spent_ += std::min(units, room_);
  room_ -= std::min(units, room_);
  return !full_;
}

TermId Terms::intern(Term term, std::span<const TermId> parts) {
  const auto id = static_cast<TermId>(terms_.size());
  term.first = static_cast<std::uint32_t>(parts_.size());
  term.count = static_cast<std::uint32_t>(parts.size());
  parts_.insert(parts_.end(), parts.begin(), parts.end());
  terms_.push_back(term);
  const auto [entry, is_new] = known_.insert(id);
  if (is_new && spend(1 + parts.size())) return id;
  const TermId found = is_new ? none : *entry;
  if (is_new) known_.erase(entry);
  terms_.pop_back();
  parts_.resize(term.first);
  return found;
}

TermId Terms::bytes(const ByteSet& set) {
  if (set.none()) return none;
  const auto next = static_cast<std::uint32_t>(byte_sets_.size());
  const auto [entry, is_new] = byte_set_ids_.try_emplace(set, next);
  if (is_new) byte_sets_.push_back(set);
  return intern({.kind = TermKind::bytes, .bytes = entry->second}, {});
}

TermId Terms::text(const std::string& text) {
  TermId term = empty;
  for (auto each = text.rbegin(); each != text.rend(); ++each) {
    term = cons(bytes(byte(static_cast<unsigned char>(*each))), term);
  }
  return term;
}

TermId Terms::concat(TermId first, TermId second) {
  if (terms_[first].kind != TermKind::concat) return cons(first, second);
  std::vector<TermId> heads;
  while (terms_[first].kind == TermKind::concat) {
    heads.push_back(part(first, 0));
    first = part(first, 1);
  }
  TermId whole = cons(first, second);
  for (auto head = heads.rbegin(); head != heads.rend(); ++head) whole = cons(*head, whole);
  return whole;
}

/// `head` is no concatenation itself.
TermId Terms::cons(TermId head, TermId tail) {
  if (head == none || tail == none) return none;
  if (head == empty) return tail;
  if (tail == empty) return head;
  if (tail == all && terms_[head].nullable) return all;
  if (head == all && terms_[tail].nullable) return all;
  if (absorbed(head, tail)) return tail;
  const bool nullable = terms_[head].nullable && terms_[tail].nullable;
  const TermId both[] = {head, tail};
  return intern({.kind = TermKind::concat, .nullable = nullable}, both);
}

/// x*x* is x*, and x*x*y is x*y.
bool Terms::absorbed(TermId head, TermId tail) const {
  const Term& term = terms_[head];
  const bool star =
      head == all || (term.kind == TermKind::repeat && term.least == 0 && term.most == infinite);
  if (!star) return false;
  return head == tail || (terms_[tail].kind == TermKind::concat && part(tail, 0) == head);
}

/// Opens parts of the same kind; sorted, without duplicates.
void Terms::flatten(std::vector<TermId>& ids, TermKind kind) const {
  std::vector<TermId> flat;
  flat.reserve(ids.size());
  for (const auto id : ids) {
    if (terms_[id].kind == kind) {
      const auto inner = parts(terms_[id]);
      flat.insert(flat.end(), inner.begin(), inner.end());
    } else {
      flat.push_back(id);
    }
  }
  std::ranges::sort(flat);
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  ids = std::move(flat);
}

/// True if a term stands beside its complement; the parts are sorted.
bool Terms::has_opposites(const std::vector<TermId>& ids) const {
  return std::ranges::any_of(ids, [&](TermId id) {
    return terms_[id].kind == TermKind::complement && std::ranges::binary_search(ids, part(id, 0));
  });
}

/// Takes the byte sets out of the parts.
std::vector<ByteSet> Terms::take_bytes(std::vector<TermId>& ids) const {
  std::vector<ByteSet> sets;
  std::erase_if(ids, [&](TermId id) {
    if (terms_[id].kind != TermKind::bytes) return false;
    sets.push_back(byte_sets_[terms_[id].bytes]);
    return true;
  });
  return sets;
}

TermId Terms::alternation(std::vector<TermId> ids) {
  flatten(ids, TermKind::alternation);
  std::erase(ids, none);
  if (std::ranges::binary_search(ids, all) || has_opposites(ids)) return all;
  const auto sets = take_bytes(ids);
  if (!sets.empty()) {
    ByteSet united;
    for (const auto& set : sets) united |= set;
    ids.push_back(bytes(united));
    std::ranges::sort(ids);
  }
  const auto is_nullable = [&](TermId id) { return id != empty && terms_[id].nullable; };
  const bool nullable = std::ranges::any_of(ids, is_nullable);
  if (nullable) std::erase(ids, empty);
  if (ids.empty()) return none;
  if (ids.size() == 1) return ids.front();
  const bool with_empty = nullable || std::ranges::binary_search(ids, empty);
  return intern({.kind = TermKind::alternation, .nullable = with_empty}, ids);
}

TermId Terms::intersection(std::vector<TermId> ids) {
  flatten(ids, TermKind::intersection);
  std::erase(ids, all);
  if (ids.empty()) return all;
  if (std::ranges::binary_search(ids, none) || has_opposites(ids)) return none;
  const bool nullable = std::ranges::all_of(ids, [&](TermId id) { return terms_[id].nullable; });
  if (std::ranges::binary_search(ids, empty)) return nullable ? empty : none;
  const auto sets = take_bytes(ids);
  if (!sets.empty()) {
    ByteSet common = sets.front();
    for (const auto& set : sets) common &= set;
    if (common.none()) return none;
    ids.push_back(bytes(common));
    std::ranges::sort(ids);
  }
  if (ids.size() == 1) return ids.front();
  return intern({.kind = TermKind::intersection, .nullable = nullable}, ids);
}

TermId Terms::complement(TermId term) {
  if (term == none) return all;
  if (term == all) return none;
  if (terms_[term].kind == TermKind::complement) return part(term, 0);
  const TermId only[] = {term};
  return intern({.kind = TermKind::complement, .nullable = !terms_[term].nullable}, only);
}

TermId Terms::repeat(TermId term, std::uint32_t least, std::uint32_t most) {
  if (most == 0 || term == empty) return empty;
  if (term == none) return least == 0 ? empty : none;
  if (least == 1 && most == 1) return term;
  if (term == all) return all;
  if (terms_[term].nullable) least = 0;
  const Term& inner = terms_[term];
  if (inner.kind == TermKind::repeat && inner.least == 0 && inner.most == infinite) return term;
  const bool any_byte = inner.kind == TermKind::bytes && byte_sets_[inner.bytes].all();
  if (any_byte && least == 0 && most == infinite) return all;
  const TermId only[] = {term};
  return intern({.kind = TermKind::repeat, .nullable = least == 0, .least = least, .most = most},
                only);
}

}  // namespace relayproof::patterns
