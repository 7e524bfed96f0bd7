#include "dialects/postfix/restriction_networks.h"

#include <optional>

#include "base/text.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/restriction_texts.h"

namespace relayproof::postfix {
namespace {

// Whom one pattern is about: a set of addresses, or a condition where addresses do not tell.
struct Reached {
  mail::IpSet addresses;
  std::optional<policy::ConditionId> others;
};

mail::IpSet listed_addresses(const Rows& rows) {
  mail::IpSetBuilder addresses;
  for (const auto& row : rows.rows) {
    const auto address = mail::IpAddress::parse(row.key);
    if (address) addresses.add(*address);
  }
  return addresses.build();
}

class ClientLowering {
 public:
  ClientLowering(PolicyBuilder& builder, TableShelf& shelf, const Value& value,
                 std::string_view parameter)
      : builder_(builder), shelf_(shelf), value_(value), parameter_(parameter) {}

  LoweredClients run() {
    const auto list = parse_client_list(shelf_.files(), value_.text, shelf_.config().version());
    for (const auto& pattern : list.patterns) add(list, pattern);
    result_.matches = builder_.any(std::move(matches_));
    result_.fails = builder_.any(std::move(fails_));
    return std::move(result_);
  }

 private:
  void add(const ClientList& list, const ClientPattern& pattern) {
    const auto& element = list.list.elements.at(pattern.element);
    const auto origin = origin_of(list, element);
    if (pattern.kind == ClientPattern::Kind::failing) {
      fail(family_of(pattern), origin);
      return;
    }
    const auto reached = reached_by(list, pattern, element, origin);
    if (pattern.negated) {
      exclude(reached);
    } else {
      admit(reached, origin);
    }
  }

  static mail::IpSet family_of(const ClientPattern& pattern) {
    if (!pattern.family) return mail::IpSet::all();
    return *pattern.family == mail::Family::ipv4 ? mail::IpSet::all_v4() : mail::IpSet::all_v6();
  }

  Reached reached_by(const ClientList& list, const ClientPattern& pattern,
                     const ListElement& element, policy::OriginId origin) {
    if (pattern.kind == ClientPattern::Kind::network) {
      return {mail::IpSet::of(pattern.network), std::nullopt};
    }
    if (pattern.kind == ClientPattern::Kind::name) return {{}, named(element.text)};
    return by_table(list.list.tables.at(element.table), origin);
  }

  policy::ConditionId named(std::string_view text) {
    const auto name = PolicyBuilder::rewritten(policy::Field::client_name);
    auto plain = std::string(text);
    // A client without a confirmed name goes by this one.
    if (equals_ignoring_case(text, "unknown")) {
      return builder_.negation(builder_.condition(policy::Present{policy::Field::client_name}));
    }
    if (text.starts_with('.')) {
      plain.erase(0, 1);
      return builder_.all({name_is_under(builder_, name, {plain}),
                           builder_.negation(text_is(builder_, name, {plain}))});
    }
    return parents_match(shelf_.config(), parameter_) ? name_is_under(builder_, name, {plain})
                                                      : text_is(builder_, name, {plain});
  }

  Reached by_table(const TableName& table, policy::OriginId origin) {
    const auto any_row = [this](const RowValue&) { return builder_.result(policy::Nothing{}); };
    const auto name = PolicyBuilder::rewritten(policy::Field::client_name);
    const auto search = lower_search(builder_, shelf_, {table}, Search::host, name, any_row);
    Reached reached;
    const auto opened = shelf_.open(table);
    if (opened->rows != nullptr) {
      // Unlike access tables, a list asks for the whole address only.
      reached.addresses = listed_addresses(*opened->rows);
      reached.others = search.finds;
      return reached;
    }
    const auto rows = lower_address_rows(builder_, shelf_, table, any_row);
    for (const auto& piece : rows.pieces) {
      reached.addresses = reached.addresses | piece.addresses;
    }
    std::vector<policy::ConditionId> others{search.finds};
    if (!rows.hidden.empty() || !search.hidden.empty()) {
      policy::Question question;
      question.name = std::string(parameter_) + " " + table.text + " lists the client";
      question.origin = origin;
      question.says = rows.why;
      const auto unknown = builder_.unknown(builder_.question(std::move(question)), {name});
      const bool by_name = !search.hidden.empty() || rows.hidden == mail::IpSet::all();
      others.push_back(by_name ? unknown
                               : builder_.all({builder_.client_in(rows.hidden, origin), unknown}));
    }
    if (rows.fails) fail(mail::IpSet::all(), origin);
    reached.others = builder_.any(std::move(others));
    return reached;
  }

  // An error hits whoever no pattern before it has settled.
  void fail(const mail::IpSet& clients, policy::OriginId origin) {
    const auto hit = clients - settled_;
    auto condition = unsettled(builder_.client_in(hit, origin));
    for (const auto other : admitted_others_) {
      condition = builder_.all({condition, builder_.negation(other)});
    }
    if (!hit.empty()) fails_.push_back(condition);
    settled_ = settled_ | clients;
    lost_ = lost_ | hit;
  }

  void exclude(const Reached& reached) {
    settled_ = settled_ | reached.addresses;
    lost_ = lost_ | (reached.addresses - admitted_);
    if (reached.others) excluded_others_.push_back(*reached.others);
  }

  // Networks that others hold already stay whole, so that each can be blamed for what it lets in.
  void admit(const Reached& reached, policy::OriginId origin) {
    const auto in = reached.addresses - lost_;
    if (!in.empty()) {
      matches_.push_back(unsettled(builder_.client_in(in, origin)));
      result_.addresses = result_.addresses | in;
      if (result_.origin == 0) result_.origin = origin;
    }
    if (reached.others) {
      result_.by_address_only = false;
      const auto rest =
          lost_.empty() ? builder_.constant(true) : builder_.client_in(mail::IpSet::all() - lost_);
      matches_.push_back(unsettled(builder_.all({*reached.others, rest})));
      admitted_others_.push_back(*reached.others);
    }
    settled_ = settled_ | reached.addresses;
    admitted_ = admitted_ | in;
  }

  policy::ConditionId unsettled(policy::ConditionId condition) {
    std::vector<policy::ConditionId> all{condition};
    for (const auto other : excluded_others_) all.push_back(builder_.negation(other));
    return builder_.all(std::move(all));
  }

  policy::OriginId origin_of(const ClientList& list, const ListElement& element) {
    policy::Origin origin;
    const auto in_file = list.list.locate(element);
    const auto offset = in_file ? list.list.sources.at(element.source).named_at : element.column;
    origin.range = in_file ? *in_file : value_.locate(offset);
    origin.text = (element.negated ? "!" : "") + std::string(element.text);
    origin.setting = std::string(parameter_);
    origin.provenance = std::string(to_string(value_.written_in(offset).provenance));
    return builder_.origin(origin);
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  const Value& value_;
  std::string_view parameter_;
  LoweredClients result_;
  std::vector<policy::ConditionId> matches_;
  std::vector<policy::ConditionId> fails_;
  // What names and hidden tables have settled so far.
  std::vector<policy::ConditionId> excluded_others_;
  std::vector<policy::ConditionId> admitted_others_;
  // What addresses have settled so far: let in; excluded or met by an error; any of these.
  mail::IpSet admitted_;
  mail::IpSet lost_;
  mail::IpSet settled_;
};

}  // namespace

LoweredClients lower_clients(PolicyBuilder& builder, TableShelf& shelf, const Value& value,
                             std::string_view parameter) {
  return ClientLowering(builder, shelf, value, parameter).run();
}

}  // namespace relayproof::postfix
