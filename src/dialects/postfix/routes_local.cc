#include "dialects/postfix/routes_local.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "dialects/postfix/address_classes.h"
#include "dialects/postfix/address_reading.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/lower_transports.h"
#include "dialects/postfix/routes_targets.h"

namespace relayproof::postfix {
namespace {

using policy::ConditionId;
using policy::Effect;
using policy::Fate;
using policy::ListId;
using Template = policy::Transform::Template;
using Hole = Template::Hole;

// What `luser_relay` may name (postconf(5)): the rest is empty, or not the client's.
struct Name {
  std::string_view name;
  Hole::Of of;
};
constexpr std::array names_of_parts{Name{"user", Hole::Of::capture}, Name{"local", Hole::Of::local},
                                    Name{"domain", Hole::Of::domain},
                                    Name{"recipient", Hole::Of::whole}};

bool is_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// `$user@example.com`, `${user}@example.com`.
std::vector<Template::Piece> pieces_of(std::string_view text) {
  std::vector<Template::Piece> pieces;
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    if (dollar > 0) pieces.push_back({std::string(text.substr(0, dollar)), std::nullopt});
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const bool in_braces = text.size() > 1 && (text[1] == '{' || text[1] == '(');
    text.remove_prefix(in_braces ? 2 : 1);
    std::size_t size = 0;
    while (size < text.size() && is_name(text[size])) ++size;
    for (const auto& one : names_of_parts) {
      if (text.substr(0, size) == one.name) pieces.push_back({"", Hole{one.of, 1}});
    }
    text.remove_prefix(size);
    if (in_braces) text.remove_prefix(std::min(text.find_first_of("})"), text.size() - 1) + 1);
  }
  return pieces;
}

class LocalLowering {
 public:
  LocalLowering(PolicyBuilder& builder, TableShelf& shelf, ListId local, ListId mapping)
      : builder_(builder), shelf_(shelf), config_(shelf.config()), local_(local) {
    aliased_ = builder_.list({"aliased", {}});
    add(aliased_,
        builder_.matches("commands, files and lists", "^\"?[|/]|^\"?:include:",
                         PolicyBuilder::rewritten(policy::Field::recipient)),
        policy::End{Fate::local}, "alias_maps");
    const auto classes = lower_address_classes(builder_, shelf_, policy::Field::recipient);
    // What transport_maps sends elsewhere is forwarded, whosever domain it is.
    const auto transports = lower_transports(builder_, shelf_, classes.address);
    const auto unmoved = builder_.all({classes.is_local, builder_.negation(transports.decides)});
    add(aliased_, builder_.any({transports.local, unmoved}), policy::Run{local_}, "alias_maps");
    add(aliased_, builder_.constant(true), policy::Run{mapping}, "forwarded");
  }

  void lower() {
    add_aliases();
    add_transport("mailbox_transport");
    if (!add_users()) return;
    add_transport("fallback_transport");
    add_relay();
    add(local_, builder_.constant(true), policy::End{Fate::dropped}, "unknown user");
  }

 private:
  void add(ListId list, ConditionId when, Effect effect, std::string_view says,
           policy::OriginId origin = 0) {
    if (builder_.constant_value(when) == std::optional(false)) return;
    policy::Rule rule;
    rule.when = when;
    rule.effect = std::move(effect);
    rule.origin = origin;
    rule.says = says;
    builder_.policy().lists[list].rules.push_back(std::move(rule));
  }

  static policy::Subject name() {
    return PolicyBuilder::rewritten(policy::Field::recipient, policy::Part::local);
  }

  // aliases(5): names without a domain, with and without their extension.
  void add_aliases() {
    const auto value = config_.effective("alias_maps");
    const auto names = table_names(value.text, config_.version());
    if (names.empty()) return;
    const bool extends = propagates_extensions(config_, "alias");
    const auto search = lower_search(builder_, shelf_, names, Search::local_name, name(),
                                     rewriting_to(builder_, aliased_, extends), Literals::alike);
    if (search.lookup.tables.empty()) return;
    for (const auto& way : search.ways) {
      policy::Rule rule;
      rule.when = way.when;
      rule.by_row = policy::Rule::ByRow{way.lookup, way.subject};
      rule.origin = builder_.origin(value);
      rule.says = "alias_maps";
      builder_.policy().lists[local_].rules.push_back(std::move(rule));
    }
  }

  // Another agent gets it, for a domain of ours: on this machine, for all that the files tell.
  void add_transport(const std::string& parameter) {
    for (const auto& one : {parameter + "_maps", parameter}) {
      const auto value = config_.effective(one);
      if (value.text.empty()) continue;
      add(local_, builder_.constant(true), policy::End{Fate::local}, one, builder_.origin(value));
    }
  }

  // False if there can be nobody else.
  bool add_users() {
    const std::vector users{parse_table_name("unix:passwd.byname", config_.version())};
    const auto search = lower_search(
        builder_, shelf_, users, Search::local_name, name(),
        [this](const RowValue&) { return builder_.result(policy::Nothing{}); }, Literals::alike);
    const auto known = search.hidden.empty() ? search.finds : builder_.constant(true);
    add(local_, known, policy::End{Fate::local}, "local");
    return !builder_.constant_value(known).value_or(false);
  }

  void add_relay() {
    const auto value = config_.effective("luser_relay");
    if (trim(value.text).empty()) return;
    policy::Transform target;
    target.rewritten = policy::Transform::Template();
    target.rewritten->pieces = pieces_of(trim(value.text));
    target.rewritten->completed_by = transform_name::complete;
    leave_out_extension(*target.rewritten);
    add(local_, builder_.constant(true), policy::Rewrite{{builder_.transform(target)}, aliased_},
        "luser_relay", builder_.origin(value));
  }

  // `$user` ends at the first delimiter that is not its first letter; where there is none, it is
  // the local part.
  void leave_out_extension(Template& form) {
    std::string inside = "@";
    for (const char c : config_.effective("recipient_delimiter").text) {
      // In brackets only these need a place of their own, or mean something else.
      if (c != '-' && c != '^' && c != ']' && c != '@') inside.insert(0, 1, c);
      if (c == '-') inside += c;
    }
    const auto pattern =
        inside == "@" ? std::nullopt
                      : std::optional(patterns::Pattern::compile(
                            "^(.[^" + inside + "]*)", patterns::Flavour::posix_extended, {}));
    if (pattern && *pattern) form.pattern = builder_.pattern(**pattern);
    for (auto& piece : form.pieces) {
      if (!form.pattern && piece.hole && piece.hole->of == Hole::Of::capture) {
        piece.hole = Hole{Hole::Of::local, 0};
      }
    }
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  const Config& config_;
  ListId local_;
  ListId aliased_ = 0;
};

}  // namespace

void lower_local(PolicyBuilder& builder, TableShelf& shelf, ListId local, ListId mapping) {
  LocalLowering(builder, shelf, local, mapping).lower();
}

}  // namespace relayproof::postfix
