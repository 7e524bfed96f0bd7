// Restrictions about the client: its address, its name, the name it only claims to have.
#include "dialects/postfix/restriction_lists.h"
#include "dialects/postfix/restriction_networks.h"
#include "dialects/postfix/restriction_tables.h"
#include "dialects/postfix/restriction_texts.h"

namespace relayproof::postfix {
namespace {

using policy::Field;

policy::ConditionId has_name(RestrictionWriter& writer, Field field) {
  return writer.builder().condition(policy::Present{field});
}

policy::ConditionId has_no_name(RestrictionWriter& writer, Field field) {
  return writer.builder().negation(has_name(writer, field));
}

void lower_permit_mynetworks(RestrictionWriter& writer, const Restriction&) {
  auto& service = writer.service();
  const auto value = service.value("mynetworks");
  const auto clients = lower_clients(writer.builder(), service.shared.shelf, value, "mynetworks");
  writer.lookup_error(clients.fails, "a pattern of mynetworks is an error");
  writer.permit(clients.matches);
}

void lower_permit_inet_interfaces(RestrictionWriter& writer, const Restriction&) {
  const auto own = writer.service().shared.config.own_addresses();
  mail::IpSetBuilder addresses;
  bool all_interfaces = !own.complete;
  for (const auto& address : own.addresses) {
    all_interfaces = all_interfaces || address.is_unspecified();
    if (!address.is_unspecified()) addresses.add(address);
  }
  if (all_interfaces) addresses.add(mail::loopback());
  writer.permit(writer.builder().client_in(addresses.build(), writer.origin()));
}

void lower_unknown_client(RestrictionWriter& writer, const Restriction&) {
  auto& service = writer.service();
  const auto enhanced = service.version() < Version{3, 0} ? "4.7.1" : "4.7.25";
  writer.refuse(has_no_name(writer, Field::client_name),
                service.answer_of("unknown_client_reject_code", 450, enhanced));
}

void lower_unknown_reverse_client(RestrictionWriter& writer, const Restriction&) {
  writer.refuse(has_no_name(writer, Field::reverse_name),
                writer.service().answer_of("unknown_client_reject_code", 450, "4.7.1"));
}

void lower_rbl(RestrictionWriter& writer, const Restriction&) {
  writer.screen(writer.builder().constant(true), {},
                writer.service().answer_of("maps_rbl_reject_code", 554, "5.7.1"));
}

void lower_rhsbl(RestrictionWriter& writer, Field field) {
  writer.screen(has_name(writer, field), {PolicyBuilder::rewritten(field)},
                writer.service().answer_of("maps_rbl_reject_code", 554, "5.7.1"));
}

void lower_rhsbl_client(RestrictionWriter& writer, const Restriction&) {
  lower_rhsbl(writer, Field::client_name);
}

void lower_rhsbl_reverse_client(RestrictionWriter& writer, const Restriction&) {
  lower_rhsbl(writer, Field::reverse_name);
}

// At RCPT an allow list counts only for recipients that need no permission to relay.
void lower_dnswl(RestrictionWriter& writer, policy::ConditionId when,
                 std::vector<policy::Subject> about) {
  auto& builder = writer.builder();
  if (writer.scope().moment == policy::Moment::rcpt) {
    const auto& recipient = writer.service().shared.recipient;
    writer.lookup_error(builder.all({when, recipient.fails}));
    when = builder.all({when, recipient.is_authorised});
  }
  policy::Question question;
  question.name = writer.says();
  question.origin = writer.origin();
  question.says = "hangs on DNS";
  const auto listed = builder.unknown(builder.question(std::move(question)), std::move(about));
  writer.permit(builder.all({when, listed}));
}

void lower_dnswl_client(RestrictionWriter& writer, const Restriction&) {
  lower_dnswl(writer, writer.builder().constant(true), {});
}

void lower_rhswl_client(RestrictionWriter& writer, const Restriction&) {
  lower_dnswl(writer, has_name(writer, Field::client_name),
              {PolicyBuilder::rewritten(Field::client_name)});
}

// Name and parent domains first, then address and networks; the first answer counts.
void lower_name_and_address(RestrictionWriter& writer, const Restriction& item, Field field) {
  if (!item.table) return;
  auto& builder = writer.builder();
  TableQuestion question;
  question.table = &*item.table;
  question.search = Search::host;
  question.subject = PolicyBuilder::rewritten(field);
  question.when = builder.constant(true);
  question.ok_counts = builder.constant(true);
  question.instead = "unknown";
  question.asks_instead = has_no_name(writer, field);
  const auto answered = ask_table(writer, question);
  ask_table_for_address(writer, *item.table, builder.negation(answered));
}

void lower_client_access(RestrictionWriter& writer, const Restriction& item) {
  lower_name_and_address(writer, item, Field::client_name);
}

void lower_reverse_client_access(RestrictionWriter& writer, const Restriction& item) {
  lower_name_and_address(writer, item, Field::reverse_name);
}

// Servers of the client's domain: whoever owns the domain chooses them, and an OK is an error.
void lower_servers_of(RestrictionWriter& writer, Field field) {
  writer.screen(has_name(writer, field), {PolicyBuilder::rewritten(field)},
                writer.service().answer_of("access_map_reject_code", 554, "5.7.1"));
}

void lower_client_servers(RestrictionWriter& writer, const Restriction&) {
  lower_servers_of(writer, Field::client_name);
}

void lower_reverse_client_servers(RestrictionWriter& writer, const Restriction&) {
  lower_servers_of(writer, Field::reverse_name);
}

constexpr RestrictionFamily table[] = {
    {Is::permit_inet_interfaces, lower_permit_inet_interfaces},
    {Is::permit_mynetworks, lower_permit_mynetworks},
    {Is::permit_dnswl_client, lower_dnswl_client},
    {Is::permit_rhswl_client, lower_rhswl_client},
    {Is::reject_unknown_client_hostname, lower_unknown_client},
    {Is::reject_unknown_reverse_client_hostname, lower_unknown_reverse_client},
    {Is::reject_maps_rbl, lower_rbl},
    {Is::reject_rbl_client, lower_rbl},
    {Is::reject_rhsbl_client, lower_rhsbl_client},
    {Is::reject_rhsbl_reverse_client, lower_rhsbl_reverse_client},
    {Is::check_client_access, lower_client_access},
    {Is::check_reverse_client_hostname_access, lower_reverse_client_access},
    {Is::check_client_a_access, lower_client_servers},
    {Is::check_client_mx_access, lower_client_servers},
    {Is::check_client_ns_access, lower_client_servers},
    {Is::check_reverse_client_hostname_a_access, lower_reverse_client_servers},
    {Is::check_reverse_client_hostname_mx_access, lower_reverse_client_servers},
    {Is::check_reverse_client_hostname_ns_access, lower_reverse_client_servers},
};

}  // namespace

std::span<const RestrictionFamily> client_restrictions() { return table; }

}  // namespace relayproof::postfix
