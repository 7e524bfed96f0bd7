#include "dialects/exim/debian.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "base/text.h"

namespace relayproof::exim {
namespace {

constexpr auto sections = std::to_array<std::string_view>(
    {"main", "acl", "router", "transport", "retry", "rewrite", "auth"});
constexpr std::string_view marker = "UPEX4CmacrosUPEX4C";

// What the template of Debian's package means for relaying, in our own words: the same lists, the
// same ACL, the same routers. Used where only the answers are there.
constexpr std::string_view stand_in = R"(
UPEX4CmacrosUPEX4C = 1
domainlist local_domains = MAIN_LOCAL_DOMAINS
domainlist relay_to_domains = MAIN_RELAY_TO_DOMAINS
hostlist relay_from_hosts = MAIN_RELAY_NETS
qualify_domain = ETC_MAILNAME
.ifdef MAIN_LOCAL_INTERFACES
local_interfaces = MAIN_LOCAL_INTERFACES
.endif
.ifdef MAIN_HARDCODE_PRIMARY_HOSTNAME
primary_hostname = MAIN_HARDCODE_PRIMARY_HOSTNAME
.endif
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
mail:
  accept
rcpt:
  accept hosts = :
  deny domains = +local_domains
       local_parts = ^[.] : ^.*[@%!/|`#&?]
  deny domains = !+local_domains
       local_parts = ^[./|] : ^.*[@%!`#&?] : ^.*/\\.\\./
  accept local_parts = postmaster
         domains = +local_domains : +relay_to_domains
  accept hosts = +relay_from_hosts
         control = submission/sender_retain
  accept authenticated = *
         control = submission/sender_retain
  require domains = +local_domains : +relay_to_domains
  require verify = recipient
  accept
data:
  deny !verify = header_syntax
  accept
begin routers
.ifdef DCconfig_internet
remote:
  driver = dnslookup
  domains = ! +local_domains
  transport = remote_smtp
  no_more
.endif
.ifdef DCconfig_local
nonlocal:
  driver = redirect
  domains = ! +local_domains
  allow_fail
  data = :fail: Mailing to remote domains not supported
  no_more
.endif
.ifdef DCconfig_smarthost DCconfig_satellite
smarthost:
  driver = manualroute
  domains = ! +local_domains
  transport = remote_smtp
  route_list = * DCsmarthost byname
  no_more
.endif
system_aliases:
  driver = redirect
  domains = +local_domains
  allow_fail
  allow_defer
  data = ${lookup{$local_part}lsearch{/etc/aliases}}
.ifdef DCconfig_satellite
hub_user:
  driver = redirect
  domains = +local_domains
  check_local_user
  data = ${local_part}@DCreadhost
.endif
local_user:
  driver = accept
  domains = +local_domains
  check_local_user
  local_parts = ! root
  transport = local_delivery
begin transports
remote_smtp:
  driver = smtp
local_delivery:
  driver = appendfile
begin retry
* * F,2h,15m
)";

struct Answer {
  std::string value;
  SourceRange where;
};
using Answers = std::map<std::string, Answer, std::less<>>;

// As the shell reads it: NAME='value', quotes around all or nothing of it.
Answers read_answers(std::string_view text, const std::string& file) {
  Answers answers;
  std::size_t number = 0;
  for (const auto raw : split(text, '\n')) {
    ++number;
    const auto line = trim(raw);
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    const auto name = line.substr(0, equals);
    if (name.empty() || name.find_first_of(" \t$") != std::string_view::npos) continue;
    auto value = line.substr(equals + 1);
    if (!value.empty() && (value.front() == '\'' || value.front() == '"')) {
      const auto end = value.find(value.front(), 1);
      value = value.substr(1, end == std::string_view::npos ? end : end - 1);
    } else {
      value = value.substr(0, value.find_first_of(" \t;#"));
    }
    answers[std::string(name)] = {std::string(value), {file, number, 1}};
  }
  return answers;
}

// Only these characters are let into a macro.
std::string sanitised(std::string_view text) {
  constexpr std::string_view allowed = "-/.!*@_~:;< []";
  std::string result;
  for (const char c : to_lower(text)) {
    const bool kept = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                      allowed.find(c) != std::string_view::npos;
    if (c == ' ' && !result.empty() && result.back() == ' ') continue;
    result += kept ? c : '_';
  }
  return std::string(trim(result));
}

class Generator {
 public:
  Generator(const FileSystem& files, const std::string& path,
            const std::optional<std::string>& hostname)
      : files_(files), path_(path), folder_(path_in(path, "..")), hostname_(hostname) {}

