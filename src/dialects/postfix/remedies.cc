#include "dialects/postfix/remedies.h"

#include <algorithm>

namespace relayproof::postfix {

std::vector<const Service*> RemedyContext::services(std::string_view command) const {
  std::vector<const Service*> found;
  for (const auto& service : config_.services()) {
    const bool runs = !service.is_disabled && service.command == command;
    if (runs) found.push_back(&service);
  }
  return found;
}

bool RemedyContext::is_new(const Setting& setting, std::string_view purpose) {
  const auto place = setting.is_default() ? setting.name : to_string(setting.declared);
  return seen_.insert(std::string(purpose) + ' ' + setting.name + ' ' + place).second;
}

bool RemedyContext::is_cause(const SourceRange& where) const {
  return std::any_of(request_.causes.begin(), request_.causes.end(), [&](const SourceRange& cause) {
    return cause.line != 0 && cause.file == where.file && cause.line == where.line &&
           (cause.column == 0 || where.column == 0 || cause.column == where.column);
  });
}

bool RemedyContext::is_cause(const Value& value, std::size_t begin, std::size_t end) const {
  for (auto offset = begin; offset < end && offset < value.text.size(); ++offset) {
    if (is_cause(value.locate(offset))) return true;
  }
  return false;
}

bool RemedyContext::is_cause_in(const Setting& setting) const {
  if (setting.is_default()) return false;
  return std::any_of(request_.causes.begin(), request_.causes.end(), [&](const SourceRange& cause) {
    if (cause.file != setting.declared.file || cause.line == 0) return false;
    return cause.line == setting.declared.line ||
           std::any_of(setting.lines.begin(), setting.lines.end(), [&](const Setting::Line& line) {
             return line.where.line == cause.line && (setting.provenance == Provenance::main_cf ||
                                                      cause.column >= setting.declared.column);
           });
  });
}

std::optional<ListEditor> RemedyContext::editor(const Setting& setting) {
  return ListEditor::of(texts_, setting, config_.version());
}

std::optional<RemedyContext::Spot> RemedyContext::spot(const Value& value, std::size_t offset) {
  for (const auto& piece : value.pieces) {
    if (offset < piece.begin || offset >= piece.end || !piece.copied) continue;
    auto editor = ListEditor::of(texts_, *piece.setting, config_.version());
    if (!editor) return {};
    const auto word = editor->word_at(piece.offset + (offset - piece.begin));
    if (!word) return {};
    return Spot{std::move(*editor), *word, piece.setting->name};
  }
  return {};
}

void RemedyContext::propose(std::string says, Edits edits, unsigned cost, std::string asks) {
  if (edits.empty()) return;
  std::string key;
  for (const auto& edit : edits) {
    key += edit.file + '\0' + std::to_string(edit.offset) + ' ' + std::to_string(edit.length) +
           ' ' + edit.text + '\0';
  }
  if (!known_.insert(key).second) return;
  proposed_.push_back({std::move(says), std::move(edits), cost, std::move(asks)});
}

std::vector<dialects::Remedy> remedies(const FileSystem& files, const std::string& path,
                                       const Host& host, const dialects::RemedyRequest& request) {
  const auto config = read(files, path, host);
  if (!config) return {};
  TableShelf shelf(files, *config);
  RemedyContext context(*config, shelf, request);
  for (const auto propose : {propose_networks, propose_causes, propose_restrictions,
                             propose_settings, propose_services}) {
    propose(context);
  }
  auto proposed = context.take();
  std::stable_sort(proposed.begin(), proposed.end(),
                   [](const auto& a, const auto& b) { return a.cost < b.cost; });
  return proposed;
}

}  // namespace relayproof::postfix
