// Every finding that the program can raise: what its code stands for, and its page.
#pragma once

#include <span>
#include <string_view>

namespace relayproof::findings {

struct Page {
  std::string_view code;      ///< `RP2003`
  std::string_view name;      ///< `postfix-mynetworks-too-wide`
  std::string_view severity;  ///< as it usually is; a case can differ
  std::string_view title;     ///< one line
  std::string_view text;      ///< the page behind its head, in Markdown
};

/// By code, ascending. Generated from docs/findings/RPnnnn.md.
std::span<const Page> catalogue();

/// By code in any case, or by name; nullptr if there is none.
const Page* find(std::string_view code_or_name);

}  // namespace relayproof::findings