  Result<Generated> run() {
    const auto content = files_.read(path_);
    if (!content) return tl::unexpected(content.error());
    answers_ = read_answers(**content, path_);
    const auto split_config = to_lower(value("dc_use_split_config"));
    if (!split_config.empty() && split_config != "true" && split_config != "false") {
      return failure("dc_use_split_config is neither true nor false",
                     answers_.find("dc_use_split_config")->second.where);
    }
    make_macros();
    generated_.source.file = path_;
    const bool parted = split_config == "true" &&
                        files_.info(path_in(folder_, "conf.d")).kind == FileInfo::Kind::folder;
    const auto whole = path_in(folder_, "exim4.conf.template");
    if (parted && has_all_sections()) {
      add_sections();
    } else if (!parted && files_.info(whole).kind == FileInfo::Kind::file) {
      add_file(path_in(folder_, "exim4.conf.localmacros"));
      add_file(whole);
    } else {
      generated_.stands_in = true;
      add_file(path_in(folder_, "exim4.conf.localmacros"));
      generated_.lacks_parts = parted;
      for (const auto line : split(stand_in, '\n')) add_line(line, {path_, 0, 0});
    }
    return std::move(generated_);
  }

 private:
  std::string value(std::string_view name) const {
    const auto found = answers_.find(name);
    return found == answers_.end() ? std::string() : found->second.value;
  }

  // A semicolon anywhere makes it the separator.
  std::string separated(std::string_view name) const {
    auto text = value(name);
    if (text.find(';') != std::string::npos && !text.starts_with('<')) text = "<; " + text;
    return text;
  }

  std::string mailname() const {
    const auto content = files_.read("/etc/mailname");
    if (content) {
      const auto line = std::string_view(**content).substr(0, (*content)->find('\n'));
      const auto word = trim(line);
      if (!word.empty()) return sanitised(word);
    }
    return hostname_ ? sanitised(*hostname_) : "localhost";
  }

  void macro(std::string_view name, const std::string& text, std::string_view answer) {
    const auto found = answers_.find(answer);
    const SourceRange where =
        found == answers_.end() ? SourceRange{path_, 0, 0} : found->second.where;
    macros_.push_back({".ifndef " + std::string(name), where});
    macros_.push_back({std::string(name) + "=" + sanitised(text), where});
    macros_.push_back({".endif", where});
  }

  void make_macros() {
    const auto type = sanitised(value("dc_eximconfig_configtype"));
    static constexpr auto types =
        std::to_array<std::string_view>({"satellite", "smarthost", "local", "internet"});
    if (std::find(types.begin(), types.end(), type) == types.end()) return;
    make_optional_macros(type);
    make_domain_macros();
    macro("ETC_MAILNAME", mailname(), "");
    const auto delivery = value("dc_localdelivery");
    macro("LOCAL_DELIVERY", delivery.empty() ? "mail_spool" : delivery, "dc_localdelivery");
    auto networks = separated("dc_relay_nets");
    networks += networks.starts_with("<;") ? " ; 127.0.0.1 ; ::1" : " : 127.0.0.1 : ::::1";
    macro("MAIN_RELAY_NETS", networks, "dc_relay_nets");
    macro("DCreadhost", value("dc_readhost"), "dc_readhost");
    auto smarthost = value("dc_smarthost");
    std::replace(smarthost.begin(), smarthost.end(), ';', ':');
    macro("DCsmarthost", smarthost, "dc_smarthost");
    macro("DC_eximconfig_configtype", type, "dc_eximconfig_configtype");
    macro("DCconfig_" + type, "1", "dc_eximconfig_configtype");
    for (const auto& [name, answer] : answers_) {
      if (name == "CFILEMODE" || std::isupper(static_cast<unsigned char>(name.front())) == 0) {
        continue;
      }
      macro(name, answer.value, name);
    }
  }

