// From what scripts do to main.cf and master.cf to what is in them then.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/parameters.h"
#include "dialects/postfix/postconf_script.h"

namespace relayproof::postfix {
namespace {

using Kind = ScriptEdit::Kind;
using Change = ScriptedFiles::Change;

constexpr std::size_t shown = 80;

// They say whose mail this is, or what the host is called: where their value is not known, it is
// taken to be the owner's.
constexpr std::array<std::string_view, 8> owners_words{
    "mydestination",      "mydomain",
    "myhostname",         "myorigin",
    "relay_domains",      "virtual_alias_domains",
    "virtual_alias_maps", "virtual_mailbox_domains"};

// By their values alone what others open can be closed.
constexpr std::array<std::string_view, 9> closing_words{
    "default_transport",         "inet_interfaces", "inet_protocols",
    "master_service_disable",    "relay_transport", "smtpd_delay_reject",
    "smtpd_restriction_classes", "transport_maps",  "virtual_transport"};

// What the model knows and what never makes a relay: where mail goes on to, certificates, who may
// write under which name, which mailboxes there are.
constexpr std::array<std::string_view, 12> beside_the_point{"alias_database",
                                                            "alias_maps",
                                                            "relayhost",
                                                            "smtpd_reject_unlisted_recipient",
                                                            "smtpd_sender_login_maps",
                                                            "smtpd_tls_auth_only",
                                                            "smtpd_tls_cert_file",
                                                            "smtpd_tls_chain_files",
                                                            "smtpd_tls_key_file",
                                                            "smtpd_tls_security_level",
                                                            "smtpd_use_tls",
                                                            "virtual_mailbox_maps"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_telling(std::string_view name) {
  if (is_one_of(beside_the_point, name)) return false;
  const Parameter* parameter = find_parameter(name);
  if (parameter == nullptr) return !is_per_service_name(name);
  return parameter->support != Support::irrelevant;
}

bool can_close(std::string_view name) {
  if (is_one_of(closing_words, name) || name.ends_with("_restrictions")) return true;
  return find_parameter(name) == nullptr && !is_per_service_name(name);
}

bool is_telling(const ScriptEdit& edit) {
  switch (edit.kind) {
    case Kind::set:
    case Kind::unset:
      return is_telling(edit.target) && !is_one_of(owners_words, edit.target);
    case Kind::refused:
      return false;
    case Kind::unknown:
      return !edit.is_idle;
    default:
      return true;
  }
}

std::string in_line(const SourceRange& where) { return "line " + std::to_string(where.line); }

std::string list_of(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return escape_foreign(text, shown);
}

// The logical lines of a text that a script writes, each with its places in the script.
std::vector<LogicalLine> lines_of(const LogicalLine& source) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = 0; at < source.text.size(); ++at) {
    if (source.text[at] == '\n') starts.push_back(at + 1);
  }
  auto lines = logical_lines(source.text, {});
  for (auto& line : lines) {
    std::vector<Setting::Line> places;
    for (std::size_t i = 0; i < line.lines.size(); ++i) {
      const auto begin = starts.at(line.lines[i].where.line - 1);
      const auto next = i + 1 < line.lines.size() ? line.lines[i + 1].offset : line.text.size();
      const auto end = begin + (next - line.lines[i].offset);
      for (auto& place : slice(source.lines, begin, end)) {
        places.push_back({line.lines[i].offset + place.offset, place.where});
      }
    }
    line.lines = std::move(places);
  }
  return lines;
}

class Assembly {
 public:
  Assembly(const Scripts& scripts, const std::set<std::size_t>& running)
      : reading_(scripts.reading), running_(running) {}

  ScriptedFiles run() {
    for (const ScriptEdit& edit : reading_.edits) {
      const auto& branch = reading_.branches.at(edit.branch);
      if (edit.branch == 0 || running_.contains(edit.branch)) {
        apply(edit);
      } else if (!branch.unless.empty()) {
        const auto names = list_of(branch.unless);
        note_idle(edit, names + " is not set, as far as these files tell");
        if (is_telling(edit)) unset_[names].push_back(edit.where.line);
      } else {
        leave_out(edit, "it runs only under a condition: " + escape_foreign(branch.text, shown));
      }
    }
    finish();
    return std::move(files_);
  }

