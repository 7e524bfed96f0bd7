// From files to a Config: which files there are, what is assumed where one is missing.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/defaults.h"
#include "dialects/postfix/expand.h"
#include "dialects/postfix/master_syntax.h"
#include "dialects/postfix/parameters.h"
#include "dialects/postfix/postconf_script.h"
#include "dialects/postfix/syntax.h"
#include "dialects/postfix/values.h"

namespace relayproof::postfix {
namespace {

constexpr std::uint64_t largest_file = 16u << 20;  // bytes; the largest known has 200,000

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Result<std::shared_ptr<const std::string>> read_text(const FileSystem& files,
                                                     const std::string& path) {
  if (files.info(path).size > largest_file) {
    return failure("too large for a configuration of Postfix (more than 16 MiB)",
                   SourceRange{path, 0, 0});
  }
  return files.read(path);
}

// Which files make up the configuration that a path means.
struct Place {
  std::string folder;
  std::string main_cf;
  bool is_dump = false;  // the output of `postconf -n`: there is no master.cf beside it
};

Result<Place> locate(const FileSystem& files, const std::string& path) {
  const FileInfo info = files.info(path);
  if (info.kind == FileInfo::Kind::missing) return failure(path + ": no such file or folder");
  if (info.kind != FileInfo::Kind::folder) {
    const std::string name = base_name(path);
    const bool part = name == "main.cf" || name == "master.cf";
    const std::string folder = folder_of(path);
    if (!part) return Place{folder, path, true};
    return Place{folder, name == "main.cf" ? path : path_in(folder, "main.cf"), false};
  }
  const std::string main_cf = path_in(path, "main.cf");
  if (files.info(main_cf).kind != FileInfo::Kind::missing) return Place{path, main_cf, false};
  const std::string below = path_in(path, "postfix");
  if (files.info(path_in(below, "main.cf")).kind != FileInfo::Kind::missing) {
    return failure(path + ": no main.cf here; did you mean " + below + "?");
  }
  return failure(path + ": no main.cf here, so this is no configuration of Postfix");
}

// A file that is not called main.cf has to look like one.
std::optional<Error> not_a_dump(const MainCf& parsed, const std::string& path) {
  for (const Problem& problem : parsed.problems) {
    if (problem.kind != Problem::Kind::fatal) continue;
    return Error{"not the output of postconf -n: " + problem.says, problem.where};
  }
  const bool any = std::ranges::any_of(parsed.settings, [](const SettingPtr& setting) {
    return find_parameter(setting->name) != nullptr;
  });
  if (any) return std::nullopt;
  return Error{"holds no parameter of Postfix", SourceRange{path, 0, 0}};
}

bool matches_ignoring_case(std::string_view pattern, const Service& service) {
  std::string whole(pattern);
  const std::size_t dot = whole.rfind('.');
  if (whole.find('/') == std::string::npos && dot != std::string::npos) whole[dot] = '/';
  const std::string type(to_string(service.type));
  const bool has_name = whole.find('/') != std::string::npos;
  return equals_ignoring_case(whole, has_name ? service.name + '/' + type : type);
}

// master_service_disable (postconf(5), src/global/match_service.c): the first pattern counts.
bool is_disabled(const Service& service, std::string patterns) {
  std::ranges::replace(patterns, ',', ' ');
  for (std::string_view pattern : words(patterns)) {
    bool disables = true;
    for (; pattern.starts_with('!'); pattern.remove_prefix(1)) disables = !disables;
    if (matches_ignoring_case(pattern, service)) return disables;
  }
  return false;
}

Unread unread(const LogicalLine& line) { return {line.locate(0), line.text, !line.is_ignored()}; }

}  // namespace

class ConfigReader {
 public:
  ConfigReader(const FileSystem& files, const Host& host) : files_(files) { config_.host_ = host; }

  Result<Config> read(const std::string& path) {
    const Result<Place> place = locate(files_, path);
    if (!place) return tl::unexpected(place.error());
    config_.folder_ = place->folder;
    config_.main_cf_ = place->main_cf;
    take_version();
    if (auto error = read_main_cf(place->is_dump)) return tl::unexpected(*error);
    if (auto error = read_master_cf(place->is_dump)) return tl::unexpected(*error);
    read_origin();
    assume_host();
    collect_problems();
    return std::move(config_);
  }

  Config read(const Scripts& scripts, const std::set<std::size_t>& running) {
    config_.folder_ = scripts.folder;
    config_.main_cf_ = scripts.files.front();
    take_version();
    ScriptedFiles made = files_of(scripts, running);
    for (const SettingPtr& setting : made.settings) config_.last_[setting->name] = setting;
    config_.settings_ = std::move(made.settings);
    config_.is_whole_ = made.is_whole;
    if (!made.is_whole) take_shipped_level();
    config_.not_read_ = std::move(made.notes);
    config_.may_close_ = std::move(made.may_close);
    for (Assumption& taken : made.taken) config_.assumptions_.push_back(std::move(taken));
    take_services(made);
    if (!made.changes.empty()) config_.master_cf_ = config_.main_cf_;
    read_origin();
    assume_host();
    collect_problems();
    return std::move(config_);
  }

