// Restrictions about the sender: whatever the client says, unless it has logged in.
#include "base/text.h"
#include "dialects/postfix/restriction_credentials.h"
#include "dialects/postfix/restriction_lists.h"
#include "dialects/postfix/restriction_tables.h"
#include "dialects/postfix/restriction_texts.h"

namespace relayproof::postfix {
namespace {

using policy::Field;

policy::Subject raw(policy::Part part = policy::Part::whole) {
  return PolicyBuilder::rewritten(Field::sender, part);
}

policy::ConditionId known(RestrictionWriter& writer) {
  return sender_is_an_address(writer.builder(), writer.scope());
}

void lower_access(RestrictionWriter& writer, const Restriction& item) {
  if (!item.table) return;
  auto& builder = writer.builder();
  const auto& sender = writer.service().shared.sender;
  writer.lookup_error(builder.all({known(writer), sender.fails}));
  TableQuestion question;
  question.table = &*item.table;
  question.search = Search::access_address;
  question.subject = sender.address;
  question.when = known(writer);
  question.ok_counts = builder.constant(true);
  question.instead = writer.service().value("smtpd_null_access_lookup_key").text;
  question.asks_instead = sender_is_null(builder, writer.scope());
  ask_table(writer, question);
}

void lower_unknown_domain(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto& sender = writer.service().shared.sender;
  writer.lookup_error(builder.all({known(writer), sender.fails}));
  const auto asked = builder.all({known(writer), builder.negation(sender.is_final),
                                  builder.negation(is_bracketed(builder, sender.domain))});
  writer.screen(asked, {sender.domain},
                writer.service().answer_of("unknown_address_reject_code", 450, "4.1.8"));
}

void lower_unverified(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {raw()},
                writer.service().answer_of("unverified_sender_reject_code", 450, "4.1.7"));
}

void lower_non_fqdn(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto domain = raw(policy::Part::domain);
  const auto good =
      builder.any({is_in_brackets(builder, domain), is_qualified_hostname(builder, domain)});
  const auto bad =
      builder.any({builder.negation(good), builder.is_set(policy::Flag::sender_unqualified)});
  writer.refuse(builder.all({known(writer), bad}),
                writer.service().answer_of("non_fqdn_reject_code", 504, "5.5.2"));
}

// smtpd looks a sender up once, and forgets that it has when its MAIL restrictions begin. Where
// those of the client and of HELO wait for RCPT they come before that: after a refusal there, the
// next recipient, or the next client of the same process, passes unseen. MAIL restrictions that
// wait for RCPT never begin for `postmaster` without a domain: behind it DATA remembers, too.
policy::ConditionId is_looked_up(RestrictionWriter& writer) {
  auto& builder = writer.builder();
  const auto& scope = writer.scope();
  const bool is_early = scope.evaluation == "client" || scope.evaluation == "helo";
  const bool is_late =
      scope.moment == policy::Moment::data || scope.moment == policy::Moment::end_of_data;
  if (!is_early && !(is_late && writer.service().is_on("smtpd_delay_reject"))) {
    return builder.constant(true);
  }
  policy::Question question;
  question.name = "reject_unlisted_sender looks the sender up";
  question.origin = writer.origin();
  question.power = policy::Question::Power::screen;
  question.says =
      "in this list smtpd skips it where the recipient before was refused for it, of whatever "
      "client";
  const auto asked = builder.unknown(builder.question(std::move(question)), {});
  if (is_early) return asked;
  const auto bare = text_is(builder, PolicyBuilder::rewritten(Field::recipient), {"postmaster"});
  return builder.any({builder.negation(bare), asked});
}

void lower_unlisted(RestrictionWriter& writer, const Restriction&) {
  auto& service = writer.service();
  if (!service.looks_up_unlisted()) {
    return writer.pass(writer.builder().constant(false), "no_unknown_recipient_checks");
  }
  const auto list = lower_reject_unlisted(service.builder(), service.shared.shelf, Field::sender,
                                          &service.service);
  const auto when = writer.builder().all({known(writer), is_looked_up(writer)});
  writer.put(when, policy::Run{list, true, !writer.scope().warn});
}

void lower_rhsbl(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {raw(policy::Part::domain)},
                writer.service().answer_of("maps_rbl_reject_code", 554, "5.7.1"));
}

void lower_servers(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {raw(policy::Part::domain)},
                writer.service().answer_of("access_map_reject_code", 554, "5.7.1"));
}

