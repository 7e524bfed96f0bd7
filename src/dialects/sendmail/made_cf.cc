#include "dialects/sendmail/made_cf.h"

#include <utility>

#include "dialects/sendmail/cf_reader.h"

namespace relayproof::sendmail {

void MadeCf::add(const std::string& line, const Place& origin) {
  text_ += line + '\n';
  origins_.push_back(origin);
}

void MadeCf::read(const FileSystem& files, const CfHost& host, Config& config) const {
  auto cf = read_cf_text(text_, config.main, files, host);
  if (!cf) {
    config.doubts.push_back({{{config.main, 0, 0}, ""}, cf.error().message, true});
    return;
  }
  config.cf = *std::move(cf);
  for (auto& [id, each] : config.cf.classes) {
    for (auto& [word, where] : each.members) move(where, config.main);
    for (auto& source : each.sources) move(source.where, config.main);
  }
  for (auto& option : config.cf.options) move(option.where, config.main);
  for (auto& [id, macro] : config.cf.macros) move(macro.where, config.main);
  for (auto& problem : config.cf.problems) {
    move(problem.where, config.main);
    if (problem.fatal) config.problems.push_back({problem.says, problem.where});
  }
  for (const auto& file : config.cf.files) {
    if (file != config.main) config.files.push_back(file);
  }
}

// From the line of the text that was made to the one it was made of.
void MadeCf::move(SourceRange& where, const std::string& main) const {
  if (where.file != main || where.line == 0 || where.line > origins_.size()) return;
  where = origins_[where.line - 1].where;
}

}  // namespace relayproof::sendmail
