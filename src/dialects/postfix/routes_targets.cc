#include "dialects/postfix/routes_targets.h"

#include "base/text.h"
#include "dialects/postfix/address_reading.h"

namespace relayproof::postfix {
namespace {

using Template = policy::Transform::Template;
using Hole = Template::Hole;

// Targets under way: literal text is cut at separators, holes go where they stand.
class TargetSplitter {
 public:
  explicit TargetSplitter(std::optional<std::size_t> pattern) : pattern_(pattern) {}

  void text(std::string_view text) {
    for (const char c : text) {
      if (c == '"') in_quotes_ = !in_quotes_;
      const bool separates = c == ',' || c == ' ' || c == '\t';
      if (separates && !in_quotes_) {
        finish_target();
      } else {
        text_.push_back(c);
      }
    }
  }

  void hole(Hole hole) {
    finish_text();
    pieces_.push_back({{}, hole});
  }

  std::vector<policy::Transform> finish() {
    finish_target();
    return std::move(targets_);
  }

 private:
  void finish_text() {
    if (!text_.empty()) pieces_.push_back({std::move(text_), std::nullopt});
    text_.clear();
  }

  void finish_target() {
    finish_text();
    if (pieces_.empty()) return;
    Template target;
    target.pieces = std::move(pieces_);
    target.pattern = pattern_;
    target.completed_by = transform_name::complete;
    targets_.push_back({std::nullopt, std::move(target)});
    pieces_.clear();
  }

  std::optional<std::size_t> pattern_;
  bool in_quotes_ = false;
  std::string text_;
  std::vector<Template::Piece> pieces_;
  std::vector<policy::Transform> targets_;
};

}  // namespace

std::vector<policy::Transform> targets_of(const ResultTemplate& result,
                                          std::optional<std::size_t> pattern) {
  TargetSplitter splitter(pattern);
  const bool keeps_local =
      !result.parts.empty() && result.parts[0].group == 0 && result.parts[0].text.starts_with('@');
  if (keeps_local) splitter.hole({Hole::Of::local, 0});
  for (const auto& part : result.parts) {
    if (part.group == 0) {
      splitter.text(part.text);
    } else {
      splitter.hole({Hole::Of::capture, part.group});
    }
  }
  return splitter.finish();
}

ResultOf rewriting_to(PolicyBuilder& builder, policy::ListId then, bool extends) {
  return [&builder, then, extends](const RowValue& row) {
    if (!row.holes) return builder.result(policy::RewriteAsRow{then, extends});
    policy::Rewrite rewrite{{}, then};
    for (const auto& target : targets_of(*row.holes, row.pattern)) {
      rewrite.transforms.push_back(builder.transform(target));
    }
    return builder.result(rewrite);
  };
}

bool propagates_extensions(const Config& config, std::string_view feature) {
  if (config.effective("recipient_delimiter").text.empty()) return false;
  const auto value = config.effective("propagate_unmatched_extensions");
  for (const auto& word : list_words(value.text, config.version())) {
    if (equals_ignoring_case(word.text, feature)) return true;
  }
  return false;
}

}  // namespace relayproof::postfix