  // Those that are only there where the answers ask for them.
  void make_optional_macros(const std::string& type) {
    if (!value("dc_local_interfaces").empty()) {
      macro("MAIN_LOCAL_INTERFACES", separated("dc_local_interfaces"), "dc_local_interfaces");
    }
    if (value("dc_minimaldns") == "true") {
      macro("DC_minimaldns", "1", "dc_minimaldns");
      if (hostname_ && hostname_->find('.') != std::string::npos) {
        macro("MAIN_HARDCODE_PRIMARY_HOSTNAME", *hostname_, "dc_minimaldns");
      }
    }
    if ((type == "satellite" || type == "smarthost") &&
        to_lower(value("dc_hide_mailname")) == "true" && !value("dc_readhost").empty()) {
      macro("HIDE_MAILNAME", "1", "dc_hide_mailname");
    }
  }

  void make_domain_macros() {
    auto local = "@:localhost:" + sanitised(value("dc_other_hostnames"));
    while (!local.empty() && std::string_view(";: ").find(local.back()) != std::string_view::npos) {
      local.pop_back();
    }
    std::replace(local.begin(), local.end(), ';', ':');
    macro("MAIN_PACKAGE_VERSION", "4.96", "");
    macro("MAIN_LOCAL_DOMAINS", local, "dc_other_hostnames");
    macro("MAIN_RELAY_TO_DOMAINS", separated("dc_relay_domains"), "dc_relay_domains");
  }

  void add_line(std::string_view line, const SourceRange& where) {
    auto& source = generated_.source;
    source.text += line;
    source.text += '\n';
    source.places.push_back(where);
    if (line.starts_with(marker)) {
      for (const auto& [text, place] : macros_) {
        source.text += text + '\n';
        source.places.push_back(place);
      }
    }
  }

  void add_file(const std::string& file) {
    const auto content = files_.read(file);
    if (!content) return;
    std::size_t number = 0;
    for (const auto line : split(**content, '\n')) {
      ++number;
      if (trim(line).starts_with('#')) continue;
      add_line(line, {file, number, 1});
    }
  }

  // run-parts' names; a file with `.rul` behind its name takes its place.
  std::vector<std::string> parts(std::string_view section) const {
    const auto folder = path_in(path_in(folder_, "conf.d"), section);
    std::vector<std::string> found;
    for (const auto& name : files_.list(folder)) {
      const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
      });
      const auto file = path_in(folder, name);
      if (!plain || files_.info(file).kind != FileInfo::Kind::file) continue;
      const bool ruled = files_.info(file + ".rul").kind == FileInfo::Kind::file;
      found.push_back(ruled ? file + ".rul" : file);
    }
    return found;
  }

  bool has_all_sections() const {
    return std::all_of(sections.begin(), sections.end(), [&](std::string_view section) {
      return section == "auth" || !parts(section).empty();
    });
  }

  void add_sections() {
    for (const auto section : sections) {
      for (const auto& file : parts(section)) add_file(file);
    }
  }

  struct Placed {
    std::string text;
    SourceRange where;
  };

  const FileSystem& files_;
  const std::string& path_;
  std::string folder_;
  const std::optional<std::string>& hostname_;
  Answers answers_;
  std::vector<Placed> macros_;
  Generated generated_;
};

}  // namespace

Result<Generated> generate_debian(const FileSystem& files, const std::string& answers,
                                  const std::optional<std::string>& hostname) {
  return Generator(files, answers, hostname).run();
}

}  // namespace relayproof::exim
