#include "deployment/iptables_parser.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "deployment/published.h"

namespace relayproof::deployment {
namespace {

constexpr std::size_t largest_file = std::size_t{16} << 20U;
constexpr std::size_t most_rules = 65'536;

using Action = NatRule::Action;

// Words of a line; quotes hold one together (comments).
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> found;
  std::string word;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quoted && i + 1 < line.size()) {
      word += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if ((c == ' ' || c == '\t') && !quoted) {
      if (!word.empty()) found.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) found.push_back(std::move(word));
  return found;
}

std::optional<mail::IpSet> set_of(const std::string& text) {
  if (const auto network = mail::Network::parse(text)) return mail::IpSet::of(*network);
  if (const auto address = mail::IpAddress::parse(text)) return mail::IpSet::of(*address);
  return std::nullopt;
}

// `172.22.1.253:25`, `[fd00::2]:25`, `10.0.0.1-10.0.0.9`.
void read_target(std::string text, NatRule& rule) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string::npos) return;
    if (end + 2 < text.size()) {
      if (const auto port = parse_ports(std::string_view(text).substr(end + 2))) {
        rule.to_port = port->first;
      }
    }
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const auto colon = text.find(':');
    if (const auto port = parse_ports(std::string_view(text).substr(colon + 1))) {
      rule.to_port = port->first;
    }
    text.resize(colon);
  }
  const auto hyphen = text.find('-');
  if (hyphen == std::string::npos) {
    if (const auto address = mail::IpAddress::parse(text)) rule.to = mail::IpSet::of(*address);
    return;
  }
  const auto first = mail::IpAddress::parse(text.substr(0, hyphen));
  const auto last = mail::IpAddress::parse(text.substr(hyphen + 1));
  if (first && last) rule.to = mail::IpSet::range(*first, *last);
}

// `0x2000/0x2000`; without a mask all bits.
std::optional<PacketMark> parse_mark(const std::string& text) {
  const auto slash = text.find('/');
  const auto value = parse_bits(text.substr(0, slash));
  const auto mask = slash == std::string::npos ? ~0U : parse_bits(text.substr(slash + 1));
  if (!value || !mask || (*value & ~*mask) != 0) return std::nullopt;
  return PacketMark{*mask, *value};
}

class RuleReader {
 public:
  explicit RuleReader(const std::vector<std::string>& words) : words_(words) {}

  NatRule read() {
    for (at_ = 2; at_ < words_.size(); ++at_) {
      if (words_[at_] == "!") {
        negated_ = true;
        continue;
      }
      option(words_[at_]);
      negated_ = false;
    }
    return std::move(rule_);
  }

 private:
  std::string next() { return at_ + 1 < words_.size() ? words_[++at_] : std::string(); }

  void option(const std::string& word) {
    static const std::array<std::pair<std::string_view, void (RuleReader::*)()>, 18> known = {{
        {"-s", &RuleReader::source},
        {"-d", &RuleReader::destination},
        {"-p", &RuleReader::protocol},
        {"-i", &RuleReader::in},
        {"-o", &RuleReader::out},
        {"-m", &RuleReader::skip},
        {"-j", &RuleReader::target},
        {"-g", &RuleReader::go_to},
        {"--dport", &RuleReader::port},
        {"--dports", &RuleReader::ports},
        {"--comment", &RuleReader::skip},
        {"--to-source", &RuleReader::to},
        {"--to-destination", &RuleReader::to},
        {"--dst-type", &RuleReader::kind_of_destination},
        {"--mark", &RuleReader::marked},
        {"--set-xmark", &RuleReader::mark},
        {"--random", &RuleReader::nothing},
        {"--random-fully", &RuleReader::nothing},
    }};
    for (const auto& [name, read] : known) {
      if (word == name) return (this->*read)();
    }
    rule_.partly = true;
  }

