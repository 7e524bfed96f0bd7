// sendmail.mc, read by its features.
#pragma once

#include <string_view>

#include "dialects/sendmail/config.h"

namespace relayproof::sendmail {

/// Fills in everything of `config` but main, folder and is_mc from the text of config.main.
void read_mc(std::string_view text, const FileSystem& files, const CfHost& host, Config& config);

}  // namespace relayproof::sendmail
