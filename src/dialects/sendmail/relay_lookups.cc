#include "dialects/sendmail/relay_lookups.h"

namespace relayproof::sendmail {

using policy::ConditionId;
using policy::Subject;

namespace {

constexpr std::string_view relay_result = "access RELAY";

AccessTables::ResultOf relay_or_not(PolicyBuilder& builder) {
  return [&builder](const AccessRow& row) {
    return row.result == AccessResult::relay ? builder.named_result(relay_result)
                                             : builder.named_result("access other");
  };
}

}  // namespace

ConditionId RelayLookups::access_names(std::string_view tag, const Subject& subject,
                                       AccessTables::Untagged untagged) {
  if (scope_.access.standing == Access::Standing::none) return builder_.constant(false);
  if (scope_.access.standing == Access::Standing::hidden) {
    return scope_.hidden_access(tag, {subject});
  }
  const auto lookup =
      scope_.tables.names(tag, untagged, scope_.parents_count(), relay_or_not(builder_));
  return builder_.finds(lookup, subject, {builder_.named_result(relay_result)},
                        scope_.origin(Feature::access_db));
}

ConditionId RelayLookups::access_mailboxes(std::string_view tag, const Subject& subject,
                                           AccessTables::Untagged untagged) {
  if (scope_.access.standing != Access::Standing::read) return builder_.constant(false);
  const auto lookup = scope_.tables.mailboxes(tag, untagged, relay_or_not(builder_));
  return builder_.finds(lookup, subject, {builder_.named_result(relay_result)},
                        scope_.origin(Feature::access_db));
}

ConditionId RelayLookups::in_class(std::string_view name, const Subject& subject, Below below) {
  const auto lookup = lower_class(builder_, scope_.config.class_of(name), below);
  return lookup ? builder_.finds(*lookup, subject) : builder_.constant(false);
}

policy::OriginId RelayLookups::origin_of(std::string_view class_name) {
  for (const auto& source : scope_.config.class_of(class_name).sources) {
    if (!source.where.file.empty() && source.where.line > 0) {
      return builder_.origin(Place{source.where, "class " + std::string(class_name)}, class_name);
    }
  }
  return 0;
}

}  // namespace relayproof::sendmail
