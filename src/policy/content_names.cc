#include "policy/content_names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace relayproof::policy {
namespace {

// Two hashes of 64 bits each over the bytes, so that different content does not meet by chance.
struct Digest {
  std::uint64_t one = 0x243f6a8885a308d3U;
  std::uint64_t other = 0x13198a2e03707344U;

  void add(std::string_view bytes) {
    add(bytes.size());
    for (const char byte : bytes) step(static_cast<unsigned char>(byte));
  }
  void add(std::size_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) step((number >> shift) & 0xffU);
  }
  // Rows of a hash table come in any order.
  void add_unordered(const Digest& member) {
    one += member.one * 0x9e3779b97f4a7c15U;
    other += member.other * 0xc2b2ae3d27d4eb4fU;
  }
  std::string text() const { return std::to_string(one) + '.' + std::to_string(other); }

 private:
  void step(std::uint64_t byte) {
    one = (one ^ byte) * 0x100000001b3U;
    other = ((other + byte) * 0xff51afd7ed558ccdU) ^ (other >> 29U);
  }
};

void add_pattern(Digest& digest, const patterns::Pattern& pattern) {
  const auto& options = pattern.options();
  digest.add(pattern.text());
  digest.add(static_cast<std::size_t>(pattern.flavour()));
  for (const bool option :
       {options.ignore_case, options.multiline, options.dot_all, options.extended, options.anchored,
        options.dollar_endonly, options.ungreedy}) {
    digest.add(static_cast<std::size_t>(option));
  }
}

void add_patterns(Digest& digest, const std::vector<patterns::Pattern>& all) {
  digest.add(all.size());
  for (const auto& pattern : all) add_pattern(digest, pattern);
}

using ByResult = std::map<std::uint32_t, Digest>;

// Which keys of the table give each result: its rows' meaning, whatever the result does.
void add_table(ByResult& digests, const Table& table, std::size_t place) {
  const auto add = [&](const Row& row, Digest key) {
    key.add(place);
    key.add(static_cast<std::size_t>(table.fold_case));
    digests[row.result].add_unordered(key);
  };
  for (const auto& [text, row] : table.literals) {
    Digest key;
    key.add(text);
    add(row, key);
  }
  for (std::size_t index = 0; index < table.patterns.size(); ++index) {
    const auto& pattern = table.patterns[index];
    Digest key;
    key.add(index);
    add_pattern(key, pattern.pattern);
    key.add(static_cast<std::size_t>(pattern.negated));
    add_patterns(key, pattern.only_if);
    add_patterns(key, pattern.unless);
    add(pattern.row, key);
  }
  if (table.everything) add(*table.everything, {});
}

void collect_results(std::set<std::uint32_t>& results, const Table& table) {
  std::optional<std::uint32_t> last;
  for (const auto& [text, row] : table.literals) {
    if (row.result != last) results.insert(row.result);
    last = row.result;
  }
  for (const auto& pattern : table.patterns) results.insert(pattern.row.result);
  if (table.everything) results.insert(table.everything->result);
}

}  // namespace

ContentNames::ContentNames(const Policy& policy, By by, std::string mine, std::string programs)
    : policy_(policy), by_(by), mine_(std::move(mine)), programs_(std::move(programs)) {}

const ContentNames::LookupName& ContentNames::lookup(std::uint32_t index) {
  const auto known = lookups_.find(index);
  if (known != lookups_.end()) return known->second;
  auto name = by_ == By::index ? by_index(index) : by_content(index);
  return lookups_.emplace(index, std::move(name)).first->second;
}

ContentNames::LookupName ContentNames::by_index(std::uint32_t index) const {
  std::set<std::uint32_t> results;
  for (const auto table : policy_.lookups.at(index).tables) {
    collect_results(results, policy_.tables.at(table));
  }
  return {std::to_string(index), {results.begin(), results.end()}};
}

ContentNames::LookupName ContentNames::by_content(std::uint32_t index) const {
  const Lookup& lookup = policy_.lookups.at(index);
  ByResult digests;
  for (std::size_t place = 0; place < lookup.tables.size(); ++place) {
    add_table(digests, policy_.tables.at(lookup.tables[place]), place);
  }
  std::vector<std::pair<std::string, std::uint32_t>> labels;
  for (const auto& [result, digest] : digests) labels.emplace_back(digest.text(), result);
  std::sort(labels.begin(), labels.end());
  LookupName named;
  for (const Key key : lookup.keys) named.name += std::to_string(static_cast<int>(key)) + ',';
  named.name += lookup.extension_delimiters + ';';
  for (const auto& [label, result] : labels) {
    named.name += label + ' ';
    named.results.push_back(result);
  }
  return named;
}

std::string ContentNames::transform(std::uint32_t index) const {
  if (by_ == By::index) return std::to_string(index);
  const Transform& transform = policy_.transforms.at(index);
  if (transform.named) return programs_ + transform.named->name;
  const auto& form = *transform.rewritten;
  Digest digest;
  for (const auto& piece : form.pieces) {
    digest.add(piece.text);
    digest.add(piece.hole ? 1 + static_cast<std::size_t>(piece.hole->of) : 0);
    digest.add(piece.hole ? piece.hole->group : 0);
  }
  if (form.pattern) add_pattern(digest, policy_.patterns.at(*form.pattern));
  digest.add(form.completed_by);
  return (form.completed_by.empty() ? "" : programs_) + digest.text();
}

std::string ContentNames::subject(const Subject& subject) {
  std::string name(to_string(subject.field));
  if (subject.field == Field::sender || subject.field == Field::recipient) name += programs_;
  name += '.';
  name += to_string(subject.part);
  for (const auto index : subject.via) name += '>' + transform(index);
  return name;
}

std::string ContentNames::claims() const {
  if (by_ == By::index) return "";
  const std::set<std::string> sorted(policy_.answers_for.begin(), policy_.answers_for.end());
  std::string all;
  for (const auto& domain : sorted) all += domain + ' ';
  return all;
}

std::string ContentNames::mark(std::uint32_t index) const {
  return mine_ + policy_.marks.at(index).name + '#' + std::to_string(index);
}

std::string ContentNames::question(std::uint32_t index) const {
  return policy_.questions.at(index).name;
}

}  // namespace relayproof::policy
