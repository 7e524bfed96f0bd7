// reject_unlisted_recipient: is an address in the tables of its class? A stranger who is refused
// here asks for an address that is listed, so it is no defence; but it decides single attempts.
#include <array>
#include <memory>
#include <string>

#include "base/text.h"
#include "dialects/postfix/access_results.h"
#include "dialects/postfix/address_classes.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/lower_transports.h"

namespace relayproof::postfix {
namespace {

using policy::ConditionId;

struct Class {
  ConditionId AddressClasses::*is;
  std::string_view tables;  // the parameter that names them; empty value: everybody is listed
  std::string_view code;    // the parameter with the code of the refusal
};
constexpr std::array classes_with_tables{
    Class{&AddressClasses::is_local, "local_recipient_maps", "unknown_local_recipient_reject_code"},
    Class{&AddressClasses::is_virtual_mailbox, "virtual_mailbox_maps",
          "unknown_virtual_mailbox_reject_code"},
    Class{&AddressClasses::is_relay, "relay_recipient_maps", "unknown_relay_recipient_reject_code"},
};

// Names that Postfix itself takes care of, in any local domain; whatever follows an `@`.
ConditionId is_own_name(PolicyBuilder& builder, const Config& config, policy::Field field) {
  const auto bounces = to_lower(config.effective("double_bounce_sender").text);
  auto names = std::string("postmaster|mailer-daemon");
  if (bounces.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos) {
    names += "|" + bounces;
  }
  return builder.matches("names that Postfix has itself", "^(" + names + ")@",
                         builder.resolved(field));
}

class Unlisted {
 public:
  Unlisted(PolicyBuilder& builder, TableShelf& shelf, policy::Field field, const Service* service)
      : builder_(builder),
        shelf_(shelf),
        field_(field),
        classes_(lower_address_classes(builder, shelf, field)),
        service_(service) {
    list_.name = is_sender() ? "reject_unlisted_sender" : "reject_unlisted_recipient";
  }

  policy::ListId lower() {
    refuse(classes_.fails, temporary_lookup_failure());
    auto rest = not_rewritten();
    rest = refuse_by_transport(rest);
    for (const auto& one : classes_with_tables) refuse_unknown(rest, one);
    return builder_.list(std::move(list_));
  }

 private:
  bool is_sender() const { return field_ == policy::Field::sender; }
  std::string_view status() const { return is_sender() ? "5.1.0" : "5.1.1"; }

  Value effective(std::string_view parameter) const {
    const auto& config = shelf_.config();
    return service_ != nullptr ? config.effective(*service_, parameter)
                               : config.effective(parameter);
  }

  policy::Answer answer(std::string_view parameter, int otherwise) const {
    std::string enhanced(status());
    const auto written = to_integer(effective(parameter).text);
    const int code = written ? static_cast<int>(*written) : otherwise;
    if (code < 500) enhanced[0] = '4';
    return {code, enhanced};
  }

  void refuse(ConditionId when, policy::Answer answer) {
    if (builder_.constant_value(when) == std::optional(false)) return;
    policy::Rule rule;
    rule.when = when;
    rule.effect = policy::Refuse{std::move(answer)};
    rule.says = list_.name;
    list_.rules.push_back(std::move(rule));
  }

  // `error:5.7.1 text` and `retry:text`; other transports refuse nothing here.
  void refuse_as(ConditionId when, std::string_view transport) {
    const auto delivery = delivery_of(shelf_.config(), transport);
    if (delivery != Delivery::refused && delivery != Delivery::retried) return;
    const bool retried = delivery == Delivery::retried;
    auto usual = std::string(status());
    if (retried) usual[0] = '4';
    const auto colon = transport.find(':');
    const auto text = colon == std::string_view::npos ? "" : trim(transport.substr(colon + 1));
    refuse(when, {retried ? 450 : 550, enhanced_for(enhanced_in(text, usual), field_)});
  }

