#include "dialects/postfix/restriction_lists.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

using Families = std::array<std::span<const RestrictionFamily>, 6>;

Families families() {
  return {session_restrictions(), client_restrictions(), credential_restrictions(),
          helo_restrictions(),    sender_restrictions(), recipient_restrictions()};
}

std::string_view written(const ListSource& source, const Restriction& item) {
  if (source.value == nullptr || item.offset >= source.value->text.size()) return item.name;
  return std::string_view(source.value->text).substr(item.offset, item.size);
}

policy::OriginId origin_of(ServiceLowering& service, const ListSource& source,
                           const Restriction& item) {
  if (source.value == nullptr) return source.row;
  const auto& setting = source.value->written_in(item.offset);
  policy::Origin origin;
  origin.range = source.value->locate(item.offset);
  origin.text = std::string(written(source, item));
  origin.setting = source.value->setting->name;
  origin.provenance = std::string(to_string(setting.provenance));
  return service.builder().origin(origin);
}

std::string says_of(const Restriction& item) {
  auto says = std::string(item.warn_only ? "warn_if_reject " : "");
  if (item.implied && item.word != nullptr) says += std::string(item.word->name) + " ";
  says += item.name;
  if (!item.argument.empty() && !item.implied) says += " " + item.argument;
  return says;
}

// A bare type:name in a class takes the meaning of the list that runs the class.
const RestrictionWord* word_of(const Restriction& item, const Scope& scope) {
  if (item.word != nullptr) return item.word;
  return item.implied ? default_check(scope.kind) : nullptr;
}

void lower_word(RestrictionWriter& writer, const Restriction& item, const RestrictionWord& word) {
  const auto& version = writer.service().version();
  if (word.removed && version >= *word.removed) {
    writer.server_error(writer.builder().constant(true), "removed from Postfix");
    return;
  }
  if (word.no_ok) writer.forbid_ok();
  const auto lower = lowering_of(word.is);
  if (lower != nullptr) {
    lower(writer, item);
    return;
  }
  // A word that nobody here knows may do anything.
  writer.ask(writer.builder().constant(true), writer.says(), "is not modelled",
             writer.everything_known());
}

void lower_class(RestrictionWriter& writer, const Restriction& item) {
  auto& service = writer.service();
  const auto* found = service.find_class(item.name);
  if (found == nullptr) {
    writer.server_error(writer.builder().constant(true), "unknown restriction");
    return;
  }
  const auto list = lower_nested(service, item.name, {}, writer.scope());
  writer.put(writer.builder().constant(true), policy::Run{list});
}

void lower_item(RestrictionWriter& writer, Restriction item) {
  const auto* word = word_of(item, writer.scope());
  if (item.kind == Restriction::Kind::named) {
    lower_class(writer, item);
  } else if (item.kind == Restriction::Kind::malformed || word == nullptr) {
    writer.server_error(writer.builder().constant(true), item.problem);
  } else {
    item.word = word;
    lower_word(writer, item, *word);
  }
}

std::string scope_key(const Scope& scope) {
  return std::to_string(static_cast<int>(scope.kind)) + "/" + std::string(to_string(scope.moment)) +
         "/" + std::string(scope.evaluation) + (scope.warn ? "/warn" : "") +
         (scope.ok_is_error ? "/no OK" : "");
}

}  // namespace

LowerRestriction lowering_of(Is is) {
  for (const auto& family : families()) {
    for (const auto& entry : family) {
      if (entry.is == is) return entry.lower;
    }
  }
  return nullptr;
}

policy::ListId lower_list(ServiceLowering& service, const RestrictionList& list,
                          const ListSource& source, const Scope& scope, std::string_view name) {
  RestrictionWriter writer(service, scope, std::string(name));
  for (const auto& item : list.items) {
    writer.begin(origin_of(service, source, item), says_of(item), item.warn_only);
    lower_item(writer, item);
    writer.end_if_deferred_both_ways();
  }
  return writer.finish();
}

policy::ListId lower_nested(ServiceLowering& service, std::string_view text,
                            const ListSource& source, const Scope& scope) {
  const auto key = std::string(text) + " @ " + scope_key(scope);
  if (const auto known = service.nested.find(key); known != service.nested.end()) {
    return known->second;
  }
  auto& active = service.being_lowered;
  if (std::find(active.begin(), active.end(), key) != active.end()) {
    RestrictionWriter writer(service, scope, std::string(text));
    writer.begin(source.row, std::string(text), false);
    writer.server_error(service.builder().constant(true), "runs itself again and again");
    return writer.finish();
  }
  active.push_back(key);
  policy::ListId id = 0;
  if (const auto* found = service.find_class(text)) {
    id = lower_list(service, found->list, {&found->value, 0}, scope, text);
  } else {
    const auto list = parse_restrictions(text, scope.kind, service.version());
    id = lower_list(service, list, source, scope, text);
  }
  active.pop_back();
  service.nested.emplace(key, id);
  return id;
}

}  // namespace relayproof::postfix
