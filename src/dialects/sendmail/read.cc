#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/config.h"
#include "dialects/sendmail/mail_settings.h"
#include "dialects/sendmail/mc.h"
#include "dialects/sendmail/recognise_rules.h"

namespace relayproof::sendmail {
namespace {

std::size_t count_lines(std::string_view text, bool (*is)(std::string_view line)) {
  const auto lines = split(text, '\n');
  return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), is));
}

bool exists(const FileSystem& files, const std::string& path) {
  return files.info(path).kind == FileInfo::Kind::file;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string(".") : path.substr(0, slash);
}

// `hash:/etc/aliases, /etc/mail/lists`
void take_aliases(Config& config) {
  const auto* option = config.cf.option("AliasFile");
  const std::string value = option == nullptr ? "/etc/mail/aliases" : option->value;
  const Place place{option == nullptr ? SourceRange{config.main, 0, 0} : option->where,
                    "AliasFile=" + value};
  for (auto each : split(value, ',')) {
    each = trim(each);
    const auto colon = each.find(':');
    const auto path = colon == std::string_view::npos ? each : each.substr(colon + 1);
    if (path.empty()) continue;
    config.aliases.push_back({place, "hash", std::string(path), std::string(path) + ".db", false});
  }
}

// In this mode rule sets that check are not asked before the queue is run.
void doubt_deferred_mode(Config& config) {
  const auto* option = config.cf.option("DeliveryMode");
  if (option == nullptr || !to_lower(trim(option->value)).starts_with('d')) return;
  config.doubts.push_back({{option->where, "DeliveryMode=" + option->value},
                           "in deferred mode the checks are put off",
                           true});
}

}  // namespace

const Place* Config::place_of(Feature feature) const {
  const auto found = features.find(feature);
  return found == features.end() ? nullptr : &found->second;
}

const CfClass& Config::class_of(std::string_view name) const {
  static const CfClass none;
  const auto* found = cf.class_of(name);
  return found == nullptr ? none : *found;
}

std::string Config::option(std::string_view name) const {
  const auto* found = cf.option(name);
  return found == nullptr ? std::string() : found->value;
}

bool looks_like_mc(std::string_view text) {
  constexpr auto macros = std::to_array<std::string_view>(
      {"FEATURE(", "MAILER(", "OSTYPE(", "DAEMON_OPTIONS(", "VERSIONID(", "RELAY_DOMAIN("});
  const auto found = std::count_if(macros.begin(), macros.end(), [&](std::string_view macro) {
    return text.find(macro) != std::string_view::npos;
  });
  return found >= 2 || (found == 1 && text.find("define(`") != std::string_view::npos);
}

bool looks_like_cf(std::string_view text) {
  const auto rules = count_lines(text, [](std::string_view line) {
    return line.starts_with('R') && line.find('\t') != std::string_view::npos;
  });
  const auto others = count_lines(text, [](std::string_view line) {
    return line.starts_with("O ") || line.starts_with("V10") || line.starts_with("V9") ||
           line.starts_with("Fw") || line.starts_with("DS") || line.starts_with("Cw");
  });
  return rules >= 5 && others >= 2;
}

std::string main_file(const FileSystem& files, const std::string& path) {
  if (files.info(path).kind == FileInfo::Kind::file) return path;
  for (const auto* name : {"sendmail.cf", "sendmail.mc"}) {
    auto file = path_in(path, name);
    if (exists(files, file)) return file;
  }
  // A machine's own name is usual, too: one of them, and no other.
  std::string found;
  for (const auto& name : files.list(path)) {
    if (!name.ends_with(".mc") || name == "submit.mc") continue;
    if (!found.empty()) return {};
    found = path_in(path, name);
  }
  return found;
}

Result<Config> read(const FileSystem& files, const std::string& path, const dialects::Host& host) {
  Config config;
  config.main = main_file(files, path);
  if (config.main.empty()) {
    return failure(path + ": there is no sendmail.cf and no sendmail.mc in it");
  }
  config.folder = folder_of(config.main);
  const MailSettings settings(files, config.folder);
  const auto content = files.read(config.main);
  if (!content) return tl::unexpected(content.error());
  config.is_mc = config.main.ends_with(".mc") || looks_like_mc(**content);
  if (config.is_mc) {
    read_mc(**content, settings, host_of(host), config);
    take_aliases(config);
    doubt_deferred_mode(config);
    return config;
  }
  auto cf = read_cf(settings, config.main, host_of(host));
  if (!cf) return tl::unexpected(cf.error());
  config.cf = *std::move(cf);
  recognise_rules(config);
  take_aliases(config);
  doubt_deferred_mode(config);
  return config;
}

}  // namespace relayproof::sendmail
