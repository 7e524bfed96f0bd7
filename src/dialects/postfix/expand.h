// `$name`, `${name?text}`, `${{$a} == {b} ? {x} : {y}}`: how Postfix makes a value of what was
// written (postconf(5), "The general format of the main.cf file"; src/util/mac_expand.c). Each
// character of the result keeps the place where it was written.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "dialects/postfix/config.h"

namespace relayproof::postfix {

/// What a version of Postfix can expand.
struct ExpandRules {
  bool expressions = true;          ///< from 3.0: {operands}, comparisons, ${name?{a}:{b}}
  bool blanks_around_names = true;  ///< from 3.3: ${ name }, ${name ?text}
  bool level_operators = true;      ///< from 3.6: <=level and the like

  static ExpandRules of(const Version& version);
};

/// A parameter that a `$name` asked for. A parameter that has only a default sees less than one
/// that is set: what had been read before it (LoadOrder).
struct Lookup {
  SettingPtr setting;       ///< null: not set, and no default was read so far
  std::size_t horizon = 0;  ///< what the references inside `setting` can see
};
using LookupFunction = std::function<Lookup(std::string_view name, std::size_t horizon)>;

/// The value of `setting`. References that the lookup does not know are empty. `failed` is set,
/// and the text empty, where Postfix stops: unbalanced braces, an empty or odd name, a comparison
/// that is none, a loop; or where the text would exceed a mebibyte.
Value expand(const SettingPtr& setting, std::size_t horizon, const ExpandRules& rules,
             const LookupFunction& lookup);

/// The value of a setting that Postfix does not expand.
Value unexpanded(const SettingPtr& setting);

/// `3`, `3.6`, `3.6.1` as numbers to compare; negative if it is no compatibility level.
long level_number(std::string_view text);

}  // namespace relayproof::postfix