// smtpd_sender_login_maps: whose sender address it is.
class Owners {
 public:
  explicit Owners(RestrictionWriter& writer)
      : writer_(writer), builder_(writer.builder()), sender_(writer.service().shared.sender) {
    auto& service = writer.service();
    const auto value = service.value("smtpd_sender_login_maps");
    const auto tables = table_names(value.text, service.version());
    exist_ = !tables.empty() && service.is_on("smtpd_sasl_auth_enable");
    if (!exist_) return;
    search_ = lower_search(builder_, service.shared.shelf, tables, Search::address, sender_.address,
                           [this](const RowValue& row) { return owner(row); });
  }

  bool exist() const { return exist_; }

  /// Owned by somebody, though the client has not logged in.
  void refuse_strangers() {
    const auto asked = builder_.all({known(writer_), not_logged_in()});
    errors(asked);
    refuse(builder_.all({asked, search_.finds}));
    hidden(asked);
  }

  /// Not owned by whoever has logged in.
  void refuse_others(bool unowned_too) {
    const auto asked = builder_.all({known(writer_), logged_in(writer_.service())});
    errors(asked);
    for (const auto& [result, names] : names_) {
      const auto user = PolicyBuilder::rewritten(Field::user);
      const auto other = builder_.negation(text_is(builder_, user, names));
      refuse(builder_.all({asked, gives(builder_, search_, {result}), other}));
    }
    hidden(asked);
    if (unowned_too && search_.hidden.empty()) {
      refuse(builder_.all({asked, builder_.negation(search_.finds)}));
    }
  }

 private:
  std::uint32_t owner(const RowValue& row) {
    auto& results = builder_.policy().results;
    results.emplace_back(policy::Nothing{});
    const auto result = static_cast<std::uint32_t>(results.size() - 1);
    std::vector<std::string> names;
    for (const auto& word : list_words(row.text, Version{2, 10})) names.emplace_back(word.text);
    names_.emplace_back(result, std::move(names));
    return result;
  }

  policy::ConditionId not_logged_in() {
    return builder_.negation(builder_.is_set(policy::Flag::authenticated));
  }

  void errors(policy::ConditionId asked) {
    writer_.lookup_error(builder_.all({asked, sender_.fails}));
    writer_.lookup_error(builder_.all({asked, search_.fails}));
  }

  void refuse(policy::ConditionId when) {
    writer_.refuse(when, writer_.service().answer(553, "5.7.1"));
  }

  void hidden(policy::ConditionId asked) {
    for (const auto& table : search_.hidden) {
      (void)table;
      writer_.screen(asked, {sender_.address, PolicyBuilder::rewritten(Field::user)},
                     writer_.service().answer(553, "5.7.1"));
    }
  }

  RestrictionWriter& writer_;
  PolicyBuilder& builder_;
  const AddressClasses& sender_;
  bool exist_ = false;
  LoweredSearch search_;
  std::vector<std::pair<std::uint32_t, std::vector<std::string>>> names_;
};

void lower_login_mismatch(RestrictionWriter& writer, const Restriction&) {
  Owners owners(writer);
  if (!owners.exist()) return writer.pass(writer.builder().constant(false));
  owners.refuse_others(true);
  owners.refuse_strangers();
}

void lower_authenticated_mismatch(RestrictionWriter& writer, const Restriction&) {
  Owners owners(writer);
  if (!owners.exist()) return writer.pass(writer.builder().constant(false));
  owners.refuse_others(true);
}

void lower_known_mismatch(RestrictionWriter& writer, const Restriction&) {
  Owners owners(writer);
  if (!owners.exist()) return writer.pass(writer.builder().constant(false));
  owners.refuse_others(false);
  owners.refuse_strangers();
}

void lower_unauthenticated_mismatch(RestrictionWriter& writer, const Restriction&) {
  Owners owners(writer);
  if (!owners.exist()) return writer.pass(writer.builder().constant(false));
  owners.refuse_strangers();
}

constexpr RestrictionFamily table[] = {
    {Is::reject_rhsbl_sender, lower_rhsbl},
    {Is::reject_unknown_address, lower_unknown_domain},
    {Is::reject_unknown_sender_domain, lower_unknown_domain},
    {Is::reject_unverified_sender, lower_unverified},
    {Is::reject_non_fqdn_sender, lower_non_fqdn},
    {Is::reject_unlisted_sender, lower_unlisted},
    {Is::reject_sender_login_mismatch, lower_login_mismatch},
    {Is::reject_authenticated_sender_login_mismatch, lower_authenticated_mismatch},
    {Is::reject_known_sender_login_mismatch, lower_known_mismatch},
    {Is::reject_unauthenticated_sender_login_mismatch, lower_unauthenticated_mismatch},
    {Is::check_sender_access, lower_access},
    {Is::check_sender_a_access, lower_servers},
    {Is::check_sender_mx_access, lower_servers},
    {Is::check_sender_ns_access, lower_servers},
};

}  // namespace

std::span<const RestrictionFamily> sender_restrictions() { return table; }

}  // namespace relayproof::postfix
