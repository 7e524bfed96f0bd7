// The recipient's domain is an address instead of a name. It is one of those that RFC 5737 and RFC
// 3849 keep for examples: nobody has it.
#include <array>

#include "techniques/rows.h"

namespace relayproof::techniques {
namespace {

constexpr std::array<Technique, 5> rows{{
    {.name = "outside-literal",
     .mail_from = "",
     .rcpt_to = "<{nobody}@[198.51.100.25]>",
     .twin = "<{nobody}@{L}>",
     .exploits = "relaying is decided by a list of names, which an address is not on",
     .reference = "RFC 5321 4.1.3"},
    {.name = "outside-literal-of-ipv-six",
     .mail_from = "",
     .rcpt_to = "<{nobody}@[IPv6:2001:db8:51::25]>",
     .twin = "<{nobody}@{L}>",
     .exploits = "relaying is decided by a list of names, which an address is not on",
     .reference = "RFC 5321 4.1.3",
     .set = Set::historic},
    {.name = "outside-address",
     .mail_from = "",
     .rcpt_to = "<{nobody}@198.51.100.25>",
     .twin = "<{nobody}@{H}>",
     .exploits = "an address without its brackets is no name on any list, and is looked up as one",
     .reference = "RFC 5321 4.1.2",
     .set = Set::historic},
    {.name = "outside-address-decimal",
     .mail_from = "",
     .rcpt_to = "<{nobody}@[3325256729]>",
     .twin = "<{nobody}@{L}>",
     .exploits = "the resolver reads numbers that the check takes for none",
     .reference = "inet_aton(3)",
     .set = Set::historic,
     .malformed = true},
    {.name = "outside-address-hexadecimal",
     .mail_from = "",
     .rcpt_to = "<{nobody}@[0xc6336419]>",
     .twin = "<{nobody}@{L}>",
     .exploits = "the resolver reads numbers that the check takes for none",
     .reference = "inet_aton(3)",
     .set = Set::historic,
     .malformed = true},
}};

}  // namespace

std::span<const Technique> literal_rows() { return rows; }

}  // namespace relayproof::techniques
