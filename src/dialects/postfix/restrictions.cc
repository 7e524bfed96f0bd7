#include "dialects/postfix/restrictions.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "dialects/postfix/braces.h"
#include "dialects/postfix/table_lines.h"
#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

class RestrictionReader {
 public:
  RestrictionReader(RestrictionList& list, std::string_view value, std::optional<ListKind> kind,
                    const Version& version)
      : list_(&list), kind_(kind), version_(version), words_(list_words(value, version)) {
    for (const Word& word : words_) list_->words.emplace_back(word.text);
  }

  void read() {
    bool warn_only = false;
    while (next_ < words_.size()) {
      const Word& word = words_[next_++];
      if (equals_ignoring_case(word.text, "warn_if_reject")) {
        warn_only = true;
        continue;
      }
      Restriction item = start(word);
      item.warn_only = warn_only;
      warn_only = false;
      read_item(item, word);
      note_dead(item);
      if (!item.problem.empty()) say(item.offset, item.problem);
      list_->items.push_back(std::move(item));
    }
    if (warn_only) say(words_.back().offset, "nothing stands behind warn_if_reject");
  }

 private:
  static Restriction start(const Word& word) {
    Restriction item;
    item.name = word.text;
    item.offset = word.offset;
    item.size = word.text.size();
    return item;
  }

  void read_item(Restriction& item, const Word& word) {
    if (word.text.find(':') != word.text.npos) return read_bare_table(item, word);
    item.word = find_restriction(word.text, version_);
    if (item.word == nullptr) return read_unknown(item);
    const bool removed = item.word->removed && version_ >= *item.word->removed;
    if (removed) {
      return fail(item, item.name + " is a server error since Postfix 3.9; write " +
                            std::string(item.word->instead));
    }
    read_argument(item);
  }

  void read_bare_table(Restriction& item, const Word& word) {
    item.implied = true;
    if (kind_) item.word = default_check(*kind_);
    if (kind_ && item.word == nullptr) {
      return fail(item, "a table in this list needs a check_..._access in front of it");
    }
    take_argument(item, word);
    read_table(item);
  }

  void read_unknown(Restriction& item) {
    item.kind = Restriction::Kind::named;
    if (item.name.starts_with('#')) {
      item.problem = "a # cannot begin a comment here: Postfix takes it for a restriction";
      return;
    }
    item.problem = item.name + " is no restriction of Postfix " + std::to_string(version_.major) +
                   '.' + std::to_string(version_.minor);
    // A text that is no list at all gets no suggestion for each of its words.
    const std::string meant = ++unknown_ > most_problems ? "" : did_you_mean(item.name);
    if (!meant.empty() && !equals_ignoring_case(meant, item.name)) {
      item.problem += "; did you mean " + meant + '?';
    }
  }

  /// The word behind the item becomes its argument.
  static void take_argument(Restriction& item, const Word& word) {
    item.argument = word.text;
    item.argument_offset = word.offset;
    item.size = word.offset + word.text.size() - item.offset;
  }

  const Word* following() const { return next_ < words_.size() ? &words_[next_] : nullptr; }

  void read_argument(Restriction& item) {
    const Word* argument = following();
    switch (item.word->argument) {
      case Argument::none:
        return;
      case Argument::table:
      case Argument::policy_service:
        return read_service(item, argument);
      case Argument::dns_list:
        return read_dns_list(item, argument);
      case Argument::number:
        return read_number(item, argument);
    }
  }

  void read_service(Restriction& item, const Word* argument) {
    const bool is_table = item.word->argument == Argument::table;
    if (argument == nullptr || argument->text.find(':') == argument->text.npos) {
      return fail(item, item.name + (is_table ? " needs type:name behind it"
                                              : " needs transport:server behind it"));
    }
    ++next_;
    take_argument(item, *argument);
    is_table ? read_table(item) : read_policy(item);
  }

  void read_table(Restriction& item) {
    // { type:name, search_order = ... } from 3.5 on; the braces are part of the type before.
    const bool braces = item.argument.starts_with('{') && version_ >= Version{3, 5};
    if (!braces) {
      return open_table(item, item.argument, item.argument_offset);
    }
    const auto inside = inside_braces(item.argument);
    const auto words = list_words(inside.value_or(""), version_);
    if (words.empty() || words.front().text.find(':') == words.front().text.npos) {
      return fail(item, "expected type:name in " + item.argument);
    }
    open_table(item, words.front().text, item.argument_offset + 1 + words.front().offset);
    for (std::size_t i = 1; i < words.size(); ++i) read_attribute(item, words[i].text);
  }

  void open_table(Restriction& item, std::string_view text, std::size_t offset) {
    item.table = parse_table_name(text, version_, offset);
    if (item.table->fatal) stop(item, item.table->problem);
  }