 private:
  // What a name is now. Without a setting: its value is not known.
  struct Entry {
    std::string name;
    SettingPtr setting;
    const ScriptEdit* edit = nullptr;
  };

  void leave_out(const ScriptEdit& edit, std::string why) {
    files_.notes.push_back({edit.where, edit.written, false, std::move(why), is_telling(edit)});
  }

  void apply(const ScriptEdit& edit) {
    if (!edit.value.unless.empty() && is_telling(edit)) {
      defaulted_[list_of(edit.value.unless)].push_back(edit.where.line);
    }
    switch (edit.kind) {
      case Kind::set:
        return set(edit);
      case Kind::unset:
        forget(edit.target, edit);
        return note_idle(edit, "the value goes back to its default");
      case Kind::add_lines:
      case Kind::replace_file:
        return edit.of_master ? write_master(edit) : write_main(edit);
      case Kind::service:
        files_.changes.push_back(
            {Change::Kind::service, edit.target, edit.value.line, {}, edit.where});
        return;
      case Kind::no_service:
        files_.changes.push_back({Change::Kind::no_service, edit.target, {}, {}, edit.where});
        return;
      case Kind::option:
        return option(edit);
      case Kind::refused:
        return note_idle(edit, edit.why);
      case Kind::unknown:
        return unknown(edit);
    }
  }

  void note_idle(const ScriptEdit& edit, std::string why) {
    files_.notes.push_back({edit.where, edit.written, false, std::move(why), false});
  }

  void forget(const std::string& name, const ScriptEdit& by) {
    const auto before = std::ranges::find(entries_, name, &Entry::name);
    if (before == entries_.end()) return;
    if (before->setting != nullptr) {
      files_.notes.push_back({before->setting->declared, name + " = " + before->setting->text,
                              false, in_line(by.where) + " sets it again", false});
    }
    entries_.erase(before);
  }

  void set(const ScriptEdit& edit) {
    forget(edit.target, edit);
    if (!edit.value.is_known()) return entries_.push_back({edit.target, nullptr, &edit});
    auto parsed = name_value(edit.value.line, 0, edit.value.text().size(), Provenance::main_cf);
    if (parsed.setting == nullptr) return note_idle(edit, parsed.refused);
    entries_.push_back({edit.target, std::move(parsed.setting), &edit});
  }

  void clear_main(const ScriptEdit& by) {
    while (!entries_.empty()) forget(std::string(entries_.front().name), by);
    unread_main_.clear();
  }

  void write_main(const ScriptEdit& edit) {
    if (edit.kind == Kind::replace_file) {
      clear_main(edit);
      files_.is_whole = true;
    }
    const auto known = edit.value.known_start().size();
    for (const auto& line : lines_of(edit.value.line)) {
      auto parsed = name_value(line, 0, line.text.size(), Provenance::main_cf);
      if (line.is_ignored() || parsed.setting == nullptr) {
        files_.notes.push_back({line.locate(0), line.text, false, "no setting of main.cf", true});
        continue;
      }
      const auto name = parsed.setting->name;
      forget(name, edit);
      const bool is_hidden = !edit.value.is_known() && touches(line, edit.value, known);
      entries_.push_back({name, is_hidden ? nullptr : std::move(parsed.setting), &edit});
    }
  }

  // Whether a line of the text ends behind where it is known.
  static bool touches(const LogicalLine& line, const ScriptValue& value, std::size_t known) {
    const auto at = value.text().find(line.text);
    return at == std::string::npos || at + line.text.size() > known;
  }

  void write_master(const ScriptEdit& edit) {
    if (edit.kind == Kind::replace_file) {
      files_.changes.clear();
      unread_master_.clear();
      files_.is_whole_master = true;
    }
    if (!edit.value.is_known()) {
      auto hidden = edit;
      hidden.why = edit.value.why;
      return keep_unread(hidden);
    }
    for (auto& line : lines_of(edit.value.line)) {
      const auto where = line.locate(0);
      files_.changes.push_back({Change::Kind::service, {}, std::move(line), {}, where});
    }
  }

