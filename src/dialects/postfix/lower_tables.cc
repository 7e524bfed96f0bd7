#include "dialects/postfix/lower_tables.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postfix/address_reading.h"
#include "dialects/postfix/domain_lists.h"
#include "dialects/postfix/table_rows.h"

namespace relayproof::postfix {
namespace {

using policy::Key;

std::vector<Key> keys_for(Search search, const Config& config) {
  const auto parents = [&](std::string_view feature, Key plain, Key dotted) {
    return parents_match(config, feature) ? plain : dotted;
  };
  switch (search) {
    case Search::whole:
      return {Key::whole};
    case Search::address:
      return {Key::whole, Key::without_extension, Key::at_domain};
    case Search::access_address:
      return {Key::whole,    Key::without_extension,
              Key::domain,   parents("smtpd_access_maps", Key::parents, Key::dotted_parents),
              Key::local_at, Key::local_at_without_extension};
    case Search::host:
      return {Key::whole,
              parents("smtpd_access_maps", Key::host_parents, Key::dotted_host_parents)};
    case Search::local_name:
      return {Key::whole, Key::without_extension};
    case Search::transport:
      break;
  }
  return {Key::whole, Key::without_extension, Key::domain,
          parents("transport_maps", Key::parents, Key::dotted_parents)};
}

std::string extension_delimiters(const Config& config) {
  auto delimiters = config.effective("recipient_delimiter").text;
  // Before 2.11 it was one character.
  if (config.version() < Version{2, 11} && delimiters.size() > 1) delimiters.resize(1);
  return delimiters;
}

// The tables of one search, sorted out.
class Searcher {
 public:
  Searcher(PolicyBuilder& builder, TableShelf& shelf, Search search, policy::Subject subject)
      : builder_(builder),
        shelf_(shelf),
        search_(search),
        subject_(std::move(subject)),
        keys_(keys_for(search, shelf.config())) {}

  void take(const TableName& name, const ResultOf& result_of, Literals literals) {
    const auto table = shelf_.open(name);
    if (table->standing == Standing::missing || table->standing == Standing::failing) {
      failing_ = true;
      return;
    }
    if (has_rows(*table)) {
      const auto kinds = row_kinds(*table);
      kinds_.patterns = kinds_.patterns || kinds.patterns;
      kinds_.bare = kinds_.bare || kinds.bare;
      kinds_.quoted = kinds_.quoted || kinds.quoted;
      tables_.push_back(lower_rows(builder_, table, result_of, literals));
    } else if (table->standing == Standing::hidden || table->name.table_class != TableClass::cidr) {
      // What stands in a composite table is not put together here.
      const auto why = table->why.empty() ? "its rows are made of others" : table->why;
      found_.hidden.push_back({name.text, why, keys_});
    }
  }
  bool is_failing() const { return failing_; }

  LoweredSearch finish() {
    const auto always = builder_.constant(true);
    auto when = always;
    if (failing_) keys_ = {Key::whole};  // the first key that no table has is the error
    if (sees_quotes()) when = add_quoted_way();
    if (search_ == Search::address && kinds_.bare && !failing_) {
      const auto own = is_own_domain_condition();
      auto keys = keys_;
      keys.insert(keys.end() - 1, {Key::local, Key::local_without_extension});
      add_way(builder_.all({when, own}), keys, subject_);
      when = builder_.all({when, builder_.negation(own)});
    }
    add_way(when, keys_, subject_);
    std::vector<policy::ConditionId> any;
    for (const auto& way : found_.ways) {
      any.push_back(builder_.all({way.when, finds(way)}));
    }
    found_.finds = builder_.any(std::move(any));
    // Where a table that we cannot see comes first, it may answer before the error is met.
    const bool fails = failing_ && found_.hidden.empty();
    found_.fails = fails ? builder_.negation(found_.finds) : builder_.constant(false);
    return std::move(found_);
  }

 private:
  bool sees_quotes() const {
    if (shelf_.config().version() < Version{3, 2} || tables_.empty()) return false;
    const bool is_address = search_ == Search::address || search_ == Search::access_address ||
                            search_ == Search::transport;
    return is_address && (kinds_.patterns || kinds_.quoted);
  }

  // Where this way does not find anything.
  policy::ConditionId add_quoted_way() {
    auto quoted = subject_;
    quoted.via.push_back(builder_.named_transform(transform_name::quote));
    add_way(builder_.constant(true), {Key::whole}, quoted);
    return builder_.negation(finds(found_.ways.back()));
  }

  void add_way(policy::ConditionId when, std::vector<Key> keys, const policy::Subject& subject) {
    found_.lookup = {tables_, std::move(keys), extension_delimiters(shelf_.config())};
    found_.index = builder_.lookup(found_.lookup);
    found_.ways.push_back({when, found_.index, subject});
  }

  policy::ConditionId finds(const LoweredSearch::Way& way) {
    if (tables_.empty()) return builder_.constant(false);
    return builder_.finds(way.lookup, way.subject);
  }

  // mail_addr_find(3): $myorigin counts, wherever its mail goes.
  policy::ConditionId is_own_domain_condition() {
    auto domain = subject_;
    domain.part = policy::Part::domain;
    return is_own_or_origin(builder_, shelf_, domain);
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  Search search_;
  policy::Subject subject_;
  std::vector<Key> keys_;
  std::vector<std::uint32_t> tables_;
  RowKinds kinds_;
  bool failing_ = false;
  LoweredSearch found_;
};

}  // namespace

bool parents_match(const Config& config, std::string_view feature) {
  const auto names = config.effective("parent_domain_matches_subdomains").text;
  for (const auto& word : list_words(names, config.version())) {
    if (equals_ignoring_case(word.text, feature)) return true;
  }
  return false;
}

std::vector<TableName> table_names(std::string_view value, const Version& version) {
  std::vector<TableName> names;
  for (const auto& word : list_words(value, version)) {
    names.push_back(parse_table_name(word.text, version, word.offset));
  }
  return names;
}

policy::ConditionId gives(PolicyBuilder& builder, const LoweredSearch& search,
                          const std::vector<std::uint32_t>& results) {
  if (search.lookup.tables.empty() || results.empty()) return builder.constant(false);
  std::vector<policy::ConditionId> any;
  for (const auto& way : search.ways) {
    any.push_back(builder.all({way.when, builder.finds(way.lookup, way.subject, results)}));
  }
  return builder.any(std::move(any));
}

LoweredSearch lower_search(PolicyBuilder& builder, TableShelf& shelf,
                           const std::vector<TableName>& tables, Search search,
                           const policy::Subject& subject, const ResultOf& result_of,
                           Literals literals) {
  Searcher searcher(builder, shelf, search, subject);
  for (const auto& table : tables) {
    searcher.take(table, result_of, literals);
    if (searcher.is_failing()) break;
  }
  return searcher.finish();
}

}  // namespace relayproof::postfix
