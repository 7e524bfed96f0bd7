#include "probe/place.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

mail::IpAddress ip(std::string_view text) { return mail::IpAddress::parse(text).value(); }

struct Case {
  std::string_view source, target;
  Place place;
};

class PlaceOf : public testing::TestWithParam<Case> {};

TEST_P(PlaceOf, TellsWhereWeAre) {
  const std::vector<mail::IpAddress> own = {ip("127.0.0.1"), ip("203.0.113.9"), ip("10.0.0.9")};
  EXPECT_EQ(place_of(ip(GetParam().source), ip(GetParam().target), own), GetParam().place)
      << GetParam().source << " -> " << GetParam().target;
}

INSTANTIATE_TEST_SUITE_P(Places, PlaceOf,
                         testing::Values(Case{"203.0.113.9", "192.0.2.25", Place::stranger},
                                         Case{"127.0.0.1", "127.0.0.1", Place::same_machine},
                                         Case{"127.0.0.1", "127.0.0.2", Place::same_machine},
                                         Case{"::1", "::1", Place::same_machine},
                                         Case{"203.0.113.9", "203.0.113.9", Place::same_machine},
                                         Case{"203.0.113.9", "::ffff:203.0.113.9",
                                              Place::same_machine},
                                         Case{"10.0.0.9", "10.0.0.25", Place::private_network},
                                         Case{"192.168.1.2", "10.0.0.25", Place::private_network},
                                         Case{"fd00::1", "fd00::25", Place::private_network},
                                         Case{"10.0.0.9", "192.0.2.25", Place::stranger}));

}  // namespace
}  // namespace relayproof::probe
