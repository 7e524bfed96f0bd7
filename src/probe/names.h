// The names of a server and the domains it may answer for, as they become known.
#pragma once

#include <string>
#include <vector>

#include "smtp/session.h"

namespace relayproof::probe {

struct ServerNames {
  std::vector<std::string> domains;   ///< of --domain: the operator's word
  std::string mail_domain;            ///< whose MX it is; may be empty
  std::string given;                  ///< the name asked for; empty if it was an address
  std::vector<std::string> pointers;  ///< its PTR names
  std::string banner;                 ///< from its greeting
  std::string ehlo;                   ///< from its EHLO reply
};

/// Takes the names out of a session's greeting and EHLO reply.
void learn(ServerNames& names, const smtp::Record& record);

/// H: the name that it most likely takes for its own; `fallback` if it has none.
std::string primary_host(const ServerNames& names, const std::string& fallback);

/// The domains at which its postmaster is looked for, likeliest first, at most `limit`.
std::vector<std::string> candidate_domains(const ServerNames& names, std::size_t limit);

}  // namespace relayproof::probe
