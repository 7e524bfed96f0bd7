// What is wanted of a text as a language: all texts that possibly meet it. Where a pattern or a
// table is too much for that, the language is larger than the truth, never smaller.
#pragma once

#include <vector>

#include "patterns/language.h"
#include "policy/policy.h"
#include "policy/solve.h"

namespace relayproof::policy {

/// The texts, before they are divided into parts, that possibly meet what is wanted.
patterns::Language possibly_meeting(const Policy& policy, const Wanted& wanted);

/// If a result of pattern rows is wanted: what the first of these rows possibly match, one by one.
std::vector<patterns::Language> possibly_meeting_rows(const Policy& policy, const Wanted& wanted,
                                                      std::size_t limit);

/// These names and literals, and what is below the names; none if there are too many of them.
patterns::Language at_or_below(const std::vector<std::string>& names);

/// What the field can be made of at all; of a confirmed name, those that are not ours.
patterns::Language possible_texts(const Policy& policy, Field field);

/// Texts of the field that people would recognise, the most usual ones first.
std::vector<patterns::Language> usual_texts(Field field);

}  // namespace relayproof::policy
