// Runs as the prober would hand them over, for the tests of every format.
#pragma once

#include <string>
#include <vector>

#include "probe/observation.h"

namespace relayproof::report::samples {

probe::Run closed();             ///< a closed Postfix: two addresses, four ports, STARTTLS
probe::Run open_over_ipv6();     ///< IPv6 relays, IPv4 does not
probe::Run open_in_every_way();  ///< all that is asked is relayed, odd spellings included
probe::Run accepts_everything();
probe::Run undecided();  ///< OpenSMTPD's words, and its own domain not known
probe::Run trusted_place();
probe::Run unreachable();
probe::Run blocked();          ///< cut off after 20 attempts, undecided
probe::Run no_ipv6_route();    ///< closed, but only half was asked
probe::Run from_two_places();  ///< a network that the server trusts, and one that it does not
probe::Run weaknesses();       ///< closed, and not well kept besides
probe::Run hostile();          ///< terminal sequences, invalid UTF-8, bidirectional controls

struct Sample {
  std::string name;
  probe::Run run;
};
std::vector<Sample> all();

}  // namespace relayproof::report::samples
