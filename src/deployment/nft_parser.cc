#include "deployment/nft_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "deployment/published.h"

namespace relayproof::deployment {
namespace {

constexpr std::size_t largest_file = std::size_t{16} << 20U;
constexpr std::size_t most_rules = 65'536;

using Action = NatRule::Action;
using Words = std::vector<std::string>;

// Words of a line; braces and commas stand alone, quoted names lose their quotes.
Words words_of(std::string_view line) {
  Words found;
  std::string word;
  bool quoted = false;
  const auto end_word = [&] {
    if (!word.empty()) found.push_back(std::move(word));
    word.clear();
  };
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted) {
      word += c;
    } else if (c == '#') {
      break;
    } else if (c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r') {
      end_word();
    } else if (c == '{' || c == '}') {
      end_word();
      found.emplace_back(1, c);
    } else {
      word += c;
    }
  }
  end_word();
  return found;
}

std::optional<mail::IpSet> set_of(const std::string& text) {
  if (const auto network = mail::Network::parse(text)) return mail::IpSet::of(*network);
  if (const auto address = mail::IpAddress::parse(text)) return mail::IpSet::of(*address);
  const auto hyphen = text.find('-');
  if (hyphen == std::string::npos) return std::nullopt;
  const auto first = mail::IpAddress::parse(text.substr(0, hyphen));
  const auto last = mail::IpAddress::parse(text.substr(hyphen + 1));
  if (!first || !last) return std::nullopt;
  return mail::IpSet::range(*first, *last);
}

std::optional<Ports> ports_of(const std::string& text) {
  static constexpr std::array<std::pair<std::string_view, std::uint16_t>, 5> services = {
      {{"smtp", 25}, {"submission", 587}, {"submissions", 465}, {"smtps", 465}, {"urd", 465}}};
  for (const auto& [name, port] : services) {
    if (text == name) return Ports{port, port};
  }
  return parse_ports(text);
}

class RuleReader {
 public:
  explicit RuleReader(const Words& words) : words_(words) {}

  NatRule read() {
    while (at_ < words_.size()) statement();
    return std::move(rule_);
  }