  LoweredSearch search(std::string_view parameter) {
    const auto names = table_names(effective(parameter).text, shelf_.config().version());
    return lower_search(
        builder_, shelf_, names, Search::address, classes_.address,
        [this](const RowValue&) { return builder_.result(policy::Nothing{}); }, Literals::alike);
  }

  // `yes`: none of the tables that we cannot see has it. A screen.
  ConditionId not_in_hidden(const LoweredSearch& found, std::string_view parameter) {
    std::vector<ConditionId> all;
    for (const auto& hidden : found.hidden) {
      policy::Question question;
      question.name = std::string(parameter) + " " + hidden.table + " lacks the address";
      question.power = policy::Question::Power::screen;
      question.says = "whom it lists is not in the files: " + hidden.says;
      question.test =
          "postmap -q " + shell_quote("user@example.com") + " " + shell_quote(hidden.table);
      all.push_back(builder_.unknown(builder_.question(std::move(question)), {classes_.address}));
    }
    return builder_.all(std::move(all));
  }

  // An address that a rewriting table has counts as known, wherever it leads.
  ConditionId not_rewritten() {
    std::vector<std::string_view> parameters = {"recipient_canonical_maps"};
    if (is_sender()) parameters.push_back("sender_canonical_maps");
    parameters.insert(parameters.end(), {"canonical_maps", "virtual_alias_maps"});
    auto rest = builder_.constant(true);
    for (const auto parameter : parameters) {
      const auto found = search(parameter);
      refuse(builder_.all({rest, found.fails}), temporary_lookup_failure());
      rest = builder_.all({rest, builder_.negation(found.finds), not_in_hidden(found, parameter)});
    }
    return rest;
  }

  ConditionId refuse_by_transport(ConditionId rest) {
    const auto transports = lower_transports(builder_, shelf_, classes_.address);
    // It resolves to `error:5.1.1 User unknown in virtual alias table`.
    auto unknown = answer("unknown_virtual_alias_reject_code", 550);
    unknown.enhanced = unknown.enhanced.front() + enhanced_for("5.1.1", field_).substr(1);
    refuse(builder_.all({rest, classes_.is_virtual_alias}), std::move(unknown));
    refuse(builder_.all({rest, transports.moved}), {550, enhanced_for("5.1.6", field_)});
    for (const auto& row : transports.bounces) refuse_as(builder_.all({rest, row.when}), row.text);
    const auto unmoved = builder_.all({rest, builder_.negation(transports.decides)});
    for (const auto& [is, parameter] : {std::pair(classes_.is_local, "local_transport"),
                                        std::pair(classes_.is_virtual_mailbox, "virtual_transport"),
                                        std::pair(classes_.is_relay, "relay_transport"),
                                        std::pair(classes_.is_other, "default_transport")}) {
      refuse_as(builder_.all({unmoved, is}), shelf_.config().effective(parameter).text);
    }
    return rest;
  }

  void refuse_unknown(ConditionId rest, const Class& one) {
    if (effective(one.tables).text.empty()) return;
    const auto found = search(one.tables);
    std::vector<ConditionId> all = {rest, classes_.*one.is};
    if (one.tables == "local_recipient_maps") {
      all.push_back(builder_.negation(is_own_name(builder_, shelf_.config(), field_)));
    }
    auto failing = all;
    failing.push_back(found.fails);
    refuse(builder_.all(std::move(failing)), temporary_lookup_failure());
    all.push_back(builder_.negation(found.finds));
    all.push_back(not_in_hidden(found, one.tables));
    refuse(builder_.all(std::move(all)), answer(one.code, 550));
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  policy::Field field_;
  AddressClasses classes_;
  const Service* service_;  // null: as main.cf says
  policy::List list_;
};

}  // namespace

policy::ListId lower_reject_unlisted(PolicyBuilder& builder, TableShelf& shelf, policy::Field field,
                                     const Service* service) {
  return Unlisted(builder, shelf, field, service).lower();
}

}  // namespace relayproof::postfix
