// Findings about lines that Postfix does not take as they were meant: RP1xxx.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/coverage.h"
#include "dialects/postfix/findings_context.h"
#include "dialects/postfix/match_list.h"

namespace relayproof::postfix {
namespace {

constexpr std::array every_list{ListKind::client,     ListKind::helo,      ListKind::sender,
                                ListKind::relay,      ListKind::recipient, ListKind::data,
                                ListKind::end_of_data};

// A table can hold the same slip in each row: the first ones show it.
constexpr int most_of_a_table = 5;

void add_unknown_word(FindingContext& context, const Restriction& item, const SourceRange& where) {
  if (item.kind == Restriction::Kind::malformed) {
    context.add("RP1001", Severity::medium, where,
                fmt::format("smtpd cannot use {}: {}", item.name, item.problem),
                "write it as postconf(5) has it: until then whoever gets here is told 451");
    return;
  }
  if (item.name == "\\") {
    context.add("RP1001", Severity::medium, where,
                "a backslash at the end of a line is an unknown restriction",
                "remove it: a line is continued by white space in front of the next one");
    return;
  }
  const auto meant = did_you_mean(item.name);
  context.add("RP1001", Severity::medium, where,
              meant.empty()
                  ? fmt::format("{} is neither a restriction nor a restriction class", item.name)
                  : fmt::format("{} is no restriction; {} was probably meant", item.name, meant),
              meant.empty() ? "correct or remove the word: until then whoever gets here is told 451"
                            : fmt::format("write {}", meant));
}

bool is_unknown(const Smtpd& smtpd, const Restriction& item) {
  if (item.kind == Restriction::Kind::malformed) {
    // What this version no longer has is told as such.
    return item.word == nullptr || !item.word->removed ||
           smtpd.values.version() < *item.word->removed;
  }
  return item.kind == Restriction::Kind::named && smtpd.values.find_class(item.name) == nullptr;
}

void look_at_rows(FindingContext& context, const Smtpd& smtpd, const MetRestriction& met,
                  ListKind kind) {
  int left = most_of_a_table;
  for_each_row(*context.shelf().open(*met.item.table), [&](const TableRow& row) {
    const auto* holes = row.pattern == nullptr ? nullptr : &row.pattern->result;
    const auto action = parse_access_result(row.result, holes, context.version());
    if (action.kind != AccessAction::Kind::restrictions || action.has_holes) return true;
    const auto where = row.where.line == 0 ? met.where : row.where;
    for (const auto& item : parse_restrictions(action.text, kind, context.version()).items) {
      if (!is_unknown(smtpd, item)) continue;
      add_unknown_word(context, item, where);
      --left;
    }
    return left > 0;
  });
}

void find_unknown_words(FindingContext& context) {
  std::set<std::pair<std::string, ListKind>> seen;
  for (const auto& smtpd : context.smtpds()) {
    for (const auto kind : every_list) {
      for (const auto& met : context.items(smtpd, kind)) {
        if (is_unknown(smtpd, met.item)) {
          add_unknown_word(context, met.item, met.where);
        } else if (met.item.table && met.item.word != nullptr &&
                   met.item.word->argument == Argument::table &&
                   seen.emplace(met.item.table->text, kind).second) {
          look_at_rows(context, smtpd, met, kind);
        }
      }
    }
  }
}

void add_old_word(FindingContext& context, const MetRestriction& met) {
  const auto& word = *met.item.word;
  const bool is_removed = word.removed && context.version() >= *word.removed;
  if (is_removed && context.config().version_is_known()) {
    context.add("RP1009", Severity::medium, met.where,
                fmt::format("Postfix {}.{} no longer has {}: whoever gets here is told 451",
                            context.version().major, context.version().minor, met.item.name),
                fmt::format("write {}", word.instead));
    return;
  }
  const auto until = word.removed ? fmt::format("; Postfix {}.{} and later refuse it",
                                                word.removed->major, word.removed->minor)
                                  : std::string();
  context.add("RP1009", Severity::low, met.where,
              fmt::format("{} is the old name of {}{}", met.item.name, word.instead, until),
              fmt::format("write {}", word.instead));
}

void find_old_words(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    for (const auto kind : every_list) {
      for (const auto& met : context.items(smtpd, kind)) {
        const auto* word = met.item.word;
        // permit_mx_backup is current: what is wrong with it is another matter.
        if (word == nullptr || word->instead.empty() || word->is == Is::permit_mx_backup) continue;
        add_old_word(context, met);
      }
    }
  }
}

// Parameters that name tables.
constexpr std::array map_parameters = std::to_array<std::string_view>(
    {"virtual_alias_maps", "virtual_mailbox_maps", "transport_maps", "relay_recipient_maps",
     "local_recipient_maps", "canonical_maps", "recipient_canonical_maps", "sender_canonical_maps",
     "relocated_maps", "recipient_bcc_maps", "sender_bcc_maps", "relay_clientcerts",
     "smtpd_sender_login_maps", "sender_dependent_relayhost_maps",
     "sender_dependent_default_transport_maps", "header_checks", "mime_header_checks",
     "nested_header_checks", "body_checks"});
constexpr std::array list_parameters = std::to_array<std::string_view>(
    {"mynetworks", "mydestination", "relay_domains", "virtual_alias_domains",
     "virtual_mailbox_domains", "smtpd_authorized_xclient_hosts", "permit_mx_backup_networks"});

void add_stale(FindingContext& context, const Table& table, const SourceRange& where) {
  if (table.index == Index::stale) {
    context.add("RP1004", Severity::low, where,
                fmt::format("the index of {} is older than {}: Postfix still answers with what "
                            "stood there before",
                            table.name.text, table.file),
                fmt::format("run postmap {}:{}", table.name.type, table.file));
  } else if (table.index == Index::absent) {
    context.add("RP1004", Severity::info, where,
                fmt::format("{} has no index here: each lookup is an error until there is one",
                            table.name.text),
                fmt::format("run postmap {}:{}", table.name.type, table.file));
  }
}

void look_at_table(FindingContext& context, const TableName& name, const SourceRange& where,
                   Severity severity) {
  if (name.fatal) return;  // Postfix stops there, and that is said elsewhere
  const auto table = context.shelf().open(name);
  if (table->standing == Standing::missing || table->standing == Standing::failing) {
    context.add("RP1003", severity, where,
                fmt::format("every lookup in {} fails: {}", name.text, table->why),
                "create the file, or correct or remove its name: until then mail that needs it is "
                "deferred");
    return;
  }
  add_stale(context, *table, where);
}

// Only the part of a value that somebody wrote: a default may name what this machine has not.
bool is_written(const Value& value, std::size_t offset) {
  return !value.written_in(offset).is_default();
}

void find_missing_maps(FindingContext& context) {
  for (const auto name : map_parameters) {
    const auto value = context.config().effective(name);
    for (const auto& word : list_words(value.text, context.version())) {
      if (!looks_like_table(word.text) || !is_written(value, word.offset)) continue;
      const bool for_aliases = value.written_in(word.offset).name == "alias_maps";
      look_at_table(context, parse_table_name(word.text, context.version(), word.offset),
                    value.locate(word.offset), for_aliases ? Severity::low : Severity::medium);
    }
  }
}

void look_at_list(FindingContext& context, const Value& value) {
  const auto list = parse_match_list(context.shelf().files(), value.text, context.version());
  for (const auto& element : list.elements) {
    const auto in_file = list.locate(element);
    const auto offset = list.sources[element.source].named_at;
    if (!in_file && !is_written(value, element.column)) continue;
    const auto where = in_file ? *in_file : value.locate(element.column);
    if (element.kind == ListElement::Kind::table) {
      const auto& name = list.tables[element.table];
      // `2001:db8::/32` reads as a table: see the findings about networks.
      if (mail::IpAddress::parse(element.text.substr(0, element.text.find('/')))) continue;
      look_at_table(context, name, where, Severity::medium);
    } else if (element.kind == ListElement::Kind::missing_file) {
      if (!in_file && !is_written(value, offset)) continue;
      context.add("RP1003", Severity::medium, where,
                  fmt::format("the file {} cannot be read, so every lookup that gets there fails",
                              element.text),
                  "create the file, or correct or remove its name");
    }
  }
}

void find_missing_lists(FindingContext& context) {
  for (const auto name : list_parameters) {
    look_at_list(context, context.config().effective(name));
    for (const auto& smtpd : context.smtpds()) look_at_list(context, smtpd.values.value(name));
  }
}

void find_missing_access_tables(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    for (const auto kind : every_list) {
      for (const auto& met : context.items(smtpd, kind)) {
        if (!met.item.table || met.item.kind == Restriction::Kind::malformed) continue;
        look_at_table(context, *met.item.table, met.where, Severity::medium);
      }
    }
  }
}