 private:
  bool take(std::string_view word) {
    if (at_ >= words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view first, std::string_view second) {
    if (at_ + 1 >= words_.size() || words_[at_] != first || words_[at_ + 1] != second) return false;
    at_ += 2;
    return true;
  }
  std::string next() { return at_ < words_.size() ? words_[at_++] : std::string(); }

  // One value or a set in braces, behind an optional `!=`.
  Words values(bool& negated) {
    negated = take("!=");
    take("==");
    if (!take("{")) return {next()};
    Words found;
    while (at_ < words_.size() && words_[at_] != "}") found.push_back(words_[at_++]);
    take("}");
    return found;
  }

  void addresses(mail::IpSet& set) {
    bool negated = false;
    mail::IpSet named;
    for (const auto& value : values(negated)) {
      const auto one = set_of(value);
      if (!one) {
        rule_.partly = true;
        return;
      }
      named = named | *one;
    }
    set = negated ? set - named : set & named;
  }

  void ports() {
    bool negated = false;
    for (const auto& value : values(negated)) {
      const auto one = ports_of(value);
      if (one) {
        rule_.ports.push_back(*one);
      } else {
        rule_.partly = true;
      }
    }
    rule_.ports_negated = negated;
  }

  void interface(std::optional<InterfaceMatch>& to) {
    bool negated = false;
    const auto names = values(negated);
    if (names.size() != 1 || to) {
      rule_.partly = true;
      return;
    }
    to = InterfaceMatch{names.front(), negated};
  }

  void protocol() {
    bool negated = false;
    const auto names = values(negated);
    const bool tcp = std::find(names.begin(), names.end(), "tcp") != names.end() ||
                     std::find(names.begin(), names.end(), "6") != names.end();
    rule_.tcp = rule_.tcp && tcp != negated;
  }

  void family(const char* name) {
    bool negated = false;
    const auto names = values(negated);
    const bool is = std::find(names.begin(), names.end(), name) != names.end();
    const auto all = is != negated ? mail::IpSet::all_v4() : mail::IpSet::all_v6();
    rule_.destinations = rule_.destinations & all;
  }

  void kind_of_destination() {
    const bool local = take("type", "local");
    rule_.to_this_machine = local;
    rule_.partly = rule_.partly || !local;
  }

  // `0x1`, `!= 0x1`, `& 0x2000 == 0x2000`, the last also with `and`.
  void marked() {
    std::optional<std::uint32_t> mask = ~0U;
    if (take("&") || take("and")) mask = parse_bits(next());
    rule_.marked_negated = take("!=");
    take("==");
    const auto value = parse_bits(next());
    if (!mask || !value || (*value & ~*mask) != 0) {
      rule_.partly = true;
    } else {
      rule_.marked = PacketMark{*mask, *value};
    }
  }

  // `0x1`, `mark or 0x2000`, `meta mark | 0x2000`. What else is done to the mark is not followed.
  void mark() {
    rule_.action = Action::mark;
    rule_.mark = {~0U, 0};
    const bool keeps = take("mark") || take("meta", "mark");
    const bool adds = keeps && (take("or") || take("|"));
    const auto bits = parse_bits(next());
    if (bits && keeps == adds) rule_.mark = {adds ? *bits : ~0U, *bits};
    if (!bits || keeps != adds || at_ != words_.size()) rule_.partly = true;
    at_ = words_.size();
  }

  void statement() {
    if (take("ip", "saddr") || take("ip6", "saddr")) return addresses(rule_.sources);
    if (take("ip", "daddr") || take("ip6", "daddr")) {
      rule_.names_destination = true;
      return addresses(rule_.destinations);
    }
    if (take("tcp", "dport") || take("th", "dport")) return ports();
    if (take("udp", "dport") || take("udp", "sport")) {
      rule_.tcp = false;
      return ports();
    }
    if (take("ip", "protocol") || take("meta", "l4proto") || take("ip6", "nexthdr")) {
      return protocol();
    }
    if (take("meta", "nfproto")) return family("ipv4");
    if (take("fib", "daddr")) return kind_of_destination();
    take("meta");
    if (take("mark", "set")) return mark();
    if (take("mark")) return marked();
    if (take("oifname") || take("oif")) return interface(rule_.out);
    if (take("iifname") || take("iif")) return interface(rule_.in);
    if (take("counter")) return counter();
    if (take("comment")) return void(next());
    action();
  }

  void counter() {
    if (take("packets")) next();
    if (take("bytes")) next();
  }

  void action() {
    static constexpr std::array<std::pair<std::string_view, Action>, 8> known = {{
        {"accept", Action::accept},
        {"return", Action::back},
        {"jump", Action::jump},
        {"goto", Action::go_to},
        {"masquerade", Action::masquerade},
        {"snat", Action::source},
        {"dnat", Action::destination},
        {"redirect", Action::nothing},
    }};
    const std::string word = next();
    for (const auto& [name, does] : known) {
      if (word != name) continue;
      rule_.action = does;
      if (does == Action::jump || does == Action::go_to) rule_.chain = next();
      if (does == Action::source || does == Action::destination) target();
      at_ = words_.size();  // what follows are its flags
      return;
    }
    if (word != "log") rule_.partly = true;
  }

  void target() {
    if (take("ip") || take("ip6")) take("to");
    take("to");
    std::string text = next();
    if (text.starts_with('[')) {
      const auto end = text.find(']');
      if (end == std::string::npos) return;
      port_behind(text, end + 1);
      text = text.substr(1, end - 1);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
      const auto colon = text.find(':');
      port_behind(text, colon);
      text.resize(colon);
    }
    if (const auto to = set_of(text)) rule_.to = *to;
  }

  void port_behind(const std::string& text, std::size_t colon) {
    if (colon + 1 >= text.size()) return;
    if (const auto port = ports_of(text.substr(colon + 1))) rule_.to_port = port->first;
  }

  const Words& words_;
  std::size_t at_ = 0;
  NatRule rule_;
};

class Reader {
 public:
  Reader(const std::string& file, Deployment& to) : file_(file), to_(to) {}