  void option(const ScriptEdit& edit) {
    const auto equals = edit.value.known_start().find('=');
    const auto name = std::string(trim(edit.value.known_start().substr(0, equals)));
    if (!edit.value.is_known()) {
      auto hidden = edit;
      hidden.why = edit.value.why;
      if (is_telling(name)) return keep_unread(hidden);
      return note_idle(edit, "it does not decide who may relay");
    }
    auto parsed = name_value(edit.value.line, 0, edit.value.text().size(), Provenance::master_cf);
    if (parsed.setting == nullptr) return note_idle(edit, parsed.refused);
    files_.changes.push_back(
        {Change::Kind::option, edit.target, {}, std::move(parsed.setting), edit.where});
  }

  void keep_unread(const ScriptEdit& edit) {
    (edit.of_master ? unread_master_ : unread_main_)
        .push_back({edit.where, edit.written, false, edit.why, true});
  }

  void unknown(const ScriptEdit& edit) {
    if (edit.is_idle) return note_idle(edit, edit.why);
    if (edit.replaces && edit.of_master) {
      files_.changes.clear();
      unread_master_.clear();
      files_.is_whole_master = false;
    } else if (edit.replaces) {
      clear_main(edit);
      files_.is_whole = false;
    }
    keep_unread(edit);
  }

  // Which variables are taken to be unset, and for which lines that matters.
  void name_variables() {
    const auto lines_text = [](const std::vector<std::size_t>& lines) {
      const auto [least, greatest] = std::ranges::minmax(lines);
      if (least == greatest) return "line " + std::to_string(least);
      return "lines " + std::to_string(least) + " to " + std::to_string(greatest);
    };
    for (const auto& [names, lines] : unset_) {
      files_.taken.push_back(
          {"--env", names + " is not set; if it were, " + lines_text(lines) + " would count"});
    }
    for (const auto& [names, lines] : defaulted_) {
      files_.taken.push_back(
          {"--env", names + " is not set otherwise; " + lines_text(lines) + " hangs on it"});
    }
  }

  void finish() {
    name_variables();
    for (auto& entry : entries_) {
      if (entry.setting != nullptr) {
        files_.settings.push_back(std::move(entry.setting));
        continue;
      }
      const auto& edit = *entry.edit;
      const bool telling = is_telling(entry.name) && !is_one_of(owners_words, entry.name);
      const auto why = edit.value.why;
      const Unread unread{edit.where, edit.written, false, entry.name + ": " + why, telling};
      if (is_one_of(owners_words, entry.name)) {
        files_.taken.push_back({entry.name, "in " + in_line(edit.where) + ": " + why +
                                                "; it is taken to name only what is yours"});
      }
      files_.notes.push_back(unread);
      if (telling && can_close(entry.name)) files_.may_close.push_back(unread);
    }
    for (const std::vector<Unread>* unread :
         {&std::as_const(unread_main_), &std::as_const(unread_master_), &reading_.stops}) {
      for (Unread each : *unread) {
        each.may_matter = true;
        files_.notes.push_back(each);
        files_.may_close.push_back(std::move(each));
      }
    }
  }

  const ScriptReading& reading_;
  const std::set<std::size_t>& running_;
  ScriptedFiles files_;
  std::vector<Entry> entries_;
  std::vector<Unread> unread_main_;
  std::vector<Unread> unread_master_;
  std::map<std::string, std::vector<std::size_t>> unset_;      // variables, and lines left out
  std::map<std::string, std::vector<std::size_t>> defaulted_;  // variables, and lines with defaults
};

}  // namespace

ScriptedFiles files_of(const Scripts& scripts, const std::set<std::size_t>& running) {
  return Assembly(scripts, running).run();
}

std::string telling_edits(const Scripts& scripts, std::size_t branch) {
  constexpr std::size_t most = 3;
  std::string text;
  std::size_t count = 0;
  for (const ScriptEdit& edit : scripts.reading.edits) {
    if (edit.branch != branch || !is_telling(edit) || ++count > most) continue;
    text += (text.empty() ? "" : "; ") + escape_foreign(edit.written, shown);
  }
  return text;
}

std::vector<std::size_t> telling_branches(const Scripts& scripts) {
  std::set<std::size_t> found;
  for (const ScriptEdit& edit : scripts.reading.edits) {
    const bool may_run =
        edit.branch != 0 && scripts.reading.branches.at(edit.branch).unless.empty();
    if (may_run && is_telling(edit)) found.insert(edit.branch);
  }
  return {found.begin(), found.end()};
}

}  // namespace relayproof::postfix
