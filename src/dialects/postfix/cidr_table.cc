#include "dialects/postfix/cidr_table.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

unsigned bits_of(const mail::IpAddress& address) { return address.is_v6() ? 128 : 32; }

/// An address pattern in its two parts.
struct Parts {
  std::string_view address;
  std::optional<std::string_view> mask;
};

Result<Parts> split_pattern(std::string_view text) {
  std::string_view inside = text;
  std::string_view behind = text;
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == text.npos) return failure("no ] behind \"" + std::string(text) + '"');
    inside = text.substr(1, bracket - 1);
    behind = text.substr(bracket + 1);
    if (behind.empty()) {
      behind = inside;
    } else if (behind.front() != '/') {
      return failure("text behind the ] of \"" + std::string(text) + '"');
    } else {
      return Parts{inside, behind.substr(1)};
    }
  }
  const std::size_t slash = behind.find('/');
  if (slash == behind.npos) return Parts{inside, std::nullopt};
  return Parts{inside.substr(0, slash), behind.substr(slash + 1)};
}

std::optional<unsigned> read_mask(std::string_view digits) {
  unsigned mask = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mask);
  if (digits.empty() || end != digits.data() + digits.size()) return {};
  return error == std::errc{} ? mask : 1000;  // too long for an int is too long for an address
}

}  // namespace

mail::IpAddress masked_address(const mail::IpAddress& address, unsigned prefix) {
  auto bytes = address.bytes();
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const unsigned kept = prefix <= i * 8 ? 0 : std::min(8U, prefix - i * 8);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xFF00U >> kept));
  }
  if (address.is_v6()) return mail::IpAddress::v6(bytes);
  return mail::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

Result<mail::Network> parse_address_pattern(std::string_view text) {
  const auto parts = split_pattern(text);
  if (!parts) return tl::unexpected(parts.error());
  const auto quoted = '"' + std::string(text) + '"';
  const auto address = mail::IpAddress::parse(parts->address);
  if (!parts->mask) {
    if (!address) return failure(quoted + " is no address");
    return mail::Network{*address, bits_of(*address)};
  }
  const auto mask = read_mask(*parts->mask);
  if (!mask) return failure(quoted + " has a mask that is no number");
  if (*mask > (parts->address.find(':') == text.npos ? 32U : 128U)) {
    return failure(quoted + " has a mask that is too long");
  }
  if (!address) return failure(quoted + " has no address in front of its mask");
  const auto network = masked_address(*address, *mask);
  if (network != *address) {
    return failure(quoted + " has host bits that are not zero; write " + network.to_string() + '/' +
                   std::to_string(*mask));
  }
  return mail::Network{network, *mask};
}

namespace {

bool is_word(std::string_view text, std::string_view word) {
  if (!starts_with_ignoring_case(text, word)) return false;
  if (text.size() == word.size()) return true;
  const char next = text[word.size()];
  return !(next >= '0' && next <= '9') && !(next >= 'a' && next <= 'z') &&
         !(next >= 'A' && next <= 'Z');
}

class CidrReader {
 public:
  CidrReader(CidrTable& table, const Version& version)
      : table_(&table), blocks_(version >= Version{3, 2}) {}

  void read(const TableLine& line) {
    if (line.misplaced) return say(line.line, "a line that begins with white space is ignored");
    auto row = read_row(line.text);
    if (!row) return say(line.line, row.error().message + ": this row is skipped");
    row->line = line.line;
    row->end = static_cast<std::uint32_t>(table_->rows.size());
    if (row->op == CidrRow::Op::end_of_block) {
      table_->rows[open_.back()].end = row->end;
      open_.pop_back();
    } else if (row->op == CidrRow::Op::block) {
      open_.push_back(row->end);
    }
    table_->rows.push_back(*row);
  }

  void finish() {
    for (const auto block : open_) {
      table_->rows[block].end = static_cast<std::uint32_t>(table_->rows.size());
      say(table_->rows[block].line, "this if has no endif");
    }
  }

 private:
  Result<CidrRow> read_row(std::string_view text) const {
    if (blocks_ && is_word(text, "if")) return read_block(text.substr(2));
    if (blocks_ && is_word(text, "endif")) return read_end(text.substr(5));
    return read_match(text);
  }

  static Result<CidrRow> read_block(std::string_view text) {
    CidrRow row;
    row.op = CidrRow::Op::block;
    text = trim_blanks(skip_negations(text, row.negated));
    if (text.empty()) return failure("an if without an address");
    const auto network = parse_address_pattern(text);
    if (!network) return tl::unexpected(network.error());
    row.network = *network;
    return row;
  }

  Result<CidrRow> read_end(std::string_view text) const {
    if (!trim_blanks(text).empty()) return failure("text behind endif");
    if (open_.empty()) return failure("an endif without an if");
    CidrRow row;
    row.op = CidrRow::Op::end_of_block;
    return row;
  }

  Result<CidrRow> read_match(std::string_view text) const {
    CidrRow row;
    if (blocks_) text = skip_negations(text, row.negated);
    const auto blank = std::find_if(text.begin(), text.end(), is_blank);
    const auto size = static_cast<std::size_t>(blank - text.begin());
    row.result = trim_blanks(text.substr(size));
    if (size == 0) return failure("no address");
    const auto network = parse_address_pattern(text.substr(0, size));
    if (!network) return tl::unexpected(network.error());
    if (row.result.empty()) return failure("an address without a result");
    row.network = *network;
    return row;
  }

  static std::string_view skip_negations(std::string_view text, bool& negated) {
    for (; !text.empty() && (text.front() == '!' || is_blank(text.front()));
         text.remove_prefix(1)) {
      if (text.front() == '!') negated = !negated;
    }
    return text;
  }

  void say(std::uint32_t line, std::string_view what) {
    note(table_->problems, {table_->text->file, line, 1}, what);
  }

  CidrTable* table_;
  bool blocks_;
  std::vector<std::uint32_t> open_;
};

}  // namespace

CidrTable parse_cidr_table(std::string file, std::shared_ptr<const std::string> content,
                           const TableOptions& options) {
  CidrTable table;
  const auto text = make_table_text(std::move(file), std::move(content));
  table.text = text;
  CidrReader reader(table, options.version);
  TableLines lines(*text);
  for (TableLine line; lines.next(line);) reader.read(line);
  reader.finish();
  return table;
}

const CidrRow* CidrTable::find(const mail::IpAddress& address) const {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CidrRow& row = rows[i];
    if (row.op == CidrRow::Op::end_of_block) continue;
    const bool holds = row.network.address.family() == address.family() &&
                       row.network.contains(address) != row.negated;
    if (row.op == CidrRow::Op::match && holds) return &row;
    if (row.op == CidrRow::Op::block && !holds) i = row.end;
  }
  return nullptr;
}

}  // namespace relayproof::postfix
