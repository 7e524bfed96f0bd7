// Is this smtpd.conf(5)? Cyrus SASL calls a file of its own smtpd.conf, too.
#pragma once

#include <string>
#include <string_view>

#include "base/file_system.h"

namespace relayproof::opensmtpd {

/// True if most lines begin with a word of smtpd.conf(5), and one of them says who is listened to
/// or what becomes of mail.
bool looks_like_smtpd_conf(std::string_view text);

/// The folder, or the file itself.
bool recognise(const FileSystem& files, const std::string& path);

}  // namespace relayproof::opensmtpd