  Result<bool> read(std::string_view text) {
    for (const auto line : split(text, '\n')) {
      ++number_;
      const auto words = words_of(line);
      if (words.empty()) continue;
      if (!read_line(words, trim(line))) return failure("nft lists no such line", place());
    }
    if (depth_ != 0) return failure("a brace is not closed", place());
    return true;
  }

 private:
  SourceRange place() const { return {file_, number_, 1}; }

  bool read_line(const Words& words, std::string_view line) {
    const bool opens = words.back() == "{";
    if (words.front() == "}") return close();
    if (depth_ == 0)
      return opens && words.size() >= 3 && words.front() == "table" && open_table(words);
    if (depth_ == 1) {
      ++depth_;
      if (!opens) return --depth_, true;
      in_chain_ = words.front() == "chain" && words.size() >= 3;
      if (in_chain_) {
        table_.chains.emplace_back();
        table_.chains.back().name = words[1];
      }
      return true;
    }
    if (!in_chain_) {
      const auto opened = std::count(words.begin(), words.end(), "{");
      const auto closed = std::count(words.begin(), words.end(), "}");
      depth_ += static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, opened - closed));
      for (auto left = closed - opened; left > 0; --left) {
        if (!close()) return false;
      }
      return true;
    }
    if (words.front() == "type") return read_hook(words);
    if (words.front() == "policy" || words.front() == "comment") return true;
    if (++rules_ > most_rules) return false;
    auto rule = RuleReader(words).read();
    rule.written = {place(), std::string(line)};
    table_.chains.back().rules.push_back(std::move(rule));
    return true;
  }

  bool open_table(const Words& words) {
    depth_ = 1;
    table_ = NatTable{};
    const bool named = words.size() >= 4;
    const std::string family = named ? words[1] : "ip";
    table_.name = named ? words[2] : words[1];
    table_.ipv4 = family == "ip" || family == "inet";
    table_.ipv6 = family == "ip6" || family == "inet";
    return true;
  }

  bool read_hook(const Words& words) {
    auto& chain = table_.chains.back();
    if (words.size() < 4 || words[2] != "hook") return true;
    if (words[1] != "nat") return has_other_ = true;
    has_nat_ = true;
    if (words[3] == "output") chain.hook = NatChain::Hook::output;
    if (words[3] == "postrouting") chain.hook = NatChain::Hook::postrouting;
    if (words[3] == "prerouting") chain.hook = NatChain::Hook::prerouting;
    const auto at = std::find(words.begin(), words.end(), "priority");
    if (at != words.end() && at + 1 != words.end()) {
      const std::string& text = *(at + 1);
      const bool symbolic = text == "srcnat";
      if (symbolic) chain.priority = 100;
      std::from_chars(text.data(), text.data() + text.size(), chain.priority);
    }
    return true;
  }

  bool close() {
    if (depth_ == 0) return false;
    --depth_;
    if (depth_ == 1) in_chain_ = false;
    if (depth_ == 0) {
      // A chain of a table may be called from each of its hooks.
      if (!has_nat_ || has_other_) see_marks();
      if (has_nat_) to_.nat.tables.push_back(std::move(table_));
      table_ = NatTable{};
      has_nat_ = false;
      has_other_ = false;
    }
    return true;
  }

  void see_marks() {
    for (const auto& chain : table_.chains) {
      for (const auto& rule : chain.rules) {
        if (rule.action == Action::mark) to_.nat.marks_elsewhere = true;
      }
    }
  }

  const std::string& file_;
  Deployment& to_;
  NatTable table_;
  std::size_t number_ = 0;
  std::size_t depth_ = 0;
  std::size_t rules_ = 0;
  bool in_chain_ = false;
  bool has_nat_ = false;
  bool has_other_ = false;
};

}  // namespace

Result<bool> read_nft(std::string_view text, const std::string& file, Deployment& to) {
  if (text.size() > largest_file) return failure("larger than 16 MiB", {file, 0, 0});
  return Reader(file, to).read(text);
}

}  // namespace relayproof::deployment
