// What restrictions ask of a text that no table of the configuration answers: is it empty, is it a
// fully qualified name, is it one of these words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/policy_builder.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// The text is one of these, in any case.
policy::ConditionId text_is(PolicyBuilder& builder, const policy::Subject& subject,
                            const std::vector<std::string>& texts);
/// There is a text, and it is not empty.
policy::ConditionId is_not_empty(PolicyBuilder& builder, const policy::Subject& subject);
/// The text is one of these names, or below one of them.
policy::ConditionId name_is_under(PolicyBuilder& builder, const policy::Subject& subject,
                                  const std::vector<std::string>& names);
/// The POSIX extended expression is found in the text (case counts). `what` it stands for, in
/// words: the same words are the same expression.
policy::ConditionId text_matches(PolicyBuilder& builder, const policy::Subject& subject,
                                 std::string_view what, std::string_view expression);

/// Postfix's valid_hostname(): letters, digits, `-`, `_` in labels that are not all numeric. A
/// single dot at the end is overlooked, as reject_*_hostname do; the lengths of labels are not
/// looked at.
policy::ConditionId is_hostname(PolicyBuilder& builder, const policy::Subject& subject);
/// The same with a dot inside.
policy::ConditionId is_qualified_hostname(PolicyBuilder& builder, const policy::Subject& subject);
/// An address in digits, without brackets.
policy::ConditionId is_address(PolicyBuilder& builder, const policy::Subject& subject);
/// The same, of IPv4.
policy::ConditionId is_ipv4_address(PolicyBuilder& builder, const policy::Subject& subject);
/// Digits, dots and colons, and nothing else.
policy::ConditionId is_digits_and_dots(PolicyBuilder& builder, const policy::Subject& subject);
/// `[`, whatever there is, `]`.
policy::ConditionId is_in_brackets(PolicyBuilder& builder, const policy::Subject& subject);
/// It begins with `[`.
policy::ConditionId is_bracketed(PolicyBuilder& builder, const policy::Subject& subject);
/// `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
policy::ConditionId is_literal(PolicyBuilder& builder, const policy::Subject& subject);

}  // namespace relayproof::postfix