 private:
  void assume(std::string name, std::string says) {
    config_.assumptions_.push_back({std::move(name), std::move(says)});
  }

  void take_version() {
    std::optional<std::string>& given = config_.host_.mta_version;
    const std::optional<Version> version =
        given ? Version::parse(*given) : std::optional<Version>();
    if (!version) {
      given.reset();
      assume("--mta-version", "the version of Postfix is not known: 3.9 is assumed");
      return;
    }
    config_.version_ = std::clamp(*version, oldest_version, newest_version);
    if (*version < oldest_version) {
      assume("--mta-version", "Postfix " + *given + " is older than 2.10, whose rules are assumed");
    }
  }

  std::optional<Error> read_main_cf(bool is_dump) {
    const auto text = read_text(files_, config_.main_cf_);
    if (!text) return text.error();
    MainCf parsed = parse_main_cf(**text, config_.main_cf_);
    if (is_dump) {
      if (auto error = not_a_dump(parsed, config_.main_cf_)) return error;
    }
    for (const SettingPtr& setting : parsed.settings) config_.last_[setting->name] = setting;
    config_.settings_ = std::move(parsed.settings);
    config_.problems_ = std::move(parsed.problems);
    for (const LogicalLine& line : parsed.not_read) config_.not_read_.push_back(unread(line));
    return std::nullopt;
  }

  std::optional<Error> read_master_cf(bool is_dump) {
    const bool chroot = !config_.compatible_with("1");
    const std::string path = path_in(config_.folder_, "master.cf");
    if (is_dump || files_.info(path).kind == FileInfo::Kind::missing) {
      config_.services_ = stock_services(chroot);
      assume("master.cf", is_dump ? "postconf -n does not show it: smtpd on port 25 is assumed"
                                  : "there is none: smtpd on port 25 is assumed");
      return std::nullopt;
    }
    const auto text = read_text(files_, path);
    if (!text) return text.error();
    const MasterRules rules{.chroot_by_default = chroot,
                            .braces = config_.version_ >= Version{3, 0},
                            .unix_datagram = config_.version_ >= Version{3, 4}};
    MasterCf parsed = parse_master_cf(**text, path, rules);
    config_.master_cf_ = path;
    config_.services_ = std::move(parsed.services);
    for (Problem& problem : parsed.problems) config_.problems_.push_back(std::move(problem));
    for (const LogicalLine& line : parsed.not_read) config_.not_read_.push_back(unread(line));
    const std::string disabled = config_.effective("master_service_disable").text;
    for (Service& service : config_.services_) {
      service.is_disabled = is_disabled(service, disabled);
    }
    return std::nullopt;
  }

  // Every main.cf that comes with Postfix has it, as new as the rest.
  void take_shipped_level() {
    constexpr std::string_view name = "compatibility_level";
    if (config_.version_ < Version{3, 0} || config_.find(name) != nullptr) return;
    const Version& version = config_.version_;
    const std::string level = version < Version{3, 6} ? "2"
                                                      : std::to_string(version.major) + '.' +
                                                            std::to_string(version.minor);
    config_.last_.emplace(name, default_setting(name, level, Provenance::built_in));
  }

  void take_services(const ScriptedFiles& made) {
    const bool chroot = !config_.compatible_with("1");
    if (!made.is_whole_master) {
      config_.services_ = stock_services(chroot);
      assume("master.cf", "the one that Postfix ships is assumed: smtpd on port 25");
    }
    const MasterRules rules{.chroot_by_default = chroot,
                            .braces = config_.version_ >= Version{3, 0},
                            .unix_datagram = config_.version_ >= Version{3, 4}};
    for (const ScriptedFiles::Change& change : made.changes) {
      using Does = ScriptedFiles::Change::Kind;
      if (change.kind == Does::option) {
        override_services(change);
        continue;
      }
      std::erase_if(config_.services_,
                    [&](const Service& service) { return is_meant(change.target, service); });
      if (change.kind == Does::no_service) continue;
      MasterCf parsed = parse_master_cf(std::vector<LogicalLine>{change.line}, rules);
      for (Service& service : parsed.services) config_.services_.push_back(std::move(service));
      for (Problem& problem : parsed.problems) config_.problems_.push_back(std::move(problem));
      for (const LogicalLine& line : parsed.not_read) config_.not_read_.push_back(unread(line));
    }
    const std::string disabled = config_.effective("master_service_disable").text;
    for (Service& service : config_.services_) {
      service.is_disabled = is_disabled(service, disabled);
    }
  }

