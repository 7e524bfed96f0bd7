// What a probe of many targets was asked: whom not, how fast, from where to go on.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "probe/many.h"

namespace CLI {
class App;
}

namespace relayproof::cli {

struct Arguments;

struct ManyArguments {
  std::string scope;         ///< file; empty: none
  std::string do_not_probe;  ///< file; empty: none
  std::string resume;        ///< file; empty: none
  bool in_order = false;
  probe::Pace pace;
};

void add_many_options(CLI::App& app, ManyArguments& to);

/// A usage error if the options do not fit together.
std::optional<Error> finish_many(const Arguments& arguments);

}  // namespace relayproof::cli
