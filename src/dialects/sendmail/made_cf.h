// The sendmail.cf that m4 would make of a sendmail.mc, as far as it bears on relaying: where its
// lines come from is not lost.
#pragma once

#include <string>
#include <vector>

#include "dialects/sendmail/config.h"

namespace relayproof::sendmail {

class MadeCf {
 public:
  /// A line of it, and the line of the sendmail.mc that it is made of.
  void add(const std::string& line, const Place& origin);

  /// Reads it into `config.cf`; places are those of the sendmail.mc.
  void read(const FileSystem& files, const CfHost& host, Config& config) const;

 private:
  void move(SourceRange& where, const std::string& main) const;

  std::string text_;
  std::vector<Place> origins_;  // of its lines
};

}  // namespace relayproof::sendmail