  void read_attribute(Restriction& item, std::string_view text) {
    const auto setting = read_setting(text);
    if (!setting || !equals_ignoring_case(setting->name, "search_order")) {
      return fail(item, "expected search_order = ... instead of " + std::string(text));
    }
    item.search = setting->value;
  }

  static Result<PolicyService::Setting> read_setting(std::string_view text) {
    Result<std::string_view> inside = text;
    if (text.starts_with('{')) inside = inside_braces(text);
    if (!inside) return tl::unexpected(inside.error());
    const auto pair = split_key_value(*inside, false);
    if (!pair) return tl::unexpected(pair.error());
    return PolicyService::Setting{std::string(pair->key), std::string(pair->value)};
  }

  void read_policy(Restriction& item) {
    PolicyService service;
    if (!item.argument.starts_with('{') || version_ < Version{3, 0}) {
      service.endpoint = item.argument;
      item.policy = std::move(service);
      return;
    }
    const auto inside = inside_braces(item.argument);
    const auto words = list_words(inside.value_or(""), version_);
    if (words.empty()) return stop(item, "expected a server in " + item.argument);
    service.endpoint = words.front().text;
    for (std::size_t i = 1; i < words.size(); ++i) {
      auto setting = read_setting(words[i].text);
      if (!setting) return stop(item, setting.error().message);
      service.settings.push_back(std::move(*setting));
    }
    item.policy = std::move(service);
  }

  void read_dns_list(Restriction& item, const Word* argument) {
    if (argument == nullptr) {
      item.problem = item.name + " has no domain behind it and does nothing";
      return;
    }
    ++next_;
    take_argument(item, *argument);
    const std::size_t equals = item.argument.find('=');
    item.dns_list = DnsList();
    item.dns_list->zone = item.argument.substr(0, equals);
    if (equals != std::string::npos) item.dns_list->reply = item.argument.substr(equals + 1);
  }

  void read_number(Restriction& item, const Word* argument) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (argument == nullptr ||
        !std::all_of(argument->text.begin(), argument->text.end(), is_digit)) {
      return fail(item, item.name + " needs a number behind it");
    }
    ++next_;
    take_argument(item, *argument);
  }

  /// Behind permit, reject and defer nothing runs; behind `warn_if_reject reject` it does.
  void note_dead(const Restriction& item) {
    const Word* dead = following();
    if (dead == nullptr || item.kind != Restriction::Kind::word || item.word == nullptr) return;
    const bool ends =
        item.word->is == Is::permit ||
        (!item.warn_only && (item.word->is == Is::reject || item.word->is == Is::defer ||
                             item.word->is == Is::check_relay_domains));
    if (ends) say(dead->offset, "nothing runs behind " + item.name);
  }

  void fail(Restriction& item, std::string why) const {
    item.kind = Restriction::Kind::malformed;
    item.problem = std::move(why);
  }

  void stop(Restriction& item, std::string why) {
    fail(item, std::move(why));
    if (!list_->fatal) {
      list_->fatal = Problem{Problem::Kind::fatal, {"", 0, item.offset + 1}, item.problem};
    }
  }

  void say(std::size_t offset, std::string_view what) {
    note(list_->problems, {"", 0, offset + 1}, what);
  }

  RestrictionList* list_;
  std::optional<ListKind> kind_;
  Version version_;
  std::vector<Word> words_;
  std::size_t next_ = 0;
  std::size_t unknown_ = 0;
};

bool is_required(std::string_view word) {
  constexpr std::string_view required[] = {
      "reject_unauth_destination", "defer_unauth_destination", "reject", "defer",
      "defer_if_permit",           "check_relay_domains"};
  return std::any_of(std::begin(required), std::end(required),
                     [word](std::string_view name) { return equals_ignoring_case(name, word); });
}

/// A class that was looked into once, without success, is not looked into again: classes may name
/// each other in a circle, which Postfix follows until its stack ends.
using Seen = std::set<const RestrictionList*>;

bool has_required(const RestrictionList& list, const FindClass& find_class, Seen& seen) {
  for (std::size_t i = 0; i < list.words.size(); ++i) {
    const std::string& word = list.words[i];
    if (equals_ignoring_case(word, "warn_if_reject") && i + 1 < list.words.size()) {
      ++i;
      continue;
    }
    if (equals_ignoring_case(word, "permit")) return false;
    if (is_required(word)) return true;
    const RestrictionList* inner = find_class(word);
    if (inner == nullptr || !seen.insert(inner).second) continue;
    if (has_required(*inner, find_class, seen)) return true;
  }
  return false;
}

}  // namespace

RestrictionList parse_restrictions(std::string_view value, std::optional<ListKind> kind,
                                   const Version& version) {
  RestrictionList list;
  RestrictionReader(list, value, kind, version).read();
  return list;
}

bool has_required(const RestrictionList& list, const FindClass& find_class) {
  Seen seen;
  return has_required(list, find_class, seen);
}

}  // namespace relayproof::postfix