  // `submission/inet`, in which `*` is any name or type (postconf(1)).
  static bool is_meant(std::string_view target, const Service& service) {
    const std::size_t slash = target.rfind('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view name = target.substr(0, slash);
    const std::string_view type = target.substr(slash + 1);
    return (name == "*" || name == service.name) &&
           (type == "*" || type == to_string(service.type));
  }

  void override_services(const ScriptedFiles::Change& change) {
    bool is_found = false;
    for (Service& service : config_.services_) {
      if (!is_meant(change.target, service)) continue;
      service.overrides.push_back(change.option);
      is_found = true;
    }
    if (is_found) return;
    config_.not_read_.push_back({change.where, change.target + "/" + change.option->name, false,
                                 "there is no such service in the master.cf that Postfix ships",
                                 true});
  }

  // Debian: `myorigin = /etc/mailname`. The file belongs to the machine whose /etc/postfix this is.
  void read_origin() {
    const std::string named = config_.effective("myorigin").text;
    if (!named.starts_with('/')) return;
    constexpr std::string_view usual = "/etc/postfix";
    const std::string_view folder = config_.folder_;
    if (folder.ends_with(usual)) {
      const std::string root(folder.substr(0, folder.size() - usual.size()));
      if (const auto text = read_text(files_, root + named)) {
        const std::string_view line = std::string_view(**text).substr(0, (*text)->find('\n'));
        auto origin = std::make_shared<Setting>();
        origin->name = "myorigin";
        origin->text = trim(line);
        origin->provenance = Provenance::host;
        origin->where = origin->declared = SourceRange{root + named, 1, 1};
        config_.origin_ = std::move(origin);
        return;
      }
    }
    config_.origin_ =
        default_setting("myorigin", config_.effective("myhostname").text, Provenance::host);
    assume("myorigin", named + " could not be read: the name of the host is assumed in it");
  }

  void assume_host() {
    if (!config_.host_.hostname && config_.find("myhostname") == nullptr) {
      assume("--hostname", "the name of the host is not known: " +
                               config_.effective("myhostname").text + " is assumed");
    }
    if (!config_.own_addresses().complete) {
      assume("--interface",
             "the addresses of the host are not all known: only those that the "
             "configuration spells out, and loopback, are taken for its own");
    }
    const bool by_default = config_.find("mynetworks") == nullptr;
    const bool by_host = equals_ignoring_case(config_.effective("mynetworks_style").text, "host");
    if (by_default && !by_host && lacks_networks()) {
      assume("--interface",
             "the networks of the host are not known: mynetworks, which is not set "
             "and would hold them, is assumed to be " +
                 config_.effective("mynetworks").text);
    }
  }

  bool lacks_networks() const {
    const Config::Interfaces own = config_.interfaces_of(nullptr);
    return !own.complete || !own.has_prefixes;
  }

  void collect_problems() {
    for (const auto& [name, setting] : config_.last_) {
      const Parameter* parameter = find_parameter(name, config_.version_);
      if (parameter == nullptr || !LoadOrder{}.place(name)) continue;
      if (auto problem = refusal_of(*parameter, config_.effective(name))) {
        config_.problems_.push_back(std::move(*problem));
      }
    }
    for (Problem& problem : refusals_of_all_programs(config_)) {
      config_.problems_.push_back(std::move(problem));
    }
  }

  const FileSystem& files_;
  Config config_;
};

std::vector<Problem> Config::problems(const Service& service) const {
  std::vector<Problem> problems = service.problems;
  const std::optional<LoadOrder> order = LoadOrder::of_program(service.command);
  const auto check = [&](const SettingPtr& setting) {
    const Parameter* parameter = find_parameter(setting->name, version_);
    if (parameter == nullptr || !(order ? *order : LoadOrder{}).place(setting->name)) return;
    auto problem = refusal_of(*parameter, effective(service, setting->name));
    if (!problem) return;
    const auto is_new = [&](const std::vector<Problem>& known) {
      return std::ranges::find(known, *problem) == known.end();
    };
    if (is_new(problems) && is_new(problems_)) problems.push_back(std::move(*problem));
  };
  for (const auto& [name, setting] : last_) check(setting);
  for (const SettingPtr& setting : service.overrides) check(setting);
  return problems;
}

Result<Config> read(const FileSystem& files, const Scripts& scripts,
                    const std::set<std::size_t>& running, const Host& host) {
  return ConfigReader(files, host).read(scripts, running);
}

Result<Config> read(const FileSystem& files, const std::string& path, const Host& host) {
  return ConfigReader(files, host).read(path);
}

}  // namespace relayproof::postfix
