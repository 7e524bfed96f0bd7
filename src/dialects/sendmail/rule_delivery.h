// Where mail goes that the rule sets let in: aliases, rule set 5, users of this machine
// ("recipient"; op, section 5.1.4 and aliases(5)).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "dialects/sendmail/cf.h"
#include "dialects/sendmail/rewriting.h"
#include "dialects/sendmail/rule_address.h"
#include "mail/ip_address.h"

namespace relayproof::sendmail {

/// Where mail goes that was taken: behind aliases and rule set 5.
struct RuleDelivery {
  enum class Kind : std::uint8_t { here, elsewhere, nowhere };
  Kind kind = Kind::here;
  std::string address;  ///< the user as the mailer gets it
  std::string host;     ///< elsewhere: the host that the mailer is told
  bool operator==(const RuleDelivery&) const = default;
};

/// The aliases and users of the machine, as far as files tell them.
class LocalNames {
 public:
  LocalNames() = default;
  LocalNames(const Cf& cf, const FileSystem& files, std::vector<mail::IpAddress> addresses = {});
  /// The right-hand side of an alias; nullopt: there is none of that name.
  std::optional<std::string_view> alias(std::string_view name) const;
  /// True if there is such a user, or no file tells who is one.
  bool has_user(std::string_view name) const;
  /// `[192.0.2.25]` in any spelling, if it is this machine: what is sent there comes back.
  bool is_own_literal(std::string_view host) const;

 private:
  void read_aliases(std::string_view text);
  std::map<std::string, std::string, std::less<>> aliases_;
  std::set<std::string, std::less<>> users_;
  bool users_known_ = false;
  std::vector<mail::IpAddress> addresses_;
};

struct RuleDeliveries {
  std::vector<RuleDelivery> all;
  bool unknown_user = false;  ///< `550 5.1.1 User unknown`, said at RCPT
};
RuleDeliveries deliver(Rewriter& rewriter, const Cf& cf, const LocalNames& names,
                       const ResolvedAddress& address);

}  // namespace relayproof::sendmail
