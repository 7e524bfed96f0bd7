#include "base/source_range.h"

namespace relayproof {

std::string to_string(const SourceRange& range) {
  std::string text = range.file;
  if (range.line != 0) text += ":" + std::to_string(range.line);
  if (range.line != 0 && range.column != 0) text += ":" + std::to_string(range.column);
  return text;
}

}  // namespace relayproof
