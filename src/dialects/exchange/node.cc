#include "dialects/exchange/node.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace relayproof::exchange {
namespace {

// Members that say what an object is, the most telling first.
constexpr std::array<std::string_view, 8> telling = {
    "expression", "ipaddresstostring", "rawidentity", "address",
    "domain",     "distinguishedname", "name",        "value"};

// By which properties an object is known; all of a row are there.
struct Kind {
  std::string_view first;
  std::string_view second;
};
constexpr std::array<Kind, 6> kinds = {{{"bindings", "remoteipranges"},
                                        {"extendedrights", "user"},
                                        {"accessrights", "user"},
                                        {"rights", "user"},
                                        {"domainname", "domaintype"},
                                        {"admindisplayversion", "name"}}};

std::vector<std::string> values_of(const Node& node) {
  std::vector<std::string> values;
  if (node.kind == Node::Kind::list) {
    for (const auto& item : node.items) {
      auto text = text_of(item);
      if (!text.empty()) values.push_back(std::move(text));
    }
    return values;
  }
  // `{"value": [...], "Count": 2}` is how Windows PowerShell prints some lists.
  const auto* inner = node.member("value");
  if (inner != nullptr && inner->kind == Node::Kind::list) return values_of(*inner);
  auto text = text_of(node);
  if (!text.empty()) values.push_back(std::move(text));
  return values;
}

bool has_incomplete(const Node& node) {
  return node.is_incomplete || (node.kind == Node::Kind::list &&
                                std::any_of(node.items.begin(), node.items.end(),
                                            [](const Node& item) { return item.is_incomplete; }));
}

Record record_of(const Node& node) {
  Record record;
  record.where = node.where;
  for (const auto& member : node.items) {
    record.add({member.name, values_of(member), has_incomplete(member), member.where});
  }
  return record;
}

void collect(const Node& node, std::vector<Record>& to) {
  const bool is_one = std::any_of(kinds.begin(), kinds.end(), [&](const Kind& kind) {
    return node.member(kind.first) != nullptr && node.member(kind.second) != nullptr;
  });
  if (is_one) {
    to.push_back(record_of(node));
    return;
  }
  for (const auto& item : node.items) collect(item, to);
}

}  // namespace

const Node* Node::member(std::string_view wanted) const {
  if (kind != Kind::object) return nullptr;
  const auto found = std::find_if(items.begin(), items.end(), [&](const Node& item) {
    return equals_ignoring_case(item.name, wanted);
  });
  return found == items.end() ? nullptr : &*found;
}

std::string text_of(const Node& node) {
  if (!node.text.empty() || node.kind != Node::Kind::object) return node.text;
  const auto* address = node.member("address");
  const auto* port = node.member("port");
  if (address != nullptr && port != nullptr) {
    const auto host = text_of(*address);
    const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
    return (bare_v6 ? '[' + host + ']' : host) + ':' + text_of(*port);
  }
  for (const auto name : telling) {
    const auto* member = node.member(name);
    if (member == nullptr) continue;
    auto text = text_of(*member);
    if (!text.empty()) return text;
  }
  const auto* lower = node.member("lowerbound");
  const auto* upper = node.member("upperbound");
  if (lower != nullptr && upper != nullptr) return text_of(*lower) + '-' + text_of(*upper);
  return {};
}

std::vector<Record> records_of(const Node& root) {
  std::vector<Record> records;
  collect(root, records);
  return records;
}

}  // namespace relayproof::exchange
