// Tables of smtpd.conf(5) as conditions of a policy, and as answers for one text.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/matching.h"
#include "dialects/opensmtpd/policy_builder.h"
#include "mail/ip_set.h"
#include "patterns/pattern.h"

namespace relayproof::opensmtpd {

/// What a table is asked with.
enum class Ask : std::uint8_t { name, address, text };

class Tables {
 public:
  /// Both must outlive it.
  Tables(const Config& config, PolicyBuilder& builder);

  /// The row that matches this subject, which is a name, an address, or compared as it is. A hidden
  /// table is a question; `owners` says that what it holds is the owner's word.
  policy::ConditionId finds(TableId table, Ask ask, bool regex, const policy::Subject& subject,
                            bool owners);
  /// The same for the sender's address; the null sender is asked for as `@`.
  policy::ConditionId finds_sender(TableId table, bool regex);
  /// Clients whose address is in the table. With `regex` it is a question.
  policy::ConditionId client_in(TableId table, bool regex);
  /// The same of one text; nullopt if the table is hidden.
  std::optional<bool> has(TableId table, Ask ask, bool regex, std::string_view text) const;

  const Table& table(TableId id) const { return config_.tables.at(id); }
  /// `table domains (file:/etc/mail/domains)`
  std::string told(TableId id) const;
  /// A condition that only this table's hidden rows answer.
  policy::ConditionId hidden(TableId table, policy::Question::Power power,
                             const std::vector<policy::Subject>& about, std::string_view says);
  AddressStyle style() const { return {config_.delimiter, config_.is_old()}; }

 private:
  std::vector<std::uint32_t> lookups_of(TableId table, Ask ask, bool regex);
  void add_lookup(std::vector<std::uint32_t>& to, policy::Table rows,
                  std::vector<policy::Key> keys);
  policy::Table literal_rows(TableId table, Ask ask, bool users) const;
  policy::Table pattern_rows(TableId table, Ask ask, bool regex) const;
  void add_pattern(policy::Table& to, const std::string& pattern, const Row& row) const;

  // For one text after the other: rows that are compared as they are, and the others.
  struct Index {
    std::unordered_set<std::string> literals;  // in lower case
    std::vector<std::string_view> others;
    std::vector<patterns::Pattern> patterns;  // of a table that is asked with regex
  };
  const Index& index_of(TableId table, bool regex) const;

  const Config& config_;
  PolicyBuilder& builder_;
  std::uint32_t found_;  // the result of a row that is only found
  std::map<std::string, std::vector<std::uint32_t>> lookups_;
  mutable std::map<std::pair<TableId, bool>, Index> indices_;
};

}  // namespace relayproof::opensmtpd
