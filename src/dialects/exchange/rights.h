// Who may do what at a connector: permission groups, and what Get-ADPermission lists.
// https://learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors#PermissionGroups
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/truth.h"
#include "dialects/exchange/config.h"

namespace relayproof::exchange {

/// Whom an entry of an access list is for, as far as a session can be that.
enum class Principal : std::uint8_t {
  anonymous,           ///< NT AUTHORITY\ANONYMOUS LOGON
  externally_secured,  ///< MS Exchange\Externally Secured Servers
  users,               ///< NT AUTHORITY\Authenticated Users
  unclear,             ///< may be anybody: Everyone, a well-known name in another language
  others,              ///< a domain's accounts and groups, Exchange's own servers
};
Principal principal_of(std::string_view user);

enum class Right : std::uint8_t {
  submit,
  any_recipient,
  any_sender,
  authoritative_sender,
};
std::string_view name_of(Right right);  ///< in lower case: `ms-exch-smtp-submit`

/// Whether it is granted, and by which line.
struct Grant {
  Truth holds = Truth::no;
  const Place* by = nullptr;  ///< null: by none
};

/// What the export tells of the connector's permissions.
class AccessList {
 public:
  /// Both outlive it.
  AccessList(const Export& all, const Connector& connector);

  /// Without them only the permission groups are known, and nothing is known to be missing.
  bool is_known() const { return is_known_; }
  /// What stands above the connector is in the export, too.
  bool has_inherited() const { return has_inherited_; }
  Grant grant(Principal principal, Right right) const;
  const std::vector<const Permission*>& entries() const { return entries_; }

 private:
  Truth listed(Principal principal, Right right, const Place*& by) const;

  const Connector& connector_;
  std::vector<const Permission*> entries_;
  bool is_known_ = false;
  bool has_inherited_ = false;
};

}  // namespace relayproof::exchange
