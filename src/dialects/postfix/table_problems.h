// How the readers of tables note what Postfix would log.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/table_lines.h"

namespace relayproof::postfix {

/// More of them help nobody: a table of another kind has one in each line.
inline constexpr std::size_t most_problems = 100;

inline void note(std::vector<Problem>& problems, SourceRange where, std::string_view says,
                 Problem::Kind kind = Problem::Kind::warning) {
  if (problems.size() >= most_problems && kind == Problem::Kind::warning) return;
  problems.push_back({kind, std::move(where), std::string(says)});
}

inline std::shared_ptr<TableText> make_table_text(std::string file,
                                                  std::shared_ptr<const std::string> content) {
  auto text = std::make_shared<TableText>();
  text->file = std::move(file);
  text->content = std::move(content);
  return text;
}

}  // namespace relayproof::postfix
