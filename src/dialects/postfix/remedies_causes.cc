// Where the audit points at: rows of tables, and words of lists that are no restrictions.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/remedies.h"

namespace relayproof::postfix {
namespace {

// Lists of domains and tables in which a word can be what opens a way.
constexpr std::array word_lists = std::to_array<std::string_view>({
    "relay_domains",
    "mydestination",
    "virtual_alias_domains",
    "virtual_alias_maps",
    "virtual_mailbox_domains",
    "permit_mx_backup_networks",
    "relay_clientcerts",
    "smtpd_restriction_classes",
    "recipient_canonical_maps",
    "canonical_maps",
    "relocated_maps",
    "transport_maps",
    "header_checks",
    "relay_recipient_maps",
});

// A word that goes from one of these takes mail away from the owner, most likely.
constexpr std::array<std::string_view, 3> owners_lists{"mydestination", "virtual_mailbox_domains",
                                                       "transport_maps"};

bool has(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The offset in a setting's text of a place in its file.
std::optional<std::size_t> offset_in(const Setting& setting, const SourceRange& where) {
  for (std::size_t i = 0; i < setting.lines.size(); ++i) {
    const auto& line = setting.lines[i];
    if (line.where.file != where.file || line.where.line != where.line) continue;
    const auto end =
        i + 1 < setting.lines.size() ? setting.lines[i + 1].offset : setting.text.size();
    if (where.column < line.where.column) continue;
    const auto offset = line.offset + (where.column - line.where.column);
    if (offset < end) return offset;
  }
  return {};
}

bool is_class(const Config& config, const std::string& name) {
  const auto classes = config.effective("smtpd_restriction_classes").text;
  const auto listed = list_words(classes, config.version());
  return std::any_of(listed.begin(), listed.end(),
                     [&](const Word& word) { return word.text == name; });
}

void propose_word(RemedyContext& context, const Setting& setting, const SourceRange& cause) {
  const bool known = has(word_lists, setting.name) || is_class(context.config(), setting.name);
  if (!known) return;
  auto editor = context.editor(setting);
  if (!editor) return;
  const auto offset = offset_in(setting, cause);
  const auto word = offset ? editor->word_at(*offset) : std::optional<std::size_t>();
  if (!word) return;
  std::vector<std::size_t> words{*word};
  const auto text = editor->words()[*word].text;
  // A check and its table are two words of a class.
  if (text.starts_with("check_") && *word + 1 < editor->words().size()) words.push_back(*word + 1);
  const unsigned cost = has(owners_lists, setting.name) ? 4 : 2;
  context.propose("take " + text + " out of " + setting.name, editor->remove(words), cost);
}

bool is_settings_file(const Config& config, const std::string& file) {
  return file == config.main_cf() || file == config.master_cf();
}

}  // namespace

void propose_causes(RemedyContext& context) {
  for (const auto& cause : context.request().causes) {
    if (cause.line == 0) continue;
    if (!is_settings_file(context.config(), cause.file)) {
      if (auto edits = remove_line(context.texts(), cause)) {
        context.propose("take line " + std::to_string(cause.line) + " out of " + cause.file,
                        std::move(*edits), 1);
      }
      continue;
    }
    for (const auto& setting : context.config().settings()) propose_word(context, *setting, cause);
    for (const auto& service : context.config().services()) {
      for (const auto& override : service.overrides) propose_word(context, *override, cause);
    }
  }
}

}  // namespace relayproof::postfix