std::string_view name_of(const CoverageLine& line) {
  std::string_view text = line.text;
  if (text.starts_with("-o ")) text.remove_prefix(3);
  const auto equals = text.find('=');
  return equals == text.npos ? std::string_view() : trim(text.substr(0, equals));
}

void find_unknown_parameters(FindingContext& context) {
  for (const auto& line : coverage(context.config())) {
    if (line.support != Support::unrecognised) continue;
    const auto name = name_of(line);
    const auto meant = name.empty() ? std::nullopt : nearest_parameter(name);
    if (!meant) continue;
    context.add("RP1005", Severity::low, line.where,
                fmt::format("Postfix has no parameter {}; {} was probably meant", name, *meant),
                fmt::format("write {}, or remove the line", *meant));
  }
}

void find_repeated(FindingContext& context) {
  std::map<std::string_view, const Setting*> seen;
  for (const auto& setting : context.config().settings()) {
    const auto [before, is_new] = seen.emplace(setting->name, setting.get());
    if (is_new) continue;
    const auto& earlier = *std::exchange(before->second, setting.get());
    const auto* parameter = find_parameter(setting->name, context.version());
    if (parameter == nullptr || parameter->support != Support::understood) continue;
    if (trim(earlier.text) == trim(setting->text)) continue;
    context.add("RP1006", Severity::low, setting->declared,
                fmt::format("{} is set on line {} already; only the last line counts",
                            setting->name, earlier.declared.line),
                "keep one of the lines");
  }
}

constexpr Detection detections[] = {
    find_unknown_words,         find_old_words,          find_missing_maps, find_missing_lists,
    find_missing_access_tables, find_unknown_parameters, find_repeated,
};

}  // namespace

std::span<const Detection> reading_detections() { return detections; }

}  // namespace relayproof::postfix