  void nothing() {}
  void skip() { next(); }
  void source() { match(rule_.sources); }
  void destination() {
    rule_.names_destination = true;
    match(rule_.destinations);
  }
  void match(mail::IpSet& set) {
    const auto found = set_of(next());
    if (!found) {
      rule_.partly = true;
      return;
    }
    set = negated_ ? set - *found : set & *found;
  }
  void protocol() {
    const std::string name = next();
    const bool tcp = name == "tcp" || name == "6" || name == "all";
    rule_.tcp = tcp != negated_;
  }
  void in() { rule_.in = InterfaceMatch{next(), negated_}; }
  void out() { rule_.out = InterfaceMatch{next(), negated_}; }
  void port() { add_ports(next(), ':'); }
  void ports() { add_ports(next(), ':'); }
  void add_ports(const std::string& text, char between) {
    for (const auto piece : split(text, ',')) {
      std::string range(piece);
      std::replace(range.begin(), range.end(), between, '-');
      const auto parsed = parse_ports(range);
      if (parsed) {
        rule_.ports.push_back(*parsed);
      } else {
        rule_.partly = true;
      }
    }
    rule_.ports_negated = negated_;
  }
  void kind_of_destination() {
    const bool local = next() == "LOCAL" && !negated_;
    rule_.to_this_machine = local;
    rule_.partly = rule_.partly || !local;
  }
  void marked() {
    rule_.marked = parse_mark(next());
    rule_.marked_negated = negated_;
    rule_.partly = rule_.partly || !rule_.marked;
  }
  void mark() {
    const auto bits = parse_mark(next());
    rule_.mark = bits.value_or(PacketMark{~0U, 0});
    rule_.partly = rule_.partly || !bits;
  }
  void to() { read_target(next(), rule_); }
  void go_to() {
    rule_.action = Action::go_to;
    rule_.chain = next();
  }
  void target() {
    static const std::array<std::pair<std::string_view, Action>, 7> known = {{
        {"ACCEPT", Action::accept},
        {"RETURN", Action::back},
        {"MASQUERADE", Action::masquerade},
        {"SNAT", Action::source},
        {"DNAT", Action::destination},
        {"LOG", Action::nothing},
        {"MARK", Action::mark},
    }};
    const std::string name = next();
    for (const auto& [word, action] : known) {
      if (name == word) {
        rule_.action = action;
        return;
      }
    }
    rule_.action = Action::jump;
    rule_.chain = name;
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  bool negated_ = false;
  NatRule rule_;
};

class Reader {
 public:
  Reader(const std::string& file, Deployment& to) : file_(file), to_(to) {}

  Result<bool> read(std::string_view text) {
    table_.name = "nat";
    for (const auto raw : split(text, '\n')) {
      ++number_;
      const auto line = trim(raw);
      if (line.empty()) continue;
      if (line.starts_with('#')) {
        if (line.find("ip6tables-save") != std::string_view::npos) v6_ = true;
        if (line.find("Generated by iptables-save") != std::string_view::npos) v6_ = false;
      } else if (line.starts_with('*')) {
        in_nat_ = line == "*nat";
      } else if (line == "COMMIT") {
        if (in_nat_) finish();
        in_nat_ = false;
      } else if (!read_line(line)) {
        return failure("iptables-save prints no such line", {file_, number_, 1});
      }
    }
    if (in_nat_) finish();
    return true;
  }

 private:
  bool read_line(std::string_view line) {
    if (line.starts_with('[')) {  // counters of iptables-save -c
      const auto end = line.find(']');
      if (end == std::string_view::npos) return false;
      line = trim(line.substr(end + 1));
    }
    if (line.starts_with(':')) {
      const auto words = words_of(line.substr(1));
      if (in_nat_ && !words.empty()) chain(words.front());
      return true;
    }
    const auto words = words_of(line);
    if (words.size() < 2 || (words.front() != "-A" && words.front() != "-I")) return false;
    if (!in_nat_) see_other_table(words);
    if (!in_nat_ || ++rules_ > most_rules) return rules_ <= most_rules;
    auto rule = RuleReader(words).read();
    rule.written = {{file_, number_, 1}, std::string(line)};
    see_family(rule);
    chain(words[1]).rules.push_back(std::move(rule));
    return true;
  }

  void see_other_table(const std::vector<std::string>& words) {
    for (const auto* target : {"MARK", "CONNMARK", "TPROXY"}) {
      if (std::find(words.begin(), words.end(), target) != words.end()) {
        to_.nat.marks_elsewhere = true;
      }
    }
  }

  // Without its first line a dump does not say which family it is; its addresses do.
  void see_family(const NatRule& rule) {
    for (const auto* set : {&rule.sources, &rule.destinations, &rule.to}) {
      if (set->v4().empty() && !set->v6().empty()) v6_ = true;
    }
  }

  NatChain& chain(const std::string& name) {
    for (auto& known : table_.chains) {
      if (known.name == name) return known;
    }
    table_.chains.emplace_back();
    auto& added = table_.chains.back();
    added.name = name;
    added.hook = name == "POSTROUTING"  ? NatChain::Hook::postrouting
                 : name == "PREROUTING" ? NatChain::Hook::prerouting
                 : name == "OUTPUT"     ? NatChain::Hook::output
                                        : NatChain::Hook::none;
    return added;
  }

  void finish() {
    table_.ipv4 = !v6_;
    table_.ipv6 = v6_;
    to_.nat.tables.push_back(std::move(table_));
    table_ = NatTable{};
    table_.name = "nat";
    v6_ = false;
  }

  const std::string& file_;
  Deployment& to_;
  NatTable table_;
  std::size_t number_ = 0;
  std::size_t rules_ = 0;
  bool in_nat_ = false;
  bool v6_ = false;
};

}  // namespace

Result<bool> read_iptables(std::string_view text, const std::string& file, Deployment& to) {
  if (text.size() > largest_file) return failure("larger than 16 MiB", {file, 0, 0});
  return Reader(file, to).read(text);
}

}  // namespace relayproof::deployment
