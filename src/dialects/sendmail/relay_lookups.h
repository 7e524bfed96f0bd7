// What the rules of relaying ask the access map and the classes.
#pragma once

#include <string_view>

#include "dialects/sendmail/class_names.h"
#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

class RelayLookups {
 public:
  explicit RelayLookups(Scope& scope) : scope_(scope), builder_(scope.builder) {}

  /// The access map gives RELAY for the subject's name, or one above it.
  policy::ConditionId access_names(std::string_view tag, const policy::Subject& subject,
                                   AccessTables::Untagged untagged = AccessTables::Untagged::count);
  /// The same for a mailbox.
  policy::ConditionId access_mailboxes(std::string_view tag, const policy::Subject& subject,
                                       AccessTables::Untagged untagged);
  policy::ConditionId in_class(std::string_view name, const policy::Subject& subject, Below below);
  /// Whether hosts below the names of class R count, too.
  Below below() const { return scope_.parents_count() ? Below::counts : Below::none; }
  /// Where the class gets its members.
  policy::OriginId origin_of(std::string_view class_name);

 private:
  Scope& scope_;
  PolicyBuilder& builder_;
};

}  // namespace relayproof::sendmail
