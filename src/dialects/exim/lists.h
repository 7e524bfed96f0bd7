// Domain, host, address and local part lists (specification, chapter 10) as conditions.
#pragma once

#include <string>
#include <string_view>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// The text is expanded, then its items are asked in order.
policy::ConditionId domain_list(Lowering& to, std::string_view list, const Operand& domain,
                                const Scope& scope);
policy::ConditionId address_list(Lowering& to, std::string_view list, const Operand& address,
                                 const Scope& scope);
policy::ConditionId local_part_list(Lowering& to, std::string_view list, const Operand& local_part,
                                    const Scope& scope);
/// The client. `by_address_only`: names in the list never match (match_ip).
policy::ConditionId host_list(Lowering& to, std::string_view list, const Scope& scope,
                              bool by_address_only = false);

/// The domains that a list writes out, each as `example.com`, or `.example.com` for `*.example.com`
/// (all below); patterns and what cannot be seen are left out.
std::vector<std::string> domains_in(Lowering& from, std::string_view list);

}  // namespace relayproof::exim
